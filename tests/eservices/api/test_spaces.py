"""Spaces by API and by page: the same refusal has the same code and the same words."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from eservices import errors
from eservices.actions import colleagues
from eservices.enums import InvitationState, MembershipRole, MembershipState
from eservices.errors import DomainError
from eservices.models import ColleagueInvitation, Membership
from eservices.queries.profiles import memberships_of
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import (
    enterprise_number,
    make_entry,
    make_membership,
    make_organisation,
)

pytestmark = pytest.mark.django_db

PROFILES = "/api/v1/profiles/"
INVITATIONS = "/api/v1/account/invitations/"
BY_CODE = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, DomainError)
}


def words(code):
    """What a refusal tells a reader of English."""
    with translation.override("en"):
        return str(BY_CODE[code].message)


def post(client, path, body=None):
    return client.post(path, body or {}, content_type="application/json")


def send(client, route, data, **values):
    return client.post(at(route, "en", **values), data, follow=True).content.decode()


def shown(code, html):
    """Whether a page says a refusal; apostrophes are escaped there."""
    return words(code).partition("%(")[0] in html.replace("&#x27;", "'")


@pytest.fixture
def admin():
    return make_membership(
        make_user(language="en"), make_organisation("Harmonie"), role=MembershipRole.ADMIN
    )


@pytest.fixture
def client_of_admin(admin):
    return log_in(Client(headers={"Accept-Language": "en"}), admin.user, profile=admin.profile)


def walk(client, values):
    """Type a declaration into the wizard; returns the last page."""
    page = send(client, "space-new", {"kind": "association"})
    terms = {"terms": "on"} if values["terms"] else {}
    numbers = {"number": values["number"], "establishment": values["establishment"]}
    page += send(client, "space-new-number", {**numbers, **terms})
    if "number" not in client.session["new_space"]:
        return page
    page += send(
        client, "space-new-name", {"name": values["name"], "kind": "association", "vat": "no"}
    )
    function = {name: values[name] or "" for name in ("function", "function_words", "valid_until")}
    page += send(client, "space-new-function", function)
    return page + send(client, "space-new-contact", {"language": "en", "email": "a@example.org"})


DECLARING = [
    ({"number": "1999.000.151"}, "organisations.number_invalid"),
    ({"number": "12"}, "organisations.number_invalid"),
    ({"establishment": "2.000.000.338"}, "organisations.establishment_invalid"),
    ({"terms": False}, "organisations.terms_not_accepted"),
    ({"number": "stopped"}, "organisations.inactive"),
    ({"number": "mine"}, "organisations.already_member"),
    ({"name": " "}, "organisations.name_missing"),
    ({"function": "other"}, "memberships.function_words_missing"),
    ({"valid_until": "2020-01-31"}, "memberships.validity_over"),
]


@pytest.mark.parametrize(("change", "code"), DECLARING)
def test_declaring_is_refused_alike(change, code, admin, client_of_admin):
    numbers = {
        "stopped": make_entry(is_active=False).number,
        "mine": admin.profile.organisation.bce_number,
    }
    values = {
        "kind": "association",
        "number": enterprise_number(),
        "establishment": "",
        "terms": True,
        "name": "Club",
        "function": "chair",
        "function_words": "",
        "valid_until": None,
        **change,
    }
    values["number"] = numbers.get(values["number"], values["number"])

    answer = post(client_of_admin, PROFILES, values)
    page = walk(client_of_admin, values)

    assert answer.json()["code"] == code, answer.content
    assert answer.status_code == BY_CODE[code].status
    if code == "organisations.already_member":
        assert "You already have access to this space" in page
    else:
        assert shown(code, page)
    assert Membership.objects.count() == 1


def test_too_many_declarations_are_refused_alike(admin, client_of_admin):
    for _number in range(20):
        post(client_of_admin, PROFILES, {"kind": "association", "number": "1", "function": "chair"})
    values = {
        **{"number": enterprise_number(), "establishment": "", "terms": True, "name": "Club"},
        **{"function": "chair", "function_words": "", "valid_until": None},
    }

    answer = post(client_of_admin, PROFILES, {"kind": "association", **values})
    page = walk(client_of_admin, values)

    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert "Your space is open" not in page
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("wanted", ["foreign", "unknown", "revoked"])
def test_switching_is_refused_alike(wanted, admin, client_of_admin):
    target = {
        "foreign": make_membership(make_user()).profile.public_id,
        "unknown": "7f2c9c9e-6f5a-4d0b-9a51-0f6f9a0b5a11",
        "revoked": make_membership(admin.user, state=MembershipState.REVOKED).profile.public_id,
    }[wanted]

    answer = post(client_of_admin, "/api/v1/session/profile/", {"profile": str(target)})
    page = client_of_admin.post(at("space-switch", "en"), {"profile": str(target)})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert page.status_code == 404
    now = client_of_admin.get("/api/v1/session/").json()["profile"]
    assert now["name"] == "Harmonie", "the session stays where it was"


def invitations_path(membership):
    return f"{PROFILES}{membership.profile.public_id}/invitations/"


INVITING = [
    ("member", "colleagues.already_member"),
    ("invited", "colleagues.already_invited"),
    ("many", "too_many"),
]


@pytest.mark.parametrize(("whom", "code"), INVITING)
def test_inviting_is_refused_alike(whom, code, admin, client_of_admin):
    email = admin.user.email if whom == "member" else "somebody@example.org"
    if whom == "invited":
        colleagues.invite(profile=admin.profile, email=email, by=admin.user)
    if whom == "many":
        for number in range(30):
            colleagues.invite(profile=admin.profile, email=f"c{number}@example.org", by=admin.user)
    before = ColleagueInvitation.objects.count()
    values = {"email": email, "function": "chair", "role": "member"}

    answer = post(client_of_admin, invitations_path(admin), values)
    page = send(client_of_admin, "space-colleagues", values, space=admin.public_id)

    assert (answer.status_code, answer.json()["code"]) == (BY_CODE[code].status, code)
    assert shown(code, page)
    assert ColleagueInvitation.objects.count() == before


def test_who_does_not_administer_finds_no_invitations_by_either_way(admin):
    member = make_membership(make_user(language="en"), admin.profile.organisation)
    client = log_in(Client(), member.user, profile=member.profile)
    values = {"email": "x@example.org", "function": "chair", "role": "member"}

    answer = post(client, invitations_path(member), values)
    page = client.post(at("space-colleagues", "en", space=member.public_id), values)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert page.status_code == 404
    assert not ColleagueInvitation.objects.exists()


ANSWERING = [
    ("foreign", "not_found"),
    ("withdrawn", "not_found"),
    ("old", "not_found"),
    ("sender gone", "colleagues.invitation_invalid"),
]


@pytest.mark.parametrize(("case", "code"), ANSWERING)
def test_accepting_is_refused_alike(case, code, admin):
    person = make_user(language="en")
    email = "other@example.org" if case == "foreign" else person.email
    row = colleagues.invite(profile=admin.profile, email=email, by=admin.user)
    if case == "withdrawn":
        colleagues.withdraw(invitation=row, by=admin.user)
    if case == "old":
        ColleagueInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    if case == "sender gone":
        Membership.objects.filter(pk=admin.pk).update(role=MembershipRole.MEMBER)
    client = log_in(Client(headers={"Accept-Language": "en"}), person)

    answer = post(client, f"{INVITATIONS}{row.public_id}/accept/")
    page = send(client, "space-invitation-answer", {"answer": "accept"}, invitation=row.public_id)

    assert (answer.status_code, answer.json()["code"]) == (BY_CODE[code].status, code)
    assert shown(code, page)
    assert not memberships_of(person).exists()


def test_a_colleague_is_invited_and_joins_by_api(admin, client_of_admin):
    person = make_user()
    values = {"email": person.email.upper(), "function": "treasurer"}

    made = post(client_of_admin, invitations_path(admin), values).json()
    client = log_in(Client(), person)
    (mine,) = client.get(INVITATIONS).json()
    joined = post(client, f"{INVITATIONS}{mine['id']}/accept/").json()
    members = client_of_admin.get(f"{PROFILES}{admin.profile.public_id}/members/").json()

    assert (made["email"], made["role"], mine["space"]) == (person.email, "member", "Harmonie")
    assert (joined["name"], joined["state"], joined["sees_all_files"]) == (
        *("Harmonie", "confirmed"),
        True,
    )
    assert {row["email"] for row in members} == {admin.user.email, person.email}
    assert client_of_admin.get(invitations_path(admin)).json() == []


def test_declining_and_withdrawing_by_api(admin, client_of_admin):
    person = make_user()
    client = log_in(Client(), person)
    values = {"email": person.email, "function": "treasurer"}

    first = post(client_of_admin, invitations_path(admin), values).json()
    declined = post(client, f"{INVITATIONS}{first['id']}/decline/")
    second = post(client_of_admin, invitations_path(admin), values).json()
    withdrawn = client_of_admin.delete(f"{invitations_path(admin)}{second['id']}/")

    assert (declined.status_code, withdrawn.status_code) == (204, 204)
    assert set(ColleagueInvitation.objects.values_list("state", flat=True)) == {
        InvitationState.REVOKED
    }
    assert not memberships_of(person).exists()


def test_roles_and_ends_by_api_keep_an_administrator(admin, client_of_admin):
    other = make_membership(make_user(), admin.profile.organisation)
    here = f"{PROFILES}{admin.profile.public_id}/members/"
    own, others = f"{here}{admin.public_id}/", f"{here}{other.public_id}/"
    kind = {"content_type": "application/json"}

    refused = client_of_admin.put(own, {"role": "member"}, **kind)
    also = client_of_admin.delete(own)
    raised = client_of_admin.put(others, {"role": "admin"}, **kind)
    ended = client_of_admin.delete(others)

    for answer in (refused, also):
        assert (answer.status_code, answer.json()["code"]) == (
            *(409,),
            "memberships.last_administrator",
        )
    assert (raised.json()["role"], ended.status_code) == ("admin", 204)
    assert list(memberships_of(other.user)) == []


@pytest.mark.parametrize("route", ["role", "end"])
def test_pages_keep_the_last_administrator_too(route, admin, client_of_admin):
    make_membership(make_user(), admin.profile.organisation)
    values = {"space": admin.public_id, "member": admin.public_id}

    page = send(client_of_admin, f"space-colleague-{route}", {"role": "member"}, **values)

    assert shown("memberships.last_administrator", page)
    admin.refresh_from_db()
    assert (admin.role, admin.state) == (MembershipRole.ADMIN, MembershipState.CONFIRMED)


def test_the_pages_of_colleagues_invite_list_and_withdraw(admin, client_of_admin):
    here = {"space": admin.public_id}
    values = {"email": "new@example.org", "function": "chair", "role": "member"}

    page = send(client_of_admin, "space-colleagues", values, **here)
    row = ColleagueInvitation.objects.get()
    gone = send(client_of_admin, "space-invitation-withdraw", {}, invitation=row.public_id, **here)

    assert page.count("new@example.org") >= 2, "in the message and in the list"
    assert "The invitation is withdrawn" in gone
    assert "new@example.org" not in gone
