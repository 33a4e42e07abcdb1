"""Two tabs, one draft: a three-way merge per question that loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eservices.questions.conditions import is_empty


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One question that both sides changed in different ways; None is "no answer"."""

    mine: Any
    theirs: Any


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The merged answers. Where both sides clash, they hold what is saved already (theirs)."""

    merged: dict[str, Any]
    clashes: dict[str, Clash]


def merge(
    base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Merge:
    """Merge answers by question: `base` is what this tab started from, `mine` what it sends,
    `theirs` what is saved now.

    Without a base (too old, no longer kept) every difference is a clash. Works for answers and for
    unfinished texts.
    """
    merged: dict[str, Any] = {}
    clashes: dict[str, Clash] = {}
    for name in dict.fromkeys([*theirs, *mine, *(base or {})]):
        before, ours, other = (_get(side, name) for side in (base or {}, mine, theirs))
        chosen = other
        if not same(ours, other):
            if base is None or not (same(ours, before) or same(other, before)):
                clashes[name] = Clash(mine=ours, theirs=other)
            elif same(other, before):
                chosen = ours
        if chosen is not None:
            merged[name] = chosen
    return Merge(merged=merged, clashes=clashes)


def same(left: Any, right: Any) -> bool:
    """Whether two answers are the same JSON: true is not 1 and "1" is not 1."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(same(a, b) for a, b in zip(left, right, strict=True))
    return bool(left == right)


def _get(answers: Mapping[str, Any], name: str) -> Any:
    answer = answers.get(name)
    return None if is_empty(answer) else answer
