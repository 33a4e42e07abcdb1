"""Documents of decisions: templates in versions that nobody edits, and the PDF that the worker makes of one."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eservices.actions import ebox, journal
from eservices.enums import AnnexPurpose, Outcome, ScanState, Side, SubmissionState
from eservices.errors import (
    TemplateAppealMissing,
    TemplatePlaceholderUnknown,
    TemplateTextMissing,
)
from eservices.models import Annex, DocumentTemplate, DocumentTemplateVersion, Submission, User
from eservices.queries.decision_documents import (
    PARTS,
    PLACEHOLDERS,
    decision_pdf,
    named_in,
    template_for,
)
from eservices.tasks import task

_OUTCOMES = {
    SubmissionState.ACCEPTED: Outcome.GRANTED,
    SubmissionState.REJECTED: Outcome.REFUSED,
}


@transaction.atomic
def write_version(
    *, template: DocumentTemplate, texts: Mapping[str, Mapping[str, str]], by: User | None
) -> DocumentTemplateVersion:
    """Store the words of a template as its next version; the same words again make none.

    Raises TemplateTextMissing, TemplatePlaceholderUnknown, and TemplateAppealMissing for refusals without the notice on
    how to appeal.
    """
    words = {
        code: {part: str(texts.get(code, {}).get(part, "")).strip() for part in PARTS}
        for code, _language in settings.LANGUAGES
    }
    check_words(template.outcome, words)
    row = DocumentTemplate.objects.select_for_update().get(pk=template.pk)
    last = row.versions.first()
    if last is not None and last.texts == words:
        return last
    return DocumentTemplateVersion.objects.create(
        template=row, number=last.number + 1 if last else 1, texts=words, created_by=by
    )


def check_words(outcome: str, words: Mapping[str, Mapping[str, str]]) -> None:
    """Raise what stands between the words of a template and a document: see `write_version`."""
    if not all(parts["title"] and parts["body"] for parts in words.values()):
        raise TemplateTextMissing
    unknown = {
        name
        for parts in words.values()
        for text in parts.values()
        for name in named_in(text)
        if name not in PLACEHOLDERS
    }
    if unknown:
        raise TemplatePlaceholderUnknown(names=", ".join(sorted(unknown)))
    refuses = outcome in (Outcome.REFUSED, Outcome.ANY)
    if refuses and not all(parts["closing"] for parts in words.values()):
        raise TemplateAppealMissing


def begin(submission: Submission) -> None:
    """Have the worker make the document of a decision, in its transaction; without template, nothing."""
    version = template_for(submission, _OUTCOMES[SubmissionState(submission.state)])
    if version is not None and submission.decided_at is not None:
        make_decision.enqueue(
            str(submission.public_id), version.pk, submission.decided_at.isoformat()
        )


@task(priority=10)
def make_decision(submission_id: str, version_id: int, decided_at: str) -> None:
    """Print a decision and put it into its file, once; a decision that was taken back is not printed any more."""
    row = (
        Submission.objects.filter(public_id=UUID(submission_id))
        .select_related("procedure", "team", "profile", "acting_user", "assignee")
        .first()
    )
    if row is None or row.decided_at is None or row.decided_at.isoformat() != decided_at:
        return
    version = DocumentTemplateVersion.objects.get(pk=version_id)
    if _made(row, version):
        return
    content = decision_pdf(row, version, reason=row.decision_reason, decided_at=row.decided_at)
    with translation.override(row.locale):
        name = f"{_('Decision')} {row.reference}.pdf"
    annex = Annex(
        submission=row,
        side=Side.AGENT,
        purpose=AnnexPurpose.DECISION,
        template_version=version,
        name=name,
        media_type="application/pdf",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        uploaded_by=row.assignee,
        scan=ScanState.CLEAN,
        scanned_at=timezone.now(),
    )
    annex.file.save(name, ContentFile(content), save=False)
    try:
        stored = _store(annex, row, version)
    except BaseException:
        annex.file.storage.delete(str(annex.file.name))
        raise
    if not stored:
        annex.file.storage.delete(str(annex.file.name))


@transaction.atomic
def _store(annex: Annex, row: Submission, version: DocumentTemplateVersion) -> bool:
    """Write the document down if no other worker did it meanwhile."""
    locked = Submission.objects.select_for_update().get(pk=row.pk)
    if locked.decided_at != row.decided_at or _made(row, version):
        return False
    annex.save(force_insert=True)
    journal.record(
        subject=row,
        event="decision_document",
        actor=None,
        side=Side.SYSTEM,
        data={
            "annex": str(annex.public_id),
            "sha256": annex.sha256,
            "template": version.template.code,
            "version": version.number,
        },
    )
    ebox.publish(
        key=f"decision:{row.public_id}:{annex.public_id}",
        profile=row.profile,
        titles=_titles(row),
        annexes=[annex],
        submission=row,
        told_already=True,
    )
    return True


def _titles(row: Submission) -> dict[str, str]:
    """Return what the document is called in each language; never what was decided."""
    titles = {}
    for code, _language in settings.LANGUAGES:
        with translation.override(code):
            titles[code] = _("Decision: %(procedure)s") % {"procedure": row.procedure.title}
    return titles


def _made(row: Submission, version: DocumentTemplateVersion) -> bool:
    return row.annexes.filter(
        purpose=AnnexPurpose.DECISION, template_version=version, created_at__gte=row.decided_at
    ).exists()
