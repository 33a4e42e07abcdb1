"""Procedures as JSON: exported for another town, taken over as draft pages in all languages.

The document, format 1:

    {"kind": "guichet.procedure", "format": 1, "main_language": "fr", "code": "tree",
     "rules": {"section": code, "team": code, "level": 20, ...},
     "texts": {"fr": {"title", "slug", "summary", "received", "decision", "at_hand": [...], "states": {...}}},
     "structure": frozen form (`questions.structure`), "words": {"fr": {block id: {kind: text}}}}

Ids stay, so that a form that comes back is the same form; the procedure gets a key of its own. Links to help pages stay
behind: they are pages of one town.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from eservices.enums import Method
from eservices.errors import ImportRefused
from eservices.models import Procedure, ProcedureIndexPage, ProcedurePage, Section, Team, User
from eservices.models.builder import blocks_of
from eservices.queries.procedures import locales_needed
from eservices.questions.issues import structure_issues
from eservices.questions.structure import Structure
from eservices.questions.words_issues import words_issues

KIND, FORMAT = "guichet.procedure", 1
#: Larger files are no procedures.
MAX_BYTES = 1_000_000

#: Fields of the page that are rules, taken as they are.
RULES = (
    "level",
    "level_at",
    "accepted_methods",
    "max_age_minutes",
    "for_citizens",
    "for_enterprises",
    "for_associations",
    "handling_days",
    "handling_unit",
    "retention_days",
    "minutes",
    "draft_days",
    "opens_at",
    "closes_at",
    "fee",
    "payment_days",
    "signature_level",
)
TEXTS = ("title", "summary", "received", "decision")


def export_procedure(*, page: ProcedurePage) -> dict[str, Any]:
    """Return a procedure as it stands in the pages of all its languages, published or not."""
    pages = {
        other.locale.language_code: other
        for other in ProcedurePage.objects.filter(
            translation_key=page.translation_key, alias_of__isnull=True
        ).select_related("locale")
    }
    latest = {code: other.get_latest_revision_as_object() for code, other in pages.items()}
    main = latest.get(_main_language(page)) or latest[page.locale.language_code]
    structure = _without_help_pages(main.form_as_built.structure)
    return {
        "kind": KIND,
        "format": FORMAT,
        "main_language": main.locale.language_code,
        "code": main.code or main.slug,
        "rules": {
            "section": main.section.code,
            "team": main.team.code,
            **{name: _plain(getattr(main, name)) for name in RULES},
        },
        "texts": {code: {**one.texts(), "slug": one.slug} for code, one in sorted(latest.items())},
        "structure": structure,
        "words": {code: one.form_as_built.words for code, one in sorted(latest.items())},
    }


def _main_language(page: ProcedurePage) -> str:
    known = Procedure.objects.filter(key=page.translation_key)
    return known.values_list("source_locale", flat=True).first() or settings.LANGUAGE_CODE


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _without_help_pages(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_help_pages(item) for item in value]
    if isinstance(value, dict):
        return {k: _without_help_pages(item) for k, item in value.items() if k != "help_page"}
    return value


def import_procedure(
    *, raw: bytes, by: User, section: Section | None = None, team: Team | None = None
) -> list[ProcedurePage]:
    """Make draft pages of an exported procedure, one per language of the portal that it speaks; the main one first.

    `section` and `team` stand in for those that the file names and this portal does not have. Raises ImportRefused with
    `errors`, a list of (place, sentence): lines of the text while it is no JSON, else paths. Nothing is stored then.
    """
    document = _read(raw)
    errors = list(_problems(document))
    section = section or Section.objects.filter(code=_rule(document, "section")).first()
    team = team or Team.objects.filter(code=_rule(document, "team")).first()
    if section is None:
        errors.append(("/rules/section", _("This portal has no such section. Choose one.")))
    if team is None:
        errors.append(("/rules/team", _("This portal has no such team. Choose one.")))
    if errors or section is None or team is None:
        raise ImportRefused(errors=errors)
    with transaction.atomic():
        return _make_pages(document, by=by, section=section, team=team)


def _read(raw: bytes) -> dict[str, Any]:
    if len(raw) > MAX_BYTES:
        raise ImportRefused(errors=[("", _("The file is larger than 1 MB."))])
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_float=str, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise ImportRefused(errors=[("", _("The file is not text in UTF-8."))]) from None
    except json.JSONDecodeError as error:
        place = _("line %(line)s, character %(column)s") % {
            "line": error.lineno,
            "column": error.colno,
        }
        raise ImportRefused(errors=[(place, _("This is not JSON."))]) from None
    except (ValueError, RecursionError):
        raise ImportRefused(errors=[("", _("This is not JSON."))]) from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise ImportRefused(errors=[("/kind", _("This is no exported procedure."))])
    if document.get("format") != FORMAT:
        raise ImportRefused(errors=[("/format", _("This format is not known here."))])
    return document


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _rule(document: Mapping[str, Any], name: str) -> str:
    rules = document.get("rules")
    value = rules.get(name) if isinstance(rules, dict) else None
    return value if isinstance(value, str) else ""


def _problems(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the content of a document, each with its path."""
    main = document.get("main_language")
    for name in ("rules", "texts", "words"):
        if not isinstance(document.get(name), dict):
            yield f"/{name}", _("An object is expected here.")
            return
    if not isinstance(main, str) or main not in document["texts"] or main not in document["words"]:
        yield "/main_language", _("There are no texts in this language.")
        return
    if main not in locales_needed():
        yield "/main_language", _("This portal does not have this language.")
    for code, texts in document["texts"].items():
        for name in ("title", "summary", "slug"):
            if (
                not isinstance(texts, dict)
                or not isinstance(texts.get(name), str)
                or not texts[name]
            ):
                yield f"/texts/{code}/{name}", _("A text is expected here.")
    for code, words in document["words"].items():
        if not isinstance(words, dict) or not all(
            isinstance(entry, dict) and all(isinstance(text, str) for text in entry.values())
            for entry in words.values()
        ):
            yield f"/words/{code}", _("Texts by block are expected here.")
            return
    structure = document.get("structure")
    issues = structure_issues(structure)
    places = dict(_paths(structure, "/structure"))
    for issue in issues:
        yield places.get(issue.block_id, "/structure"), issue.message
    if issues:
        return
    frozen = Structure.from_json(structure)  # type: ignore[arg-type]
    for issue in words_issues(frozen, document["words"][main], main):
        yield f"/words/{main}/{issue.block_id}", issue.message


def _paths(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each block by id."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _paths(item, f"{path}/{index}")
    elif isinstance(value, dict):
        if isinstance(value.get("id"), str):
            yield value["id"], path
        for name, item in value.items():
            yield from _paths(item, f"{path}/{name}")


def _make_pages(
    document: Mapping[str, Any], *, by: User, section: Section, team: Team
) -> list[ProcedurePage]:
    main, key = document["main_language"], uuid4()
    parents = {
        parent.locale.language_code: parent
        for parent in ProcedureIndexPage.objects.select_related("locale").order_by("path")
    }
    if main not in parents:
        raise ImportRefused(
            errors=[("", _("There is no list of procedures in this language yet."))]
        )
    wanted = [main, *(code for code in document["texts"] if code != main and code in parents)]
    pages = []
    for code in wanted:
        if code not in document["words"]:
            continue
        values = {**_rules_of(document), **_texts_of(document["texts"][code], key)}
        blocks = blocks_of(document["structure"], document["words"][code])
        parent = ProcedureIndexPage.objects.get(pk=parents[code].pk)
        page = ProcedurePage(
            locale=parent.locale,
            translation_key=key,
            section=section,
            team=team,
            owner=by,
            live=False,
            slug=_free_slug(parent, document["texts"][code]["slug"]),
            chapters=blocks.chapters,
            annexes=blocks.annexes,
            **values,
        )
        try:
            parent.add_child(instance=page)
            page.save_revision(user=by, log_action=True)
        except ValidationError as error:
            raise ImportRefused(errors=list(_field_errors(error, code))) from None
        pages.append(page)
    return pages


def _field_errors(error: ValidationError, language: str) -> Iterator[tuple[str, str]]:
    for name, texts in error.message_dict.items():
        path = f"/texts/{language}/{name}" if name in (*TEXTS, "slug") else f"/rules/{name}"
        yield from ((path, text) for text in texts)


def _rules_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules as the fields of the page take them, each checked by its field."""
    rules: dict[str, Any] = {}
    errors: list[tuple[str, str]] = []
    for name in RULES:
        if name not in document["rules"]:
            continue
        field = ProcedurePage._meta.get_field(name)
        try:
            rules[name] = field.clean(document["rules"][name], None)
        except (ValidationError, TypeError) as error:
            texts = error.messages if isinstance(error, ValidationError) else [str(error)]
            errors += [(f"/rules/{name}", text) for text in texts]
    methods = rules.get("accepted_methods")
    if methods and not (isinstance(methods, list) and set(map(str, methods)) <= set(Method.values)):
        errors.append(("/rules/accepted_methods", _("A list of methods is expected here.")))
    if errors:
        raise ImportRefused(errors=errors)
    return rules


def _texts_of(texts: Mapping[str, Any], key: UUID) -> dict[str, Any]:
    """Return the fields with words; ids are the same in all languages, so that translators find them again."""
    at_hand = texts.get("at_hand") if isinstance(texts.get("at_hand"), list) else []
    states = texts.get("states") if isinstance(texts.get("states"), dict) else {}
    return {
        **{name: str(texts.get(name) or "") for name in TEXTS},
        "at_hand": [
            {"type": "item", "id": str(uuid5(key, f"at_hand-{number}")), "value": str(item)}
            for number, item in enumerate(at_hand or ())
        ],
        "state_texts": [
            {
                "type": "text",
                "id": str(uuid5(key, f"state-{state}")),
                "value": {"state": state, "text": str(text)},
            }
            for state, text in (states or {}).items()
        ],
    }


def _free_slug(parent: ProcedureIndexPage, wanted: str) -> str:
    taken = set(parent.get_children().values_list("slug", flat=True))
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
