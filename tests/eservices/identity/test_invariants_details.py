"""I13: values of an official source cannot be changed by any route, whoever tries."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from eservices.actions import accounts, email_changes
from eservices.enums import FieldSource, MembershipRole
from eservices.errors import FieldLocked
from eservices.models import User
from eservices.permissions import ensure_groups
from tests.addresses import at
from tests.factories.eservices import PASSWORD, log_in, make_user
from tests.factories.organisations import make_membership, make_organisation

pytestmark = pytest.mark.django_db

FORGED = {"first_name": "Forged", "last_name": "Forged", "language": "nl", "phone": "042301111"}
SOURCES = [source for source in FieldSource if source != FieldSource.DECLARED]


def locked_person(source="eid", **fields):
    names = ("first_name", "last_name", "phone", "email", "language")
    person = make_user(
        first_name="Claire",
        last_name="Dumont",
        locked_fields=dict.fromkeys(names, source),
        **fields,
    )
    person.citizen_profile.phone = "+3242221100"
    person.citizen_profile.save()
    return person


def values_of(person):
    fresh = User.objects.get(pk=person.pk)
    return (fresh.first_name, fresh.last_name, fresh.citizen_profile.phone, fresh.email)


@pytest.mark.feature("A7")
@pytest.mark.parametrize("source", [*SOURCES, "a word of later"])
def test_i13_form_refuses_locked_fields(source):
    person = locked_person(source)
    before = values_of(person)

    answer = log_in(Client(), person).post(at("details"), FORGED)

    assert answer.status_code == 403
    assert str(FieldLocked()) in answer.content.decode()
    assert values_of(person) == before


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("field", ["first_name", "last_name", "phone"])
def test_i13_api_refuses_locked_fields(method, field):
    person = locked_person()
    before = values_of(person)
    same = {
        "first_name": "Claire",
        "last_name": "Dumont",
        "language": "fr",
        "phone": "+3242221100",
    }
    sent = {field: FORGED[field]} if method == "patch" else {**same, field: FORGED[field]}

    answer = getattr(log_in(Client(), person), method)(
        "/api/v1/account/", sent, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.field_locked")
    assert answer.json()["field"] == field
    assert values_of(person) == before


def test_i13_api_refuses_the_locked_address_too():
    person = locked_person()

    answer = log_in(Client(), person).patch(
        "/api/v1/account/", {"email": "forged@example.org"}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.field_locked")


def test_i13_language_stays_the_person_s_own_choice():
    person = locked_person()
    client = log_in(Client(), person)

    by_form = client.post(at("details"), {"language": "nl"})
    person.refresh_from_db()
    assert (by_form.status_code, person.language) == (302, "nl")
    client.patch("/api/v1/account/", {"language": "de"}, content_type="application/json")
    person.refresh_from_db()
    assert person.language == "de"


def test_i13_actions_refuse_whoever_asks():
    person = locked_person()
    root = make_user(is_staff=True, is_superuser=True)
    before = values_of(person)

    for by in (person, root):
        for name in ("first_name", "last_name", "phone"):
            with pytest.raises(FieldLocked):
                accounts.update_details(user=person, values={name: "Forged"}, by=by)
    with pytest.raises(FieldLocked):
        email_changes.ask_for_change(user=person, new_email="f@example.org", password=PASSWORD)
    assert values_of(person) == before


@pytest.mark.parametrize("is_superuser", [True, False], ids=["superuser", "with the right"])
def test_i13_office_refuses_locked_fields(is_superuser):
    person = locked_person()
    before = values_of(person)
    clerk = make_user(is_staff=True, is_superuser=is_superuser)
    if not is_superuser:
        group = ensure_groups()["Agents"]
        group.permissions.add(*Permission.objects.filter(codename="change_user"))
        clerk.groups.add(group)
    client = log_in(Client(), clerk)
    url = reverse("wagtailusers_users:edit", args=[person.pk])

    page = client.get(url)
    answer = client.post(
        url,
        {**FORGED, "email": "forged@example.org", "is_active": "on", "is_superuser": ""},
    )

    assert "disabled" in page.content.decode()
    assert str(FieldLocked()) in answer.content.decode()
    assert values_of(person) == before


def test_i13_office_changes_what_is_not_locked():
    person = make_user(first_name="Claire", last_name="Dumont", locked_fields={"last_name": "eid"})
    client = log_in(Client(), make_user(is_staff=True, is_superuser=True))

    client.post(
        reverse("wagtailusers_users:edit", args=[person.pk]),
        {"first_name": "Clara", "email": person.email, "is_active": "on"},
    )

    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Clara", "Dumont")


def test_i13_own_account_in_the_office_refuses_locked_fields():
    clerk = locked_person(is_staff=True, is_superuser=True)
    before = values_of(clerk)
    client = log_in(Client(), clerk)

    page = client.get(reverse("wagtailadmin_account"))
    answer = client.post(
        reverse("wagtailadmin_account"),
        {"name_email-first_name": "Forged", "name_email-last_name": "Forged"},
    )

    assert page.status_code == 200
    assert str(FieldLocked()) in answer.content.decode()
    assert values_of(clerk) == before


@pytest.mark.parametrize("action", ["set_active_state", "assign_role"])
def test_i13_bulk_actions_leave_locked_fields_alone(action):
    person = locked_person()
    before = values_of(person)
    client = log_in(Client(), make_user(is_staff=True, is_superuser=True))
    url = reverse("wagtail_bulk_action", args=["eservices", "user", action])

    answer = client.post(
        f"{url}?id={person.pk}",
        {
            **FORGED,
            "mark_as_active": "on",
            "role": ensure_groups()["Editors"].pk,
            "email": "forged@example.org",
        },
    )

    assert answer.status_code in (200, 302)
    assert values_of(person) == before


def test_i13_an_organisation_s_official_values_are_refused():
    person = make_user()
    organisation = make_organisation("Harmonie", locked_fields={"name": "kbo", "kind": "kbo"})
    make_membership(person, organisation, role=MembershipRole.ADMIN)
    client = log_in(Client(), person, profile=organisation.profile)

    page = client.get(at("organisation-details")).content.decode()
    answer = client.post(
        at("organisation-details"), {"name": "Forged", "kind": "enterprise", "is_vat_liable": "yes"}
    )

    assert 'name="name"' not in page
    assert "Comes from the Crossroads Bank for Enterprises." in page
    assert answer.status_code == 403
    organisation.refresh_from_db()
    assert (organisation.profile.name, organisation.profile.kind, organisation.is_vat_liable) == (
        "Harmonie",
        "association",
        None,
    )
