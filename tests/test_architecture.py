"""Shapes of the code base that no linter states."""

import ast
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("eservices", "faq", "cms_pages", "signing", "camps", "rooms", "site/portal", "site/sandbox")
PLUGINS = ("signing", "camps", "rooms")
SOURCES = sorted(
    p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts
)
VAGUE = {"utils", "helpers", "common", "services", "misc", "tools"}


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in APPS:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def test_site_is_no_package_because_the_standard_library_owns_the_name():
    assert not (ROOT / "site" / "__init__.py").exists()
    assert find_spec("portal") is not None


def test_no_module_has_a_vague_name():
    assert [p for p in SOURCES if p.stem in VAGUE or p.parent.name in VAGUE] == []


@pytest.mark.parametrize("package", ["eservices", "faq", "cms_pages"])
def test_core_knows_no_plugin(package):
    files = sorted((ROOT / package).rglob("*.py"))

    assert files
    for path in files:
        roots = {name.split(".")[0] for name in imports_of(path)}
        assert not roots & set(PLUGINS), path


def test_question_types_import_only_plain_modules_of_the_core():
    allowed = {"eservices.enums", "eservices.errors", "eservices.money", "eservices.formats"}
    for path in (ROOT / "eservices" / "questions").glob("*.py"):
        own = {name for name in imports_of(path) if name.startswith("eservices")}
        assert {n for n in own - allowed if not n.startswith("eservices.questions")} == set(), path


def test_product_never_imports_the_sandbox():
    files = [p for p in SOURCES if "sandbox" not in p.parts]

    assert [p for p in files if any(n.split(".")[0] == "sandbox" for n in imports_of(p))] == []


def test_layer_contracts_name_all_packages():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert set(config["root_packages"]) == {Path(app).name for app in APPS}


def test_no_source_file_has_open_ends():
    open_end = re.compile(r"\b(TODO|FIXME|XXX|raise NotImplementedError|coming soon)\b")

    assert [p for p in SOURCES if open_end.search(p.read_text())] == []


def test_no_source_file_is_too_long_to_read():
    too_long = {p: n for p in SOURCES if (n := len(p.read_text().splitlines())) > 450}

    assert too_long == {}
