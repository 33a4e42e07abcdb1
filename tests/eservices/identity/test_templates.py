"""Every page of django-two-factor-auth is replaced by ours; none asks another server for anything."""

from pathlib import Path

import pytest
import two_factor
from django.conf import settings
from django.template.loader import get_template

STOCK = Path(two_factor.__file__).parent / "templates"
NAMES = sorted(str(path.relative_to(STOCK)) for path in STOCK.rglob("*.html"))


def test_there_are_stock_templates_to_replace():
    assert "two_factor/core/login.html" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_stock_template_is_replaced_and_loads_nothing_from_elsewhere(name):
    origin = Path(get_template(name).origin.name)

    assert origin.is_relative_to(settings.ROOT / "site" / "templates")
    assert "http" not in origin.read_text()
