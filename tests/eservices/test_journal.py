"""The journal: one chain of hashes per subject, in which every later change shows."""

import pytest
from django.db import IntegrityError, transaction

from eservices.actions.journal import record
from eservices.enums import Side
from eservices.models import JournalEntry
from eservices.queries.journal import broken_entries, entries_about, entry_hash
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


def write(user, *events: str) -> None:
    for event in events:
        record(
            subject=user,
            event=event,
            actor=user,
            side=Side.CITIZEN,
            reason="Parce que",
            data={"n": 1},
        )


@pytest.mark.feature("X5")
def test_entries_form_a_chain(user):
    write(user, "opened", "saved", "sent")
    first, second, third = entries_about(user)
    assert [entry.event for entry in (first, second, third)] == ["opened", "saved", "sent"]
    assert [entry.sequence for entry in (first, second, third)] == [1, 2, 3]
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == (
        "",
        first.hash,
        second.hash,
    )
    assert broken_entries(user) == []


def test_subjects_have_chains_of_their_own(user):
    other = make_user()
    write(user, "opened")
    write(other, "opened")
    assert [entry.sequence for entry in JournalEntry.objects.all()] == [1, 1]


@pytest.mark.parametrize(
    "change", [{"event": "forged"}, {"reason": ""}, {"data": {"n": 2}}, {"side": Side.AGENT}]
)
def test_a_change_shows(user, change):
    write(user, "opened", "saved", "sent")
    JournalEntry.objects.filter(sequence=2).update(**change)
    assert broken_entries(user) == [2]


def test_a_missing_entry_shows(user):
    write(user, "opened", "saved", "sent")
    JournalEntry.objects.filter(sequence=2).delete()
    assert broken_entries(user) == [3]


def test_a_change_with_a_new_hash_shows_at_the_next_entry(user):
    write(user, "opened", "saved", "sent")
    entry = JournalEntry.objects.get(sequence=2)
    entry.event = "forged"
    entry.hash = entry_hash(entry)
    entry.save()
    assert broken_entries(user) == [3]


def test_an_act_that_fails_leaves_no_entry(user):
    @transaction.atomic
    def act() -> None:
        write(user, "opened")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not JournalEntry.objects.exists()


def test_two_entries_cannot_take_one_place(user):
    write(user, "opened")
    entry = JournalEntry.objects.get()
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_it_belongs_into_a_transaction():
    user = make_user()
    with pytest.raises(transaction.TransactionManagementError):
        write(user, "opened")


def test_numbers_that_json_does_not_know_are_refused(user):
    with pytest.raises(ValueError, match="JSON"):
        record(subject=user, event="x", actor=None, side=Side.SYSTEM, data={"n": float("nan")})
