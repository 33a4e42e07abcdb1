"""Declaring a space: which numbers are taken, what the register decides, what stays apart."""

from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions.memberships import end
from eservices.actions.organisations import Contact, Declaration, declare, update_contact
from eservices.enums import MembershipFunction, MembershipRole, MembershipState, ProfileKind
from eservices.errors import (
    DomainError,
    FunctionWordsMissing,
    SpaceExists,
    TooMany,
)
from eservices.models import JournalEntry, Membership, Organisation
from eservices.queries.profiles import memberships_of
from tests.factories.eservices import make_user
from tests.factories.organisations import (
    enterprise_number,
    make_entry,
    make_membership,
    make_organisation,
)

pytestmark = pytest.mark.django_db


def declaration(number="", **fields):
    values = {
        "kind": ProfileKind.ASSOCIATION,
        "number": number or enterprise_number(),
        "terms": True,
        "name": "Club de tennis",
        "is_vat_liable": False,
        "function": MembershipFunction.CHAIR,
        **fields,
    }
    return Declaration(**values)


def test_a_number_that_nobody_typed_before_opens_a_space():
    user = make_user()
    number = enterprise_number()

    membership = declare(user=user, declaration=declaration(number))

    organisation = membership.profile.organisation
    assert (organisation.bce_number, membership.profile.name) == (number, "Club de tennis")
    assert (membership.state, membership.role) == (MembershipState.DECLARED, MembershipRole.MEMBER)
    assert membership.declared["name"] == "Club de tennis"
    assert [
        entry.event for entry in JournalEntry.objects.filter(subject_id=membership.public_id)
    ] == ["membership_declared"]


@pytest.mark.parametrize(
    "typed", ["1999.000.150", "BE 1999 000 150", "be1999000150", "1999-000-150", "１999000150"]
)
def test_numbers_are_taken_however_they_are_typed(typed):
    number = enterprise_number(1)
    assert number == "1999000150"

    membership = declare(user=make_user(), declaration=declaration(typed))

    assert membership.profile.organisation.bce_number == number


def test_an_old_number_of_nine_digits_gets_its_zero():
    membership = declare(user=make_user(), declaration=declaration("403.019.261"))

    assert membership.profile.organisation.bce_number == "0403019261"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "1999.000.151"}, "organisations.number_invalid"),
        ({"number": "2000.000.339"}, "organisations.number_invalid"),
        ({"number": ""}, "organisations.number_invalid"),
        ({"establishment": "2.000.000.338"}, "organisations.establishment_invalid"),
        ({"establishment": "1.000.000.339"}, "organisations.establishment_invalid"),
        ({"terms": False}, "organisations.terms_not_accepted"),
        ({"name": "  "}, "organisations.name_missing"),
        ({"function": MembershipFunction.OTHER}, "memberships.function_words_missing"),
        ({"valid_until": timezone.localdate() - timedelta(days=1)}, "memberships.validity_over"),
        ({"kind": ProfileKind.CITIZEN}, "invalid"),
    ],
)
def test_each_refusal_has_its_code_and_leaves_nothing(change, code):
    values = {"number": enterprise_number(2), **change}

    with pytest.raises(DomainError) as refusal:
        declare(user=make_user(), declaration=Declaration(**vars(declaration("x")) | values))

    assert refusal.value.code == code
    assert not Organisation.objects.exists()


def test_an_establishment_unit_has_its_own_space():
    user, number = make_user(), enterprise_number()

    declare(user=user, declaration=declaration(number))
    declare(user=user, declaration=declaration(number, establishment="2.000.000.339"))

    units = Organisation.objects.order_by("establishment_number")
    assert [row.establishment_number for row in units] == ["", "2000000339"]


def test_the_same_person_is_told_about_the_access_that_exists():
    user = make_user()
    declare(user=user, declaration=declaration(number := enterprise_number()))

    with pytest.raises(SpaceExists):
        declare(user=user, declaration=declaration(number))

    assert Membership.objects.count() == 1


def test_a_stopped_enterprise_is_refused():
    entry = make_entry(is_active=False)

    with pytest.raises(DomainError) as refusal:
        declare(user=make_user(), declaration=declaration(entry.number))

    assert refusal.value.code == "organisations.inactive"


def test_the_register_decides_name_and_kind():
    entry = make_entry(name="Harmonie royale de Valmont", kind=ProfileKind.ENTERPRISE)

    membership = declare(user=make_user(), declaration=declaration(entry.number, name="Mine"))

    assert membership.profile.name == "Harmonie royale de Valmont"
    assert membership.profile.kind == ProfileKind.ENTERPRISE
    assert membership.profile.organisation.locked_fields == {"name": "kbo", "kind": "kbo"}
    assert membership.shown_name == "Harmonie royale de Valmont"


def test_a_second_person_overwrites_nothing_and_reads_nothing_of_the_first():
    first, second = make_user(), make_user()
    number = enterprise_number()
    declare(user=first, declaration=declaration(number, name="Secret name", is_vat_liable=True))

    membership = declare(
        user=second,
        declaration=declaration(number, name="Other name", kind=ProfileKind.ENTERPRISE),
    )

    organisation = Organisation.objects.get()
    assert (organisation.profile.name, organisation.is_vat_liable) == ("Secret name", True)
    assert organisation.profile.kind == ProfileKind.ASSOCIATION
    assert membership.shown_name == "Other name"


def test_the_register_takes_over_when_it_comes_to_know_the_number():
    number = enterprise_number()
    declare(user=make_user(), declaration=declaration(number, name="Typed"))
    make_entry(number, name="Registered")

    declare(user=make_user(), declaration=declaration(number))

    assert Organisation.objects.get().profile.name == "Registered"


def test_somebody_whose_right_ended_may_declare_again():
    user, number = make_user(), enterprise_number()
    before = declare(user=user, declaration=declaration(number))
    end(membership=before, by=user)

    again = declare(user=user, declaration=declaration(number))

    assert again.pk != before.pk
    assert list(memberships_of(user)) == [again]


def test_a_right_whose_day_is_over_makes_room_for_a_new_one():
    user, organisation = make_user(), make_organisation()
    old = make_membership(user, organisation, valid_until=timezone.localdate() - timedelta(days=1))

    declare(user=user, declaration=declaration(organisation.bce_number))

    old.refresh_from_db()
    assert old.state == MembershipState.REVOKED


def test_twenty_spaces_a_day_are_enough():
    user = make_user()
    for _place in range(20):
        declare(user=user, declaration=declaration())

    with pytest.raises(TooMany):
        declare(user=user, declaration=declaration())


def test_contact_details_change_without_touching_the_right():
    membership = make_membership(make_user())
    contact = Contact(language="de", mobile="+32470123456", email="a@example.org")

    row = update_contact(
        membership=membership,
        by=membership.user,
        function=MembershipFunction.TREASURER,
        function_words="",
        contact=contact,
    )

    assert (row.function, row.mobile, row.language) == ("treasurer", "+32470123456", "de")
    assert row.state == MembershipState.CONFIRMED
    with pytest.raises(FunctionWordsMissing):
        update_contact(
            membership=membership,
            by=membership.user,
            function=MembershipFunction.OTHER,
            function_words=" ",
            contact=contact,
        )
