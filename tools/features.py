"""Which tests prove which feature: read from the marks in the test files, without running them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tools.places import ROOT
from tools.steps import say


def titles(root: Path = ROOT) -> dict[str, str]:
    """The short name of each feature listed in docs/features.txt."""
    listed = root / "docs" / "features.txt"
    text = listed.read_text() if listed.exists() else ""
    return dict(re.findall(r"^([A-Z]+\d+) +(.+)$", text, re.MULTILINE))


def features(root: Path = ROOT) -> dict[str, list[str]]:
    """Each feature id of docs/features.txt or of a mark, with the tests that carry it."""
    found: dict[str, list[str]] = defaultdict(list, {feature: [] for feature in titles(root)})
    for path in sorted((root / "tests").rglob("test_*.py")):
        for name, feature in _marks(path):
            found[feature].append(f"{path.relative_to(root)}::{name}")
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def _marks(path: Path) -> Iterator[tuple[str, str]]:
    tree = ast.parse(path.read_text(), str(path))
    for mark in _features_in(_module_marks(tree)):
        yield "(all)", mark
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test"
        ):
            for mark in _features_in(node.decorator_list):
                yield node.name, mark


def _module_marks(tree: ast.Module) -> list[ast.AST]:
    return [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
    ]


def _features_in(nodes: list[ast.AST] | list[ast.expr]) -> Iterator[str]:
    for outer in nodes:
        for node in ast.walk(outer):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "feature"
            ):
                yield from (str(a.value) for a in node.args if isinstance(a, ast.Constant))


def _order(feature: str) -> tuple[str, int, str]:
    match = re.match(r"([A-Za-z]*)(\d*)", feature)
    letters, number = match.groups() if match else ("", "")
    return letters, int(number or 0), feature


def show() -> int:
    """Print the list; 0 even where a feature has no test yet, because the list only tells."""
    listed, names = features(), titles()
    for feature, tests in listed.items():
        say(f"{feature:<4} {names.get(feature, '(not in docs/features.txt)')}")
        for test in tests or ["-"]:
            say(f"       {test}")
    proven = sum(bool(tests) for tests in listed.values())
    say(f"\n{proven} of {len(listed)} features carry tests.")
    return 0
