"""What is sent twice is done once: kept with the act, for a day, for one content and one person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import idempotency, privacy
from eservices.errors import Conflict, IdempotencyConflict
from eservices.models import KeptAnswer
from tests.factories.eservices import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E6")]


def once(user, act=lambda: (201, {"made": True}), **fields):
    asked = {"address": "POST /x/", "key": "k", "content": b"{}"} | fields
    return idempotency.once(user=user, act=act, **asked)


def test_an_act_is_done_once_and_its_answer_kept():
    user, done = make_user(), []

    def act():
        done.append(1)
        return 201, {"number": len(done)}

    first, again = once(user, act), once(user, act)
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.status, again.answer) == (201, {"number": 1})
    assert done == [1]


def test_another_content_is_refused_another_person_or_address_is_another_request():
    user = make_user()
    once(user)
    with pytest.raises(IdempotencyConflict):
        once(user, content=b"[]")
    assert not once(make_user()).repeated
    assert not once(user, address="POST /y/").repeated


def test_a_refusal_keeps_nothing():
    user = make_user()

    def refuse():
        raise Conflict

    with pytest.raises(Conflict):
        once(user, refuse)
    assert not KeptAnswer.objects.exists()
    assert not once(user).repeated


def test_a_day_later_the_key_is_free_and_the_row_goes():
    user, late = make_user(), timezone.now() + idempotency.KEPT
    once(user)
    assert idempotency.forget_old(now=late - timedelta(minutes=1)) == 0
    assert not once(user, content=b"[]", now=late + timedelta(minutes=1)).repeated
    assert idempotency.forget_old(now=late + timedelta(days=2)) == 1


def test_nothing_readable_is_kept_of_the_key_and_nothing_at_all_after_an_erasure():
    user = make_user()
    once(user, key="secret-key", content=b'{"name": "Claire"}')
    row = str(KeptAnswer.objects.values().get())
    assert "secret-key" not in row
    assert "Claire" not in row
    privacy.erase(user=user, by=user)
    assert not KeptAnswer.objects.exists()
