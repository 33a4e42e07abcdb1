"""Looking for viruses: each document once it arrived, again while the scanner does not answer."""

import logging
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final, cast

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices.actions import journal, mails
from eservices.actions.answers import columns_of, delete_bytes, take_out
from eservices.actions.notices import notify
from eservices.actions.team_letters import tell_team
from eservices.contract import Job
from eservices.enums import AnnexPurpose, AnnexState, NoticeKind, ScanState, Side
from eservices.models import Annex, Correction, OutgoingMail, Submission
from eservices.queries.introducers import receiver_of
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import Content, content_of
from eservices.scanning import Verdict, scanner
from eservices.tasks import task

log = logging.getLogger("guichet.scans")

#: A document that waits longer than this is asked about again, after its first task gave up.
PATIENCE: Final = timedelta(minutes=15)
BATCH: Final = 200


def begin(*, annex: Annex) -> None:
    """Have a stored document checked, in the caller's transaction: at once where nobody else must be asked."""
    if scanner().at_once:
        settle(annex=annex, verdict=_look(annex))
    else:
        scan_annex.enqueue(str(annex.public_id))


@task(priority=10)
def scan_annex(annex_id: str) -> None:
    """Check one document; the worker tries again while the scanner does not answer."""
    annex = Annex.objects.filter(public_id=annex_id, state=AnnexState.STORED).first()
    if annex is not None and annex.scan == ScanState.PENDING:
        settle(annex=annex, verdict=_look(annex))


def _look(annex: Annex) -> Verdict:
    with annex.file.open("rb") as stored:
        return scanner().scan(cast("BinaryIO", stored))


@transaction.atomic
def settle(*, annex: Annex, verdict: Verdict, now: datetime | None = None) -> Annex:
    """Write down what the scanner found; the first verdict stands.

    Of an infected document the bytes go and the name stays; both sides are told. Once a document of the municipality is
    checked, the citizen is told that it is there.
    """
    rows = Submission.objects.select_for_update(of=("self",))
    row = rows.select_related("version", "procedure", "profile").get(pk=annex.submission_id)
    waiting = Annex.objects.filter(pk=annex.pk, scan=ScanState.PENDING, state=AnnexState.STORED)
    if not waiting.update(scan=verdict.state, scanned_at=now or timezone.now()):
        return annex
    annex.refresh_from_db(fields=("scan", "scanned_at"))
    if verdict.state == ScanState.INFECTED:
        _remove(annex, row, verdict)
    elif annex.purpose == AnnexPurpose.INFORMATION:
        _tell_citizen(annex, row, "document_from_us", NoticeKind.PROGRESS)
    return annex


def _remove(annex: Annex, row: Submission, verdict: Verdict) -> None:
    log.warning("annex_infected")
    if annex.purpose == AnnexPurpose.ANSWER and row.is_draft:
        take_out(annex=annex, row=row, by=None)
    if annex.correction_id is not None:
        _take_out_of_changes(annex, row)
    delete_bytes(annex)
    journal.record(
        subject=row,
        event="annex_infected",
        actor=None,
        side=Side.SYSTEM,
        data={"annex": str(annex.public_id), "virus": verdict.name},
    )
    if annex.side == Side.CITIZEN:
        _tell_citizen(annex, row, "annex_infected", NoticeKind.QUESTION)
    waits = annex.correction_id is not None
    of_file = not waits and (annex.message_id or annex.purpose != AnnexPurpose.MESSAGE)
    if row.submitted_at is not None and of_file:
        tell_team(
            submission=row,
            template="annex_infected_team",
            key=f"annex-infected:{annex.public_id}",
            view="annexes",
        )


def _take_out_of_changes(annex: Annex, row: Submission) -> None:
    """Take a document out of the changes with which it waits."""
    waiting = row.corrections.filter(annexes=annex).select_related("submission")
    for correction in waiting:
        saved = content_of(correction)
        held = saved.answers.get(annex.question_id) or []
        answers = {name: v for name, v in saved.answers.items() if name != annex.question_id}
        if kept := [name for name in held if name != str(annex.public_id)]:
            answers[annex.question_id] = kept
        content = Content(answers=answers, unfinished=saved.unfinished)
        columns = columns_of(structure_of(row.version), content, row)
        del columns["set_aside"]
        Correction.objects.filter(pk=correction.pk).update(**columns)


def _tell_citizen(annex: Annex, row: Submission, template: str, kind: NoticeKind) -> None:
    own = annex.uploaded_by if annex.side == Side.CITIZEN else None
    receiver = own or receiver_of(row)
    if receiver is not None:
        notify(
            kind=kind,
            profile=row.profile,
            to_user=receiver,
            template=template,
            key=f"{template}:{annex.public_id}",
            context={"submission": str(row.public_id)},
        )


def scan_waiting(*, now: datetime | None = None) -> int:
    """Ask again about documents that wait since long; returns how many."""
    limit = (now or timezone.now()) - PATIENCE
    waiting = Annex.objects.filter(
        scan=ScanState.PENDING, state=AnnexState.STORED, created_at__lt=limit
    ).exclude(purpose=AnnexPurpose.DECISION)
    ids = [str(name) for name in waiting.order_by("pk").values_list("public_id", flat=True)[:BATCH]]
    for annex_id in ids:
        scan_annex.enqueue(annex_id)
    return len(ids)


def jobs() -> list[Job]:
    """Return this work as jobs of the scheduler."""
    return [
        Job(name="annexes.scan_waiting", every=timedelta(minutes=15), run=scan_waiting),
    ]


def _file_letter(mail: OutgoingMail, address: str, place: str) -> dict[str, Any]:
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse(address, args=[row.reference]) + place,
    }


@mails.mail_extra("annex_infected")
def infected_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return in which file a document was deleted; not its name."""
    return _file_letter(mail, "submission", "#annexes")


@mails.mail_extra("annex_infected_team")
def infected_team_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return in which file a document was deleted; not its name."""
    return _file_letter(mail, "agent-file", "?view=annexes")


@mails.mail_extra("document_from_us")
def document_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return in which file a document of the municipality lies; not its name."""
    return _file_letter(mail, "submission", "#annexes")
