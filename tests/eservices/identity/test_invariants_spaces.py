"""Invariants of spaces (research on identity, section 8): the right to act is looked up at every request."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import memberships
from eservices.enums import MembershipState
from eservices.queries.privacy import account_copy
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership

pytestmark = pytest.mark.django_db


def session_profile(client):
    return client.get("/api/v1/session/").json()["profile"]


@pytest.mark.parametrize("how", ["revoked", "lapsed"])
def test_i15_a_right_that_ended_is_gone_at_the_next_request(client, how):
    membership = make_membership(make_user(language="en"))
    log_in(client, membership.user, profile=membership.profile)
    assert session_profile(client)["name"] == membership.profile.name

    if how == "revoked":
        memberships.end(membership=membership, by=None)
    else:
        membership.valid_until = timezone.localdate() - timedelta(days=1)
        membership.save()
    page = client.get(at("dashboard", "en")).content.decode()

    assert "Your access to the space in which you were has ended" in page
    assert session_profile(client)["kind"] == "citizen"
    again = client.get(at("dashboard", "en")).content.decode()
    assert "in which you were has ended" not in again, "it is said once"


def test_i15_nobody_enters_a_space_without_a_right(client):
    stranger, membership = make_user(), make_membership(make_user())
    log_in(client, stranger)

    answer = client.post(
        "/api/v1/session/profile/",
        {"profile": str(membership.profile.public_id)},
        content_type="application/json",
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert session_profile(client)["name"] == stranger.display_name


def test_the_copy_holds_the_rights_to_act_and_erasure_ends_them():
    membership = make_membership(make_user(), mobile="+32470123456", declared={"name": "Mine"})
    copy = account_copy(membership.user)["spaces"]
    assert [row["mobile"] for row in copy] == ["+32470123456"]

    memberships.forget(user=membership.user)

    membership.refresh_from_db()
    assert membership.state == MembershipState.REVOKED
    assert "+32470123456" not in json.dumps(account_copy(membership.user), default=str)
    assert membership.declared == {}
