"""Mandates: the paper that shows a right to act, kept where no address leads.

The wizard of a new space takes the paper before the membership exists: it waits below `pending/` for a day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from eservices.actions import journal
from eservices.enums import MembershipState, Side
from eservices.errors import MembershipSettled
from eservices.models import Membership, User
from eservices.models.organisations import private_storage
from eservices.uploads import check

PENDING = "mandates/pending"
#: A paper whose wizard nobody finished is deleted after so long.
KEEP_PENDING = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Mandate:
    """A paper that was checked and waits: its place in the private storage, its name, its SHA-256."""

    path: str
    name: str
    sha256: str


def keep_pending(*, uploaded: "UploadedFile[Any]") -> Mandate:
    """Check a paper (PDF or picture) and keep it for a day. Raises the kinds of UploadRefused."""
    checked = check(uploaded)
    path = private_storage().save(f"{PENDING}/{uuid4()}", uploaded)
    return Mandate(path=path, name=checked.name, sha256=checked.sha256)


def drop_pending(*, mandate: Mandate) -> None:
    """Delete a paper that waits; one that is gone already is fine."""
    if mandate.path.startswith(f"{PENDING}/"):
        private_storage().delete(mandate.path)


def attach_mandate(*, membership: Membership, mandate: Mandate) -> Membership:
    """Give a waiting paper to a membership, in the caller's transaction; a former one is deleted."""
    storage = private_storage()
    former = membership.proof.name
    if not storage.exists(mandate.path):  # the wizard was left open for more than a day
        return membership
    with storage.open(mandate.path) as content:
        membership.proof.save(mandate.name, File(content), save=False)
    membership.proof_name, membership.proof_sha256 = mandate.name, mandate.sha256
    membership.save(update_fields=["proof", "proof_name", "proof_sha256"])
    transaction.on_commit(lambda: drop_pending(mandate=mandate))
    if former:
        transaction.on_commit(lambda: storage.delete(former))
    return membership


@transaction.atomic
def upload_mandate(
    *, membership: Membership, by: User, uploaded: "UploadedFile[Any]"
) -> Membership:
    """Add or replace the paper of one's own membership while it waits for confirmation.

    Raises the kinds of UploadRefused, and MembershipSettled once it is confirmed or ended: what somebody read and
    confirmed stays as it was read.
    """
    row = Membership.objects.select_for_update().get(pk=membership.pk, user=by)
    if row.state != MembershipState.DECLARED:
        raise MembershipSettled
    attach_mandate(membership=row, mandate=keep_pending(uploaded=uploaded))
    journal.record(subject=row, event="mandate_added", actor=by, side=Side.CITIZEN)
    return row


def forget_pending(*, now: datetime | None = None) -> int:
    """Delete papers that wait for more than a day; returns how many."""
    storage, limit = private_storage(), (now or timezone.now()) - KEEP_PENDING
    gone = 0
    if not storage.exists(PENDING):
        return gone
    for name in storage.listdir(PENDING)[1]:
        path = f"{PENDING}/{name}"
        if storage.get_modified_time(path) < limit:
            storage.delete(path)
            gone += 1
    return gone
