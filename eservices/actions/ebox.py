"""The eBox: activating it, putting official documents into it once, opening them with a receipt, reminding."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from eservices.actions import dispatches, journal, mails, ratelimits
from eservices.actions.acting import person_acting
from eservices.actions.notices import notify
from eservices.contract import Viewer
from eservices.enums import EboxState, NoticeKind, Side
from eservices.errors import (
    CodeTooOld,
    CodeTriesOver,
    CodeWrong,
    EboxCodeNotAsked,
    EboxNotActive,
    TooMany,
)
from eservices.identifiers import normal_email
from eservices.models import (
    Annex,
    EboxActivation,
    EboxDocument,
    EboxMessage,
    OutgoingMail,
    Profile,
    Submission,
    Team,
    User,
)
from eservices.queries.ebox import activation_of, asking_for, is_offered, receivers_of
from eservices.queries.requirements import prove

#: The code that confirms an address lives so long.
CODE_TIME = timedelta(minutes=30)
#: So many wrong tries kill a code, as at every login.
TRIES = 5
MAILS_PER_HOUR = 5
#: Who has not opened a document after so long is reminded once.
REMIND_AFTER = timedelta(days=15)


# Activation


def code_of(activation: EboxActivation) -> str:
    """Return the six digits of the last code; only the mail to the address may hold them."""
    until = activation.code_expires_at.isoformat() if activation.code_expires_at else ""
    value = f"{activation.pk}:{activation.pending_email}:{until}"
    digest = salted_hmac("eservices.ebox-code", value, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def _hash(code: str, activation: EboxActivation) -> str:
    return salted_hmac(
        "eservices.ebox-code-hash", f"{activation.pk}:{code}", algorithm="sha256"
    ).hexdigest()


def ask(*, user: User, email: str, now: datetime | None = None) -> EboxActivation:
    """Mail a code to the address at which documents shall be announced; until it is confirmed nothing changes.

    Raises TooMany above five an hour.
    """
    now = now or timezone.now()
    ratelimits.allow(
        bucket="ebox-mail",
        key=str(user.public_id),
        limit=MAILS_PER_HOUR,
        window=timedelta(hours=1),
    )
    with transaction.atomic():
        EboxActivation.objects.get_or_create(user=user)
        row = EboxActivation.objects.select_for_update().get(user=user)
        row.pending_email = normal_email(email)
        row.code_expires_at = now + CODE_TIME
        row.code_hash = _hash(code_of(row), row)
        row.save(update_fields=["pending_email", "code_expires_at", "code_hash"])
        mails.send(
            template="ebox_code",
            to_user=user,
            address=row.pending_email,
            key=f"ebox-code:{user.public_id}:{row.code_expires_at.isoformat()}",
            context={"until": row.code_expires_at.isoformat()},
            priority=50,
        )
    return row


def confirm(*, user: User, code: str, now: datetime | None = None) -> EboxActivation:
    """Activate the eBox with the code from the mail.

    Raises EboxCodeNotAsked, CodeTooOld, CodeWrong with the tries that are left, CodeTriesOver after five.
    """
    now = now or timezone.now()
    row = EboxActivation.objects.filter(user=user).first()
    if row is None or not row.pending_email or row.code_expires_at is None:
        raise EboxCodeNotAsked
    if now >= row.code_expires_at or not row.code_hash:
        raise CodeTooOld(field="otp_token")
    bucket = {"bucket": "ebox-code", "key": row.code_hash, "window": timedelta(hours=1)}
    try:
        ratelimits.allow(limit=TRIES, now=now, **bucket)  # type: ignore[arg-type]
    except TooMany as error:
        raise CodeTriesOver(field="otp_token") from error
    if not constant_time_compare(_hash(code, row), row.code_hash):
        left = TRIES - ratelimits.counted(now=now, **bucket)  # type: ignore[arg-type]
        if left <= 0:
            raise CodeTriesOver(field="otp_token")
        raise CodeWrong(field="otp_token", tries=left)
    with transaction.atomic():
        mine = EboxActivation.objects.filter(pk=row.pk, code_hash=row.code_hash)
        changed = mine.update(
            email=row.pending_email,
            pending_email="",
            code_hash="",
            code_expires_at=None,
            confirmed_at=now,
            ended_at=None,
        )
        if not changed:  # another request was faster
            raise CodeTooOld(field="otp_token")
        journal.record(subject=user, event="ebox_activated", actor=user, side=Side.CITIZEN)
    row.refresh_from_db()
    return row


@transaction.atomic
def end(*, user: User, now: datetime | None = None) -> None:
    """End the eBox: nothing more is announced there; what lies in it waits for a new activation.

    Raises EboxNotActive.
    """
    ended = EboxActivation.objects.filter(user=user, ended_at=None).exclude(confirmed_at=None)
    if not ended.update(ended_at=now or timezone.now()):
        raise EboxNotActive
    journal.record(subject=user, event="ebox_ended", actor=user, side=Side.CITIZEN)


# Documents


@transaction.atomic
def publish(
    *,
    key: str,
    profile: Profile,
    titles: Mapping[str, str],
    annexes: Sequence[Annex],
    submission: Submission | None = None,
    team: Team | None = None,
    told_already: bool = False,
    now: datetime | None = None,
) -> EboxMessage | None:
    """Put documents into the eBox of a profile and announce them, in the caller's transaction.

    `key` names what is published ("decision:<file>:<n>"): a second call with it changes nothing and returns the first
    message. `titles` by language name the kind of document and hold nothing of its content. Who has activated the eBox
    gets the announcement at the address given there; others get a normal notice. None where the installation has no
    eBox: everybody then gets a normal notice. `told_already`: others have had another notice, such as that of the
    decision, and get none.
    """
    now = now or timezone.now()
    found = EboxMessage.objects.filter(key=key).first()
    if found is not None:
        return found
    message = None
    if is_offered():
        try:
            with transaction.atomic():
                message = _write(
                    key=key,
                    profile=profile,
                    titles=titles,
                    annexes=annexes,
                    submission=submission,
                    team=team or (submission.team if submission else None),
                    now=now,
                )
        except IntegrityError:  # another process was faster
            return EboxMessage.objects.get(key=key)
    for user in receivers_of(profile):
        if told_already and (message is None or activation_of(user) is None):
            continue
        _announce(key=key, user=user, profile=profile, submission=submission, message=message)
    return message


def _write(
    *,
    key: str,
    profile: Profile,
    titles: Mapping[str, str],
    annexes: Sequence[Annex],
    submission: Submission | None,
    team: Team | None,
    now: datetime,
) -> EboxMessage:
    message = EboxMessage(
        key=key,
        profile=profile,
        user=profile.user,
        submission=submission,
        team=team,
        titles=dict(titles),
        state=EboxState.PUBLISHED,
        created_at=now,
        published_at=now,
    )
    message.required_level = asking_for(message).requirement.level
    message.save(force_insert=True)
    EboxDocument.objects.bulk_create(
        EboxDocument(message=message, annex=annex, position=position)
        for position, annex in enumerate(annexes)
    )
    dispatches.queue(message=message)
    journal.record(
        subject=submission or profile,
        event="ebox_published",
        actor=None,
        side=Side.SYSTEM,
        data={"message": str(message.public_id), "documents": len(annexes)},
    )
    return message


def _announce(
    *,
    key: str,
    user: User,
    profile: Profile,
    submission: Submission | None,
    message: EboxMessage | None,
    event: str = "ebox_published",
) -> None:
    activation = activation_of(user) if message else None
    active = activation is not None
    notify(
        kind=NoticeKind.DOCUMENT,
        profile=profile,
        to_user=user,
        template=event if active else "ebox_document",
        key=f"ebox:{event}:{key}:{user.public_id}",
        context={"message": str(message.public_id)} if message else {},
        submission=submission,
        facts={"ebox": str(message.public_id)} if message and active else {},
        address=activation.email if activation else "",
    )


@transaction.atomic
def open_message(
    *, message: EboxMessage, viewer: Viewer, now: datetime | None = None
) -> EboxMessage:
    """Open a document: the first time is its receipt, by whom and when; later times change nothing.

    Raises StepUpRequired below the level that the document asks for, EboxNotActive.
    """
    user, now = person_acting(viewer), now or timezone.now()
    proof = prove(viewer, asking_for(message), now=now)
    if activation_of(user) is None:
        raise EboxNotActive
    first = EboxMessage.objects.filter(pk=message.pk, state=EboxState.PUBLISHED).update(
        state=EboxState.OPENED, opened_at=now, opened_by=user
    )
    if first:
        journal.record(
            subject=message.submission or message.profile,
            event="ebox_opened",
            actor=user,
            side=Side.CITIZEN,
            data={
                "message": str(message.public_id),
                "level": proof.level.value,
                "method": proof.method.value,
            },
        )
    message.refresh_from_db()
    return message


def remind(*, now: datetime | None = None) -> int:
    """Remind of documents that nobody opened for fifteen days, once; returns of how many."""
    now = now or timezone.now()
    waiting = EboxMessage.objects.filter(
        state=EboxState.PUBLISHED, published_at__lt=now - REMIND_AFTER, reminded_at=None
    )
    return sum(_remind(row, now) for row in waiting.select_related("profile", "submission"))


@transaction.atomic
def _remind(message: EboxMessage, now: datetime) -> bool:
    mine = EboxMessage.objects.filter(pk=message.pk, state=EboxState.PUBLISHED, reminded_at=None)
    if not mine.update(reminded_at=now):
        return False
    for user in receivers_of(message.profile):
        if activation_of(user) is not None:
            _announce(
                key=message.key,
                user=user,
                profile=message.profile,
                submission=message.submission,
                message=message,
                event="ebox_reminder",
            )
    return True


def forget(*, user: User) -> None:
    """Delete what a person gave for the eBox, in the caller's transaction."""
    EboxActivation.objects.filter(user=user).delete()


# Letters


@mails.mail_extra("ebox_code")
def code_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return the code of the address, if it is still the last one."""
    row = EboxActivation.objects.filter(user=mail.to_user).first()
    is_last = (
        row is not None
        and row.code_expires_at is not None
        and row.code_expires_at.isoformat() == mail.context["until"]
        and row.code_expires_at > timezone.now()
    )
    until = datetime.fromisoformat(mail.context["until"])
    return {"code": code_of(row) if row and is_last else "", "valid_until": until}


@mails.mail_extra("ebox_published")
@mails.mail_extra("ebox_reminder")
def announcement(mail: OutgoingMail) -> dict[str, Any]:
    """Return where the document is, and nothing about it."""
    return {"button_path": reverse("ebox-message", args=[mail.context["message"]])}


@mails.mail_extra("ebox_document")
def plain_announcement(mail: OutgoingMail) -> dict[str, Any]:
    """Return the way to the space of somebody who has not activated the eBox."""
    return {"button_path": reverse("notices")}
