"""Each page of the list, looked at by a machine: axe is content in light and dark, and it fits small screens."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.e2e.pages import PAGES

AXE = Path(settings.BUILD) / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: Whether a page is dark changes its colours and nothing else.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
FRAME = """() => ({
  headings: document.querySelectorAll("h1").length,
  title: document.title.trim(),
  language: document.documentElement.lang,
  main: document.querySelectorAll("main").length,
  doubles: [...document.querySelectorAll("[id]")].map((e) => e.id).filter((id, n, all) => all.indexOf(id) !== n),
  nameless: [...document.querySelectorAll("main input:not([type=hidden]), main select, main textarea")]
    .filter((e) => !e.labels?.length && !e.getAttribute("aria-label") && !e.getAttribute("aria-labelledby"))
    .map((e) => e.outerHTML.slice(0, 120)),
})"""
WIDE = """() => document.documentElement.scrollWidth > window.innerWidth
  ? [...document.querySelectorAll("main *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 100)).slice(0, 3).concat("page is too wide")
  : []"""


def pages_of(user):
    """The pages that somebody looks at."""
    return [page for page in PAGES if page.user == user]


def opened(portal, tab, page, language, **media):
    """Open a page in its state, in a tab that went through others."""
    tab.emulate_media(**media)
    answer = tab.goto(portal.base + page.address(language))
    assert answer.status < 400 or answer.status in page.statuses, (page.name, answer.status)
    if page.prepare:
        page.prepare(tab)


def violations(tab, region="html", *, only=RULES, but=()):
    """What axe finds by the rules of these tags, or of these names, with the first elements of each."""
    # A colour on its way from light to dark is neither.
    tab.evaluate("document.getAnimations().forEach((one) => one.cancel())")
    if not tab.evaluate("typeof axe !== 'undefined'"):
        tab.evaluate(AXE.read_text())
    found = tab.evaluate(
        """([region, rules, but]) => axe.run(region, {
            runOnly: rules, rules: Object.fromEntries(but.map((name) => [name, {enabled: false}])),
            resultTypes: ["violations"]})""",
        [region, list(only), list(but)],
    )
    return [
        (item["id"], [node["html"][:160] for node in item["nodes"]][:3])
        for item in found["violations"]
    ]


def in_both_schemes(tab, name, region="html"):
    """What axe finds in light, and in dark what can be otherwise there: the rules about colours."""
    wrong = {}
    for scheme, rules in (("light", RULES), ("dark", COLOUR_RULES)):
        tab.emulate_media(color_scheme=scheme)
        if found := violations(tab, region, only=rules):
            wrong[f"{name}, {scheme}"] = found
    return wrong


@pytest.mark.feature("X14")
@pytest.mark.parametrize("user", [None, "citizen", "parent", "club"], ids=str)
def test_pages_are_accessible_in_light_and_dark(portal, user):
    if user:
        portal.enter(f"{user}@example.org")
    wrong, tab = {}, portal.tab()
    for page in pages_of(user):
        opened(portal, tab, page, "fr", color_scheme="light")
        wrong |= in_both_schemes(tab, page.name)
        frame = tab.evaluate(FRAME)
        expected = {"headings": 1, "language": "fr", "main": 1, "doubles": [], "nameless": []}
        if page.path.startswith("/sandbox/"):
            expected.pop("language")
        if page.name == "not-found":
            expected.pop("language")
        if bad := {key: frame[key] for key, value in expected.items() if frame[key] != value}:
            wrong[page.name] = bad
        assert frame["title"], page.name
    assert wrong == {}


@pytest.mark.feature("X14")
@pytest.mark.parametrize("user", [None, "citizen", "parent", "club"], ids=str)
def test_pages_fit_small_screens_in_german(portal, user):
    if user:
        portal.enter(f"{user}@example.org")
    wrong, tab = {}, portal.tab()
    for page in pages_of(user):
        tab.set_viewport_size({"width": 1280, "height": 900})
        opened(portal, tab, page, "de")
        for width in (320, 390):
            tab.set_viewport_size({"width": width, "height": 844})
            if found := tab.evaluate(WIDE):
                wrong[f"{page.name}, {width}"] = found
    assert wrong == {}


@pytest.mark.feature("X14")
def test_our_part_of_the_back_office_is_accessible(portal):
    portal.enter("agent@example.org")
    wrong, tab = {}, portal.tab()
    for page in pages_of("agent"):
        opened(portal, tab, page, "fr", color_scheme="light")
        tab.locator(".eg-bo").first.wait_for()
        wrong |= in_both_schemes(tab, page.name, ".eg-bo")
    assert wrong == {}


@pytest.mark.feature("X14")
def test_the_form_can_be_used_in_forced_colours(portal, browser):
    portal.enter("citizen@example.org")
    form = next(page for page in PAGES if page.name == "form-errors")
    tab = portal.tab()
    opened(portal, tab, form, "fr", forced_colors="active")
    button = tab.locator(".eg-actionbar button[type=submit]")
    border = button.evaluate(
        "e => getComputedStyle(e).borderTopStyle + getComputedStyle(e).outlineStyle"
    )
    assert border != "nonenone"
    assert tab.locator(".eg-errors").is_visible()
    # Colours are the reader's own then: axe would compare those that nobody sees.
    assert violations(tab, but=["color-contrast"]) == []


@pytest.mark.feature("X14")
def test_a_form_is_filled_in_with_the_keyboard_alone(portal):
    tab = portal.tab()
    tab.goto(portal.address("login", "fr"))
    tab.locator("main input[type=email]").focus()
    tab.keyboard.type("citizen@example.org")
    tab.keyboard.press("Tab")
    tab.keyboard.type("Guichet-demo-2026")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    code = tab.locator("input[autocomplete=one-time-code]")
    code.focus()
    tab.keyboard.type(portal.code("citizen@example.org"))
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == portal.address("dashboard", "fr")
