"""Agents read in whose name a file came as its sender declared it, and that nobody confirmed it yet."""

import pytest
from django.urls import reverse

from eservices.actions import memberships, privacy
from eservices.enums import ConfirmedBy, MembershipRole, MembershipState
from eservices.queries.introducers import introducers_of, receiver_of
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation, make_space_file
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def files():
    """Two files for one number, of two people who declared it with other names."""
    organisation = make_organisation("Name of the first")
    procedure = make_procedure(kinds=["association"])
    return [
        make_space_file(
            make_membership(
                make_user(),
                organisation,
                state=MembershipState.DECLARED,
                declared={"name": f"Name of the {which}"},
            ),
            procedure,
        )
        for which in ("first", "second")
    ]


def test_lists_and_files_show_what_each_sender_declared(client, files):
    agent = make_team_agent(files[0], language="en")
    log_in(client, agent)

    page = client.get(reverse("agent-files")).content.decode()
    second = client.get(reverse("agent-file", args=[files[1].reference])).content.decode()
    listed = client.get("/api/v1/agent/submissions/").json()["results"]

    assert "Name of the first" in page
    assert "Name of the second" in page
    assert page.count("(Declared)") == 2
    assert "Name of the second" in second
    assert "Name of the first" not in second
    assert "(Declared)" in second
    assert {(row["introduced_by"], row["introduced_by_declared"]) for row in listed} == {
        ("Name of the first", True),
        ("Name of the second", True),
    }


def test_a_confirmed_name_carries_no_mark(client, files):
    membership = files[0].acting_user.memberships.get()
    memberships.confirm(membership=membership, by=None, how=ConfirmedBy.PROVIDER)

    found = introducers_of([files[0], files[1], own := make_sent()])

    assert (found[files[0].pk].name, found[files[0].pk].note) == ("Name of the first", "")
    assert (found[files[1].pk].name, found[files[1].pk].state) == ("Name of the second", "declared")
    assert (found[own.pk].name, found[own.pk].note) == (own.profile.name, "")


def test_one_query_for_all_files(files, django_assert_num_queries):
    with django_assert_num_queries(1):
        introducers_of(files)
    own = make_sent()
    with django_assert_num_queries(0):
        introducers_of([own])


def test_letters_about_a_file_outlive_the_account_that_sent_it():
    organisation = make_organisation()
    sender = make_membership(make_user(), organisation)
    make_membership(make_user(), organisation)
    admin = make_membership(make_user(), organisation, role=MembershipRole.ADMIN)
    file = make_space_file(sender, make_procedure(kinds=["association"]))
    assert receiver_of(file) == sender.user

    privacy.erase(user=sender.user, by=sender.user)
    file.refresh_from_db()

    assert receiver_of(file) == admin.user
    organisation.profile.memberships.update(state=MembershipState.REVOKED)
    assert receiver_of(file) is None
