"""Every icon that a template names is in the sprite, and the sprite carries none that nobody names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ICONS = set((ROOT / "static" / "src" / "icons.txt").read_text(encoding="utf-8").split())
APPS = ("eservices", "cms_pages", "faq", "signing", "camps", "rooms", "site")
IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+"([a-z0-9-]+)\"""")
IN_PARAMETER = re.compile(r"""\bicon(?:_name)?=["']([a-z0-9-]+)["']""")
IN_DEFAULT = re.compile(r"""\bicon\w*\|default:"([a-z0-9-]+)\"""")


def named(suffix: str, *patterns: re.Pattern[str]) -> dict[str, set[str]]:
    """Icon names by the file that names them."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for path in (ROOT / app).rglob(f"*{suffix}"):
            text = path.read_text(encoding="utf-8")
            if "wagtailadmin" in text:  # pages of the back office use Wagtail's own icons
                continue
            for pattern in patterns:
                for name in pattern.findall(text):
                    found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


def test_icons_of_templates_are_in_the_sprite():
    names = named(".html", IN_TEMPLATE, IN_PARAMETER, IN_DEFAULT)
    assert {name: files for name, files in names.items() if name not in ICONS} == {}


def test_icons_of_python_are_in_the_sprite():
    names = named("templatetags/guichet.py", re.compile(r'icon="([a-z0-9-]+)"'))
    assert len(names) > 10
    assert {name: files for name, files in names.items() if name not in ICONS} == {}


def test_icons_of_the_demo_content_are_in_the_sprite():
    names = named(".yaml", re.compile(r"\bicon: ([a-z0-9-]+)$", re.MULTILINE))
    assert names
    assert {name: files for name, files in names.items() if name not in ICONS} == {}


def test_names_stand_once_and_in_order():
    lines = (ROOT / "static" / "src" / "icons.txt").read_text(encoding="utf-8").split()
    assert lines == sorted(set(lines))
