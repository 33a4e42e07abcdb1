"""Several people declare one number at the same moment: one organisation, one right each, no error."""

import threading

import pytest
from django.db import connections

from eservices.actions.organisations import Declaration, declare
from eservices.enums import MembershipFunction, ProfileKind
from eservices.errors import SpaceExists
from eservices.models import JournalEntry, Membership, Organisation, Profile, User
from tests.factories.eservices import make_user
from tests.factories.organisations import enterprise_number

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(users, number):
    """Let each user declare the number on a connection of its own; returns results and errors."""
    start, results = threading.Barrier(len(users)), []

    def press(user):
        declaration = Declaration(
            kind=ProfileKind.ASSOCIATION,
            number=number,
            terms=True,
            name=f"Name of {user.pk}",
            function=MembershipFunction.CHAIR,
        )
        try:
            start.wait()
            results.append(declare(user=User.objects.get(pk=user.pk), declaration=declaration))
        except Exception as error:  # noqa: BLE001  told by the assertions
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("people", [2, 8])
def test_one_number_at_the_same_moment_is_one_organisation(people):
    users, number = [make_user() for _place in range(people)], enterprise_number()

    results = at_once(users, number)

    assert [result for result in results if not isinstance(result, Membership)] == []
    organisation = Organisation.objects.get(bce_number=number)
    assert {row.profile_id for row in results} == {organisation.profile_id}
    assert Profile.objects.filter(kind=ProfileKind.ASSOCIATION).count() == 1
    assert JournalEntry.objects.filter(event="organisation_opened").count() == 1


def test_one_person_who_presses_twice_gets_one_right():
    user = make_user()

    results = at_once([user] * 4, enterprise_number())

    assert sum(isinstance(result, Membership) for result in results) == 1
    assert sum(isinstance(result, SpaceExists) for result in results) == 3
    assert Membership.objects.count() == 1
