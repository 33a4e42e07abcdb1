"""Rooms are edited in the back office: by agents of their team, in words, with mistakes named where they are."""

import json

import pytest
from django.urls import reverse
from wagtail.models import Locale

from eservices.permissions import ensure_groups
from rooms.models import HolidayPeriod, OpeningException, Room, RoomExtra, RoomTerms, RoomText
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import make_booking, make_room, make_site, make_text, make_units
from tests.factories.submissions import viewer_of
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X12")]


@pytest.fixture
def room():
    return make_room(hours=[(8, 12)])


@pytest.fixture
def agent(client, room):
    user = make_team_agent(language="en")
    room.team.members.add(user)
    log_in(client, user)
    return user


def formset(name, rows, initial=0):
    found = {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": initial}
    found |= {f"{name}-MIN_NUM_FORMS": 0, f"{name}-MAX_NUM_FORMS": 1000}
    for number, row in enumerate(rows):
        found |= {f"{name}-{number}-{key}": value for key, value in row.items()}
        found[f"{name}-{number}-ORDER"] = number + 1
    return found


def values_of(room, *, rules=(), tariffs=(), extras=(), capacities=(), **fields):
    names = [
        *("name", "code", "position", "min_persons", "max_persons", "step_minutes", "min_minutes"),
        *("max_minutes", "min_lead_hours", "max_lead_days", "buffer_before", "buffer_after"),
        *("approval", "pending_policy", "pending_days", "payment_days", "level"),
        *("free_cancel_days", "late_cancel_percent"),
    ]
    own = {name: getattr(room, name) for name in names}
    own |= {"site": room.site_id, "team": room.team_id, "published": "on"}
    own["units"] = [unit.pk for unit in room.units.all()]
    rule = {"weekday": 0, "applies_to": "normal", "opens": "08:00", "closes": "12:00"}
    return (
        own
        | formset("opening_rules", [rule | row for row in rules])
        | formset("tariffs", list(tariffs))
        | formset("extras", list(extras))
        | formset("capacities", list(capacities))
        | fields
    )


def mistakes(answer):
    form = answer.context["form"]
    parts = getattr(form, "formsets", {})
    return form.errors, {name: part.errors for name, part in parts.items()}


def edit(client, room, **values):
    return client.post(reverse("rooms_room:edit", args=[room.pk]), values_of(room, **values))


def test_prices_are_typed_in_euros_and_names_in_four_languages(client, agent, room):
    room.opening_rules.all().delete()
    answer = edit(
        client,
        room,
        rules=[{}],
        tariffs=[
            {"unit": "hour", "amount_cents": "15.50", "deposit_cents": "150", "vat_percent": 0}
        ],
        extras=[
            {"code": "projector", "amount_cents": "10", "max_count": 2}
            | {f"names_{code}": "Projecteur" for code in ("fr", "nl", "de", "en")}
        ],
    )
    assert answer.status_code == 302, mistakes(answer)
    tariff = room.tariffs.get()
    assert (tariff.amount_cents, tariff.deposit_cents) == (1550, 15000)
    assert RoomExtra.objects.get().names["fr"] == "Projecteur"

    shown = client.get(reverse("rooms_room:edit", args=[room.pk])).content.decode()
    assert 'value="15.50"' in shown
    assert 'value="Projecteur"' in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"min_persons": 60}, "This must not be less than “Fewest people”."),
        ({"min_minutes": 900}, "This must not be less than"),
        (
            {"rules": [{}, {"opens": "11:00", "closes": "13:00"}]},
            "These hours overlap with “Monday",
        ),
        (
            {"rules": [{"opens": "20:00", "closes": "03:00"}, {"weekday": 1, "opens": "02:00"}]},
            "These hours overlap",
        ),
        (
            {"capacities": [{"layout": "banquet", "persons": 80}]},
            "The room is for at most 50 people.",
        ),
        ({"max_lead_days": 0}, "Nobody could book"),
    ],
)
def test_what_contradicts_itself_is_named(client, agent, room, wrong, words):
    room.opening_rules.all().delete()
    answer = edit(client, room, **wrong)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_hours_of_other_kinds_of_days_or_seasons_do_not_overlap(client, agent, room):
    room.opening_rules.all().delete()
    summer, winter = {"valid_from": "2026-07-01"}, {"valid_until": "2026-06-30"}
    rules = [
        summer,
        winter,
        {"applies_to": "school_holiday"},
        {"weekday": 6, "opens": "20:00", "closes": "08:00"},
    ]
    assert edit(client, room, rules=rules).status_code == 302


def test_units_are_of_one_site_and_stay_while_bookings_hold_them(client, agent, room):
    [elsewhere] = make_units("b", site=make_site(name="Ailleurs"))
    [beside] = make_units("c", site=room.site)
    own = [unit.pk for unit in room.units.all()]
    answer = edit(client, room, units=[*own, elsewhere.pk])
    assert "All units must be of the site" in answer.content.decode()
    make_booking(viewer_of(make_user()), room)
    answer = edit(client, room, units=[beside.pk])
    assert "1 booking to come holds the units as they are" in answer.content.decode()
    assert [unit.pk for unit in Room.objects.get(pk=room.pk).units.all()] == own


def test_agents_see_and_edit_the_rooms_of_their_team_only(client, agent, room):
    other = make_room(name="Salle secrète")
    other.team = type(other.team).objects.create(code="other", names={"fr": "Autres"})
    other.save()
    text = client.get(reverse("rooms_room:index")).content.decode()
    assert room.name in text
    assert other.name not in text
    assert client.get(reverse("rooms_room:edit", args=[other.pk])).status_code == 302
    assert edit(client, other).status_code == 302
    assert edit(client, room, team=other.team_id).status_code == 200
    closing = OpeningException.objects.create(
        room=other, starts_at="2026-12-24T00:00Z", ends_at="2026-12-25T00:00Z"
    )
    client.post(reverse("rooms_exception:delete", args=[closing.pk]))
    assert OpeningException.objects.filter(pk=closing.pk).exists()


def test_an_exception_is_of_a_room_or_a_site(client, agent, room):
    address = reverse("rooms_exception:add")
    values = {"starts_at": "2026-12-24 08:00", "ends_at": "2026-12-24 07:00", "label": "Noël"}
    text = client.post(address, values).content.decode()
    assert "Choose either a room or a site." in text
    assert "The end must be later than the start." in text
    values |= {"site": room.site_id, "ends_at": "2026-12-24 18:00"}
    assert client.post(address, values).status_code == 302
    assert OpeningException.objects.get().site == room.site


def test_editors_write_texts_and_nothing_else_of_the_rooms(client, room):
    editor = make_user(is_staff=True, language="en")
    editor.groups.add(ensure_groups()["Editors"])
    log_in(client, editor)
    french = Locale.objects.get(language_code="fr")
    Locale.objects.get_or_create(language_code="nl")
    text = make_text(room)
    answer = client.get(reverse("wagtailsnippets_rooms_roomtext:list"))
    assert (
        f"/snippet/rooms/roomtext/{text.pk}/" in answer.content.decode()
    )  # the button “Translate”
    values = {"title": "Grande salle", "summary": "Belle.", "room": make_room().pk}
    values |= {"description": "null", "photos-count": 0}
    answer = client.post(
        reverse("wagtailsnippets_rooms_roomtext:add"),
        values,
    )
    assert answer.status_code == 302
    assert RoomText.objects.get(title="Grande salle").locale == french
    assert client.get(reverse("rooms_room:index")).status_code == 302


def test_terms_get_a_new_version_and_are_never_changed(client):
    log_in(client, make_user(is_staff=True, is_superuser=True, language="en"))
    block = {
        "key": "a",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }
    texts = {
        f"text_{code}": json.dumps({"blocks": [block | {"text": code}], "entityMap": {}})
        for code in ("fr", "nl", "de", "en")
    }
    for number in (1, 2):
        assert client.post(reverse("rooms_terms:add"), texts).status_code == 302
        assert RoomTerms.objects.first().number == number
    row = RoomTerms.objects.first()
    assert row.texts["fr"] == "<p>fr</p>"
    assert client.get(reverse("rooms_terms:edit", args=[row.pk])).status_code == 302
    client.post(reverse("rooms_terms:delete", args=[row.pk]))
    assert RoomTerms.objects.count() == 2
    assert client.get(reverse("rooms_terms:inspect", args=[row.pk])).status_code == 200
    assert client.get(reverse("rooms_terms:index")).status_code == 200


def test_a_holiday_that_was_typed_over_is_kept_as_changed_by_hand(client):
    log_in(client, make_user(is_staff=True, is_superuser=True, language="en"))
    values = {
        "kind": "local",
        "first_day": "2026-09-07",
        "last_day": "2026-09-06",
        "community": "fr",
    }
    values |= {f"names_{code}": "Kermesse" for code in ("fr", "nl", "de", "en")}
    text = client.post(reverse("rooms_holiday:add"), values).content.decode()
    assert "The last day must not be before the first." in text
    assert "Only school holidays have a community." in text
    answer = client.post(
        reverse("rooms_holiday:add"), values | {"last_day": "2026-09-07", "community": ""}
    )
    assert answer.status_code == 302, mistakes(answer)
    assert HolidayPeriod.objects.get().changed_by_hand
