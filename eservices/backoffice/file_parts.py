"""The annexes, the discussion and the notes on the page of a file for agents."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eservices import formats
from eservices.enums import (
    AnnexPurpose,
    AnnexState,
    ReasonUse,
    RequestKind,
    RequestState,
    ScanState,
    Side,
    TeamRoleKind,
)
from eservices.models import (
    Annex,
    DecisionReason,
    InformationRequest,
    InternalNote,
    Message,
    Submission,
    User,
)
from eservices.queries.annexes import Version, annex_list
from eservices.queries.discussions import (
    is_editable,
    notes_of,
    read_until,
    thread_of,
    why_closed,
)
from eservices.queries.roles import reaches, role_in
from eservices.queries.submissions import FrozenForm


def annex_part(row: Submission, form: FrozenForm, agent: User) -> dict[str, Any]:
    """Return the documents of a file with what they are for and what the agent can do with them."""
    found = annex_list(row, form)
    handles = reaches(role_in(agent, row), TeamRoleKind.HANDLER)
    sent = [(item.label, version) for item in found.wanted for version in item.sent]
    sent += [(form.words.label(item.annex.question_id), item) for item in found.answers]
    words = _("%(label)s (no longer part of the answer)")
    sent += [
        (words % {"label": form.words.label(item.annex.question_id)}, item)
        for item in found.earlier
    ]
    sent += [(_("Further document"), version) for version in found.free]
    return {
        "missing": [item.label for item in found.wanted if item.is_missing and item.spec.required],
        "sent": [_sent(row, what, version, handles=handles) for what, version in sent],
        "from_us": [our_row(row, annex, handles=handles) for annex in found.from_us],
        "gone": [_gone(annex) for annex in found.gone],
        "may_send": handles,
    }


def _row(row: Submission, annex: Annex) -> dict[str, Any]:
    made = annex.purpose == AnnexPurpose.DECISION
    waits = annex.scan == ScanState.PENDING and not made
    return {
        "id": annex.public_id,
        "name": annex.name,
        "size": formats.file_size(annex.size),
        "at": annex.created_at,
        "by": annex.uploaded_by.display_name if annex.uploaded_by else "",
        "scan": "" if made else str(ScanState(annex.scan).label),
        "waits": waits,
        "url": "" if waits else reverse("agent-annex", args=[row.reference, annex.public_id]),
    }


def _sent(row: Submission, what: str, version: Version, *, handles: bool) -> dict[str, Any]:
    annex = version.annex
    take_url = reverse("agent-annex-take", args=[row.reference, annex.public_id])
    return _row(row, annex) | {
        "what": what,
        "taken_at": annex.taken_at,
        "take_url": take_url if handles and annex.taken_at is None else "",
        "older": [_row(row, older) for older in version.older],
    }


def staged_row(row: Submission, annex: Annex) -> dict[str, Any]:
    """Return a document that goes with the message that is being written."""
    return {
        "id": annex.public_id,
        "name": annex.name,
        "size": formats.file_size(annex.size),
        "scan": str(ScanState(annex.scan).label),
        "back_url": reverse("agent-annex-back", args=[row.reference, annex.public_id]),
    }


def our_row(row: Submission, annex: Annex, *, handles: bool) -> dict[str, Any]:
    """Return a document of the municipality in a file."""
    back = handles and annex.purpose == AnnexPurpose.INFORMATION
    back_url = reverse("agent-annex-back", args=[row.reference, annex.public_id])
    return _row(row, annex) | {
        "what": str(AnnexPurpose(annex.purpose).label),
        "back_url": back_url if back else "",
    }


def _gone(annex: Annex) -> dict[str, Any]:
    infected = annex.scan == ScanState.INFECTED
    return {
        "name": annex.name,
        "at": annex.deleted_at,
        "why": _("virus found") if infected else _("deleted"),
    }


def asked_corrections(requests: Sequence[InformationRequest]) -> set[str]:
    """Return the questions whose answers the citizen is asked to correct now."""
    return {
        item.question_id
        for item in requests
        if item.kind == RequestKind.CORRECTION and item.state == RequestState.OPEN
    }


def discussion_part(
    row: Submission,
    agent: User,
    *,
    start: str = "",
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the thread, what is new in it to the agent, and the form for the next message.

    `start` is the code of a ready text to begin with, in the citizen's language; `typed` what was refused.
    """
    since = read_until(row, agent)
    closed = why_closed(row)
    texts = list(DecisionReason.objects.filter(use=ReasonUse.MESSAGE))
    chosen = next((text for text in texts if text.code == start), None)
    return {
        "messages": [_message(row, message, agent, since) for message in thread_of(row)],
        "closed": str(closed) if closed else "",
        "may_write": closed is None and reaches(role_in(agent, row), TeamRoleKind.HANDLER),
        "texts": texts,
        "chosen": start,
        "key": uuid.uuid4().hex,
        "body": chosen.text_in(row.locale) if chosen else "",
        "staged": [],
        **(typed or {}),
    }


def _message(row: Submission, message: Message, agent: User, since: Any) -> dict[str, Any]:
    ours = message.side == Side.AGENT
    return {
        "id": message.public_id,
        "ours": ours,
        "who": message.author.display_name if message.author else "",
        "at": message.created_at,
        "body": message.body,
        "edited": message.edited_at is not None,
        "new": not ours and (since is None or message.created_at > since),
        "files": [_file(row, annex, agent) for annex in message.annexes.all()],
        "edit_url": reverse("agent-message-edit", args=[row.reference, message.public_id])
        if is_editable(message, agent)
        else "",
    }


def _file(row: Submission, annex: Annex, agent: User) -> dict[str, Any]:
    gone, own = annex.state == AnnexState.DELETED, annex.uploaded_by_id == agent.pk
    waits = annex.scan == ScanState.PENDING
    return {
        "name": annex.name,
        "size": formats.file_size(annex.size),
        "state": _("virus found") if gone else str(ScanState(annex.scan).label),
        "url": ""
        if gone or (waits and not own)
        else reverse("agent-annex", args=[row.reference, annex.public_id]),
    }


def note_rows(row: Submission, agent: User) -> Sequence[Mapping[str, Any]]:
    """Return the internal notes; only their author can change one."""
    return [_note(row, note, agent) for note in notes_of(row)]


def _note(row: Submission, note: InternalNote, agent: User) -> dict[str, Any]:
    return {
        "id": note.public_id,
        "who": note.author.display_name if note.author else "",
        "at": note.created_at,
        "body": note.body,
        "edited": note.edited_at is not None,
        "edit_url": reverse("agent-note-edit", args=[row.reference, note.public_id])
        if note.author_id == agent.pk
        else "",
    }
