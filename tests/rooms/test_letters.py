"""Notices and letters about bookings, and the invitations in them."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.core import mail
from icalendar import Calendar

from eservices.actions import mails
from eservices.models import Notice, OutgoingMail
from eservices.queries.notices import shown
from rooms.actions import decisions, letters, moves
from rooms.enums import Approval
from rooms.models import BookingMessage, BookingSeries, Tariff
from tests.factories.eservices import make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, make_site, span_on
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E4")]


@pytest.fixture
def room():
    return make_room(site=make_site(email="salles@rocheval.example"))


@pytest.fixture
def agent(room):
    user = make_user(is_staff=True)
    room.team.members.add(user)
    return user


@pytest.fixture
def claire():
    return viewer_of(make_user(first_name="Claire", last_name="Personne", language="fr"))


def sent_to(user, template):
    """The last letter of this kind, sent now and read back as a mailbox gets it."""
    row = OutgoingMail.objects.filter(to_user=user, template=template).first()
    assert row is not None, template
    mail.outbox.clear()
    mails.deliver_mail(mail=row)
    return message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)


def invitation_in(message):
    """Method by the header, and the event of the part that mail programs look for."""
    (part,) = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_content())
    assert calendar["method"] == part.get_param("method")
    (event,) = calendar.walk("VEVENT")
    return part.get_param("method"), event


def templates_for(user):
    return list(
        OutgoingMail.objects.filter(to_user=user).order_by("pk").values_list("template", flat=True)
    )


def test_confirmed_moved_and_cancelled_bookings_invite_with_one_uid(room, agent, claire):
    booking = make_booking(claire, room, purpose="Secret de famille")
    asked = sent_to(claire.user, "room_requested")
    assert not [p for p in asked.walk() if p.get_content_type() == "text/calendar"]

    booking = decisions.confirm(booking=booking, by=agent, revision=0)
    first = sent_to(claire.user, "room_confirmed")
    booking = decisions.reschedule(
        booking=booking,
        by=agent,
        revision=booking.revision,
        span=span_on(day_ahead(12), 14, 16),
        reason="Accord",
    )
    second = sent_to(claire.user, "room_moved")
    booking = decisions.cancel(booking=booking, viewer=claire, revision=booking.revision)
    third = sent_to(claire.user, "room_cancelled")

    found = [invitation_in(message) for message in (first, second, third)]
    assert [method for method, _event in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event["sequence"] for _method, event in found] == [0, 1, 2]
    assert {str(event["uid"]) for _method, event in found} == {booking.uid}
    assert {str(event["organizer"]) for _m, event in found} == {"mailto:salles@rocheval.example"}
    assert found[1][1]["dtstart"].dt == span_on(day_ahead(12), 14, 16).start
    assert found[2][1]["status"] == "CANCELLED"
    guest = found[0][1]["attendee"]
    assert (str(guest), guest.params["PARTSTAT"]) == (f"mailto:{claire.user.email}", "ACCEPTED")
    assert first.get_content_type() == "multipart/mixed"
    (alternative, attachment) = first.iter_parts()
    assert [p.get_content_type() for p in alternative.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    assert attachment.get_filename() == f"{booking.reference}.ics"
    assert "Référence" in attachment.get_content().decode()
    for message in (asked, first, second, third):
        for part in message.walk():
            if not part.is_multipart():
                content = part.get_content()
                text = content.decode() if isinstance(content, bytes) else content
                assert "Secret" not in text


def test_each_side_is_told_what_concerns_it(room, agent, claire):
    Tariff.objects.create(room=room, unit="fixed", amount_cents=5000)
    booking = make_booking(claire, room)
    proposal = span_on(day_ahead(12), 14, 16)
    booking = decisions.propose(booking=booking, by=agent, revision=0, span=proposal)
    assert "14" in sent_to(claire.user, "room_proposed").get_body().get_content()
    booking = decisions.refuse_proposal(booking=booking, viewer=claire, revision=1)
    booking = decisions.confirm(booking=booking, by=agent, revision=2)
    assert "50,00" in sent_to(claire.user, "room_to_pay").get_body().get_content()
    decisions.expire(now=booking.starts_at)
    declined = make_booking(claire, room)
    decisions.decline(booking=declined, by=agent, revision=0, reason="Raison privée")

    assert templates_for(claire.user) == [
        "room_requested",
        "room_proposed",
        "room_to_pay",
        "room_lapsed",
        "room_requested",
        "room_declined",
    ]
    assert (
        templates_for(agent) == ["room_team_requested"] * 2
    )  # the one whose proposal was refused joins
    text = sent_to(claire.user, "room_declined").as_string()
    assert "Raison" not in text
    rows = shown(Notice.objects.filter(user=claire.user, event="room_declined"), claire.user)
    assert rows[0].title == str(letters.TITLES["room_declined"])
    assert rows[0].reference == declined.reference


def test_automatic_rooms_send_one_letter(claire):
    make_booking(claire, make_room(approval=Approval.AUTOMATIC))
    assert templates_for(claire.user) == ["room_confirmed"]


def test_a_series_is_one_letter_with_a_file(room, agent, claire):
    series = BookingSeries.objects.create(room=room, profile=claire.profile)
    rows = [make_booking(claire, room, span_on(day_ahead(n), 10, 12)) for n in (10, 17, 24)]
    OutgoingMail.objects.all().delete()
    Notice.objects.all().delete()
    for row in rows:
        row.series = series
        row.save()
        decisions.confirm(booking=row, by=agent, revision=0)

    assert templates_for(claire.user) == ["room_confirmed"]
    message = sent_to(claire.user, "room_confirmed")
    assert not [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    (file,) = message.iter_attachments()
    calendar = Calendar.from_ical(file.get_content())
    assert [str(e["uid"]) for e in calendar.walk("VEVENT")] == [row.uid for row in rows]
    assert all(row.reference in message.get_body().get_content() for row in rows)
    assert Notice.objects.get(user=claire.user).count == 3


def test_a_message_tells_the_other_side_once_in_ten_minutes(room, agent, claire):
    booking = make_booking(claire, room)
    for number, (side, author) in enumerate(
        [("citizen", claire.user), ("citizen", claire.user), ("agent", agent)]
    ):
        BookingMessage.objects.create(
            booking=booking, author=author, side=side, body="Le mot secret", key=str(number)
        )
        moves.changed(booking, "message_sent")

    assert templates_for(agent) == ["room_team_requested", "room_team_message"]
    assert templates_for(claire.user) == ["room_requested", "room_message"]
    assert "secret" not in sent_to(claire.user, "room_message").as_string()


def test_a_reminder_leaves_once_the_day_before(room, agent, claire):
    booking = make_booking(claire, room)
    decisions.confirm(booking=booking, by=agent, revision=0)
    early, due = booking.starts_at - timedelta(hours=25), booking.starts_at - timedelta(hours=23)

    assert letters.remind(now=early) == 0
    with time_machine.travel(due, tick=False):
        letters.remind()
        letters.remind()
    assert templates_for(claire.user).count("room_reminder") == 1


def test_letters_are_in_the_language_of_who_reads(room, agent):
    reader = viewer_of(make_user(language="en"))
    make_booking(reader, room)
    message = sent_to(reader.user, "room_requested")
    assert message["Subject"].startswith("We have received your request for a room: ")
    assert message["Content-Language"] == "en"
