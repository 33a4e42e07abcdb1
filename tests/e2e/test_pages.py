"""Each page of the list, looked at by a machine: it answers, fits a phone, and axe is content."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.e2e.pages import PAGES

AXE = Path(settings.BUILD) / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.mark.parametrize("page", [p for p in PAGES if p.user is None], ids=lambda page: page.name)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_page_is_accessible_and_fits_a_phone(portal, page, scheme):
    tab = portal.tab()
    tab.emulate_media(color_scheme=scheme)
    tab.set_viewport_size({"width": 390, "height": 844})
    answer = tab.goto(portal.base + page.address("de"))
    if page.prepare:
        page.prepare(tab)

    assert answer.status == 200 or answer.status in page.statuses
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390
    tab.evaluate(AXE.read_text())
    found = tab.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in found["violations"]
    ] == []
