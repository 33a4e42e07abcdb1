"""One letter a day with what a person has not read, for kinds of notices that they want so."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from eservices import formats
from eservices.actions import mails
from eservices.enums import Channel, DeliveryState
from eservices.models import Delivery, Notice, OutgoingMail, User
from eservices.queries.notices import shown, waiting_for_digest

#: A letter lists so many notices; the others are in the space.
MOST = 20


def send_due(*, now: datetime | None = None) -> int:
    """Write the letters of the day once its hour (DIGEST_HOUR, Europe/Brussels) has come; returns how many.

    Who had today's letter gets the next one tomorrow. What was read meanwhile is not told again.
    """
    now = now or timezone.now()
    today = timezone.localtime(now)
    if today.hour < settings.DIGEST_HOUR:
        return 0
    Delivery.objects.filter(
        channel=Channel.DIGEST,
        state=DeliveryState.QUEUED,
        mail=None,
        notice__read_at__isnull=False,
    ).update(state=DeliveryState.SUPPRESSED, changed_at=now)
    users = waiting_for_digest().order_by("notice__user").values_list("notice__user", flat=True)
    return sum(
        _send(user, key=f"digest:{user.public_id}:{today:%Y-%m-%d}", now=now)
        for user in User.objects.filter(pk__in=users.distinct())
    )


@transaction.atomic
def _send(user: User, *, key: str, now: datetime) -> bool:
    """Write one person's letter; False when there is one with this key."""
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    rows = waiting_for_digest().filter(notice__user=user).select_related("notice")
    waiting = list(rows.select_for_update(of=("self",)).order_by("-notice__created_at", "-pk"))
    if not waiting:
        return False
    mail = mails.send(
        template="digest",
        to_user=user,
        key=key,
        context={"notices": [str(row.notice.public_id) for row in waiting]},
        priority=0,
    )
    Delivery.objects.filter(pk__in=[row.pk for row in waiting]).update(mail=mail, changed_at=now)
    return True


@mails.mail_extra("digest")
def digest_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what is still unread when the letter leaves: what happened in which file, nothing of its content."""
    receiver = mail.to_user
    if receiver is None:  # digests are for accounts alone
        raise ValueError("A daily letter has no receiver.")
    rows = Notice.objects.filter(public_id__in=mail.context["notices"], user=receiver)
    rows = rows.select_related("submission__procedure", "profile")
    unread = list(rows.filter(read_at=None)) or list(rows)
    return {
        "rows": [
            {
                "title": row.title,
                "about": row.about,
                "reference": row.reference,
                "space": row.space,
                "at": formats.date_time(row.notice.created_at),
            }
            for row in shown(unread[:MOST], receiver)
        ],
        "count": len(unread),
        "more": max(0, len(unread) - MOST),
        "button_path": reverse("notices"),
        "preferences_path": reverse("preferences"),
    }
