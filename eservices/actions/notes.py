"""Internal notes: what agents write for each other about a file."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.actions.rights import check_role
from eservices.enums import Side, TeamRoleKind
from eservices.errors import MessageTooLong, NoteEmpty, NotFound
from eservices.models import InternalNote, Submission, User
from eservices.queries.roles import opinion_asked_of

MAX_LENGTH: Final = 5000


@transaction.atomic
def write(*, submission: Submission, by: User, body: str) -> InternalNote:
    """Add a note to a file, in any state; citizens never read it.

    Readers of the team write notes too, and teams that are asked for an opinion. Raises NotFound for others, NoteEmpty,
    MessageTooLong.
    """
    if opinion_asked_of(by, submission) is None:
        check_role(submission, by, TeamRoleKind.READER)
    words = _checked(body)
    Submission.objects.select_for_update().get(pk=submission.pk)
    note = InternalNote.objects.create(submission=submission, author=by, body=words)
    journal.record(
        subject=submission,
        event="note_written",
        actor=by,
        side=Side.AGENT,
        data={"note": str(note.public_id)},
    )
    return note


@transaction.atomic
def edit(*, note: InternalNote, by: User, body: str) -> InternalNote:
    """Change one's own note; it is then marked as edited. Raises NotFound for a colleague's."""
    row = InternalNote.objects.select_for_update().get(pk=note.pk)
    if row.author_id != by.pk:
        raise NotFound
    row.body, row.edited_at = _checked(body), timezone.now()
    row.save(update_fields=("body", "edited_at"))
    return row


def _checked(body: str) -> str:
    words = body.strip()
    if not words:
        raise NoteEmpty(field="note")
    if len(words) > MAX_LENGTH:
        raise MessageTooLong(field="note", limit=MAX_LENGTH)
    return words
