"""Sending mail: a row and a task in the transaction of the fact, the letter itself written when it
leaves.

Mail is sent at least once; a second copy carries the same Message-ID, so that mailboxes show one.
One-time codes are never in a row: their templates take them from `extra`, computed at the moment of
sending.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation

from eservices.enums import DeliveryState, MailState
from eservices.errors import MailUnavailable
from eservices.letterhead import municipality
from eservices.models import Delivery, OutgoingMail, User
from eservices.tasks import task

#: What a template needs beyond the row's context, by template name; filled by `mail_extra`.
_EXTRAS: dict[str, Callable[[OutgoingMail], dict[str, Any]]] = {}

#: The calendar that goes with a template's mails, by its name; filled by `mail_calendar`.
_CALENDARS: dict[str, Callable[[OutgoingMail], "CalendarPart | None"]] = {}

#: A mail in these states has left and never leaves again.
LEFT = (MailState.SENT, MailState.BOUNCED)

#: How long a mail that is being sent belongs to the worker that took it.
SENDING_LEASE = timedelta(minutes=1)


def mail_extra(template: str) -> Callable[[Callable[[OutgoingMail], dict[str, Any]]], Any]:
    """Register the function that adds to a template's context when the mail leaves (codes, names)."""

    def register(function: Callable[[OutgoingMail], dict[str, Any]]) -> Any:
        _EXTRAS[template] = function
        return function

    return register


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """A calendar that goes with a mail. With the method REQUEST or CANCEL it invites to one event (iMIP, RFC 6047)."""

    content: bytes
    method: str = "PUBLISH"
    filename: str = "calendar.ics"

    def attach_to(self, message: EmailMultiAlternatives) -> None:
        """Add the calendar as a file and, when it invites, beside text and HTML, where programs look for it."""
        if self.method in ("REQUEST", "CANCEL"):
            kind = f"text/calendar; method={self.method}; charset=utf-8"
            message.attach_alternative(self.content.decode(), kind)
        message.attach(self.filename, self.content, "application/ics")


def mail_calendar(
    template: str,
) -> Callable[[Callable[[OutgoingMail], CalendarPart | None]], Any]:
    """Register the function that makes the calendar of a template's mail when it leaves; None for none."""

    def register(function: Callable[[OutgoingMail], CalendarPart | None]) -> Any:
        _CALENDARS[template] = function
        return function

    return register


def send(
    *,
    template: str,
    key: str,
    to_user: User | None = None,
    address: str | None = None,
    language: str | None = None,
    context: dict[str, Any] | None = None,
    priority: int = 20,
) -> OutgoingMail:
    """Write one mail and its task, in the caller's transaction; a second call with the same `key`
    changes nothing.

    The language is the receiver's (account, else `language`, else the main one). `context` holds
    JSON values without personal content; values whose name ends in `_path` become absolute
    addresses named `…_url`. ValueError for a mail to nobody.
    """
    if to_user is None and not address:
        raise ValueError("A mail needs `to_user` or `address`.")
    domain = urlsplit(settings.PUBLIC_BASE_URL).hostname or "localhost"
    mail = OutgoingMail(
        key=key,
        template=template,
        to_user=to_user,
        address=address or "",
        language=language or "",
        context=context or {},
    )
    mail.message_id = f"<{mail.public_id}@{domain}>"
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
            deliver.using(priority=priority).enqueue(str(mail.public_id))
    except IntegrityError:
        return OutgoingMail.objects.get(key=key)
    return mail


def language_of(mail: OutgoingMail) -> str:
    """Return the language of a mail at the moment of sending."""
    account = mail.to_user.language if mail.to_user else ""
    return account or mail.language or settings.LANGUAGE_CODE


def compose(mail: OutgoingMail) -> EmailMultiAlternatives:
    """Write the letter in the receiver's language, as text and HTML."""
    address = mail.address or (mail.to_user.email if mail.to_user else "")
    language = language_of(mail)
    with translation.override(language):
        context: dict[str, Any] = {**mail.context, "receiver": mail.to_user, "language": language}
        if extra := _EXTRAS.get(mail.template):
            context |= extra(mail)
        for name, value in list(context.items()):
            if name.endswith("_path"):
                context[f"{name.removesuffix('_path')}_url"] = f"{settings.PUBLIC_BASE_URL}{value}"
        context["base_url"] = settings.PUBLIC_BASE_URL
        context["municipality"] = municipality(language)
        subject = " ".join(render_to_string(f"mail/{mail.template}.subject.txt", context).split())
        text = render_to_string(f"mail/{mail.template}.txt", context)
        context["subject"] = subject
        html = render_to_string(f"mail/{mail.template}.html", context)
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[address],
        headers={
            "Message-ID": mail.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        },
    )
    message.attach_alternative(html, "text/html")
    if calendar_of := _CALENDARS.get(mail.template):
        with translation.override(language):
            calendar = calendar_of(mail)
        if calendar is not None:
            calendar.attach_to(message)
    message.metadata = {"mail": str(mail.public_id)}  # type: ignore[attr-defined]  # for django-anymail: comes back in its events
    return message


@task(priority=20)
def deliver(mail_id: str) -> None:
    """Send one mail; a mail that was sent is left alone, one that fails is tried again by the
    worker.
    """
    mail = OutgoingMail.objects.select_related("to_user").filter(public_id=mail_id).first()
    if mail is not None:  # it goes with its receiver's data
        deliver_mail(mail=mail)


def deliver_mail(*, mail: OutgoingMail) -> OutgoingMail:
    """Send `mail` once. Raises MailUnavailable when the relay refuses or another worker holds the
    mail: try later.
    """
    message = compose(mail)
    now = timezone.now()
    free = OutgoingMail.objects.filter(pk=mail.pk).exclude(state__in=LEFT)
    taken = free.exclude(state=MailState.SENDING, sent_at__gt=now - SENDING_LEASE).update(
        state=MailState.SENDING, sent_at=now, attempts=F("attempts") + 1
    )
    if taken:
        try:
            message.send()
        except (OSError, SMTPException) as error:
            free.update(state=MailState.FAILED, sent_at=None, error=type(error).__name__)
            mail.refresh_from_db()
            follow(mail)
            raise MailUnavailable from error
        free.update(state=MailState.SENT, sent_at=timezone.now(), error="")
    mail.refresh_from_db()
    follow(mail)
    if mail.state not in LEFT:
        raise MailUnavailable
    return mail


#: How far a notice has come when its letter has come so far.
_DELIVERED = {
    MailState.TO_SEND: DeliveryState.QUEUED,
    MailState.SENDING: DeliveryState.QUEUED,
    MailState.SENT: DeliveryState.SENT,
    MailState.FAILED: DeliveryState.FAILED,
    MailState.BOUNCED: DeliveryState.BOUNCED,
}


def follow(mail: OutgoingMail) -> int:
    """Bring the deliveries of a letter to its state; returns how many changed.

    FAILED is what the last try did: the worker tries again with growing waits, and what then succeeds is SENT.
    """
    state = _DELIVERED[MailState(mail.state)]
    return (
        Delivery.objects.filter(mail=mail)
        .exclude(state=state)
        .update(state=state, changed_at=timezone.now())
    )
