"""Whose an identity is, what it brings along, and how a link ends."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from eservices.actions.identifiers import record_number
from eservices.actions.identities import (
    could_be,
    link,
    person_for,
    same_person,
    take_over_details,
    unlink,
)
from eservices.contract import VerifiedIdentity
from eservices.enums import AuthenticationEventKind, FieldSource, Level, Method
from eservices.errors import (
    BirthDateDiffers,
    DomainError,
    IdentityAccountClosed,
    IdentityBelongsToOther,
    IdentityLastWay,
    IdentityLevelTooLow,
    NationalNumberDiffers,
    NationalNumberInvalid,
    NotFound,
)
from eservices.models import AuthenticationEvent, ExternalIdentity, OutgoingMail, User
from eservices.queries.identifiers import number_of
from eservices.queries.identities import identities_of
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db

NUMBER = "85073003328"
OTHER = "78110599882"


def proved(**changes: Any) -> VerifiedIdentity:
    """An identity that itsme has just proved, level high."""
    return VerifiedIdentity(
        **{
            "provider": "itsme",
            "issuer": "https://op.example",
            "subject": "subject-1",
            "method": Method.ITSME,
            "level": Level.HIGH,
            "at": timezone.now(),
            "source": FieldSource.ITSME,
            "national_number": NUMBER,
            "first_name": "Margaux",
            "last_name": "Lejeune",
            **changes,
        }
    )


def numbered(number: str = NUMBER, **fields: Any) -> User:
    """Somebody whose number was verified."""
    user = make_user(**fields)
    record_number(user=user, number=number, source=FieldSource.EID)
    return user


def test_an_unknown_identity_is_nobodys():
    make_user()

    assert person_for(identity=proved()) is None
    assert not ExternalIdentity.objects.exists()


def test_a_verified_number_finds_the_account_and_tells_its_owner():
    person = numbered()

    assert person_for(identity=proved()) == person
    assert ExternalIdentity.objects.get().user == person
    assert OutgoingMail.objects.get().template == "identity_linked"
    assert AuthenticationEvent.objects.get().kind == AuthenticationEventKind.IDENTITY_LINKED


def test_a_linked_subject_is_found_without_a_number_and_leaves_no_second_notice():
    person = numbered()
    person_for(identity=proved())

    assert person_for(identity=proved(national_number="")) == person
    assert OutgoingMail.objects.count() == 1


def test_the_same_subject_at_another_issuer_is_somebody_else():
    person_of_first = make_user()
    link(user=person_of_first, identity=proved(national_number=""))

    elsewhere = proved(issuer="https://other.example", national_number="")

    assert person_for(identity=elsewhere) is None


def test_a_new_subject_with_the_same_number_replaces_the_old_one():
    person = numbered()
    person_for(identity=proved())

    assert person_for(identity=proved(subject="subject-2")) == person
    assert len(identities_of(person)) == 1
    assert person_for(identity=proved(national_number="")) is None


def test_identities_of_two_providers_live_side_by_side():
    person = numbered()
    person_for(identity=proved())

    person_for(identity=proved(provider="csam", source=FieldSource.CSAM))

    assert {row.provider for row in identities_of(person)} == {"itsme", "csam"}


def test_a_known_subject_with_another_persons_number_is_refused():
    person_for(identity=proved()) or link(user=numbered(), identity=proved())

    with pytest.raises(NationalNumberDiffers):
        person_for(identity=proved(national_number=OTHER))


def test_a_closed_account_stays_closed():
    person = make_user()
    link(user=person, identity=proved())
    User.objects.update(is_active=False)

    with pytest.raises(IdentityAccountClosed):
        person_for(identity=proved())


def test_nobody_comes_in_below_level_low():
    numbered()

    with pytest.raises(IdentityLevelTooLow):
        person_for(identity=proved(level=Level.PASSWORD))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"national_number": "85073003329"}, NationalNumberInvalid),
        ({"birth_date": date(1985, 7, 31)}, BirthDateDiffers),
    ],
)
def test_details_that_do_not_fit_are_refused(changes: dict[str, Any], refusal: type[DomainError]):
    with pytest.raises(refusal):
        person_for(identity=proved(**changes))


def test_a_number_below_substantial_neither_finds_nor_is_recorded():
    person = numbered()
    newcomer = make_user()
    weak = proved(level=Level.LOW)

    assert person_for(identity=weak) is None
    link(user=newcomer, identity=weak)

    newcomer.refresh_from_db()
    assert number_of(newcomer) == ""
    assert newcomer.locked_fields == {}
    assert identities_of(person) == []


def test_linking_takes_number_and_names_over_and_locks_them():
    person = make_user(first_name="Margot")

    link(user=person, identity=proved(email="other@example.org", language="nl"))

    person.refresh_from_db()
    assert person.get_full_name() == person.citizen_profile.name == "Margaux Lejeune"
    assert person.locked_fields == {"first_name": "itsme", "last_name": "itsme"}
    assert number_of(person) == NUMBER
    assert (person.email != "other@example.org", person.language) == (True, "fr")


def test_a_name_that_the_provider_leaves_out_is_kept():
    person = make_user(first_name="Margot", last_name="Petit")

    take_over_details(user=person, identity=proved(last_name=""))

    person.refresh_from_db()
    assert person.get_full_name() == "Margaux Petit"
    assert person.locked_fields == {"first_name": "itsme"}


def test_another_persons_identity_or_number_cannot_be_linked():
    link(user=make_user(), identity=proved())
    taker = make_user()

    for identity in (proved(), proved(subject="subject-2")):
        with pytest.raises(IdentityBelongsToOther):
            link(user=taker, identity=identity)

    assert identities_of(taker) == []
    taker.refresh_from_db()
    assert taker.locked_fields == {}


def test_an_account_has_one_number():
    person = numbered(OTHER)

    with pytest.raises(NationalNumberDiffers):
        link(user=person, identity=proved())


def test_who_is_the_same_person():
    person, other = numbered(), numbered(OTHER)
    stranger = make_user()
    link(user=stranger, identity=proved(subject="s", national_number="", provider="csam"))

    assert same_person(user=person, identity=proved())
    assert not same_person(user=other, identity=proved())
    assert not same_person(user=make_user(), identity=proved())
    assert not same_person(user=person, identity=proved(national_number=""))
    assert same_person(
        user=stranger, identity=proved(subject="s", national_number="", provider="csam")
    )
    assert not same_person(
        user=person, identity=proved(subject="s", national_number=NUMBER, provider="csam")
    )


def test_who_may_learn_who_they_are():
    person, newcomer = numbered(), make_user()

    assert could_be(user=newcomer, identity=proved(national_number=OTHER))
    assert not could_be(user=newcomer, identity=proved())
    assert not could_be(user=person, identity=proved(national_number=""))
    link(user=make_user(), identity=proved(national_number=OTHER))
    assert not could_be(user=newcomer, identity=proved(national_number=""))


def test_a_link_ends_and_its_subject_is_free_again():
    person, later = make_user(), make_user()
    row = link(user=person, identity=proved(national_number=""))

    unlink(user=person, identity=row)

    assert identities_of(person) == []
    assert person_for(identity=proved(national_number="")) is None
    link(user=later, identity=proved(national_number=""))
    assert person_for(identity=proved(national_number="")) == later
    with pytest.raises(NotFound):
        unlink(user=person, identity=row)


def test_the_last_way_into_an_account_without_password_stays():
    person = make_user()
    person.set_unusable_password()
    person.save()
    row = link(user=person, identity=proved())

    with pytest.raises(IdentityLastWay):
        unlink(user=person, identity=row)

    second = link(user=person, identity=proved(provider="csam", source=FieldSource.CSAM))
    unlink(user=person, identity=row)
    assert identities_of(person) == [second]


def test_nothing_about_the_person_shows_in_a_repr():
    text = repr(proved(email="margaux@example.org", birth_date=date(1985, 7, 30)))

    assert [word for word in (NUMBER, "Margaux", "subject", "1985", "@") if word in text] == []
