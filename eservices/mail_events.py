"""What mail services tell about mails (django-anymail), put into our own words; imported when ANYMAIL is set.

Anymail's view checks who posts (secret in the address or signature of the service) before it sends the signal.
"""

from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver

from eservices.actions import bounces
from eservices.models import OutgoingMail

#: A mail that came back for good, and one that the service did not even try.
_RETURNED = (EventType.BOUNCED, EventType.REJECTED)


@receiver(tracking, dispatch_uid="eservices.mail-events")
def tracked(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Take in one event; about mails that are not ours, or were deleted meanwhile, nothing is done.

    A complaint proves that the mail arrived: it changes nothing.
    """
    mail = _mail_of(event)
    if mail is None:
        return
    if event.event_type in _RETURNED:
        reason = event.reject_reason or event.event_type
        bounces.returned(mail=mail, address=event.recipient or "", reason=reason)
    elif event.event_type == EventType.DELIVERED:
        bounces.delivered(mail=mail, address=event.recipient or "")


def _mail_of(event: AnymailTrackingEvent) -> OutgoingMail | None:
    """Find the mail by the id that we sent along, else by its Message-ID."""
    named = (event.metadata or {}).get("mail", "")
    try:
        return OutgoingMail.objects.filter(public_id=UUID(str(named))).first()
    except ValueError:
        message_id = f"<{(event.message_id or '').strip('<>')}>"
        return OutgoingMail.objects.filter(message_id=message_id).first()
