"""Loads the procedures of site/portal/demo/procedures: a page per language, published as an editor would."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from cms_pages.models import HomePage, LoadedFile
from eservices.models import (
    Procedure,
    ProcedureIndexPage,
    ProcedureIssue,
    ProcedurePage,
    Section,
    Team,
)
from eservices.questions.structure import digest
from portal.demo_loading import places, translations
from portal.demo_loading.bodies import stable_id
from portal.demo_loading.files import LANGUAGES, ContentError
from portal.demo_loading.groups import expanded

Raw = dict[str, Any]
Trees = dict[str, Page]

INDEX_TITLES = {"fr": "Démarches", "nl": "Procedures", "de": "Verfahren", "en": "Procedures"}
INDEX_SLUGS = {"fr": "demarches", "nl": "procedures", "de": "verfahren", "en": "procedures"}
INDEX_INTROS = {
    "fr": "Choisissez une démarche. Vous pouvez l’enregistrer et continuer plus tard.",
    "nl": "Kies een procedure. U kunt ze opslaan en later voortzetten.",
    "de": "Wählen Sie ein Verfahren. Sie können es speichern und später fortsetzen.",
    "en": "Choose a procedure. You can save it and go on later.",
}
#: Raised when this code makes something else of the same file.
FORMAT = "2"
#: What a question has as it stands in the file, if it is there.
COPIED = (
    "min_rows",
    "max_rows",
    "max_files",
    "accept",
    "earliest",
    "latest",
    "not_before",
    "prefill",
    "formula",
    "money",
)


def load_procedures(data: list[dict[str, Any]]) -> int:
    """Load procedures from the content of their files; returns how many changed. Sections and teams must exist."""
    known = dict(LoadedFile.objects.values_list("key", "sha256"))
    frozen = set(Procedure.objects.filter(current__isnull=False).values_list("code", flat=True))
    homes = HomePage.objects.select_related("locale").order_by("path")
    parents: Trees = {}
    for home in homes:
        parents.setdefault(home.locale.language_code, home)
    count = 0
    for procedure in map(expanded, data):
        key, sha256 = (
            f"procedures/{procedure['code']}",
            digest([FORMAT, _without_floats(procedure)]),
        )
        if known.get(key) == sha256 and procedure["code"] in frozen:
            continue
        with transaction.atomic():
            pages = load_procedure(procedure, load_indexes(parents))
            _refuse_mistakes(pages, key)
            LoadedFile.objects.update_or_create(key=key, defaults={"sha256": sha256})
        count += 1
    return count


def _refuse_mistakes(pages: Trees, name: str) -> None:
    """Raise ContentError with what kept a form from being taken over: nobody reads the panel of a demo page."""
    ids = [page.pk for page in pages.values()]
    issues = ProcedureIssue.objects.filter(page_id__in=ids, solved_at__isnull=True)
    if found := [f"{issue.locale}: {issue.message} ({issue.block_id})" for issue in issues]:
        raise ContentError(f"{name}: {'; '.join(found)}")


def load_indexes(parents: Mapping[str, Page]) -> Trees:
    """Return the lists of procedures by language, made and published below the given pages."""
    pages = {}
    for code, locale in places.locales().items():
        values = {
            "title": INDEX_TITLES[code],
            "slug": INDEX_SLUGS[code],
            "intro": INDEX_INTROS[code],
        }
        page = places.ensure_page(
            ProcedureIndexPage, places.page_key("procedures"), locale, parents[code], values
        )
        if not page.live:
            places.publish(page, values)
        pages[code] = page
    _record(pages, "procedures")
    return pages


def load_procedure(data: Mapping[str, Any], indexes: Mapping[str, Page]) -> Trees:
    """Write one procedure into its pages, the main language last, so that its version is complete at once."""
    main, key = settings.LANGUAGE_CODE, places.page_key("procedure", data["code"])
    section = Section.objects.get(code=data["section"])
    team = Team.objects.get(code=data["team"])
    pages = {}
    for code, locale in places.locales().items():
        values = page_values(data, code, section, team)
        pages[code] = places.ensure_page(ProcedurePage, key, locale, indexes[code], values)
    for code in sorted(LANGUAGES, key=lambda code: code == main):
        places.publish(pages[code], page_values(data, code, section, team))
    _record(pages, f"procedures/{data['code']}")
    return pages


def page_values(data: Mapping[str, Any], language: str, section: Section, team: Team) -> Raw:
    """Return the fields of the page in a language."""
    code, who = data["code"], data["who"]
    words = {
        name: _text(data[name], language) for name in ("title", "summary", "received", "decision")
    }
    return {
        **words,
        "slug": data["slug"][language],
        "code": code,
        "section": section,
        "team": team,
        "level": data["level"],
        "level_at": data.get("level_at", "start"),
        "accepted_methods": data.get("accepted_methods", []),
        "max_age_minutes": data.get("max_age_minutes"),
        "for_citizens": "citizen" in who,
        "for_enterprises": "enterprise" in who,
        "for_associations": "association" in who,
        "handling_days": data["handling"]["days"],
        "handling_unit": data["handling"]["unit"],
        "retention_days": data["retention_days"],
        "minutes": data["minutes"],
        "draft_days": data.get("draft_days", 60),
        "opens_at": data.get("opens_at"),
        "closes_at": data.get("closes_at"),
        "fee": Decimal(data["fee"]) if "fee" in data else None,
        "payment_days": data.get("payment_days", 14),
        "signature_level": data.get("signature_level", "none"),
        "at_hand": [
            {
                "type": "item",
                "id": _id(code, "at_hand", item["id"]),
                "value": _text(item["text"], language),
            }
            for item in data["at_hand"]
        ],
        "annexes": [_annex(code, item, language) for item in data.get("annexes", ())],
        "state_texts": [
            {
                "type": "text",
                "id": _id(code, "state_texts", item["state"]),
                "value": {"state": item["state"], "text": _text(item["text"], language)},
            }
            for item in data.get("state_texts", ())
        ],
        "chapters": [_chapter(code, chapter, language) for chapter in data["chapters"]],
    }


def _annex(code: str, data: Mapping[str, Any], language: str) -> Raw:
    value = {
        "label": _text(data["label"], language),
        "help": _text(data.get("help"), language),
        "required": bool(data.get("required")),
        "accept": data["accept"],
        "max_files": data["max_files"],
        "key": data["id"],
    }
    return {"type": "annex", "id": _id(code, "annexes", data["id"]), "value": value}


def _chapter(code: str, data: Mapping[str, Any], language: str) -> Raw:
    value = {
        "title": _text(data["title"], language),
        "intro": _text(data.get("intro"), language),
        "questions": [_question((code, data["id"]), item, language) for item in data["questions"]],
        "key": "",
        "show_if": _conditions((code, data["id"]), data),
    }
    return {"type": "chapter", "id": _id(code, data["id"]), "value": value}


def _question(path: tuple[str, ...], data: Mapping[str, Any], language: str) -> Raw:
    here = (*path, data["id"])
    value = _simple(here, data, language)
    value["show_if"] = _conditions(here, data)
    if data["type"] == "info":
        value["text"] = f"<p>{_text(data['help'], language)}</p>"
    else:
        value["help"] = _text(data.get("help"), language)
        value["help_page"] = _help_page(data.get("help_key"))
    if data["type"] not in ("info", "calculated"):
        value["sensitive"] = bool(data.get("sensitive"))
    value |= {name: data[name] for name in COPIED if name in data}
    if "columns" in data:
        value["columns"] = [
            {
                "type": column["type"],
                "id": _id(*here, column["id"]),
                "value": _simple((*here, column["id"]), column, language),
            }
            for column in data["columns"]
        ]
    return {"type": data["type"], "id": _id(*here), "value": value}


def _simple(here: tuple[str, ...], data: Mapping[str, Any], language: str) -> Raw:
    """Return what questions and columns share."""
    value: Raw = {"label": _text(data["label"], language), "key": data["id"]}
    if data["type"] not in ("info", "calculated"):
        value["required"] = bool(data.get("required"))
    for name in ("min_length", "max_length", "decimals"):
        if name in data:
            value[name] = data[name]
    for name in ("minimum", "maximum"):
        if name in data:
            value[name] = str(data[name])
    if "unit" in data:
        value["unit"] = _text(data["unit"], language)
    if "options" in data:
        value["options"] = [
            {
                "type": "item",
                "id": _id(*here, option["id"]),
                "value": {"label": _text(option["label"], language), "key": option["id"]},
            }
            for option in data["options"]
        ]
    return value


def _conditions(here: tuple[str, ...], data: Mapping[str, Any]) -> list[Raw]:
    return [
        {
            "type": "item",
            "id": _id(*here, "show_if", str(number)),
            "value": {
                "question": item["question"],
                "op": item["op"],
                "value": str(item.get("value") or ""),
            },
        }
        for number, item in enumerate(data.get("show_if") or ())
    ]


def _help_page(key: str | None) -> int | None:
    """Return the question page that helps, in the main language; people get it in theirs."""
    if not key:
        return None
    found = Page.objects.filter(
        translation_key=places.page_key("faq", key), locale__language_code=settings.LANGUAGE_CODE
    )
    return found.values_list("pk", flat=True).first()


def _record(pages: Trees, name: str) -> None:
    main = settings.LANGUAGE_CODE
    targets = {code: page for code, page in pages.items() if code != main}
    translations.record(pages[main], targets, name)


def _id(*names: str) -> str:
    return stable_id("procedure", *names)


def _text(words: Mapping[str, str] | None, language: str) -> str:
    """Return a text in a language; line breaks of the file become spaces, no-break spaces stay."""
    return " ".join(
        part for part in (words or {}).get(language, "").replace("\n", " ").split(" ") if part
    )


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _without_floats(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_without_floats(item) for item in value]
    return value
