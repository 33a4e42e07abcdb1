"""What is missing or wrong in the words of a form in one language."""

from collections.abc import Iterator, Mapping
from typing import Any

from eservices.questions.mistakes import Issue
from eservices.questions.structure import Structure
from eservices.questions.words import WORD_KEYS


def words_issues(structure: Structure, raw: Any, locale: str) -> list[Issue]:
    """Return what is missing or wrong in the words of one language; without any, they are
    complete.
    """
    if not isinstance(raw, Mapping):
        return [Issue(kind="words_form", params={"locale": locale})]
    issues: list[Issue] = []
    needed = dict(_needed_words(structure))
    for block_id, kind in needed.items():
        entry = raw.get(block_id)
        if not isinstance(entry, Mapping) or not str(entry.get(kind) or "").strip():
            issues.append(
                Issue(
                    kind="words_missing", block_id=block_id, params={"kind": kind, "locale": locale}
                )
            )
    for block_id, entry in raw.items():
        if block_id not in needed:
            issues.append(
                Issue(kind="words_unknown", block_id=str(block_id), params={"locale": locale})
            )
        elif not isinstance(entry, Mapping) or not all(
            name in WORD_KEYS and (text is None or isinstance(text, str))
            for name, text in entry.items()
        ):
            issues.append(Issue(kind="words_form", block_id=block_id, params={"locale": locale}))
    return issues + list(_twin_labels(structure, raw, locale))


def _needed_words(structure: Structure) -> Iterator[tuple[str, str]]:
    """Yield every id that needs words, with the kind that cannot be left out."""
    for chapter in structure.chapters:
        yield chapter.id, "title"
        for spec in chapter.questions:
            yield spec.id, "label" if spec.has_answer else "text"
            for item in (spec, *spec.columns):
                if item is not spec:
                    yield item.id, "label"
                for option in item.options:
                    yield option.id, "label"
    for annex in structure.annexes:
        yield annex.id, "label"


def _twin_labels(structure: Structure, raw: Mapping[str, Any], locale: str) -> Iterator[Issue]:
    groups = [
        [(spec.id, bool(spec.show_if)) for spec in chapter.questions if spec.has_answer]
        for chapter in structure.chapters
    ]
    for group in [*groups, [(annex.id, False) for annex in structure.annexes]]:
        seen: set[str] = set()
        for block_id, conditional in group:
            entry = raw.get(block_id)
            label = entry.get("label") if isinstance(entry, Mapping) else None
            if not isinstance(label, str) or not label.strip():
                continue
            folded = " ".join(label.split()).casefold()
            if folded in seen and not conditional:
                yield Issue(
                    kind="label_twice", block_id=block_id, params={"label": label, "locale": locale}
                )
            seen.add(folded)
