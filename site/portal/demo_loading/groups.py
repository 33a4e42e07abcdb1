"""Questions and options that several procedures of the demo share: `use: me` stands for all questions of a group."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import yaml

from portal.demo_loading.files import DEMO, ContentError

Raw = dict[str, Any]


@cache
def shared() -> Mapping[str, Mapping[str, list[Raw]]]:
    """Return the shared questions and options by kind and name."""
    text = (DEMO / "groups.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, list[Raw]]] = yaml.load(text, Loader=yaml.CSafeLoader)  # noqa: S506  safe
    return found


def expanded(data: Mapping[str, Any]) -> Raw:
    """Return a procedure with its own copy of everything shared; ContentError for an unknown name."""
    code = str(data["code"])
    chapters = [
        {**chapter, "questions": [*_questions(chapter["questions"], code)]}
        for chapter in data["chapters"]
    ]
    return {**data, "chapters": chapters}


def _questions(items: list[Raw], code: str) -> Iterator[Raw]:
    for item in items:
        if "use" in item:
            yield from _questions(_named("questions", item["use"], code), code)
        elif isinstance(item.get("options"), str):
            yield {**item, "options": _named("options", item["options"], code)}
        else:
            yield item


def _named(kind: str, name: str, code: str) -> list[Raw]:
    try:
        return shared()[kind][name]
    except KeyError as error:
        raise ContentError(
            f"procedures/{code}: “{name}” is not one of the shared {kind}."
        ) from error
