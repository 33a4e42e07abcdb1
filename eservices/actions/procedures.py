"""Freezing procedures: a published page becomes an immutable version, each language adds its words.

Rules come from the page in the procedure's main language only; from translations only words are taken, by id.
Mistakes of editors never raise: they are recorded as `ProcedureIssue`s, and everybody stays on the version before.
A version becomes current once all languages have complete words for it.
"""

import json
import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail_localize.models import Translation, TranslationSource

from eservices.contract import registry
from eservices.enums import ProcedureState, VersionState
from eservices.models import (
    Procedure,
    ProcedureIssue,
    ProcedurePage,
    ProcedureText,
    ProcedureVersion,
    User,
)
from eservices.money import Money
from eservices.queries.procedures import live_sources, locales_needed, missing_locales
from eservices.questions.issues import structure_issues
from eservices.questions.mistakes import Issue
from eservices.questions.structure import Structure, canonical, digest
from eservices.questions.words_issues import words_issues
from eservices.tasks import task

log = logging.getLogger("guichet.procedures")

#: A mistake that only the translation tool knows of, beside those of `questions.mistakes`.
UNFINISHED = "translation_unfinished"
#: The form asks for a signature that no installed service offers.
NOBODY_SIGNS = "signature_not_offered"
MESSAGES: dict[str, str | Promise] = {
    UNFINISHED: _("The translation is not finished: some texts are still in the main language."),
    NOBODY_SIGNS: _("No installed service lets people sign as this procedure asks."),
}


class FrozenFormChangedError(RuntimeError):
    """Frozen rows no longer have the hash with which they were written; the message lists them."""


# Publishing


@transaction.atomic
def freeze(
    *, page: ProcedurePage, revision_id: int | None = None, by: User | None = None
) -> ProcedureVersion | None:
    """Take over a page in the main language after its publication; returns the newest version.

    None means that the form has mistakes: they are recorded for the editor and the previous version stays.
    A new version is made only if the structure differs from the newest one; a mere change of words makes a
    new edition of the text.
    """
    page = _published(page)
    form = page.form_as_built
    issues = structure_issues(form.structure)
    if not issues:
        structure = Structure.from_json(form.structure)
        issues = words_issues(structure, form.words, page.locale.language_code)
    if not registry.offers_signature(page.signature_level):
        issues.append(Issue(kind=NOBODY_SIGNS))
    if issues:
        _record_issues(page, _procedure_of(page), issues)
        return None
    procedure = _take_rules(page)
    newest = procedure.versions.order_by("-number").first()
    if newest is not None and newest.sha256 == digest(form.structure):
        version = newest
    else:
        version = _new_version(procedure, newest, form.structure, revision_id, by)
    _write_text(version, page, form.words, complete=True, revision_id=revision_id)
    if version is not newest:
        for other in _other_languages(page):
            _record_words(procedure, version, other, revision_id=other.live_revision_id)
    _record_issues(page, procedure, [])
    _activate(procedure, version)
    sync_translations.enqueue(str(page.translation_key))
    return version


@transaction.atomic
def record_words(*, page: ProcedurePage, revision_id: int | None = None) -> ProcedureText | None:
    """Take over the words of a translated page after its publication, for the newest version of the procedure.

    None when the procedure was never published in its main language: there is nothing to translate yet.
    """
    page = _published(page)
    procedure = (
        Procedure.objects.select_for_update(of=("self",)).filter(key=page.translation_key).first()
    )
    newest = procedure.versions.order_by("-number").first() if procedure else None
    if procedure is None or newest is None:
        return None
    text = _record_words(procedure, newest, page, revision_id=revision_id)
    _activate(procedure, newest)
    return text


def is_main_page(page: ProcedurePage) -> bool:
    """Whether rules are taken from this page: it is in the main language of its procedure.

    Before the first publication that is the page without translations, or the one in the portal's main language.
    """
    language = page.locale.language_code
    known = (
        Procedure.objects.filter(key=page.translation_key)
        .values_list("source_locale", flat=True)
        .first()
    )
    if known:
        return bool(known == language)
    others = ProcedurePage.objects.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    return language == settings.LANGUAGE_CODE or not others.exists()


@transaction.atomic
def close(*, page: ProcedurePage) -> None:
    """Stop new files after the main page was unpublished or deleted; files that exist go on."""
    Procedure.objects.filter(
        key=page.translation_key,
        source_locale=page.locale.language_code,
        state=ProcedureState.OPEN,
    ).update(state=ProcedureState.CLOSED)


@task
def sync_translations(key: str) -> None:
    """Tell the translation tool that the source of a procedure changed, so that translators see what is new."""
    for source in TranslationSource.objects.filter(object_id=key):
        if source.get_source_instance().live:
            source.update_from_db()


# Keeping watch


def changed_frozen_rows() -> list[str]:
    """Recompute the hash of every frozen row; return those that do not have it any more, in words for a log."""
    versions = (
        f"version {row.pk} (procedure {row.procedure_id}, number {row.number})"
        for row in ProcedureVersion.objects.iterator(chunk_size=50)
        if digest(row.structure) != row.sha256
    )
    texts = (
        f"text {row.pk} (version {row.version_id}, {row.locale}, edition {row.edition})"
        for row in ProcedureText.objects.iterator(chunk_size=50)
        if digest(row.words) != row.sha256
    )
    return [*versions, *texts]


def verify_versions() -> None:
    """Daily job: raise FrozenFormChangedError if a frozen row was changed behind our back."""
    if changed := changed_frozen_rows():
        raise FrozenFormChangedError("; ".join(changed))


def pages_behind() -> list[ProcedurePage]:
    """Return live pages in a main language whose form is not the newest version, for instance after a crash."""
    behind = []
    for page in live_sources():
        if not is_main_page(page):
            continue
        form = page.form_as_built
        text = (
            ProcedureText.objects.filter(
                version__procedure__key=page.translation_key, locale=page.locale.language_code
            )
            .select_related("version")
            .order_by("-version__number", "-edition")
            .first()
        )
        frozen = (text.version.sha256, text.sha256) if text else None
        if frozen != (digest(form.structure), digest(form.words)):
            behind.append(page)
    return behind


# Inside


def _published(page: ProcedurePage) -> ProcedurePage:
    """Return the page as it is published: the instance of a signal may hold a draft."""
    found: ProcedurePage = ProcedurePage.objects.select_related("locale").get(pk=page.pk)
    return found


def _procedure_of(page: ProcedurePage) -> Procedure | None:
    return (
        Procedure.objects.select_for_update(of=("self",)).filter(key=page.translation_key).first()
    )


def _take_rules(page: ProcedurePage) -> Procedure:
    """Return the procedure of a page with the page's rules and words around the form; a new one is made at first."""
    procedure = _procedure_of(page) or Procedure(
        key=page.translation_key,
        code=_free_code(page.code or page.slug),
        source_locale=page.locale.language_code,
    )
    procedure.page_id = page.pk
    procedure.section_id = page.section_id
    procedure.team_id = page.team_id
    procedure.required_level = page.level
    procedure.level_at = page.level_at
    procedure.accepted_methods = page.accepted_methods
    procedure.max_age_minutes = page.max_age_minutes
    procedure.kinds = page.kinds
    procedure.handling_days = page.handling_days
    procedure.handling_unit = page.handling_unit
    procedure.retention_days = page.retention_days
    procedure.draft_days = page.draft_days
    procedure.minutes = page.minutes
    procedure.opens_at = page.opens_at
    procedure.closes_at = page.closes_at
    procedure.fee_cents = Money.from_decimal(page.fee).cents if page.fee else None
    procedure.payment_days = page.payment_days
    procedure.signature_level = page.signature_level
    procedure.texts = {**procedure.texts, page.locale.language_code: page.texts()}
    if procedure.state == ProcedureState.CLOSED:
        procedure.state = ProcedureState.OPEN
    procedure.save()
    return procedure


def _free_code(wanted: str) -> str:
    """Return a code that no other procedure has: a copied page makes a procedure of its own."""
    base = wanted[:55]
    taken = set(Procedure.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in _codes(base) if code not in taken)


def _codes(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _new_version(
    procedure: Procedure,
    newest: ProcedureVersion | None,
    structure: dict[str, Any],
    revision_id: int | None,
    by: User | None,
) -> ProcedureVersion:
    procedure.versions.filter(state=VersionState.PREPARED).update(state=VersionState.RETIRED)
    return ProcedureVersion.objects.create(
        procedure=procedure,
        number=newest.number + 1 if newest else 1,
        structure=json.loads(canonical(structure)),
        sha256=digest(structure),
        revision_id=revision_id,
        created_by=by,
    )


def _other_languages(page: ProcedurePage) -> Iterable[ProcedurePage]:
    pages: Iterable[ProcedurePage] = (
        ProcedurePage.objects.live()
        .filter(
            translation_key=page.translation_key,
            alias_of__isnull=True,
            locale__language_code__in=locales_needed(),
        )
        .exclude(pk=page.pk)
        .select_related("locale")
    )
    return pages


def _record_words(
    procedure: Procedure, version: ProcedureVersion, page: ProcedurePage, *, revision_id: int | None
) -> ProcedureText:
    """Write the words of a translated page that belong to a version, complete or not."""
    language = page.locale.language_code
    structure = Structure.from_json(version.structure)
    known = _ids_of(version.structure)
    words = {name: texts for name, texts in page.form_as_built.words.items() if name in known}
    issues = words_issues(structure, words, language)
    if _is_translation_unfinished(page):
        issues.append(Issue(kind=UNFINISHED, params={"locale": language}))
    if not issues:
        procedure.texts = {**procedure.texts, language: page.texts()}
        procedure.save(update_fields=["texts"])
    _record_issues(page, procedure, issues)
    return _write_text(version, page, words, complete=not issues, revision_id=revision_id)


def _ids_of(structure: Any) -> set[str]:
    """Return all block ids of a raw structure: chapters, questions, columns and options."""
    if isinstance(structure, list):
        return {found for item in structure for found in _ids_of(item)}
    if not isinstance(structure, dict):
        return set()
    own = {structure["id"]} if isinstance(structure.get("id"), str) else set()
    return own.union(*(_ids_of(item) for item in structure.values()))


def _is_translation_unfinished(page: ProcedurePage) -> bool:
    """Whether the translation tool still waits for texts. It publishes such pages all the same, with source texts."""
    unfinished = (
        row.get_progress()
        for row in Translation.objects.filter(
            source__object_id=page.translation_key, target_locale=page.locale, enabled=True
        )
    )
    return any(done < total for total, done in unfinished)


def _write_text(
    version: ProcedureVersion,
    page: ProcedurePage,
    words: dict[str, dict[str, str]],
    *,
    complete: bool,
    revision_id: int | None,
) -> ProcedureText:
    """Return the newest edition of the words in a language; a new one is written only if something differs."""
    language, sha256 = page.locale.language_code, digest(words)
    newest = version.texts.filter(locale=language).order_by("-edition").first()
    if newest and (newest.sha256, newest.complete) == (sha256, complete):
        return newest
    return ProcedureText.objects.create(
        version=version,
        locale=language,
        edition=newest.edition + 1 if newest else 1,
        words=json.loads(canonical(words)),
        sha256=sha256,
        complete=complete,
        revision_id=revision_id,
    )


def _activate(procedure: Procedure, version: ProcedureVersion) -> None:
    """Make a version current if all languages are complete; the one before is retired."""
    if version.state == VersionState.CURRENT or missing_locales(version):
        return
    procedure.versions.filter(state=VersionState.CURRENT).update(state=VersionState.RETIRED)
    version.state = VersionState.CURRENT
    version.activated_at = timezone.now()
    version.save(update_fields=["state", "activated_at"])
    procedure.current = version
    procedure.save(update_fields=["current"])
    log.info("procedure_version_current", extra={"code": procedure.code, "number": version.number})


def _record_issues(page: ProcedurePage, procedure: Procedure | None, issues: list[Issue]) -> None:
    """Replace the open issues of a page: what is still wrong keeps its row, what was put right is marked solved.

    Sentences are kept in the language of the page, which its editor reads.
    """
    open_rows = {
        (row.kind, row.block_id, row.message): row
        for row in ProcedureIssue.objects.filter(page_id=page.pk, solved_at__isnull=True)
    }
    with translation.override(page.locale.language_code):
        found = {(issue.kind, issue.block_id, _message(issue)[:300]) for issue in issues}
    for key in sorted(found - open_rows.keys()):
        kind, block_id, message = key
        ProcedureIssue.objects.create(
            procedure=procedure,
            page_id=page.pk,
            locale=page.locale.language_code,
            kind=kind,
            message=message,
            block_id=block_id,
        )
    solved = [row.pk for key, row in open_rows.items() if key not in found]
    ProcedureIssue.objects.filter(pk__in=solved).update(solved_at=timezone.now())


def _message(issue: Issue) -> str:
    return str(MESSAGES[issue.kind]) if issue.kind in MESSAGES else issue.message
