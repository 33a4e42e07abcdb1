"""What people and teams are told of a booking: a notice in the space and a letter, in the transaction of the change.

A letter names room, time and reference, never the purpose, a reason or a message: these are read in the space. What
happens to several times of one series within ten minutes is one letter. A letter about a certain booking carries an
invitation, made when it leaves: of two changes in between the later one counts.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices import formats
from eservices.actions import mails
from eservices.actions.notices import BURST, notify
from eservices.enums import AmountState, MailState, NoticeKind, Side
from eservices.models import Notice, OutgoingMail, User
from eservices.money import Money
from rooms.actions import feed_tokens
from rooms.actions.dues import amounts_of
from rooms.enums import Approval, BookingState
from rooms.feeds.invitations import TAKES_PLACE, invitation, several
from rooms.models import Booking
from rooms.queries.addresses import agent_booking_path, booking_path
from rooms.queries.clock import local
from rooms.queries.words import room_name

#: What notices and letters say, by the name of the template.
TITLES = {
    "room_requested": _("We have received your request for a room"),
    "room_confirmed": _("Your booking is confirmed"),
    "room_to_pay": _("Your booking is accepted: please pay"),
    "room_declined": _("Your request for a room is declined"),
    "room_proposed": _("We propose another time for your booking"),
    "room_moved": _("Your booking has another time or room"),
    "room_given": _("The room went to another request"),
    "room_lapsed": _("Your request for a room has lapsed"),
    "room_cancelled": _("Your booking is cancelled"),
    "room_revoked": _("We had to cancel your booking"),
    "room_message": _("A new message about your booking"),
    "room_reminder": _("Your booking begins soon"),
    "room_team_requested": _("A new request for a room"),
    "room_team_cancelled": _("A booking is cancelled"),
    "room_team_message": _("A new message about a booking"),
}
#: Which letter who booked gets for what happened, and of which kind.
_TO_PERSON = {
    "requested": ("room_requested", NoticeKind.RECEIPT),
    "confirm": ("room_confirmed", NoticeKind.DECISION),
    "paid": ("room_confirmed", NoticeKind.DECISION),
    "accept_proposal": ("room_confirmed", NoticeKind.DECISION),
    "charge": ("room_to_pay", NoticeKind.DECISION),
    "decline": ("room_declined", NoticeKind.DECISION),
    "propose": ("room_proposed", NoticeKind.QUESTION),
    "rescheduled": ("room_moved", NoticeKind.DECISION),
    "lose": ("room_given", NoticeKind.DECISION),
    "expire": ("room_lapsed", NoticeKind.DECISION),
    "unpaid": ("room_lapsed", NoticeKind.DECISION),
    "withdraw": ("room_cancelled", NoticeKind.RECEIPT),
    "cancel": ("room_cancelled", NoticeKind.RECEIPT),
    "revoke": ("room_revoked", NoticeKind.DECISION),
}
_TO_TEAM = {
    "requested": "room_team_requested",
    "refuse_proposal": "room_team_requested",
    "withdraw": "room_team_cancelled",
    "cancel": "room_team_cancelled",
}
#: Letters of these kinds do not repeat within ten minutes: the place they lead to shows all.
_ONCE = ("room_message", "room_team_message")
#: With these goes an invitation, or a file.
_WITH_CALENDAR = ("room_confirmed", "room_moved", "room_cancelled", "room_revoked")
#: A reminder leaves when a booking begins within a day; not for one that was made in its last one and a half.
AHEAD, TOO_LATE = timedelta(days=1), timedelta(hours=36)


def booking_changed(booking: Booking, event: str) -> None:
    """Tell of one change; what is of no interest to anybody tells nobody."""
    if event == "message_sent":
        _message(booking)
        return
    at_once = event == "requested" and booking.room.approval == Approval.AUTOMATIC
    if event in _TO_PERSON and not at_once:  # the confirmation follows in the same transaction
        template, kind = _TO_PERSON[event]
        _tell_person(booking, template, kind, f"{event}:{booking.revision}")
    if event in _TO_TEAM and not at_once:
        _tell_team(booking, _TO_TEAM[event], f"{event}:{booking.revision}", booking.acting_user)


def _message(booking: Booking) -> None:
    message = booking.messages.order_by("pk").last()
    if message is None:
        return
    round_ = f"message:{message.public_id}"
    if message.side == Side.AGENT:
        _tell_person(booking, "room_message", NoticeKind.QUESTION, round_)
    else:
        _tell_team(booking, "room_team_message", round_, message.author)


def _tell_person(booking: Booking, template: str, kind: NoticeKind, round_: str) -> None:
    _tell(booking, template, kind, round_, booking.acting_user)


def _tell_team(booking: Booking, template: str, round_: str, by: User | None) -> None:
    members = booking.room.team.members.filter(is_active=True).order_by("pk")
    for member in members if by is None else members.exclude(pk=by.pk):
        _tell(booking, template, NoticeKind.TEAM, round_, member)


def _tell(booking: Booking, template: str, kind: NoticeKind, round_: str, to: User) -> None:
    """Write notice and letter, or join those of the same series or discussion that are still fresh."""
    thread = str(booking.series.public_id if booking.series else booking.public_id)
    key = f"rooms:{template}:{booking.public_id}:{round_}:{to.public_id}"
    fresh = Notice.objects.filter(
        user=to,
        event=template,
        read_at=None,
        created_at__gt=timezone.now() - BURST,
        facts__thread=thread,
    ).first()
    context = {"bookings": [str(booking.public_id)]}
    if fresh is not None and fresh.key != key:
        Notice.objects.filter(pk=fresh.pk).update(count=F("count") + 1)
        if template not in _ONCE:
            _join(fresh, booking, key, context)
        return
    notify(
        kind=kind,
        profile=None if kind == NoticeKind.TEAM else booking.profile,
        to_user=to,
        template=template,
        key=key,
        context=context,
        facts={
            "service": "rooms",
            "thread": thread,
            "booking": str(booking.public_id),
            "reference": booking.reference,
        },
    )


def _join(notice: Notice, booking: Booking, key: str, context: dict[str, Any]) -> None:
    """Put one more time into a letter that has not left yet, else send another."""
    letters = OutgoingMail.objects.filter(deliveries__notice=notice)
    letter = letters.first()
    if letter is None:  # the person reads such notices in the space only, or once a day
        return
    waiting = OutgoingMail.objects.select_for_update().filter(pk=letter.pk, state=MailState.TO_SEND)
    row = waiting.first()
    if row is None:
        mails.send(template=letter.template, to_user=notice.user, key=key, context=context)
    elif context["bookings"][0] not in row.context["bookings"]:
        row.context = {"bookings": [*row.context["bookings"], *context["bookings"]]}
        row.save(update_fields=["context"])


def remind(*, now: datetime | None = None) -> int:
    """Remind people of confirmed bookings that begin within a day, once; returns how many were due."""
    now = now or timezone.now()
    rows = Booking.objects.filter(
        state=BookingState.CONFIRMED,
        starts_at__gt=now,
        starts_at__lte=now + AHEAD,
        created_at__lt=F("starts_at") - TOO_LATE,
    )
    count = 0
    for booking in rows.select_related("room", "series", "acting_user", "profile"):
        with transaction.atomic():
            round_ = f"reminder:{booking.starts_at:%Y%m%d}"
            _tell_person(booking, "room_reminder", NoticeKind.REMINDER, round_)
        count += 1
    return count


def notice_path(notice: Notice) -> str:
    """Return where a notice about a booking leads, in the active language; empty once the booking is gone."""
    booking = Booking.objects.filter(public_id=notice.facts.get("booking")).first()
    if booking is None:
        return ""
    return agent_booking_path(booking) if notice.kind == NoticeKind.TEAM else booking_path(booking)


def _bookings_of(mail: OutgoingMail) -> list[Booking]:
    rows = Booking.objects.filter(public_id__in=mail.context["bookings"])
    return list(
        rows.select_related("room__site", "acting_user", "profile", "proposed_room").order_by(
            "starts_at"
        )
    )


def letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return what a letter says as its bookings stand now; amounts are those still due."""
    bookings = _bookings_of(mail)
    first = bookings[0] if bookings else None
    to_team = mail.template.startswith("room_team_")
    found: dict[str, Any] = {
        "heading": str(TITLES[mail.template]),
        "rows": [_row(booking) for booking in bookings],
        "button_path": reverse("notices"),
        "preferences_path": reverse("preferences"),
    }
    if first is None:
        return found
    found["button_path"] = agent_booking_path(first) if to_team else booking_path(first)
    if mail.template == "room_proposed" and first.proposed_starts_at and first.proposed_ends_at:
        found["proposed"] = {
            "room": room_name(first.proposed_room or first.room),
            "when": formats.period(local(first.proposed_starts_at), local(first.proposed_ends_at)),
        }
    if mail.template == "room_to_pay":
        found |= _to_pay(bookings)
    if mail.template in ("room_confirmed", "room_moved") and first.state in TAKES_PLACE:
        path = reverse("rooms-calendar-booking", args=[first.reference])
        found["file_path"] = f"{path}?sig={feed_tokens.link_signature(first)}"
    return found


def _row(booking: Booking) -> dict[str, str]:
    return {
        "room": room_name(booking.room),
        "day": formats.long_date(local(booking.starts_at)),
        "when": formats.period(local(booking.starts_at), local(booking.ends_at)),
        "reference": booking.reference,
    }


def _to_pay(bookings: list[Booking]) -> dict[str, str]:
    due = [
        row for booking in bookings for row in amounts_of(booking) if row.state == AmountState.DUE
    ]
    if not due:
        return {}
    return {
        "amount": formats.money(Money(sum(row.amount_cents for row in due))),
        "until": formats.full_date(local(min(row.due_at or timezone.now() for row in due))),
    }


def calendar_part(mail: OutgoingMail) -> mails.CalendarPart | None:
    """Return the invitation to one booking, or a file with the bookings of a series."""
    bookings, guest = _bookings_of(mail), mail.to_user
    if not bookings or guest is None:
        return None
    if len(bookings) > 1:
        title = str(TITLES[mail.template])
        return mails.CalendarPart(content=several(title, bookings), filename="bookings.ics")
    booking = bookings[0]
    made = invitation(booking, guest)
    if made is None or (made[0] == "CANCEL" and not _was_invited(booking, guest)):
        return None
    return mails.CalendarPart(method=made[0], content=made[1], filename=f"{booking.reference}.ics")


def _was_invited(booking: Booking, guest: User) -> bool:
    thread = str(booking.series.public_id if booking.series else booking.public_id)
    told = Notice.objects.filter(user=guest, facts__thread=thread)
    return told.filter(event__in=("room_confirmed", "room_moved")).exists()


for _template in TITLES:
    mails.mail_extra(_template)(letter)
for _template in _WITH_CALENDAR:
    mails.mail_calendar(_template)(calendar_part)

__all__ = [
    "TITLES",
    "booking_changed",
    "calendar_part",
    "letter",
    "notice_path",
    "remind",
]
