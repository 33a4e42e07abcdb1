"""Answers about procedures: which are open, what their current form is, what it says in a language.

Frozen versions never change, so their structures and words are kept in memory by hash; lists never load them.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from eservices.contract import Viewer
from eservices.deadlines import due_on
from eservices.enums import Level, ProcedureState
from eservices.errors import NotFound
from eservices.models import (
    Procedure,
    ProcedureIssue,
    ProcedurePage,
    ProcedureText,
    ProcedureVersion,
    Section,
    Submission,
)
from eservices.questions.structure import Structure
from eservices.questions.words import Words
from eservices.uploads import DEFAULT_ACCEPT


@dataclass(frozen=True, kw_only=True)
class ProcedureCard:
    """A procedure in a list, in the language of its words."""

    code: str
    title: str
    summary: str
    language: str
    url: str
    minutes: int
    level: Level
    kinds: tuple[str, ...]
    section: Section
    for_viewer: bool
    is_open: bool
    procedure: Procedure


@dataclass(frozen=True, kw_only=True)
class ProcedureSection:
    """A heading with its procedures."""

    section: Section
    cards: tuple[ProcedureCard, ...]


def locales_needed() -> list[str]:
    """Return the languages in which a form must be complete before people get it.

    All languages of the portal, unless the municipality works in fewer (`PROCEDURE_LANGUAGES`).
    """
    wanted = settings.PROCEDURE_LANGUAGES
    return [code for code, _name in settings.LANGUAGES if not wanted or code in wanted]


def language_or_main(locale: str | None) -> str:
    """Return a language of the portal: the given one, else the active one, else the main one."""
    wanted = locale or get_language() or ""
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


# Lists


def open_procedures(
    viewer: Viewer, locale: str | None = None, *, search: str = "", only_mine: bool = False
) -> list[ProcedureCard]:
    """Return the procedures that can be started now or later, by section and title; two queries, however many.

    `search` looks for each of its words in title, summary, things to have at hand and section, without accents or case.
    `only_mine` leaves out those that the profile in use may not apply for.
    """
    language = language_or_main(locale)
    rows = Procedure.objects.filter(
        state=ProcedureState.OPEN, current__isnull=False
    ).select_related("section")
    found = [row for row in rows if not row.is_over and _matches(row, search, language)]
    if only_mine:
        found = [row for row in found if may_apply(viewer, row)]
    addresses = page_addresses(found, language)
    cards = [_card(row, viewer, language, addresses) for row in found]
    return sorted(
        cards, key=lambda card: (card.section.position, card.section.code, folded(card.title))
    )


def by_section(cards: Iterable[ProcedureCard]) -> list[ProcedureSection]:
    """Group sorted cards under their headings."""
    return [
        ProcedureSection(section=group[0].section, cards=tuple(group))
        for _pk, cards_of in groupby(cards, key=lambda card: card.section.pk)
        if (group := list(cards_of))
    ]


def card_of(procedure: Procedure, viewer: Viewer, locale: str | None = None) -> ProcedureCard:
    """Return one procedure as in a list."""
    language = language_or_main(locale)
    return _card(procedure, viewer, language, page_addresses([procedure], language))


def may_apply(viewer: Viewer, procedure: Procedure) -> bool:
    """Whether the profile in use may apply; somebody who has not logged in may look at everything."""
    return viewer.profile is None or procedure.takes(viewer.profile.kind)


def page_addresses(procedures: Sequence[Procedure], language: str) -> dict[int, str]:
    """Return the paths of the live pages in a language, by procedure; one query."""
    keys = {row.key: row.pk for row in procedures}
    if not keys:
        return {}
    pages = Page.objects.live().filter(
        translation_key__in=list(keys), locale__language_code=language, alias_of__isnull=True
    )
    found = {keys[page.translation_key]: page.get_url() for page in pages.select_related("locale")}
    return {pk: url for pk, url in found.items() if url}


def page_languages(procedure: Procedure) -> dict[str, str]:
    """Return the paths of the live pages of a procedure by language; one query."""
    pages = Page.objects.live().filter(translation_key=procedure.key, alias_of__isnull=True)
    found = {page.locale.language_code: page.get_url() for page in pages.select_related("locale")}
    return {code: url for code, url in found.items() if url}


def _card(
    row: Procedure, viewer: Viewer, language: str, addresses: Mapping[int, str]
) -> ProcedureCard:
    spoken, texts = row.texts_in(language)
    return ProcedureCard(
        code=row.code,
        title=texts.get("title") or row.code,
        summary=texts.get("summary") or "",
        language=spoken,
        url=addresses.get(row.pk, ""),
        minutes=row.minutes,
        level=Level(row.required_level),
        kinds=tuple(row.kinds),
        section=row.section,
        for_viewer=may_apply(viewer, row),
        is_open=row.is_open,
        procedure=row,
    )


def _matches(row: Procedure, search: str, language: str) -> bool:
    wanted = folded(search).split()
    if not wanted:
        return True
    texts = row.texts_in(language)[1]
    parts = [
        texts.get("title"),
        texts.get("summary"),
        *(texts.get("at_hand") or ()),
        row.section.name,
    ]
    text = folded(" ".join(str(part) for part in parts if part))
    return all(word in text for word in wanted)


def folded(text: str) -> str:
    """Return a text as people search it: no accents, no case."""
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in split if not unicodedata.combining(letter))


# One procedure


def procedure_for(code: str) -> Procedure:
    """Return a procedure with section, team and current version; NotFound for an unknown or withdrawn code."""
    found = (
        Procedure.objects.exclude(state=ProcedureState.WITHDRAWN)
        .select_related("section", "team", "current")
        .defer("current__structure")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def procedure_of_page(page: Page) -> Procedure | None:
    """Return the procedure that a page in any language describes, or None if it was never published."""
    return (
        Procedure.objects.select_related("section", "team", "current")
        .defer("current__structure")
        .filter(key=page.translation_key)
        .first()
    )


@dataclass(frozen=True, kw_only=True)
class AnnexToSend:
    """A document that a procedure asks for, in the words of a language."""

    id: str
    label: str
    help: str
    required: bool
    accept: tuple[str, ...]
    max_files: int


def annexes_to_send(procedure: Procedure, locale: str | None = None) -> list[AnnexToSend]:
    """Return the documents that the current form asks for beside its questions."""
    version = procedure.current
    if version is None:
        return []
    structure = structure_of(version)
    if not structure.annexes:
        return []
    words = words_of(text_for(version, language_or_main(locale)))
    return [
        AnnexToSend(
            id=annex.id,
            label=words.label(annex.id),
            help=words.help(annex.id),
            required=annex.required,
            accept=annex.accept or DEFAULT_ACCEPT,
            max_files=annex.max_files,
        )
        for annex in structure.annexes
    ]


def answer_by(procedure: Procedure, *, sent_on: date | None = None) -> date | None:
    """Return the day by which the municipality answers a request sent on a day (default: today)."""
    if not procedure.handling_days:
        return None
    start = sent_on or timezone.localdate()
    return due_on(start=start, days=procedure.handling_days, unit=procedure.handling_unit)


# Frozen forms


def current_version(procedure: Procedure) -> ProcedureVersion | None:
    """Return the version that new files are started on."""
    return procedure.current


def text_for(version: ProcedureVersion, locale: str) -> ProcedureText:
    """Return the newest complete words of a version in a language, else in the main one, else in any.

    NotFound when the version has no complete words at all; it is then not current either.
    """
    order = [locale, version.procedure.source_locale, settings.LANGUAGE_CODE]
    texts = list(version.texts.filter(complete=True).order_by("locale", "-edition"))
    for wanted in order:
        for text in texts:
            if text.locale == wanted:
                return text
    if not texts:
        raise NotFound
    return texts[0]


def structure_of(version: ProcedureVersion) -> Structure:
    """Return the frozen structure of a version; read from the database once per process."""
    return _structure(version.sha256)


def words_of(text: ProcedureText) -> Words:
    """Return frozen words; parsed once per process."""
    return _words(text.sha256, text.locale)


@lru_cache(maxsize=128)
def _structure(sha256: str) -> Structure:
    raw = ProcedureVersion.objects.filter(sha256=sha256).values_list("structure", flat=True)[:1]
    return Structure.from_json(raw[0])


@lru_cache(maxsize=512)
def _words(sha256: str, locale: str) -> Words:
    raw = ProcedureText.objects.filter(sha256=sha256, locale=locale).values_list(
        "words", flat=True
    )[:1]
    return Words.from_json(raw[0], locale)


# For editors


@dataclass(frozen=True, kw_only=True)
class Publication:
    """What an editor should know about the publication of a page."""

    procedure: Procedure | None
    newest: ProcedureVersion | None
    current: ProcedureVersion | None
    missing: tuple[str, ...]
    issues: tuple[ProcedureIssue, ...]
    versions: tuple[ProcedureVersion, ...]

    @property
    def is_current(self) -> bool:
        """Whether people get the newest version."""
        return self.newest is not None and self.newest == self.current


def publication_of(page: ProcedurePage) -> Publication:
    """Return what is current, which languages are missing, what went wrong, and the versions with their files."""
    procedure = Procedure.objects.filter(key=page.translation_key).first()
    issues = (
        ProcedureIssue.objects.filter(page_id=page.pk, solved_at__isnull=True) if page.pk else ()
    )
    if procedure is None:
        return Publication(
            procedure=None, newest=None, current=None, missing=(), issues=tuple(issues), versions=()
        )
    versions = tuple(
        procedure.versions.defer("structure")
        .annotate(files=Count("submissions"))
        .order_by("-number")
    )
    newest = versions[0] if versions else None
    current = next((version for version in versions if version.pk == procedure.current_id), None)
    return Publication(
        procedure=procedure,
        newest=newest,
        current=current,
        missing=tuple(missing_locales(newest)) if newest else (),
        issues=tuple(issues),
        versions=versions,
    )


def missing_locales(version: ProcedureVersion) -> list[str]:
    """Return the languages in which a version has no complete words yet."""
    complete = set(version.texts.filter(complete=True).values_list("locale", flat=True))
    return [code for code in locales_needed() if code not in complete]


def files_below(pages: Iterable[Page]) -> int:
    """Return how many files belong to procedures whose main page is one of these pages or below them."""
    count = 0
    for page in pages:
        below = Page.objects.descendant_of(page, inclusive=True)
        count += Submission.objects.filter(procedure__page__in=below).count()
    return count


def live_sources() -> QuerySet[Any]:
    """Return the live pages of procedures that are no copies kept in step with another page."""
    pages: QuerySet[Any] = ProcedurePage.objects.live().filter(alias_of__isnull=True)
    return pages.select_related("locale")
