"""The same request at the same moment, from several threads: one booking, and everybody gets the same answer."""

import threading
import uuid

import pytest
from django.db import connections
from django.test import Client

from rooms.models import Booking
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import day_ahead, make_room, span_on
from tests.rooms.api.calls import post, wanted

pytestmark = [pytest.mark.feature("E6"), pytest.mark.feature("X12")]
THREADS = 4


def sent_at_once(cookies, bodies) -> list:
    """Send each body in a thread of its own with one key; returns the answers."""
    start, answers = threading.Barrier(len(bodies)), []

    def send(body):
        client = Client()
        client.cookies = cookies
        start.wait()
        answers.append(post(client, "bookings/", body, key="k1"))
        connections.close_all()

    threads = [threading.Thread(target=send, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


@pytest.mark.django_db(transaction=True)
def test_threads_with_one_key_and_one_content_make_one_booking():
    room, client = make_room(), log_in(Client(), make_user())
    body = wanted(room, span_on(day_ahead(), 10, 12))

    answers = sent_at_once(client.cookies, [body] * THREADS)

    assert [answer.status_code for answer in answers] == [201] * THREADS
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == THREADS - 1
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_threads_with_one_key_and_other_contents_make_one_booking():
    room, client = make_room(), log_in(Client(), make_user())
    bodies = [wanted(room, span_on(day_ahead(10 + number), 10, 12)) for number in range(THREADS)]

    answers = sent_at_once(client.cookies, bodies)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (THREADS - 1)
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused == {"idempotency.conflict"}
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_with_a_key_of_its_own_the_same_content_finds_the_time_taken():
    """Without the same key it is another request: the database keeps them apart, not the key."""
    room, client = make_room(), log_in(Client(), make_user())
    first = wanted(room, span_on(day_ahead(), 10, 12))
    assert post(client, "bookings/", first, key=uuid.uuid4().hex).status_code == 201
    again = post(client, "bookings/", first, key=uuid.uuid4().hex)
    assert again.json()["code"] == "rooms.slot_taken"
