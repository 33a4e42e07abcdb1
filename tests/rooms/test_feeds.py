"""Calendars that programs fetch: what they hold, for whom, and when they say that nothing changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from eservices.enums import MembershipState
from eservices.models import Membership
from rooms.actions import calendars, decisions, feed_tokens
from rooms.enums import Approval, BlockKind, BookingState, FeatureKind, FeedScope
from rooms.feeds import events, rendering
from rooms.feeds.sources import room_source
from rooms.models import Block, Booking, EventFragment, FeedToken, RoomFeature
from rooms.queries.clock import Span
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.rooms import (
    day_ahead,
    make_booking,
    make_room,
    make_site,
    make_text,
    make_units,
    span_on,
)
from tests.factories.submissions import viewer_of
from tests.rooms.calendars import events_in, fetch, line_faults

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E4")]


@pytest.fixture
def claire():
    return viewer_of(make_user(first_name="Claire", last_name="Personne"))


def agent_of(room):
    agent = make_user(is_staff=True)
    room.team.members.add(agent)
    return agent


def confirmed(viewer, room, span=None, **fields):
    booking = make_booking(viewer, room, span, **fields)
    if booking.state == BookingState.PENDING:
        decisions.confirm(booking=booking, by=agent_of(room), revision=booking.revision)
        booking.refresh_from_db()
    return booking


def room_path(room):
    return f"/ical/rooms/{room.code}.ics"


def private_path(user, scope=FeedScope.PERSONAL, **fields):
    return f"/ical/t/{feed_tokens.make(user=user, scope=scope, **fields)[1]}.ics"


def test_everybody_reads_that_the_room_is_busy_once_it_is_confirmed(claire):
    room = make_room(site=make_site(), approval=Approval.MANUAL)
    make_text(room, title="Salle, des\nFêtes; \\A")
    booking = make_booking(claire, room)
    assert events_in(fetch(room_path(room)).content) == []

    decisions.confirm(booking=booking, by=agent_of(room), revision=0)
    response = fetch(room_path(room))

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Content-Disposition" not in response
    (event,) = events_in(response.content)
    booking.refresh_from_db()
    assert event["summary"].endswith("Salle, des Fêtes; \\A")
    assert (event["dtstart"].dt, event["dtend"].dt) == (booking.starts_at, booking.ends_at)
    assert (event["uid"], event["sequence"], event["status"]) == (booking.uid, 0, "CONFIRMED")
    assert event["dtstamp"].dt == event["last-modified"].dt == events.seconds(booking.changed_at)
    assert event["organizer"].startswith("mailto:")
    assert b"CATEGORIES" not in response.content
    assert b"\r\nNAME:Salle - des" in response.content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in response.content
    assert line_faults(response.content) == []


def test_a_room_is_busy_when_a_room_with_its_parts_is(claire):
    a, b = make_units("a", "b")
    whole, part, other = make_room(a, b), make_room(a), make_room(b)
    etag = fetch(room_path(part))["ETag"]
    booking = confirmed(claire, whole)

    for room in (whole, part, other):
        (event,) = events_in(fetch(room_path(room)).content)
        assert event["uid"] == booking.uid
    assert fetch(room_path(part), **{"If-None-Match": etag}).status_code == 200


def test_the_calendar_of_the_room_that_a_booking_left_strikes_it_out(claire):
    """Programs that merge by UID keep what is missing: the old room says that it is over, each room for itself."""
    first, second, third = (make_room(site=make_site()) for _ in range(3))
    booking = confirmed(claire, first)
    agent = agent_of(first)
    for room in (second, third):
        room.team.members.add(agent)
    private = private_path(agent, FeedScope.AGENT)

    def move(room):
        booking.refresh_from_db()
        return decisions.reschedule(
            booking=booking,
            by=agent,
            revision=booking.revision,
            room=room,
            span=span_on(day_ahead(12), 10, 12),
            reason="Accord",
        )

    def said(path):
        found = events_in(fetch(path).content)
        assert len({str(event["uid"]) for event in found}) == len(found)  # RFC 5545 3.8.4.7
        return [str(event["status"]) for event in found]

    before = events_in(fetch(room_path(first)).content)[0]
    for room in (second, third):
        move(room)
    (gone,) = events_in(fetch(room_path(first)).content)
    assert (gone["uid"], gone["status"]) == (booking.uid, "CANCELLED")
    assert gone["sequence"] > before["sequence"]
    assert gone["dtstart"].dt == before["dtstart"].dt
    assert gone["location"] == before["location"]
    assert [said(room_path(room)) for room in (second, third)] == [["CANCELLED"], ["CONFIRMED"]]
    assert said("/ical/rooms.ics") == said(private) == ["CONFIRMED"]
    (own,) = events_in(fetch(private_path(claire.user)).content)
    assert own["status"] == "CONFIRMED"

    move(first)  # and back
    assert [said(room_path(room)) for room in (first, second, third)] == [
        ["CONFIRMED"],
        ["CANCELLED"],
        ["CANCELLED"],
    ]
    assert said("/ical/rooms.ics") == said(private) == ["CONFIRMED"]


def test_the_public_title_shows_once_an_agent_approved_it(claire):
    room = make_room()
    booking = confirmed(claire, room, public_title="Concert")
    assert b"Concert" not in fetch(room_path(room)).content

    Booking.objects.filter(pk=booking.pk).update(public_title_approved=True)
    booking.refresh_from_db()
    calendars.booking_changed(booking)

    assert events_in(fetch(room_path(room)).content)[0]["summary"] == "Concert"


def test_what_was_cancelled_is_told_for_sixty_days(claire):
    room = make_room()
    booking = confirmed(claire, room, span_on(day_ahead(100), 10, 12))
    decisions.cancel(booking=booking, viewer=claire, revision=booking.revision)
    booking.refresh_from_db()

    (event,) = events_in(fetch(room_path(room)).content)
    assert (event["status"], event["sequence"], event["uid"]) == ("CANCELLED", 1, booking.uid)
    assert event["transp"] == "TRANSPARENT"

    with time_machine.travel(booking.changed_at + timedelta(days=59), tick=False):
        assert calendars.forget() == 0
        assert len(events_in(fetch(room_path(room)).content)) == 1
    with time_machine.travel(booking.changed_at + timedelta(days=62), tick=False):
        before = fetch(room_path(room))
        assert events_in(before.content) == []
        assert calendars.forget() == 3
        etag = {"If-None-Match": before["ETag"]}
        assert fetch(room_path(room), **etag).status_code == 304
    assert not EventFragment.objects.exists()


def test_the_same_twice_is_the_same_bytes_and_nothing_changed_costs_three_queries(claire):
    room = make_room()
    confirmed(claire, room)
    with time_machine.travel(day_ahead(1), tick=False) as clock:
        first = fetch(room_path(room))
        clock.shift(2)
        assert fetch(room_path(room), Host="localhost").content == first.content
        with CaptureQueriesContext(
            connection,
        ) as queries:
            again = fetch(room_path(room), **{"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert len(queries) <= 3
        since = fetch(room_path(room), **{"If-Modified-Since": first["Last-Modified"]})
        assert (since.status_code, since.content) == (304, b"")
        mine = private_path(claire.user)
        etag = fetch(mine)["ETag"]
        with CaptureQueriesContext(connection) as queries:
            assert fetch(mine, **{"If-None-Match": etag}).status_code == 304
        assert len(queries) <= 3


def test_every_change_is_a_new_version_and_so_is_a_new_day(claire):
    room, elsewhere = make_room(), make_room()
    agent = agent_of(room)
    agent.teams.add(elsewhere.team)
    booking = confirmed(claire, room)
    seen = [fetch(room_path(room))]

    def again(of=room):
        answer = fetch(
            room_path(of),
            **{"If-None-Match": seen[-1]["ETag"], "If-Modified-Since": seen[-1]["Last-Modified"]},
        )
        assert answer.status_code == 200
        assert answer["Last-Modified"]
        seen.append(answer)
        return events_in(answer.content)

    second = confirmed(claire, room, span_on(day_ahead(11), 10, 12))
    assert len(again()) == 2
    decisions.reschedule(
        booking=booking,
        by=agent,
        revision=booking.revision,
        span=span_on(day_ahead(12), 10, 12),
        reason="Accord",
    )
    assert [event["uid"] for event in again()] == [second.uid, booking.uid]
    decisions.revoke(booking=second, by=agent, revision=second.revision, reason="Travaux")
    assert [event["status"] for event in again()] == ["CANCELLED", "CONFIRMED"]
    second.delete()
    assert len(again()) == 1
    booking.refresh_from_db()
    decisions.reschedule(
        booking=booking,
        by=agent,
        revision=booking.revision,
        room=elsewhere,
        span=span_on(day_ahead(12), 10, 12),
        reason="Accord",
    )
    assert [event["status"] for event in again()] == ["CANCELLED"]
    assert len(events_in(fetch(room_path(elsewhere)).content)) == 1
    room.name = "Grande salle"
    room.save()
    again()
    with time_machine.travel(day_ahead(1), tick=False):
        again()
    assert len({answer["ETag"] for answer in seen}) == len(seen)


def test_the_window_reaches_from_ninety_days_ago_to_eighteen_months_ahead(claire):
    room = make_room(approval=Approval.AUTOMATIC, max_lead_days=900)
    near = make_booking(claire, room, span_on(day_ahead(3), 10, 12))
    make_booking(claire, room, span_on(day_ahead(560), 10, 12))

    assert [e["uid"] for e in events_in(fetch(room_path(room)).content)] == [near.uid]
    with time_machine.travel(near.ends_at + timedelta(days=89), tick=False):
        assert len(events_in(fetch(room_path(room)).content)) == 2
    with time_machine.travel(near.ends_at + timedelta(days=92), tick=False):
        assert len(events_in(fetch(room_path(room)).content)) == 1


def test_joined_texts_are_what_django_ical_writes(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    for hour in (8, 10, 12):
        make_booking(claire, room, span_on(day_ahead(), hour, hour + 1))
    decisions.cancel(
        booking=(gone := Booking.objects.last()), viewer=claire, revision=gone.revision
    )

    rows = Booking.objects.select_related("room__site", "profile", "acting_user")
    slow = rendering.calendar_bytes(
        rendering.Head(title=events.shown_name(room)),
        [events.booking_event(row, "public", told=True) for row in rows],
    )

    assert fetch(room_path(room)).content == slow


def test_writing_again_changes_nothing_unless_words_changed(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    booking = make_booking(claire, room)
    before = fetch(room_path(room))

    call_command("rooms_rerender_feeds", verbosity=0)
    assert fetch(room_path(room), **{"If-None-Match": before["ETag"]}).status_code == 304

    EventFragment.objects.filter(booking=booking).update(text="")
    call_command("rooms_rerender_feeds", "--room", room.code, verbosity=0)
    assert fetch(room_path(room)).content == before.content


def test_all_rooms_those_of_a_site_and_those_with_a_tag(claire):
    here, there = make_site(code="kiosque"), make_site()
    tag = RoomFeature.objects.create(code="sport", kind=FeatureKind.TAG, names={"fr": "Sport"})
    room = make_room(*make_units("a", site=here), approval=Approval.AUTOMATIC)
    other = make_room(*make_units("b", site=there), approval=Approval.AUTOMATIC)
    hidden = make_room(approval=Approval.AUTOMATIC, published=False)
    other.features.add(tag)
    other.save()
    first, second = make_booking(claire, room), make_booking(claire, other)
    make_booking(claire, hidden)

    def uids(query):
        return {event["uid"] for event in events_in(fetch(f"/ical/rooms.ics{query}").content)}

    assert uids("") == {first.uid, second.uid}
    assert uids("?site=kiosque") == {first.uid}
    assert uids("?tag=sport") == {second.uid}
    for path in ("/ical/rooms.ics?tag=no", "/ical/rooms.ics?site=no", room_path(hidden)):
        response = fetch(path)
        assert (response.status_code, response["Content-Type"][:10]) == (404, "text/plain")


def test_a_private_address_shows_ones_own_bookings_and_what_waits(claire):
    room = make_room()
    booking = make_booking(claire, room, purpose="Anniversaire")
    make_booking(viewer_of(make_user()), room, span_on(day_ahead(), 14, 16))
    path = private_path(claire.user)

    response = fetch(path)
    (event,) = events_in(response.content)

    assert (event["uid"], event["status"]) == (booking.uid, "TENTATIVE")
    assert "Anniversaire" in event["description"]
    assert booking.reference in event["description"]
    assert response["Cache-Control"] == "private, no-cache"
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == (
        "noindex, nofollow",
        "no-referrer",
    )
    assert FeedToken.objects.get().used_on == date.today()
    decisions.decline(booking=booking, by=agent_of(room), revision=0, reason="Non")
    assert events_in(fetch(path).content)[0]["status"] == "CANCELLED"


def test_declared_members_read_their_own_bookings_of_the_organisation(claire):
    organisation = make_organisation()
    colleague = make_user()
    make_membership(colleague, organisation, state=MembershipState.CONFIRMED)
    membership = make_membership(claire.user, organisation, state=MembershipState.DECLARED)
    room = make_room()
    booking = make_booking(viewer_of(colleague), room)
    Booking.objects.update(profile=organisation.profile)
    booking.refresh_from_db()
    calendars.booking_changed(booking)
    EventFragment.objects.update(profile=organisation.profile)
    path, theirs = private_path(claire.user), private_path(colleague)

    assert len(events_in(fetch(theirs).content)) == 1
    first = fetch(path)
    assert events_in(first.content) == []
    Membership.objects.filter(pk=membership.pk).update(
        state=MembershipState.CONFIRMED, confirmed_how="agent"
    )
    assert len(events_in(fetch(path, **{"If-None-Match": first["ETag"]}).content)) == 1
    Membership.objects.filter(pk=membership.pk).update(state=MembershipState.REVOKED)
    assert events_in(fetch(path).content) == []


def test_agents_read_who_comes_until_they_leave_the_team(claire):
    room = make_room()
    agent = agent_of(room)
    booking = make_booking(claire, room, setup="Dix tables")
    path = private_path(agent, FeedScope.AGENT)
    with pytest.raises(feed_tokens.NotFound):
        feed_tokens.make(user=claire.user, scope=FeedScope.AGENT)

    (event,) = events_in(fetch(path).content)
    assert "Claire Personne" in event["summary"]
    assert "Dix tables" in event["description"]
    assert event["uid"] == booking.uid

    room.team.members.remove(agent)
    assert fetch(path).status_code == 404
    room.team.members.add(agent)
    assert fetch(path).status_code == 404  # it was ended, not only hidden


def test_every_address_that_does_not_work_answers_alike(claire):
    path = private_path(claire.user)
    row = FeedToken.objects.get()
    assert len(row.token_hash) == 64
    assert row.token_hash not in path
    _row, fresh = feed_tokens.rotate(user=claire.user, public_id=row.public_id)
    rotated = fetch(path)
    assert fetch(f"/ical/t/{fresh}.ics").status_code == 200
    feed_tokens.end(user=claire.user, public_id=row.public_id)
    ended = fetch(f"/ical/t/{fresh}.ics")
    unknown = fetch("/ical/t/unknown.ics")
    again = private_path(claire.user)
    claire.user.is_active = False
    claire.user.save()
    closed = fetch(again)

    names = ("Content-Type", "Cache-Control", "Referrer-Policy", "X-Robots-Tag", "ETag")
    answers = [
        (answer.status_code, answer.content, [answer.get(name) for name in names])
        for answer in (rotated, ended, closed, unknown)
    ]
    assert answers == [answers[0]] * 4
    assert rotated.status_code == 404
    claire.user.is_active = True
    claire.user.save()
    assert fetch(again).status_code == 404


def test_one_booking_as_a_file_for_who_may_see_it(claire):
    room = make_room()
    booking = confirmed(claire, room)
    path = f"/ical/bookings/{booking.reference}.ics"
    client = Client()
    log_in(client, claire.user)

    response = fetch(path, client)
    assert response["Content-Disposition"] == f'attachment; filename="{booking.reference}.ics"'
    assert [event["uid"] for event in events_in(response.content)] == [booking.uid]
    assert fetch(path).status_code == 404
    signed = f"{path}?sig={feed_tokens.link_signature(booking)}"
    assert fetch(signed).status_code == 200
    assert fetch(signed + "x").status_code == 404
    other = make_booking(claire, room, span_on(day_ahead(), 14, 15))
    foreign = feed_tokens.link_signature(other)
    assert fetch(f"{path}?sig={foreign}").status_code == 404
    with time_machine.travel(booking.ends_at + timedelta(days=61)):
        assert fetch(signed).status_code == 404


def test_blocked_times_are_busy_and_free_again_when_they_go(claire):
    room = make_room()
    agent = agent_of(room)
    span = span_on(day_ahead(), 8, 10)
    block = Block.objects.create(
        uid="block@test",
        room=room,
        kind=BlockKind.MAINTENANCE,
        title="Peinture",
        starts_at=span.start,
        ends_at=span.end,
    )
    calendars.block_changed(block)
    path = private_path(agent, FeedScope.AGENT)

    public = fetch(room_path(room))
    assert [e["uid"] for e in events_in(public.content)] == ["block@test"]
    assert b"Peinture" not in public.content
    assert "Peinture" in events_in(fetch(path).content)[0]["summary"]

    calendars.block_removed(block)
    block.delete()
    (event,) = events_in(fetch(room_path(room), **{"If-None-Match": public["ETag"]}).content)
    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)


def test_free_and_busy_times_with_buffers_requests_and_closed_hours(claire):
    day = day_ahead()
    room = make_room(buffer_before=15, buffer_after=30)
    confirmed(claire, room, span_on(day, 10, 12))
    waits = span_on(day, 15, 16)
    make_booking(claire, room, waits)

    response = fetch(f"/ical/rooms/{room.code}.ifb?from={day}&to={day}")
    (body,) = Calendar.from_ical(response.content).walk("VFREEBUSY")
    found = {}
    for period in body["freebusy"]:
        found.setdefault(period.params["FBTYPE"], []).append(Span(*period.dt))

    sure = span_on(day, 10, 12)
    assert found["BUSY"] == [sure.widened(before=15, after=30)]
    assert found["BUSY-TENTATIVE"] == [waits.widened(before=15, after=30)]
    assert found["BUSY-UNAVAILABLE"] == [span_on(day, 0, 8), span_on(day, 22, 24)]
    assert line_faults(response.content) == []
    for query in (
        "from=2026-02-30",
        "from=2027-01-02&to=2027-01-01",
        "from=2027-01-01&to=2027-03-04",
    ):
        refused = fetch(f"/ical/rooms/{room.code}.ifb?{query}")
        assert (refused.status_code, b"rooms.period_refused" in refused.content) == (422, True)
    long = "from=2027-01-01&to=2027-03-03"
    assert fetch(f"/ical/rooms/{room.code}.ifb?{long}").status_code == 200


def test_many_bookings_are_five_queries(claire):
    room = make_room(approval=Approval.AUTOMATIC)
    booking = make_booking(claire, room)
    (text,) = EventFragment.objects.filter(audience="public").values_list("text", flat=True)
    start = datetime(2026, 12, 1, tzinfo=UTC)
    EventFragment.objects.bulk_create(
        EventFragment(
            room=room,
            audience="public",
            starts_at=start + timedelta(hours=number),
            ends_at=start + timedelta(hours=number + 1),
            text=text.replace(booking.uid, f"{number}@test"),
        )
        for number in range(10_000)
    )
    with time_machine.travel(start, tick=False), CaptureQueriesContext(connection) as queries:
        response = fetch(room_path(room))
    assert response.content.count(b"BEGIN:VEVENT") == 10_001
    assert len(queries) <= 5


def test_tokens_are_in_no_line_of_the_log(claire, caplog):
    path = private_path(claire.user)
    with caplog.at_level("INFO"):
        assert fetch(path).status_code == 200
    assert caplog.text
    assert path.split("/")[-1][:-4] not in caplog.text


def test_the_versions_of_an_unpublished_room_are_nobodys(claire):
    with pytest.raises(feed_tokens.NotFound):
        room_source(make_room(published=False).code)
