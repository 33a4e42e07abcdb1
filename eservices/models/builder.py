"""Reading the builder of a page: structure and words apart, as they are frozen. Nothing is checked here.

What an editor got wrong comes out as it is; `eservices.questions.issues` names the mistakes. Codes in conditions become
ids here, because only ids survive renaming.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from wagtail.rich_text import expand_db_html

from eservices.questions.formulas import with_ids
from eservices.questions.structure import FORMAT

#: Children of a question that are copied when they are set, in any type.
COPIED = (
    "key",
    "min_length",
    "max_length",
    "decimals",
    "earliest",
    "latest",
    "min_rows",
    "max_rows",
    "max_files",
    "help_page",
    "prefill",
)
FLAGS = ("required", "sensitive", "money")
DECIMALS = ("minimum", "maximum")
CHAPTER_WORDS = ("title", "intro")
QUESTION_WORDS = ("label", "help", "unit")

TAGS = {"p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "a"}
SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True, kw_only=True)
class BuiltForm:
    """A form as its editor left it: the raw structure and the words by block id, both plain JSON."""

    structure: dict[str, Any]
    words: dict[str, dict[str, str]]


def read_builder(
    chapters: Iterable[Mapping[str, Any]], annexes: Iterable[Mapping[str, Any]] = ()
) -> BuiltForm:
    """Read the JSON of the fields `chapters` and `annexes` (`raw_data`, or what a block prepares for the database)."""
    blocks = list(chapters)
    reader = _Reader(blocks)
    structure = {"format": FORMAT, "chapters": [reader.chapter(block) for block in blocks]}
    if wanted := [reader.annex(block) for block in annexes]:
        structure["annexes"] = wanted
    return BuiltForm(structure=structure, words=reader.words)


@dataclass(frozen=True, kw_only=True)
class Blocks:
    """The raw values of the fields `chapters` and `annexes` of a page."""

    chapters: list[dict[str, Any]]
    annexes: list[dict[str, Any]]


def blocks_of(structure: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> Blocks:
    """Return the blocks from which `read_builder` reads this structure and these words again."""
    codes = _Codes(structure)
    chapters = [
        {
            "type": "chapter",
            "id": chapter["id"],
            "value": {
                **words.get(chapter["id"], {}),
                "key": chapter.get("key", ""),
                "show_if": codes.conditions(chapter),
                "questions": [codes.block(item, words) for item in chapter["fields"]],
            },
        }
        for chapter in structure["chapters"]
    ]
    annexes = [
        {
            "type": "annex",
            "id": annex["id"],
            "value": {
                "required": False,
                **{name: value for name, value in annex.items() if name != "id"},
                **words.get(annex["id"], {}),
            },
        }
        for annex in structure.get("annexes", ())
    ]
    return Blocks(chapters=chapters, annexes=annexes)


class _Codes:
    """Writes frozen questions as blocks, with codes in the place of ids wherever there is a code."""

    def __init__(self, structure: Mapping[str, Any]) -> None:
        self.known: dict[str, str] = {}
        for chapter in structure["chapters"]:
            for item in chapter["fields"]:
                code = item.get("key") or ""
                self.known[item["id"]] = code or item["id"]
                for part in (*item.get("options", ()), *item.get("columns", ())):
                    self.known[part["id"]] = part.get("key") or part["id"]

    def block(
        self, item: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]
    ) -> dict[str, Any]:
        """Return the block of a question or column."""
        copied = ("id", "type", "show_if", "options", "columns", "not_before")
        value: dict[str, Any] = {name: part for name, part in item.items() if name not in copied}
        value.update(words.get(item["id"], {}))
        if item["type"] not in ("info", "calculated"):
            value.setdefault("required", False)
        if "show_if" in item:
            value["show_if"] = self.conditions(item)
        if "not_before" in item:
            value["not_before"] = self.known.get(item["not_before"], item["not_before"])
        if "options" in item:
            value["options"] = [
                {
                    "type": "item",
                    "id": option["id"],
                    "value": {"key": option.get("key", ""), **words.get(option["id"], {})},
                }
                for option in item["options"]
            ]
        if "columns" in item:
            value["columns"] = [self.block(column, words) for column in item["columns"]]
        return {"type": item["type"], "id": item["id"], "value": value}

    def conditions(self, item: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the conditions of a chapter or question."""
        return [
            {
                "type": "item",
                "id": f"{item['id']}-if-{number}",
                "value": {
                    "question": self.known.get(rule["field"], rule["field"]),
                    "op": rule["op"],
                    "value": self.known.get(rule.get("value", ""), rule.get("value", "")),
                },
            }
            for number, rule in enumerate(item.get("show_if", ()))
        ]


def clean_html(text: str) -> str:
    """Return an editor's rich text as plain, safe HTML with real addresses.

    The editor's random `data-block-key` goes too: it would change the hash without any visible change.
    """
    import nh3  # heavy: for who publishes

    html = expand_db_html(text) if "<a" in text or "<embed" in text else text
    return nh3.clean(
        html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel=None
    ).strip()


class _Reader:
    def __init__(self, chapters: list[Mapping[str, Any]]) -> None:
        self.words: dict[str, dict[str, str]] = {}
        #: Ids of questions by code, and ids of options by code for each question.
        self.ids: dict[str, str] = {}
        self.options: dict[str, dict[str, str]] = {}
        #: Ids of questions and "question.column" by code, for formulas; codes of sensitive questions.
        self.operands: dict[str, str] = {}
        self.sensitive: set[str] = set()
        for chapter in chapters:
            for question in (chapter.get("value") or {}).get("questions") or ():
                self._remember_codes(question)

    def _remember_codes(self, question: Mapping[str, Any]) -> None:
        value, question_id = question.get("value") or {}, question.get("id") or ""
        if value.get("sensitive") and question_id:
            self.sensitive.add(question_id)
        if value.get("key"):
            self.ids.setdefault(value["key"], question_id)
            self.operands.setdefault(value["key"], question_id)
            for column in value.get("columns") or ():
                if code := (column.get("value") or {}).get("key"):
                    name = f"{question_id}.{column.get('id') or ''}"
                    self.operands.setdefault(f"{value['key']}.{code}", name)
        for item in value.get("options") or ():
            if isinstance(item, Mapping) and (code := (item.get("value") or {}).get("key")):
                self.options.setdefault(question_id, {}).setdefault(code, item.get("id") or "")

    def chapter(self, block: Mapping[str, Any]) -> dict[str, Any]:
        value, block_id = block.get("value") or {}, block.get("id")
        self._take_words(block_id, value, CHAPTER_WORDS)
        found: dict[str, Any] = _with_id(block_id)
        if value.get("key"):
            found["key"] = value["key"]
        if conditions := self._conditions(value):
            found["show_if"] = conditions
        found["fields"] = [self.question(item) for item in value.get("questions") or ()]
        return found

    def annex(self, block: Mapping[str, Any]) -> dict[str, Any]:
        value, block_id = block.get("value") or {}, block.get("id")
        self._take_words(block_id, value, ("label", "help"))
        found = _with_id(block_id)
        found |= {name: value[name] for name in ("key", "max_files") if value.get(name)}
        if value.get("required"):
            found["required"] = True
        if value.get("accept"):
            found["accept"] = sorted(value["accept"])
        return found

    def question(self, block: Mapping[str, Any]) -> dict[str, Any]:
        value, block_id = block.get("value") or {}, block.get("id")
        found = self._simple(block)
        if conditions := self._conditions(value):
            found["show_if"] = conditions
        if value.get("not_before"):
            found["not_before"] = self.ids.get(value["not_before"], value["not_before"])
        if value.get("formula"):
            found["formula"] = with_ids(value["formula"], self.operands)
            if any(f"{{{name}" in found["formula"] for name in self.sensitive):
                found["sensitive"] = True  # what is calculated from a secret tells it
        if value.get("accept"):
            found["accept"] = sorted(value["accept"])
        if "columns" in value:
            found["columns"] = [self._simple(column) for column in value["columns"] or ()]
        if value.get("text"):
            self.words.setdefault(block_id or "", {})["text"] = clean_html(value["text"])
        return found

    def _simple(self, block: Mapping[str, Any]) -> dict[str, Any]:
        value, block_id = block.get("value") or {}, block.get("id")
        self._take_words(block_id, value, QUESTION_WORDS)
        found: dict[str, Any] = {**_with_id(block_id), "type": block.get("type")}
        found |= {name: value[name] for name in COPIED if value.get(name) not in (None, "")}
        found |= {name: True for name in FLAGS if value.get(name)}
        found |= {
            name: _decimal(value[name]) for name in DECIMALS if value.get(name) not in (None, "")
        }
        if "options" in value:
            found["options"] = [self._option(item) for item in value["options"] or ()]
        return found

    def _option(self, item: Any) -> dict[str, Any]:
        if not isinstance(item, Mapping) or "value" not in item:
            return {}
        value, option_id = item["value"], item.get("id")
        self._take_words(option_id, value, ("label",))
        found = _with_id(option_id)
        if value.get("key"):
            found["key"] = value["key"]
        return found

    def _conditions(self, value: Mapping[str, Any]) -> list[dict[str, str]]:
        found = []
        for item in value.get("show_if") or ():
            raw = item.get("value", item) if isinstance(item, Mapping) else {}
            target = raw.get("question") or ""
            field = self.ids.get(target, target)
            wanted = str(raw.get("value") or "").strip()
            condition = {"field": field, "op": raw.get("op") or ""}
            if wanted and raw.get("op") != "filled":
                condition["value"] = self.options.get(field, {}).get(wanted, wanted)
            found.append(condition)
        return found

    def _take_words(
        self, block_id: str | None, value: Mapping[str, Any], names: Iterable[str]
    ) -> None:
        texts = {name: text for name in names if (text := str(value.get(name) or "").strip())}
        if texts:
            self.words.setdefault(block_id or "", {}).update(texts)


def _with_id(block_id: str | None) -> dict[str, Any]:
    return {"id": block_id} if block_id else {}


def _decimal(value: Any) -> str:
    """Write a decimal in one way only: 0.00 and 0 are the same limit."""
    try:
        return format(Decimal(str(value)).normalize(), "f")
    except InvalidOperation:
        return str(value)
