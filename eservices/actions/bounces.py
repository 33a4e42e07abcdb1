"""What becomes of mail after it has left: returned, refused, delivered; and the mail by which people try their address.

A mail service tells it (eservices.mail_events); a plain SMTP relay tells nothing, and nothing here is then done.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import journal, mails, ratelimits
from eservices.actions.notices import notify_team
from eservices.enums import LEGAL_NOTICES, MailState, Side
from eservices.identifiers import normal_email
from eservices.models import Notice, OutgoingMail, Submission, User

#: So many test mails an hour.
TESTS_PER_HOUR = 3


@transaction.atomic
def returned(
    *, mail: OutgoingMail, address: str, reason: str, now: datetime | None = None
) -> OutgoingMail:
    """Write down that a mail came back or was refused; told twice, it is written once.

    `reason` is the code of the mail service (bounced, invalid …), never its words: they quote addresses. The person is
    warned on every page until the address is changed or proved (see queries.ebox.bounce_words for that of the eBox);
    agents of a file whose decision or question did not arrive are told.
    """
    now = now or timezone.now()
    row = OutgoingMail.objects.select_for_update(of=("self",)).select_related("to_user")
    mail = row.get(pk=mail.pk)
    if mail.state == MailState.BOUNCED:
        return mail
    mail.state, mail.bounced_at, mail.error = MailState.BOUNCED, now, reason[:200]
    mail.save(update_fields=["state", "bounced_at", "error"])
    mails.follow(mail)
    user = mail.to_user
    if user is not None and normal_email(address or mail.address or user.email) == user.email:
        User.objects.filter(pk=user.pk).update(mail_bounced_at=now)
        journal.record(
            subject=user,
            event="mail_returned",
            actor=None,
            side=Side.SYSTEM,
            data={"reason": reason[:40]},
        )
    unheard = Notice.objects.filter(deliveries__mail=mail, kind__in=LEGAL_NOTICES)
    for notice in unheard.exclude(submission=None).select_related("submission"):
        if notice.submission is not None:
            notify_team(
                submission=notice.submission,
                event="mail_returned",
                key=f"mail-returned:{mail.public_id}",
            )
    return mail


def delivered(*, mail: OutgoingMail, address: str) -> None:
    """Take back the warning of a person whose mailbox has just taken a mail."""
    if mail.to_user_id is not None and address:
        User.objects.filter(pk=mail.to_user_id, email=normal_email(address)).exclude(
            mail_bounced_at=None
        ).update(mail_bounced_at=None)


def address_works(user: User) -> None:
    """Take back the warning of a person who has just read a mail, as a typed code proves."""
    if user.mail_bounced_at is not None:
        User.objects.filter(pk=user.pk).update(mail_bounced_at=None)
        user.mail_bounced_at = None


def send_test(*, user: User) -> OutgoingMail:
    """Send a person a mail that says nothing, to see whether it arrives; raises TooMany above three an hour."""
    ratelimits.allow(
        bucket="test-mail",
        key=str(user.public_id),
        limit=TESTS_PER_HOUR,
        window=timedelta(hours=1),
    )
    return mails.send(template="test_mail", to_user=user, key=f"test-mail:{uuid.uuid4()}")


@mails.mail_extra("test_mail")
def test_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return when the mail was asked for and where to choose about mails."""
    return {
        "asked_at": formats.date_time(mail.created_at),
        "button_path": reverse("preferences"),
    }


@mails.mail_extra("delivery_failed")
@mails.mail_extra("mail_returned")
def returned_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return in which file something did not arrive; never for whom."""
    row = Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("agent-file", args=[row.reference]),
    }
