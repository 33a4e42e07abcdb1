"""Procedures for tests: frozen ones without pages (quick), and pages to publish."""

import uuid
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from eservices.enums import Level, ProcedureState, VersionState
from eservices.models import (
    Procedure,
    ProcedureIndexPage,
    ProcedurePage,
    ProcedureText,
    ProcedureVersion,
    Section,
    Team,
)
from eservices.models.builder import read_builder
from eservices.questions.structure import digest
from portal.demo_loading.groups import expanded
from portal.demo_loading.procedures import page_values

LANGUAGES = [code for code, _name in settings.LANGUAGES]
DEMO = Path(__file__).resolve().parents[2] / "site" / "portal" / "demo" / "procedures"

_numbers = count(1)

#: Two chapters: a name, a question that opens another one, a number, a file and a consent.
SIMPLE_STRUCTURE: dict[str, Any] = {
    "format": 1,
    "chapters": [
        {
            "id": "about",
            "fields": [
                {"id": "name", "type": "text", "required": True, "max_length": 100, "key": "name"},
                {"id": "help-needed", "type": "yes_no", "required": True, "key": "help_needed"},
                {
                    "id": "help-kind",
                    "type": "long_text",
                    "required": True,
                    "show_if": [{"field": "help-needed", "op": "is", "value": "yes"}],
                },
            ],
        },
        {
            "id": "details",
            "fields": [
                {"id": "people", "type": "number", "minimum": "1", "maximum": "500", "decimals": 0},
                {"id": "plan", "type": "file", "accept": ["pdf", "png"], "max_files": 2},
                {"id": "true", "type": "consent", "required": True},
            ],
        },
    ],
}
SIMPLE_WORDS: dict[str, dict[str, str]] = {
    "about": {"title": "About you"},
    "name": {"label": "Your name"},
    "help-needed": {"label": "Do you need help?"},
    "help-kind": {"label": "Which help do you need?"},
    "details": {"title": "Details"},
    "people": {"label": "How many people come?", "unit": "people"},
    "plan": {"label": "Plan"},
    "true": {"label": "This is true."},
}
#: What completes the simple form.
SIMPLE_ANSWERS: dict[str, Any] = {"name": "Amélie Renard", "help-needed": False, "true": True}


def make_section(code: str = "", **fields: Any) -> Section:
    """A heading with a name in each language."""
    code = code or f"section-{next(_numbers)}"
    names = {language: f"{code} ({language})" for language in LANGUAGES}
    return Section.objects.get_or_create(
        code=code, defaults={"names": names, "icon": "tent-tree", **fields}
    )[0]


def make_team(code: str = "", **fields: Any) -> Team:
    """A team with a name in each language."""
    code = code or f"team-{next(_numbers)}"
    names = {language: f"{code} ({language})" for language in LANGUAGES}
    defaults = {
        "names": names,
        "phone": "04 000 00 20",
        "email": f"{code}@valmont.example",
        **fields,
    }
    return Team.objects.get_or_create(code=code, defaults=defaults)[0]


def frozen_procedure(
    structure: dict[str, Any], words: dict[str, dict[str, dict[str, str]]], **fields: Any
) -> Procedure:
    """An open procedure with one current version; `words` by language and block id. No page is made."""
    number = next(_numbers)
    titles = {
        code: {"title": f"Procedure {number} ({code})", "summary": "Ask for it."} for code in words
    }
    values = {
        "key": uuid.uuid4(),
        "code": f"procedure-{number}",
        "source_locale": settings.LANGUAGE_CODE,
        "kinds": ["citizen"],
        "required_level": Level.LOW,
        "handling_days": 30,
        "texts": titles,
        **fields,
    }
    values.setdefault("section", None)
    values["section"] = values["section"] or make_section()
    values["team"] = values.get("team") or make_team()
    procedure = Procedure.objects.create(**values)
    add_version(procedure, structure, words)
    return procedure


def add_version(
    procedure: Procedure, structure: dict[str, Any], words: dict[str, dict[str, dict[str, str]]]
) -> ProcedureVersion:
    """Make the next version of a procedure current, with complete words in the given languages."""
    newest = procedure.versions.order_by("-number").first()
    procedure.versions.filter(state=VersionState.CURRENT).update(state=VersionState.RETIRED)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=newest.number + 1 if newest else 1,
        state=VersionState.CURRENT,
        structure=structure,
        sha256=digest(structure),
        activated_at=timezone.now(),
    )
    for code, texts in words.items():
        ProcedureText.objects.create(
            version=version, locale=code, words=texts, sha256=digest(texts), complete=True
        )
    procedure.current = version
    procedure.state = ProcedureState.OPEN
    procedure.save(update_fields=["current", "state"])
    return version


def words_in_all_languages(
    words: dict[str, dict[str, str]],
) -> dict[str, dict[str, dict[str, str]]]:
    """The same words in each language, marked with it except in English."""
    return {
        code: words
        if code == "en"
        else {
            block: {kind: f"{text} ({code})" for kind, text in texts.items()}
            for block, texts in words.items()
        }
        for code in LANGUAGES
    }


def simple_procedure(**fields: Any) -> Procedure:
    """A small open procedure with a frozen version in four languages; SIMPLE_ANSWERS complete it."""
    return frozen_procedure(SIMPLE_STRUCTURE, words_in_all_languages(SIMPLE_WORDS), **fields)


@lru_cache
def demo_data(name: str) -> dict[str, Any]:
    """The content of a demo procedure, by the name of its file, with what it shares with others."""
    return expanded(yaml.safe_load((DEMO / f"{name}.yaml").read_text(encoding="utf-8")))


def procedure_from_yaml(name: str, **fields: Any) -> Procedure:
    """A demo procedure (tree, event, pool…), frozen in four languages, without pages."""
    data = demo_data(name)
    section, team = make_section(data["section"]), make_team(data["team"])
    values = {code: page_values(data, code, section, team) for code in LANGUAGES}
    forms = {code: read_builder(values[code]["chapters"]) for code in LANGUAGES}
    texts = {
        code: {
            **{part: page[part] for part in ("title", "summary", "received", "decision")},
            "at_hand": [item["value"] for item in page["at_hand"]],
        }
        for code, page in values.items()
    }
    plain = {
        "code": data["code"],
        "section": section,
        "team": team,
        "required_level": data["level"],
        "level_at": data.get("level_at", "start"),
        "accepted_methods": data.get("accepted_methods", []),
        "max_age_minutes": data.get("max_age_minutes"),
        "kinds": data["who"],
        "handling_days": data["handling"]["days"],
        "handling_unit": data["handling"]["unit"],
        "retention_days": data["retention_days"],
        "minutes": data["minutes"],
        "texts": texts,
    }
    return frozen_procedure(
        forms[settings.LANGUAGE_CODE].structure,
        {code: form.words for code, form in forms.items()},
        **{**plain, **fields},
    )


# Pages


def make_index(language: str = "") -> ProcedureIndexPage:
    """The live list of procedures of a language, below a root of the default site."""
    locale = Locale.objects.get_or_create(language_code=language or settings.LANGUAGE_CODE)[0]
    found = ProcedureIndexPage.objects.filter(locale=locale).first()
    if found:
        return found
    root = Page.get_first_root_node()
    main = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)[0]
    homes = Page.objects.filter(depth=2, slug__startswith="root-")
    home = homes.filter(locale=locale).first()
    if home is None:
        source = homes.filter(locale=main).first()
        key = source.translation_key if source else uuid.uuid4()
        slug = f"root-{locale.language_code}"
        home = root.add_child(
            instance=Page(title=slug, slug=slug, locale=locale, translation_key=key)
        )
    if locale == main:
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home}
        )
    source_index = ProcedureIndexPage.objects.filter(locale=main).first()
    key = source_index.translation_key if source_index else uuid.uuid4()
    return home.add_child(
        instance=ProcedureIndexPage(
            title="Procedures", slug="list", locale=locale, translation_key=key
        )
    )


def builder_from(
    structure: dict[str, Any], words: dict[str, dict[str, str]]
) -> list[dict[str, Any]]:
    """The `chapters` of a page that would be frozen into this structure and these words."""
    return [
        {
            "type": "chapter",
            "id": chapter["id"],
            "value": {
                **words.get(chapter["id"], {}),
                "questions": [_block(item, words) for item in chapter["fields"]],
                "show_if": [],
            },
        }
        for chapter in structure["chapters"]
    ]


def _block(item: dict[str, Any], words: dict[str, dict[str, str]]) -> dict[str, Any]:
    value = {
        name: part
        for name, part in item.items()
        if name not in ("id", "type", "show_if", "options")
    }
    value |= words.get(item["id"], {})
    value.setdefault("required", False)
    value["show_if"] = [
        {
            "type": "item",
            "id": f"{item['id']}-if-{number}",
            "value": {"question": rule["field"], "op": rule["op"], "value": rule.get("value", "")},
        }
        for number, rule in enumerate(item.get("show_if", ()))
    ]
    if "options" in item:
        value["options"] = [
            {"type": "item", "id": option["id"], "value": {**option, **words.get(option["id"], {})}}
            for option in item["options"]
        ]
    return {"type": item["type"], "id": item["id"], "value": value}


def make_page(language: str = "", *, key: uuid.UUID | None = None, **fields: Any) -> ProcedurePage:
    """A draft page of the simple form; `key` makes it a translation of another page."""
    number = next(_numbers)
    index = make_index(language)
    code = index.locale.language_code
    values = {
        "title": f"Page {number} ({code})",
        "slug": f"page-{number}",
        "summary": f"Summary ({code})",
        "section": fields.pop("section", None) or make_section("pages"),
        "team": fields.pop("team", None) or make_team("pages"),
        "chapters": builder_from(SIMPLE_STRUCTURE, words_in_all_languages(SIMPLE_WORDS)[code]),
        **fields,
    }
    page = ProcedurePage(
        locale=index.locale, translation_key=key or uuid.uuid4(), live=False, **values
    )
    index.refresh_from_db()
    return index.add_child(instance=page)


def publish(page: ProcedurePage, **fields: Any) -> ProcedurePage:
    """Publish a page as the editor does; returns it fresh from the database."""
    for name, value in fields.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return ProcedurePage.objects.get(pk=page.pk)


def publish_everywhere(**fields: Any) -> ProcedurePage:
    """A page published in all languages, the main one last; returns the main page."""
    main = make_page(**fields)
    for code in LANGUAGES:
        if code != settings.LANGUAGE_CODE:
            make_translation(main, code)
    return publish(main)


def make_translation(main: ProcedurePage, language: str, *, live: bool = True) -> ProcedurePage:
    """A translation of a page of the simple form, published unless told otherwise."""
    make_index(language)
    page = make_page(language, key=main.translation_key, section=main.section, team=main.team)
    return publish(page) if live else page
