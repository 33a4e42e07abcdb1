"""What the rooms hold about a person: counted, copied, told who read it, and gone when it may go."""

from datetime import timedelta

import pytest

from eservices.contract import registry
from eservices.enums import Side
from eservices.models import JournalEntry
from rooms.actions import decisions, details, feed_tokens, handovers, messages, privacy
from rooms.enums import BookingState, FeedScope, HandoverKind
from rooms.models import Booking, BookingDocument, EventFragment, Occupancy
from tests.factories.documents import photo
from tests.factories.eservices import make_user
from tests.factories.rooms import day_ahead, make_booking, make_room, span_on
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X10")]


@pytest.fixture
def claire():
    return viewer_of(make_user(first_name="Claire"))


def test_a_person_gets_everything_and_reads_who_looked(claire):
    room = make_room()
    agent = make_team_agent()
    room.team.members.add(agent)
    booking = make_booking(claire, room, purpose="Anniversaire de Zoé", setup="Ballons")
    other = make_booking(viewer_of(make_user()), room, span_on(day_ahead(12), 10, 12))
    confirmed = decisions.confirm(booking=booking, by=agent, revision=0)
    messages.write(
        booking=booking,
        by=claire.user,
        side=Side.CITIZEN,
        body="Bonjour",
        key="k",
        files=[photo("salle.jpg")],
    )
    handovers.record(
        booking=confirmed,
        by=agent,
        kind=HandoverKind.OUT,
        keys=1,
        notes="",
        damage="Vitre fendue",
        signed_by="Claire Renard",
        photos=[photo("salle.jpg")],
    )
    details.record_reading(booking=booking, by=agent)
    service = registry["rooms"]

    feed_tokens.make(user=claire.user, scope=FeedScope.PERSONAL, name="Mon téléphone")

    copy, addresses = service.export_personal_data(claire.user)
    assert [row["name"] for row in addresses.content] == ["Mon téléphone"]
    [row] = copy.content
    assert row["reference"] == booking.reference
    for words in ("Anniversaire de Zoé", "Ballons", "Bonjour", "Vitre fendue", "Claire Renard"):
        assert words in str(row)
    assert other.reference not in str(copy.content)
    assert [document.name for document in copy.documents] == [
        f"{booking.reference}/salle.jpg",
        f"{booking.reference}/salle (2).jpg",
    ]
    with copy.documents[0].open() as stored:
        assert stored.read(3) == b"\xff\xd8\xff"
    assert [item.count for item in service.held_personal_data(claire.user)] == [1, 1, 2, 1]
    [reading] = service.readings(claire.user)
    assert (reading.by, reading.reference) == (room.team.name, booking.reference)


def test_what_the_privacy_page_reads_costs_the_same_for_many_bookings(
    claire, django_assert_max_num_queries
):
    agent = make_team_agent()

    def book(day):
        room = make_room()
        room.team.members.add(agent)
        booking = make_booking(claire, room, span_on(day_ahead(day), 10, 12))
        details.record_reading(booking=booking, by=agent)

    def read():
        service = registry["rooms"]
        list(service.readings(claire.user))
        service.plan_erasure(claire.user)

    book(10)
    with django_assert_max_num_queries(8) as few:
        read()
    book(11), book(12), book(13)
    with django_assert_max_num_queries(len(few)):
        read()


@pytest.mark.feature("X12")
def test_requests_go_with_the_person_and_accepted_bookings_stay(
    claire, django_capture_on_commit_callbacks
):
    room = make_room()
    agent = make_team_agent()
    room.team.members.add(agent)
    request = make_booking(claire, room)
    messages.write(
        booking=request,
        by=claire.user,
        side=Side.CITIZEN,
        body="",
        key="k",
        files=[photo("salle.jpg")],
    )
    document = BookingDocument.objects.get()
    storage, name = document.file.storage, document.file.name
    kept = make_booking(claire, room, span_on(day_ahead(12), 10, 12))
    decisions.confirm(booking=kept, by=agent, revision=0)
    service = registry["rooms"]

    plan = service.plan_erasure(claire.user)
    with django_capture_on_commit_callbacks(execute=True):
        report = service.erase_personal_data(claire.user, None)

    assert plan == report
    assert [item.reference for item in report.erased] == [request.reference]
    assert [item.reference for item in report.kept] == [kept.reference]
    assert list(Booking.objects.all()) == [kept]
    assert Occupancy.objects.get().booking == kept
    assert not storage.exists(name)
    assert [entry.event for entry in JournalEntry.objects.filter(subject_id=request.public_id)][
        -2:
    ] == ["withdraw", "erased"]


def test_bookings_are_deleted_at_the_end_of_their_time(claire):
    room = make_room()
    agent = make_team_agent()
    room.team.members.add(agent)
    over = make_booking(claire, room)
    open_still = make_booking(claire, room, span_on(day_ahead(12), 10, 12))
    decisions.decline(booking=over, by=agent, revision=0, reason="Travaux")
    over.refresh_from_db()
    assert over.purge_on > day_ahead(700)

    assert privacy.purge(today=over.purge_on - timedelta(days=1)) == 0
    assert privacy.purge(today=over.purge_on + timedelta(days=30)) == 1

    assert list(Booking.objects.all()) == [open_still]
    assert open_still.state == BookingState.PENDING
    assert not EventFragment.objects.filter(booking=over.pk).exists()
