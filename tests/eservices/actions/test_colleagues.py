"""Colleagues: who may invite whom, what the owner of the address may answer, what the letters say."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import colleagues, mails, memberships
from eservices.enums import ConfirmedBy, InvitationState, MembershipRole, MembershipState
from eservices.errors import (
    ColleagueInvitationInvalid,
    ColleagueInvited,
    ColleagueIsMember,
    NotAdministrator,
    NotFound,
    TooMany,
)
from eservices.models import ColleagueInvitation, Invitation, JournalEntry, OutgoingMail
from eservices.queries.profiles import invitations_for, memberships_of
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership, make_organisation

pytestmark = pytest.mark.django_db

ADMIN, MEMBER = MembershipRole.ADMIN, MembershipRole.MEMBER


@pytest.fixture
def admin():
    """The administrator of the space "Harmonie"."""
    return make_membership(make_user(), make_organisation("Harmonie"), role=ADMIN)


def invite(admin, email, **fields):
    return colleagues.invite(profile=admin.profile, email=email, by=admin.user, **fields)


def templates():
    return sorted(OutgoingMail.objects.values_list("template", flat=True))


def test_who_has_an_account_is_called_and_joins_confirmed(admin):
    person = make_user("Colleague@example.org")

    row = invite(admin, " COLLEAGUE@example.org ", role=ADMIN)
    assert list(invitations_for(person)) == [row]
    membership = colleagues.accept(invitation=row, by=person)

    assert (membership.state, membership.role) == (MembershipState.CONFIRMED, ADMIN)
    assert membership.confirmed_how == ConfirmedBy.COLLEAGUE
    assert membership.confirmed_by == admin.user
    assert list(memberships_of(person)) == [membership]
    assert templates() == ["colleague_answered", "colleague_invited", "membership_confirmed"]
    events = JournalEntry.objects.filter(subject_id=row.public_id).values_list("event", flat=True)
    assert sorted(events) == ["colleague_invitation_accepted", "colleague_invited"]


def test_who_has_no_account_gets_the_invitation_to_open_one(admin):
    row = invite(admin, "new@example.org", language="nl")

    account = Invitation.objects.get()
    with translation.override("nl"):
        assert (account.email, account.destination) == ("new@example.org", reverse("spaces"))
    assert templates() == ["invitation"]
    person = make_user("new@example.org")
    assert colleagues.accept(invitation=row, by=person).user == person


def test_declining_leaves_nothing_and_tells_the_sender(admin):
    person = make_user()
    row = invite(admin, person.email)

    colleagues.decline(invitation=row, by=person)

    assert not memberships_of(person).exists()
    assert OutgoingMail.objects.get(template="colleague_answered").to_user == admin.user
    with pytest.raises(ColleagueInvitationInvalid):
        colleagues.accept(invitation=row, by=person)


def test_an_address_that_is_not_mine_answers_nothing(admin):
    row = invite(admin, make_user().email)
    stranger = make_user()

    for answer in (colleagues.accept, colleagues.decline):
        with pytest.raises(NotFound):
            answer(invitation=row, by=stranger)

    row.refresh_from_db()
    assert row.state == InvitationState.PENDING
    assert not memberships_of(stranger).exists()


def test_a_withdrawn_invitation_cannot_be_accepted(admin):
    person = make_user()
    row = invite(admin, person.email)
    with pytest.raises(NotAdministrator):
        colleagues.withdraw(invitation=row, by=person)

    colleagues.withdraw(invitation=row, by=admin.user)

    assert not invitations_for(person).exists()
    with pytest.raises(ColleagueInvitationInvalid):
        colleagues.accept(invitation=row, by=person)
    with pytest.raises(ColleagueInvitationInvalid):
        colleagues.withdraw(invitation=row, by=admin.user)
    assert invite(admin, person.email).pk != row.pk


def test_an_old_invitation_is_over_and_makes_room(admin):
    person = make_user()
    long_ago = timezone.now() - timedelta(days=15)
    row = invite(admin, person.email, now=long_ago)

    assert not invitations_for(person).exists()
    with pytest.raises(ColleagueInvitationInvalid):
        colleagues.accept(invitation=row, by=person)
    again = invite(admin, person.email)

    assert list(invitations_for(person)) == [again]


@pytest.mark.parametrize("how", ["revoked", "lapsed", "made a member"])
def test_an_invitation_dies_with_the_right_of_its_sender(admin, how):
    person = make_user()
    row = invite(admin, person.email)
    make_membership(make_user(), admin.profile.organisation, role=ADMIN)

    if how == "revoked":
        memberships.end(membership=admin, by=None)
    elif how == "lapsed":
        admin.valid_until = timezone.localdate() - timedelta(days=1)
        admin.save()
    else:
        memberships.change_role(membership=admin, by=admin.user, role=MEMBER)

    with pytest.raises(ColleagueInvitationInvalid):
        colleagues.accept(invitation=row, by=person)
    assert not memberships_of(person).exists()


@pytest.mark.parametrize("who", ["member", "declared", "elsewhere", "nobody"])
def test_only_confirmed_administrators_invite(admin, who):
    space = admin.profile.organisation
    by = make_user()
    if who == "member":
        make_membership(by, space)
    elif who == "declared":
        make_membership(by, space, state=MembershipState.DECLARED, role=ADMIN)
    elif who == "elsewhere":
        make_membership(by, role=ADMIN)

    with pytest.raises(NotAdministrator):
        colleagues.invite(profile=admin.profile, email="x@example.org", by=by)

    assert not ColleagueInvitation.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_nobody_is_invited_twice_or_into_an_own_space(admin):
    invite(admin, "twice@example.org")

    with pytest.raises(ColleagueInvited):
        invite(admin, "Twice@example.org")
    with pytest.raises(ColleagueIsMember):
        invite(admin, admin.user.email)


def test_a_declared_member_is_confirmed_by_accepting(admin):
    waiting = make_membership(
        make_user(), admin.profile.organisation, state=MembershipState.DECLARED
    )
    row = invite(admin, waiting.user.email)

    assert colleagues.accept(invitation=row, by=waiting.user).pk == waiting.pk

    waiting.refresh_from_db()
    assert waiting.confirmed_how == ConfirmedBy.COLLEAGUE


def test_thirty_invitations_a_day_are_enough(admin):
    for number in range(colleagues.INVITATIONS_A_DAY):
        invite(admin, f"c{number}@example.org")

    with pytest.raises(TooMany):
        invite(admin, "one-more@example.org")


def letter(template):
    """Deliver the mail of a template and return it."""
    outbox.outbox.clear()
    mails.deliver_mail(mail=OutgoingMail.objects.get(template=template))
    (message,) = outbox.outbox
    return message


def accepted(admin):
    person = make_user(first_name="Nadia", last_name="Colleague")
    row = invite(admin, person.email)
    colleagues.accept(invitation=row, by=person)


def ended(admin):
    other = make_membership(make_user(), admin.profile.organisation)
    memberships.end(membership=other, by=admin.user)


def promoted(admin):
    other = make_membership(make_user(), admin.profile.organisation)
    memberships.change_role(membership=other, by=admin.user, role=ADMIN)


@pytest.mark.parametrize(
    ("template", "act"),
    [
        ("colleague_invited", accepted),
        ("colleague_answered", accepted),
        ("membership_confirmed", accepted),
        ("membership_ended", ended),
        ("membership_role", promoted),
    ],
)
def test_each_letter_names_the_space_and_leads_to_my_spaces(admin, template, act):
    act(admin)

    message = letter(template)

    with translation.override("fr"):
        link = reverse("spaces")
    html = message.alternatives[0].content
    assert "Harmonie" in message.subject
    assert message.extra_headers["Content-Language"] == "fr"
    for text in (message.body, html):
        assert "Harmonie" in text
        assert link in text
        assert "{{" not in text
        assert "None" not in text
    row = OutgoingMail.objects.get(template=template)
    assert "Harmonie" not in str(row.context), "names stay out of the row"
