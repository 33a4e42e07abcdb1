"""The themes are complete: every colour that a part reads has a value, in every municipality's file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "static" / "src"
THEMES = sorted((SOURCE / "themes").glob("*.css"))
NODE_MODULES = next(
    (
        folder
        for folder in (ROOT / "var" / "node" / "node_modules", ROOT / "node_modules")
        if (folder / "@utrecht").is_dir()
    ),
    None,
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
DECLARED = re.compile(r"(--[\w-]+)\s*:")
READ = re.compile(r"var\(\s*(--[\w-]+)")
READ_WITHOUT_FALLBACK = re.compile(r"var\(\s*(--utrecht-[\w-]+)\s*\)")
# Variants of the NL Design System that no page of ours uses.
UNUSED = re.compile(
    r"-(danger|ready|warning)-(active|disabled|focus|hover|pressed)-|button-[\w-]*-(danger|ready|warning)-"
    r"|button-(danger|ready|warning)|pressed|sticky|alternate|arrows|pagination"
    r"|status-badge-(active|inactive|invalid|valid|success)"
)


def css(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def own_sheets() -> str:
    return "".join(
        css(path) for path in sorted(SOURCE.rglob("*.css")) if path.parent.name != "themes"
    )


def missing_colours(parts: str, mapping: str) -> set[str]:
    """Colours that the parts read without a fallback and that neither they nor the mapping set."""
    known = set(DECLARED.findall(parts)) | set(DECLARED.findall(mapping))
    read = {name for name in READ_WITHOUT_FALLBACK.findall(parts) if "color" in name}
    return {name for name in read - known if not UNUSED.search(name)}


def test_there_are_two_themes_at_least():
    assert len(THEMES) >= 2


@pytest.mark.parametrize("theme", THEMES, ids=lambda path: path.stem)
def test_a_theme_sets_every_token_that_is_read(theme):
    sheets = own_sheets()
    read = {name for name in READ.findall(sheets) if name.startswith("--eg-")}
    known = set(DECLARED.findall(sheets)) | set(DECLARED.findall(css(theme)))
    assert not read - known


def test_all_themes_set_the_same_tokens():
    first, *others = (set(DECLARED.findall(css(theme))) for theme in THEMES)
    assert all(first == other for other in others)


@pytest.mark.parametrize("theme", THEMES, ids=lambda path: path.stem)
def test_colours_of_a_theme_come_in_pairs(theme):
    colours = re.findall(r"(--eg-[\w-]+):\s*([^;]*#[0-9a-f]{3,8}[^;]*);", css(theme))
    assert len(colours) > 15
    assert [name for name, value in colours if not value.startswith("light-dark(")] == []


def test_colours_outside_themes_are_only_those_of_paper_pens_and_veils():
    allowed = {"signing.css", "certificate.css", "help.css", "dialogs.css"}
    found = {
        path.name
        for path in SOURCE.rglob("*.css")
        if path.parent.name != "themes" and re.search(r"#[0-9a-f]{3,8}\b", css(path))
    }
    assert found <= allowed | {"mapping.css", "conditions.css", "backoffice.css"}


@pytest.mark.skipif(NODE_MODULES is None, reason="npm ci was not run")
def test_every_colour_read_by_a_part_is_mapped():
    imported = re.findall(r'@import "(@utrecht/[^"]+)"', css(SOURCE / "portal.css"))
    assert len(imported) >= 37
    parts = "".join(css(NODE_MODULES / path) for path in imported)
    assert missing_colours(parts, own_sheets()) == set()


def test_the_check_finds_a_missing_colour():
    part = ".x { color: var(--utrecht-x-color); margin: var(--utrecht-x-margin); }"
    assert missing_colours(part, ":root { --utrecht-y-color: red; }") == {"--utrecht-x-color"}
