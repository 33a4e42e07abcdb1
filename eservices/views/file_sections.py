"""The annexes and the discussion on the page of a file, as templates take them."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from eservices import formats
from eservices.actions.annexes import FREE_KINDS, MAX_FREE, staged_by
from eservices.contract import Viewer
from eservices.enums import AnnexPurpose, AnnexState, ScanState, Side
from eservices.forms.discussions import known_ids
from eservices.models import Annex, Message, Submission, User
from eservices.queries.annexes import (
    AnnexList,
    Version,
    Wanted,
    annex_list,
    deletable,
    takes_annexes,
)
from eservices.queries.discussions import is_editable, read_until, thread_of, why_closed
from eservices.queries.submissions import FrozenForm
from eservices.uploads import DEFAULT_ACCEPT


def annex_section(submission: Submission, form: FrozenForm, viewer: Viewer) -> dict[str, Any]:
    """Return all documents of a file, each with what its reader can do with it."""
    found: AnnexList = annex_list(submission, form)
    may_send = takes_annexes(submission) and viewer.agent is None
    further = may_send and not submission.is_draft and len(found.free) < MAX_FREE
    return {
        "wanted": [_wanted_row(submission, wanted, may_send=may_send) for wanted in found.wanted],
        "answers": [
            _version_row(version, may_change=False) for version in (*found.answers, *found.earlier)
        ],
        "free": [_version_row(version, may_change=may_send) for version in found.free],
        "free_url": reverse("annex-send", args=[submission.reference]) if further else "",
        "accepts": accepted_kinds(FREE_KINDS),
        "from_us": [from_us_row(annex) for annex in found.from_us],
        "gone": [_gone_row(annex) for annex in found.gone],
        "any": bool(found.wanted or found.answers or found.free or found.from_us or found.gone),
    }


def _wanted_row(submission: Submission, wanted: Wanted, *, may_send: bool) -> dict[str, Any]:
    spec = wanted.spec
    return {
        "id": spec.id,
        "label": wanted.label,
        "help": wanted.help,
        "required": spec.required,
        "rows": [_version_row(version, may_change=may_send) for version in wanted.sent],
        "url": reverse("annex-send-wanted", args=[submission.reference, spec.id])
        if may_send and wanted.takes_more
        else "",
        "several": spec.max_files > 1,
        "accepts": accepted_kinds(spec.accept),
    }


def accepted_kinds(accept: Sequence[str]) -> str:
    """Return which kinds of files are taken, and up to which size."""
    kinds = formats.join_list([name.upper() for name in accept or DEFAULT_ACCEPT])
    size = formats.file_size(settings.UPLOAD_MAX_BYTES)
    return _("%(kinds)s, at most %(size)s each.") % {"kinds": kinds, "size": size}


def _version_row(version: Version, *, may_change: bool) -> dict[str, Any]:
    older = [
        {"name": annex.name, "note": _note(annex), "url": _url(annex)} for annex in version.older
    ]
    return sent_row(version.annex, may_change=may_change) | {"older": older}


def sent_row(annex: Annex, *, may_change: bool) -> dict[str, Any]:
    """Return a document that the citizen's side sent, as submissions/sent_annex.html shows it."""
    reference = annex.submission.reference
    beside = annex.purpose in (AnnexPurpose.REQUESTED, AnnexPurpose.FREE)
    removable = may_change and beside and deletable(annex)
    return {
        "name": annex.name,
        "note": _note(annex),
        "scan": scan_words(annex),
        "pending": annex.scan == ScanState.PENDING,
        "received": True,
        "taken": annex.taken_at is not None,
        "url": _url(annex),
        "delete_url": reverse("annex-delete", args=[reference, annex.public_id])
        if removable
        else "",
        "replace_url": reverse("annex-replace", args=[reference, annex.public_id])
        if may_change and beside
        else "",
    }


def from_us_row(annex: Annex) -> dict[str, Any]:
    """Return a document of the municipality."""
    waits = annex.scan == ScanState.PENDING and annex.purpose != AnnexPurpose.DECISION
    return {
        "name": annex.name,
        "note": _note(annex),
        "scan": scan_words(annex) if waits else "",
        "pending": waits,
        "url": "" if waits else _url(annex),
        "decision": annex.purpose == AnnexPurpose.DECISION,
    }


def _gone_row(annex: Annex) -> dict[str, str]:
    when = formats.date_time(annex.deleted_at) if annex.deleted_at else ""
    if annex.scan == ScanState.INFECTED:
        note = _("Deleted on %(date)s: our check found a virus in it.") % {"date": when}
    elif annex.side == Side.AGENT:
        note = _("Taken back by the municipality on %(date)s.") % {"date": when}
    else:
        note = _("Deleted on %(date)s.") % {"date": when}
    return {"name": annex.name, "note": note, "infected": str(annex.scan == ScanState.INFECTED)}


def scan_words(annex: Annex) -> str:
    """Return what is known about viruses in a document."""
    return str(ScanState(annex.scan).label)


def _note(annex: Annex) -> str:
    return pgettext("document", "Sent on %(date)s, %(size)s") % {
        "date": formats.date_time(annex.created_at),
        "size": formats.file_size(annex.size),
    }


def _url(annex: Annex) -> str:
    return reverse("annex", args=[annex.submission.reference, annex.public_id])


def discussion_section(
    submission: Submission, viewer: Viewer, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the thread with what is new to its reader, and the form for the next message.

    `typed` holds what was refused, or came too late and was kept: body, key, staged documents, error or `kept`.
    """
    user = viewer.user
    since = read_until(submission, user) if user is not None and viewer.agent is None else None
    closed = why_closed(submission)
    rows = [_message_row(submission, message, viewer) for message in thread_of(submission)]
    for row in rows:
        row["new"] = row["ours"] and viewer.agent is None and (since is None or row["at"] > since)
    followed = submission.assignee.display_name if submission.assignee else submission.team.name
    return {
        "messages": rows,
        "unread": sum(row["new"] for row in rows),
        "closed": str(closed) if closed else "",
        "may_write": closed is None and viewer.agent is None,
        "to": followed,
        "key": uuid.uuid4().hex,
        "body": "",
        "staged": [],
        "accepts": accepted_kinds(FREE_KINDS),
        **(typed or {}),
    }


def staged_rows(submission: Submission, user: User, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return what somebody has uploaded for the message with these attachments."""
    rows = staged_by(submission, user).filter(public_id__in=known_ids(ids))
    return [staged_row(annex) for annex in rows.select_related("submission")]


def _message_row(submission: Submission, message: Message, viewer: Viewer) -> dict[str, Any]:
    ours, user = message.side == Side.AGENT, viewer.user
    own = user is not None and viewer.agent is None and message.author_id == user.pk
    name = message.author.display_name if message.author else ""
    return {
        "id": message.public_id,
        "ours": ours,
        "who": _("You") if own else name or (submission.team.name if ours else ""),
        "team": submission.team.name if ours and name else "",
        "at": message.created_at,
        "body": message.body,
        "edited": message.edited_at is not None,
        "files": [_file(submission, annex, own=own) for annex in message.annexes.all()],
        "edit_url": reverse("message-edit", args=[submission.reference, message.public_id])
        if own and user is not None and is_editable(message, user)
        else "",
    }


def _file(submission: Submission, annex: Annex, *, own: bool) -> dict[str, Any]:
    gone = annex.state == AnnexState.DELETED
    waits = annex.scan == ScanState.PENDING
    return {
        "name": annex.name,
        "size": formats.file_size(annex.size),
        "state": _("deleted: virus found") if gone else scan_words(annex) if waits else "",
        "url": ""
        if gone or (waits and not own)
        else reverse("annex", args=[submission.reference, annex.public_id]),
    }


def staged_row(annex: Annex) -> dict[str, Any]:
    """Return a document that goes with the message that is being written."""
    return {
        "id": str(annex.public_id),
        "name": annex.name,
        "size": formats.file_size(annex.size),
        "delete_url": reverse("annex-delete", args=[annex.submission.reference, annex.public_id]),
    }
