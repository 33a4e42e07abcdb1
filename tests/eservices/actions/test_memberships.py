"""Rights to act: who confirms, who ends, and that a space keeps an administrator."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from eservices.actions.memberships import change_role, confirm, end, end_lapsed
from eservices.enums import ConfirmedBy, MembershipRole, MembershipState
from eservices.errors import (
    LastAdministrator,
    MembershipSettled,
    NotAdministrator,
    OwnMembership,
    ReasonRequired,
    Refused,
    ValidityOver,
)
from eservices.models import JournalEntry, OutgoingMail
from eservices.queries.profiles import memberships_of
from tests.factories.eservices import make_agent, make_user
from tests.factories.organisations import make_membership, make_organisation

pytestmark = pytest.mark.django_db

ADMIN, MEMBER = MembershipRole.ADMIN, MembershipRole.MEMBER
DECLARED = MembershipState.DECLARED


@pytest.fixture
def agent():
    """Somebody of the municipality who may confirm."""
    agent = make_agent()
    agent.user_permissions.add(Permission.objects.get(codename="change_membership"))
    return agent


def test_the_first_confirmed_member_administers_and_names_the_space(agent):
    organisation = make_organisation("What a stranger typed")
    membership = make_membership(
        make_user(), organisation, state=DECLARED, declared={"name": "Real name"}
    )

    row = confirm(membership=membership, by=agent, how=ConfirmedBy.MANDATE)

    assert (row.state, row.role, row.confirmed_how) == ("confirmed", "admin", "mandate")
    assert (row.confirmed_by, row.profile.name) == (agent, "Real name")
    assert OutgoingMail.objects.get().template == "membership_confirmed"
    entry = JournalEntry.objects.get(subject_id=row.public_id)
    assert (entry.event, entry.side, entry.actor) == ("membership_confirmed", "agent", agent)


def test_the_second_confirmed_member_is_a_member_and_the_name_stays(agent):
    organisation = make_organisation("Known")
    make_membership(make_user(), organisation, role=ADMIN)
    membership = make_membership(
        make_user(), organisation, state=DECLARED, declared={"name": "Other"}
    )

    row = confirm(membership=membership, by=agent, how=ConfirmedBy.AGENT)

    assert (row.role, row.profile.name) == ("member", "Known")


def test_nobody_confirms_without_the_right(agent):
    membership = make_membership(make_user(), state=DECLARED)
    own = make_membership(agent, state=DECLARED)

    with pytest.raises(Refused):
        confirm(membership=membership, by=make_user(), how=ConfirmedBy.AGENT)
    with pytest.raises(NotAdministrator):
        confirm(membership=membership, by=agent, how=ConfirmedBy.COLLEAGUE)
    with pytest.raises(OwnMembership):
        confirm(membership=own, by=agent, how=ConfirmedBy.AGENT)

    membership.refresh_from_db()
    assert membership.state == DECLARED


def test_what_is_settled_stays_settled(agent):
    membership = make_membership(make_user(), state=DECLARED)
    confirm(membership=membership, by=agent, how=ConfirmedBy.AGENT)

    with pytest.raises(MembershipSettled):
        confirm(membership=membership, by=agent, how=ConfirmedBy.AGENT)
    end(membership=membership, by=agent, reason="Left the board.")
    with pytest.raises(MembershipSettled):
        end(membership=membership, by=agent, reason="Left the board.")


def test_the_administration_sets_the_last_day(agent):
    today = timezone.localdate()
    membership = make_membership(make_user(), state=DECLARED, valid_until=today)

    with pytest.raises(ValidityOver):
        confirm(
            membership=membership,
            by=agent,
            how=ConfirmedBy.AGENT,
            valid_until=today - timedelta(days=1),
        )
    row = confirm(membership=membership, by=agent, how=ConfirmedBy.AGENT, valid_until=None)

    assert row.valid_until is None


def test_ending_by_the_administration_needs_a_reason_and_tells_the_person(agent):
    membership = make_membership(make_user(), role=ADMIN)
    make_membership(make_user(), membership.profile.organisation)

    with pytest.raises(ReasonRequired):
        end(membership=membership, by=agent, reason=" ")
    end(membership=membership, by=agent, reason="Not on the board any more.")

    assert not memberships_of(membership.user).exists()
    assert OutgoingMail.objects.get().template == "membership_ended"


def test_leaving_needs_no_reason_and_mails_nobody():
    membership = make_membership(make_user())

    row = end(membership=membership, by=membership.user)

    assert (row.state, row.ended_by) == ("revoked", membership.user)
    assert not OutgoingMail.objects.exists()


def test_the_last_administrator_stays_while_others_use_the_space():
    admin = make_membership(make_user(), role=ADMIN)
    other = make_membership(make_user(), admin.profile.organisation)

    with pytest.raises(LastAdministrator):
        end(membership=admin, by=admin.user)
    with pytest.raises(LastAdministrator):
        change_role(membership=admin, by=admin.user, role=MEMBER)
    change_role(membership=other, by=admin.user, role=ADMIN)
    end(membership=admin, by=admin.user)

    assert OutgoingMail.objects.get().template == "membership_role"
    assert not memberships_of(admin.user).exists()


def test_an_administrator_who_is_alone_may_leave():
    admin = make_membership(make_user(), role=ADMIN)

    end(membership=admin, by=admin.user)

    assert not memberships_of(admin.user).exists()


def test_only_administrators_of_the_same_space_end_the_access_of_colleagues():
    space = make_organisation()
    admin = make_membership(make_user(), space, role=ADMIN)
    member = make_membership(make_user(), space)
    stranger = make_membership(make_user(), role=ADMIN)
    waiting = make_membership(make_user(), space, state=DECLARED, role=ADMIN)

    for by in (member.user, stranger.user, waiting.user):
        with pytest.raises(NotAdministrator):
            end(membership=admin, by=by)
        with pytest.raises(NotAdministrator):
            change_role(membership=member, by=by, role=ADMIN)
    end(membership=member, by=admin.user)

    member.refresh_from_db()
    assert member.state == MembershipState.REVOKED


def test_lapsed_rights_are_ended_with_a_mail():
    yesterday = timezone.localdate() - timedelta(days=1)
    lapsed = make_membership(make_user(), role=ADMIN, valid_until=yesterday)
    make_membership(make_user(), lapsed.profile.organisation, valid_until=timezone.localdate())

    assert end_lapsed() == 1
    assert end_lapsed() == 0

    lapsed.refresh_from_db()
    assert (lapsed.state, lapsed.ended_by) == ("revoked", None)
    assert OutgoingMail.objects.get().to_user == lapsed.user
