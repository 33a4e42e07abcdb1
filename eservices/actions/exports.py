"""Lists as files: asked for by one person, made by the worker, handed to that person only, deleted after a week.

The worker writes to a file of its own and puts it in place at the end: killed in the middle it begins anew, and ends
with one file.
"""

import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import IO, Any, Final
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import journal, mails
from eservices.actions.acting import person_acting
from eservices.actions.notices import notify
from eservices.contract import Viewer
from eservices.enums import ExportFormat, ExportState, NoticeKind, Side
from eservices.errors import ExportEmpty, ExportNotReady, ExportsBusy, ExportTooLarge
from eservices.models import Export, OutgoingMail, Profile, User
from eservices.models.lists import export_path
from eservices.queries.exports import AgentFiles, ExportList, OwnFiles, export_for, list_of
from eservices.spreadsheets import table_writer
from eservices.tasks import task

#: One person's exports that are being made at a time.
MAX_OPEN: Final = 3
#: A file takes at most so many rows: as many as a worker writes well within its time for one task.
MAX_ROWS: Final = 50_000
#: The event in the journal of a file that left in an export.
EXPORTED: Final = "exported"
#: Rows that are read, written down as read and written out together.
CHUNK: Final = 200
KEEP: Final = timedelta(days=7)
#: How long the row of an export stays after its bytes are gone, so that the person sees what happened.
KEEP_ROW: Final = timedelta(days=30)
#: An export that is not ready after so long was given up by every worker.
GIVEN_UP: Final = timedelta(days=1)
_OPEN = (ExportState.WAITING, ExportState.RUNNING)


def ask_for_files(
    *,
    user: User,
    format: ExportFormat,
    filters: Mapping[str, Any],
    columns: Iterable[str] = (),
    language: str,
) -> Export:
    """Ask for the agents' list as it is filtered, with the columns that were chosen (default: the usual ones).

    Raises Refused without the right to files, ExportColumnUnknown, ExportEmpty, ExportTooLarge, ExportsBusy.
    """
    with translation.override(language):
        wanted = AgentFiles(user=user, filters=filters, language=language)
        keys = [column.key for column in wanted.chosen(columns)]
    parameters = {"filters": wanted.filters.parameters(), "columns": keys}
    return _ask(wanted, user=user, profile=None, format=format, parameters=parameters)


def ask_for_own_files(
    *,
    viewer: Viewer,
    format: ExportFormat,
    filters: Mapping[str, Any],
    columns: Iterable[str] = (),
    language: str,
) -> Export:
    """Ask for one's own files, those of the profile in use. Raises as `ask_for_files` does."""
    user = person_acting(viewer)
    wanted = OwnFiles(viewer=viewer, filters=filters)
    keys = [column.key for column in wanted.chosen(columns)]
    parameters = {"filters": wanted.filters.parameters(), "columns": keys}
    return _ask(
        wanted,
        user=user,
        profile=viewer.profile,
        format=format,
        parameters=parameters,
        language=language,
    )


@transaction.atomic
def _ask(
    wanted: ExportList,
    *,
    user: User,
    profile: Profile | None,
    format: ExportFormat,
    parameters: Mapping[str, Any],
    language: str = "",
) -> Export:
    locked = User.objects.select_for_update().get(pk=user.pk)
    if Export.objects.filter(user=locked, state__in=_OPEN).count() >= MAX_OPEN:
        raise ExportsBusy(limit=MAX_OPEN)
    count = wanted.files().count()
    if not count:
        raise ExportEmpty
    if count > MAX_ROWS:
        raise ExportTooLarge(limit=MAX_ROWS)
    export = Export.objects.create(
        user=locked,
        profile=profile,
        list=wanted.slug,
        format=format,
        language=language or getattr(wanted, "language", ""),
        parameters=dict(parameters),
        total=count,
    )
    make.enqueue(str(export.public_id))
    return export


@task(priority=-50)
def make(export_id: str) -> None:
    """Write one export; one that is ready, or whose owner lost the right, is left alone."""
    export = Export.objects.select_related("user", "profile").get(public_id=export_id)
    taken = Export.objects.filter(pk=export.pk).exclude(
        state__in=(ExportState.READY, ExportState.EXPIRED)
    )
    if not taken.update(state=ExportState.RUNNING, done=0):
        return
    try:
        with tempfile.TemporaryFile() as target, translation.override(export.language):
            if _write(export, target):
                _put_in_place(export, target)
    except Exception:
        Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
            state=ExportState.FAILED
        )
        raise


def _write(export: Export, target: IO[bytes]) -> bool:
    """Write all rows; tells whether the export is still wanted."""
    wanted = list_of(export)
    columns = wanted.chosen(export.parameters.get("columns", ()))
    keys = wanted.keys()
    running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
    running.update(total=len(keys))
    heading = [str(column.label) for column in columns]
    fmt = ExportFormat(export.format)
    with table_writer(fmt, target, heading, title=str(wanted.title)) as table:
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            lines = wanted.lines(part, columns)
            if wanted.is_reading:
                journal.record_many(
                    subjects=[line.file for line in lines],
                    event=EXPORTED,
                    actor=export.user,
                    side=Side.AGENT,
                    data={"export": str(export.public_id)},
                )
            for line in lines:
                table.write(column.value(line) for column in columns)
            if not running.update(done=start + len(part)):
                return False  # somebody deleted it, or another worker was faster
    return True


def _put_in_place(export: Export, target: IO[bytes]) -> None:
    """Store the bytes under a name that was written down before, then say that they are ready."""
    running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
    storage = export.file.storage
    name = export.file.name or export_path(export, "")
    if not running.update(file=name):
        return
    storage.delete(name)  # what a worker left that was killed here
    target.seek(0)
    stored = storage.save(name, File(target))
    now = timezone.now()
    with transaction.atomic():
        ready = running.update(
            state=ExportState.READY, file=stored, ready_at=now, expires_at=now + KEEP
        )
        if ready:
            kind = NoticeKind.TEAM if export.list == AgentFiles.slug else NoticeKind.PROGRESS
            notify(
                kind=kind,
                profile=export.profile,
                to_user=export.user,
                template="export_ready",
                key=f"export-ready:{export.public_id}",
                context={"export": str(export.public_id)},
            )
    if not ready and not Export.objects.filter(file=stored).exists():
        storage.delete(stored)


@mails.mail_extra("export_ready")
def ready_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return where the file is; never what is in it."""
    export = Export.objects.get(public_id=mail.context["export"])
    return {"button_path": page_of(export), "days": KEEP.days}


def page_of(export: Export) -> str:
    """Return the address of the page of an export."""
    name = "agent-export" if export.list == AgentFiles.slug else "export"
    return reverse(name, args=[export.public_id])


def file_of(*, user: User, public_id: UUID, slug: str, now: datetime | None = None) -> Export:
    """Return an export whose bytes its owner may have now.

    Raises NotFound for those of others, Refused for who lost the right to the list, ExportNotReady.
    """
    export = export_for(user, public_id, slug)
    list_of(export)
    over = export.expires_at is not None and export.expires_at <= (now or timezone.now())
    if export.state != ExportState.READY or over:
        raise ExportNotReady
    return export


def delete(*, export: Export) -> None:
    """Delete an export with its bytes, whatever its state: a worker that is writing it stops at the next part."""
    name = export.file.name
    storage = export.file.storage
    export.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name))


def delete_of(*, user: User) -> None:
    """Delete all exports of a person, when the account is erased."""
    for export in Export.objects.filter(user=user):
        delete(export=export)


def tidy(*, now: datetime | None = None) -> int:
    """Delete the bytes whose week is over and the rows that nobody reads any more; returns how many bytes went.

    Exports that no worker finished within a day count as failed.
    """
    now = now or timezone.now()
    Export.objects.filter(state__in=_OPEN, created_at__lt=now - GIVEN_UP).update(
        state=ExportState.FAILED
    )
    gone = 0
    for export in Export.objects.filter(state=ExportState.READY, expires_at__lte=now):
        name = export.file.name
        Export.objects.filter(pk=export.pk).update(state=ExportState.EXPIRED, file="")
        if name:
            export.file.storage.delete(name)
        gone += 1
    old = Q(expires_at__lt=now - KEEP_ROW) | Q(
        state=ExportState.FAILED, created_at__lt=now - KEEP_ROW
    )
    for export in Export.objects.filter(old):
        delete(export=export)
    return gone
