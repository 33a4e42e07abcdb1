"""Sending official documents on to the federal e-Box: once each, tried again, by mail and by hand when it fails."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from eservices.actions.notices import notify, notify_team
from eservices.channels.base import (
    ChannelRefused,
    ChannelUnavailable,
    OutgoingDocument,
    OutgoingMessage,
    Recipient,
)
from eservices.channels.federal_ebox import federal_ebox
from eservices.enums import DispatchState, NoticeKind, ProfileKind
from eservices.models import EboxDispatch, EboxMessage
from eservices.queries.ebox import receivers_of
from eservices.queries.identifiers import number_of
from eservices.tasks import task

#: After so many failed tries people are told otherwise.
TRIES = 5
#: Waits between two tries double from this one on.
FIRST_WAIT = timedelta(minutes=5)


def queue(*, message: EboxMessage) -> EboxDispatch | None:
    """Send a message on, in the caller's transaction; None where the federal e-Box is off."""
    if federal_ebox() is None:
        return None
    row, made = EboxDispatch.objects.get_or_create(message=message)
    if made:
        deliver.enqueue(row.pk)
    return row


@task(priority=0)
def deliver(dispatch_id: int) -> None:
    """Try to send one message; what was accepted or given up is left alone."""
    row = EboxDispatch.objects.filter(pk=dispatch_id).first()
    if row is not None:
        send(dispatch=row)


def send(*, dispatch: EboxDispatch, now: datetime | None = None) -> EboxDispatch:
    """Send a message once. What has an external id is never sent again; a later try carries the same key.

    No consent, a refusal and the last failed try end it: the receivers get a letter without content and the team is
    told.
    """
    now = now or timezone.now()
    channel = federal_ebox()
    if channel is None or dispatch.state != DispatchState.QUEUED or dispatch.external_id:
        return dispatch
    message = dispatch.message
    recipient = _recipient(message)
    try:
        if recipient is None or not channel.has_consent(recipient):
            return _end(dispatch, DispatchState.NO_CONSENT, now=now)
        external = channel.send(_outgoing(dispatch, recipient))
    except ChannelRefused as refusal:
        return _end(dispatch, DispatchState.REFUSED, error=refusal.reason, now=now)
    except ChannelUnavailable:
        return _failed(dispatch, now)
    EboxDispatch.objects.filter(pk=dispatch.pk, external_id=None).update(
        state=DispatchState.ACCEPTED,
        external_id=external,
        attempts=F("attempts") + 1,
        changed_at=now,
        error="",
    )
    dispatch.refresh_from_db()
    return dispatch


def send_waiting(*, now: datetime | None = None) -> int:
    """Try again what waits and whose pause is over; returns how many were tried."""
    now = now or timezone.now()
    count = 0
    for row in EboxDispatch.objects.filter(state=DispatchState.QUEUED).select_related("message"):
        if row.changed_at + FIRST_WAIT * 2 ** max(0, row.attempts - 1) <= now:
            send(dispatch=row, now=now)
            count += 1
    return count


def _recipient(message: EboxMessage) -> Recipient | None:
    profile = message.profile
    if profile.kind != ProfileKind.CITIZEN:
        return Recipient(enterprise_number=profile.organisation.bce_number)
    number = number_of(profile.user) if profile.user else ""
    return Recipient(national_number=number) if number else None


def _outgoing(dispatch: EboxDispatch, recipient: Recipient) -> OutgoingMessage:
    documents = []
    for part in dispatch.message.documents.select_related("annex"):
        with part.annex.file.open("rb") as stored:
            documents.append(
                OutgoingDocument(
                    name=part.annex.name, media_type=part.annex.media_type, content=stored.read()
                )
            )
    return OutgoingMessage(
        idempotency_key=dispatch.idempotency_key,
        recipient=recipient,
        subjects=dispatch.message.titles,
        documents=documents,
    )


def _failed(dispatch: EboxDispatch, now: datetime) -> EboxDispatch:
    EboxDispatch.objects.filter(pk=dispatch.pk).update(
        attempts=F("attempts") + 1, changed_at=now, error="unavailable"
    )
    dispatch.refresh_from_db()
    if dispatch.attempts >= TRIES:
        return _end(dispatch, DispatchState.FAILED, error="unavailable", now=now)
    return dispatch


@transaction.atomic
def _end(
    dispatch: EboxDispatch, state: DispatchState, *, now: datetime, error: str = ""
) -> EboxDispatch:
    """End a dispatch that did not arrive, once. Without consent there is nothing wrong: only our own eBox tells."""
    mine = EboxDispatch.objects.filter(pk=dispatch.pk, state=DispatchState.QUEUED, external_id=None)
    ended = mine.update(state=state, error=error[:200], changed_at=now)
    dispatch.refresh_from_db()
    if not ended or state == DispatchState.NO_CONSENT:
        return dispatch
    message = dispatch.message
    for user in receivers_of(message.profile):
        notify(
            kind=NoticeKind.DOCUMENT,
            profile=message.profile,
            to_user=user,
            template="ebox_document",
            key=f"ebox-fallback:{message.public_id}:{user.public_id}",
            submission=message.submission,
            facts={"ebox": str(message.public_id)},
            address=user.email,
        )
    if message.submission is not None:
        notify_team(
            submission=message.submission,
            event="delivery_failed",
            key=f"ebox-failed:{message.public_id}",
        )
    return dispatch
