"""National numbers: kept sealed, one person each, shown only with a right, a reason and a trace."""

from datetime import UTC, date, datetime

import pytest
from cryptography.exceptions import InvalidTag
from django.contrib.auth.models import Permission
from hypothesis import given
from hypothesis import strategies as st

from eservices import keyring
from eservices.actions import identifiers
from eservices.enums import AuthenticationEventKind, FieldSource, IdentifierKind
from eservices.errors import (
    NationalNumberDiffers,
    NationalNumberInvalid,
    NationalNumberTaken,
    NotFound,
    ReasonRequired,
    Refused,
)
from eservices.models import AuthenticationEvent, PersonIdentifier, User
from eservices.queries.identifiers import (
    agrees,
    birth_date_of,
    facts_of,
    has_number,
    masked_number,
    number_of,
    person_with_number,
)
from eservices.queries.journal import broken_entries, entries_about
from tests.factories.eservices import make_agent, make_user

#: A man born on 30 July 1985.
NUMBER = "85073003328"
OTHER = "85031499701"


def with_check_digits(nine: str, *, in_2000: bool = False) -> str:
    """A number from its first nine digits (Royal Decree of 3 April 1984, art. 5)."""
    return f"{nine}{97 - int(('2' if in_2000 else '') + nine) % 97:02d}"


def may_reveal(user: User) -> User:
    """Somebody with the right; looked up anew, for Django remembers rights."""
    user.user_permissions.add(Permission.objects.get(codename="reveal_personidentifier"))
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db
def test_a_number_is_kept_sealed_and_found_again_however_it_is_written():
    user = make_user()
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    row = identifiers.record_number(
        user=user, number="85.07.30-033 28", source=FieldSource.EID, now=now
    )

    assert (row.kind, row.source, row.verified_at) == (
        IdentifierKind.NATIONAL,
        FieldSource.EID,
        now,
    )
    assert NUMBER.encode() not in bytes(row.sealed_number)
    assert NUMBER not in row.lookup
    assert person_with_number("85.07.30-033.28") == user
    assert (number_of(user), has_number(user)) == (NUMBER, True)
    assert masked_number(user) == "85.07.30-***.**"
    assert birth_date_of(user) == date(1985, 7, 30)
    assert [(e.event, e.data) for e in entries_about(user)] == [
        ("number_recorded", {"kind": "nn", "source": "eid"})
    ]


@pytest.mark.django_db
def test_the_sealed_number_does_not_open_in_another_persons_row():
    user, thief = make_user(), make_user()
    row = identifiers.record_number(user=user, number=NUMBER, source=FieldSource.EID)
    PersonIdentifier.objects.filter(pk=row.pk).update(user=thief)

    with pytest.raises(InvalidTag):
        number_of(thief)


@pytest.mark.django_db
def test_the_same_number_again_renews_its_source_and_time():
    user = make_user()
    identifiers.record_number(user=user, number=NUMBER, source=FieldSource.ITSME)
    later = datetime(2030, 1, 1, tzinfo=UTC)

    row = identifiers.record_number(user=user, number=NUMBER, source=FieldSource.EID, now=later)

    assert (row.source, row.verified_at) == (FieldSource.EID, later)
    assert PersonIdentifier.objects.count() == 1
    assert entries_about(user).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("active", [True, False])
def test_one_number_has_one_account_open_or_shut(active):
    holder = make_user()
    identifiers.record_number(user=holder, number=NUMBER, source=FieldSource.EID)
    User.objects.filter(pk=holder.pk).update(is_active=active)
    other = make_user()

    with pytest.raises(NationalNumberTaken):
        identifiers.record_number(user=other, number=NUMBER, source=FieldSource.CSAM)

    assert not has_number(other)
    assert person_with_number(NUMBER) == (holder if active else None)


@pytest.mark.django_db
def test_a_row_of_an_older_look_up_key_still_counts(settings):
    old, new = "old:b2xkLWxvb2t1cC1rZXktb2YtMzItYnl0ZXMtLS0tISE=", settings.LOOKUP_HMAC_KEYS[0]
    settings.LOOKUP_HMAC_KEYS = [old]
    holder = make_user()
    identifiers.record_number(user=holder, number=NUMBER, source=FieldSource.EID)
    settings.LOOKUP_HMAC_KEYS = [new, old]

    assert person_with_number(NUMBER) == holder
    with pytest.raises(NationalNumberTaken):
        identifiers.record_number(user=make_user(), number=NUMBER, source=FieldSource.CSAM)
    settings.LOOKUP_HMAC_KEYS = [new]
    assert person_with_number(NUMBER) is None, "the control: without the old key it is not found"


@pytest.mark.django_db
def test_a_person_has_one_number():
    user = make_user()
    identifiers.record_number(user=user, number=NUMBER, source=FieldSource.EID)

    with pytest.raises(NationalNumberDiffers):
        identifiers.record_number(user=user, number=OTHER, source=FieldSource.EID)

    assert number_of(user) == NUMBER


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["", "85073003329", "8507300332", "abc"])
def test_what_is_no_number_is_refused(number):
    user = make_user()

    with pytest.raises(NationalNumberInvalid):
        identifiers.record_number(user=user, number=number, source=FieldSource.EID)

    assert person_with_number(number) is None


@pytest.mark.django_db
def test_a_declared_number_is_never_kept_as_verified():
    user = make_user()

    with pytest.raises(ValueError, match="declared"):
        identifiers.record_number(user=user, number=NUMBER, source=FieldSource.DECLARED)

    assert not has_number(user)


@pytest.mark.django_db
def test_erasing_leaves_nothing_but_the_fact():
    user = make_user()
    identifiers.record_number(user=user, number=NUMBER, source=FieldSource.EID)

    assert identifiers.erase_number(user=user, by=user) is True

    assert (has_number(user), masked_number(user), birth_date_of(user)) == (False, "", None)
    assert identifiers.erase_number(user=user, by=user) is False
    assert [e.event for e in entries_about(user)] == ["number_recorded", "number_erased"]
    assert broken_entries(user) == []


@pytest.mark.django_db
def test_a_look_at_a_number_leaves_its_reason_for_the_person():
    person, agent = make_user(), may_reveal(make_agent())
    identifiers.record_number(user=person, number=NUMBER, source=FieldSource.EID)

    shown = identifiers.reveal(person=person, by=agent, reason=" Checks the register. ")

    assert shown == NUMBER
    entry = entries_about(person).last()
    assert (entry.event, entry.actor, entry.reason, entry.data) == (
        "number_shown",
        agent,
        "Checks the register.",
        {},
    )
    event = AuthenticationEvent.objects.get(user=person)
    assert event.kind == AuthenticationEventKind.NUMBER_SHOWN


@pytest.mark.django_db
def test_without_right_or_reason_or_number_nothing_is_shown_and_nothing_written():
    person, agent = make_user(), make_agent()
    identifiers.record_number(user=person, number=NUMBER, source=FieldSource.EID)
    before = entries_about(person).count()

    with pytest.raises(Refused):
        identifiers.reveal(person=person, by=agent, reason="Curious.")
    agent = may_reveal(agent)
    with pytest.raises(ReasonRequired):
        identifiers.reveal(person=person, by=agent, reason="  ")
    with pytest.raises(NotFound):
        identifiers.reveal(person=make_user(), by=agent, reason="Curious.")

    assert entries_about(person).count() == before
    assert not AuthenticationEvent.objects.exists()


@pytest.mark.parametrize(
    ("nine", "in_2000", "kind", "birth", "sex"),
    [
        ("850730033", False, "nn", date(1985, 7, 30), "M"),
        ("120515124", True, "nn", date(2012, 5, 15), "F"),
        ("852730033", False, "bis", date(1985, 7, 30), None),
        ("854730033", False, "bis", date(1985, 7, 30), "M"),
        ("124515124", True, "bis", date(2012, 5, 15), "F"),
        ("000001012", False, "nn", None, "F"),
        ("850000123", False, "nn", None, "M"),
        ("850700123", False, "nn", None, "M"),
    ],
)
def test_facts_are_those_of_the_number_and_no_more(nine, in_2000, kind, birth, sex):
    number = with_check_digits(nine, in_2000=in_2000)

    facts = facts_of(number)

    assert (facts.number, facts.kind, facts.birth_date, facts.sex) == (number, kind, birth, sex)


def test_a_birth_date_or_sex_disagrees_only_when_both_sides_know_it():
    bis = with_check_digits("852730033")
    unknown = with_check_digits("850000123")

    assert agrees(NUMBER, birth_date=date(1985, 7, 30), sex="M")
    assert not agrees(NUMBER, birth_date=date(1985, 7, 31))
    assert not agrees(NUMBER, sex="F")
    assert agrees(bis, birth_date=date(1985, 7, 30), sex="F"), "this BIS number knows no sex"
    assert agrees(unknown, birth_date=date(1985, 2, 3))
    assert agrees(NUMBER)
    assert not agrees("85073003329")


@given(
    born=st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    serial=st.integers(1, 998),
    shift=st.sampled_from([0, 20, 40]),
)
def test_every_number_of_either_century_is_read_back(born, serial, shift):
    nine = f"{born:%y}{born.month + shift:02d}{born:%d}{serial:03d}"
    number = with_check_digits(nine, in_2000=born.year >= 2000)

    facts = facts_of(number)

    assert facts.birth_date == (None if nine.startswith(("000001", "002001", "004001")) else born)
    assert facts.sex == (None if shift == 20 else "FM"[serial % 2])
    assert facts.kind == ("bis" if shift else "nn")


def test_the_look_up_hash_is_keyed_and_of_its_kind(settings):
    first = keyring.lookup(NUMBER, kind="national-number")
    assert first != keyring.lookup(NUMBER, kind="subject:csam")
    settings.LOOKUP_HMAC_KEYS = ["x:b2xkLWxvb2t1cC1rZXktb2YtMzItYnl0ZXMtLS0tISE="]
    assert first != keyring.lookup(NUMBER, kind="national-number")
