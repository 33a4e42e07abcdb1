"""A declared member of a space finds own files only, by every way in; a confirmed one finds all of them."""

import pytest
from django.test import Client
from django.urls import reverse

from eservices.actions import memberships, submissions
from eservices.enums import ConfirmedBy, MembershipState
from eservices.queries.documents import pdf_of
from tests.eservices.actions.test_annexes import add as add_annex
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import (
    make_membership,
    make_organisation,
    make_space_file,
    viewer_in,
)
from tests.factories.submissions import make_procedure

pytestmark = pytest.mark.django_db

#: Pages and API addresses that lead to one file: route, argument beside the reference, whether for drafts.
OF_ONE_FILE = [
    ("submission", "", False),
    ("submission-pdf", "", False),
    ("annex", "annex", False),
    ("submission-withdraw", "", False),
    ("submission", "", True),
    ("submission-check", "", True),
    ("submission-discard", "", True),
    ("submission-pdf", "", True),
    ("annex", "annex", True),
    ("submission-chapter", "chapter", True),
    ("api-submission", "", False),
    ("api-submission-pdf", "", False),
    ("api-annex", "annex", True),
]


class Space:
    """An organisation with a sent file and a draft of one member, and a second person who looks."""

    def __init__(self, state):
        organisation = make_organisation("Harmonie")
        self.procedure = make_procedure(kinds=["association"])
        self.owner = make_membership(make_user(), organisation)
        self.looker = make_membership(
            make_user(), organisation, state=state, declared={"name": "Mine"}
        )
        self.draft = make_space_file(self.owner, self.procedure, sent=False)
        self.sent = make_space_file(self.owner, self.procedure, sent=False)
        self.annexes = {file.pk: add_annex(file) for file in (self.draft, self.sent)}
        self.sent.refresh_from_db()
        self.sent = submissions.submit(
            submission=self.sent,
            viewer=viewer_in(self.owner),
            revision=self.sent.revision,
            locale="fr",
        )
        self.client = log_in(Client(), self.looker.user, profile=self.looker.profile)

    def address(self, route, extra, is_draft):
        """The address of a route for the draft or the sent file."""
        file = self.draft if is_draft else self.sent
        named = {
            "": [],
            "annex": [self.annexes[file.pk].public_id],
            "chapter": [file.version.structure["chapters"][0]["id"]],
        }
        return reverse(route, args=[file.reference, *named[extra]])


@pytest.mark.parametrize(("route", "extra", "is_draft"), OF_ONE_FILE)
@pytest.mark.parametrize(
    ("state", "found"), [(MembershipState.DECLARED, False), (MembershipState.CONFIRMED, True)]
)
def test_each_address_of_a_colleagues_file(route, extra, is_draft, state, found):
    space = Space(state)

    answer = space.client.get(space.address(route, extra, is_draft))

    assert (answer.status_code != 404) is found, answer.status_code
    if found:
        assert answer.status_code < 400
    else:
        assert space.procedure.title not in answer.content.decode()
    answer.close()


@pytest.mark.parametrize(
    ("state", "count"), [(MembershipState.DECLARED, 0), (MembershipState.CONFIRMED, 2)]
)
def test_lists_counts_and_tiles(state, count):
    space = Space(state)

    listed = space.client.get("/api/v1/submissions/").json()
    page = space.client.get(reverse("dashboard"))
    html = page.content.decode()

    assert (listed["count"], len(listed["results"])) == (count, count)
    assert page.context["page_obj"].paginator.count == count
    for file in (space.draft, space.sent):
        assert (file.reference in html) is bool(count)
    assert ("Harmonie" in html) is bool(count), "what somebody else typed is not read here"


@pytest.mark.parametrize(
    ("state", "exists"), [(MembershipState.DECLARED, False), (MembershipState.CONFIRMED, True)]
)
def test_a_draft_of_somebody_else_is_not_betrayed_by_starting(state, exists):
    space = Space(state)

    answer = space.client.post(
        "/api/v1/submissions/",
        {"procedure": space.procedure.code},
        content_type="application/json",
    )

    assert answer.status_code == (409 if exists else 201)
    assert (space.draft.reference in answer.content.decode()) is exists


@pytest.mark.parametrize("path", ["send/", "withdraw/", "validate/"])
def test_a_declared_member_changes_nothing_of_a_colleague(path):
    space = Space(MembershipState.DECLARED)

    for file in (space.draft, space.sent):
        answer = space.client.post(
            f"/api/v1/submissions/{file.reference}/{path}",
            {"revision": file.revision},
            content_type="application/json",
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_own_files_are_found_before_and_all_after_the_confirmation():
    space = Space(MembershipState.DECLARED)
    own = make_space_file(space.looker, space.procedure)
    listed = space.client.get("/api/v1/submissions/").json()["results"]
    assert [row["reference"] for row in listed] == [own.reference]
    assert pdf_of(own).startswith(b"%PDF")

    memberships.confirm(membership=space.looker, by=None, how=ConfirmedBy.PROVIDER)

    listed = space.client.get("/api/v1/submissions/").json()["results"]
    assert {row["reference"] for row in listed} == {
        own.reference,
        space.draft.reference,
        space.sent.reference,
    }


@pytest.mark.parametrize(
    "route", ["space-colleagues", "api-profile-members", "api-profile-invitations"]
)
def test_members_and_invitations_are_for_administrators(route):
    space = Space(MembershipState.CONFIRMED)
    row = space.looker
    target = row.public_id if route == "space-colleagues" else row.profile.public_id
    address = reverse(route, args=[target])
    assert space.client.get(address).status_code == 404

    row.role = "admin"
    row.save()

    answer = space.client.get(address)
    assert answer.status_code == 200
    assert (space.owner.user.email in answer.content.decode()) is ("invitations" not in route)
