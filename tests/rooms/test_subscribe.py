"""The page that tells how to subscribe, and the private addresses on it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from rooms.models import FeedToken
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import make_room, make_text

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E4")]


def test_everybody_finds_the_address_of_a_room(client):
    room = make_room()
    make_text(room, title="Salle du Kiosque")
    page = client.get(reverse("rooms-subscribe") + f"?room={room.code}").content.decode()

    assert f'value="http://127.0.0.1:8000/ical/rooms/{room.code}.ics"' in page
    assert f'href="webcal://127.0.0.1:8000/ical/rooms/{room.code}.ics"' in page
    assert "Salle du Kiosque" in page
    for name in ("Google", "Outlook", "Apple", "Thunderbird"):
        assert f"<h3>{name}" in page
    assert reverse("rooms-address-make") not in page
    assert client.post(reverse("rooms-address-make")).status_code == 302


def test_a_private_address_is_shown_once_replaced_and_ended():
    user, client = make_user(), Client()
    log_in(client, user)
    made = client.post(reverse("rooms-address-make"), {"name": "Téléphone"})
    (path,) = set(
        re.findall(r'value="http://127.0.0.1:8000(/ical/t/[^"]+)"', made.content.decode())
    )
    row = FeedToken.objects.get()

    assert (row.name, row.scope, row.user) == ("Téléphone", "personal", user)
    assert made["Cache-Control"] == "private, no-store"
    assert Client().get(path).status_code == 200
    again = client.get(reverse("rooms-subscribe")).content.decode()
    assert "Téléphone" in again
    assert "/ical/t/" not in again

    client.post(reverse("rooms-address-replace", args=[row.public_id]))
    assert Client().get(path).status_code == 404
    other = Client()
    log_in(other, make_user())
    assert other.post(reverse("rooms-address-end", args=[row.public_id])).status_code == 404
    client.post(reverse("rooms-address-end", args=[row.public_id]))
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_agents_choose_between_their_rooms_and_their_own_bookings():
    room, agent, client = make_room(), make_user(is_staff=True), Client()
    room.team.members.add(agent)
    log_in(client, agent)

    assert 'value="agent"' in client.get(reverse("rooms-subscribe")).content.decode()
    client.post(reverse("rooms-address-make"), {"scope": "agent"})
    assert FeedToken.objects.get().scope == "agent"
    assert client.post(reverse("rooms-address-make"), {"scope": "no"}).status_code == 422
    FeedToken.objects.bulk_create(
        FeedToken(user=agent, scope="personal", token_hash=str(number)) for number in range(19)
    )
    refused = client.post(reverse("rooms-address-make"), {"scope": "agent"})
    assert (refused.status_code, FeedToken.objects.count()) == (422, 20)
