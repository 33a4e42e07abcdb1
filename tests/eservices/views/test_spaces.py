"""The pages of spaces as a browser without script sees them: wizard, access that exists, switch."""

import pytest

from eservices.models import Membership
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import enterprise_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    """Somebody who is logged in and reads English."""
    user = make_user(language="en")
    log_in(client, user)
    return user


def send(client, route, data, **values):
    """Post a page and return the text of the one that it leads to."""
    return client.post(at(route, "en", **values), data, follow=True).content.decode()


def walk(client, number):
    """Fill in the wizard up to its last page."""
    send(client, "space-new", {"kind": "association"})
    send(client, "space-new-number", {"number": number, "terms": "on"})
    send(client, "space-new-name", {"name": "Club X", "kind": "association", "vat": "no"})
    send(client, "space-new-function", {"function": "chair"})
    contact = {"language": "en", "mobile": "0470 12 34 56", "email": "a@example.org"}
    return send(client, "space-new-contact", contact)


def test_the_wizard_opens_a_space_and_enters_it(client, person):
    page = walk(client, enterprise_number())

    membership = Membership.objects.get()
    assert "Your space is open" in page
    assert "You act for <strong>Club X</strong>" in page
    assert (membership.user, membership.mobile) == (person, "+32470123456")


def test_who_has_access_is_led_to_the_space(client, person):
    number = enterprise_number()
    walk(client, number)

    send(client, "space-new", {"kind": "association"})
    page = send(client, "space-new-number", {"number": number, "terms": "on"})

    assert "You already have access to this space" in page
    assert Membership.objects.count() == 1


@pytest.mark.feature("B5")
def test_a_wrong_number_and_terms_left_out_are_told_at_once(client, person):
    send(client, "space-new", {"kind": "enterprise"})

    page = send(client, "space-new-number", {"number": "1999990343"})

    assert 'href="#id_number"' in page
    assert 'href="#id_terms"' in page
    assert page.count("Tick the box to accept the terms of the space.") == 2  # summary and field


def test_going_back_keeps_what_was_typed(client, person):
    send(client, "space-new", {"kind": "enterprise"})

    send(client, "space-new-number", {"number": "12 half", "back": "1"})

    assert 'value="12 half"' in client.get(at("space-new-number", "en")).content.decode()


def test_a_later_page_leads_to_the_first_that_is_missing(client, person):
    answer = client.get(at("space-new-contact", "en"))

    assert answer["Location"] == at("space-new", "en")


def test_the_switch_leads_back_to_oneself_and_to_the_same_page(client, person):
    walk(client, enterprise_number())

    answer = client.post(
        at("space-switch", "en"),
        {"profile": person.citizen_profile.public_id, "next": at("spaces", "en")},
    )

    assert answer["Location"] == at("spaces", "en")
    assert client.get("/api/v1/session/").json()["profile"]["kind"] == "citizen"


def test_a_switch_never_leads_to_another_site(client, person):
    answer = client.post(
        at("space-switch", "en"),
        {"profile": person.citizen_profile.public_id, "next": "//evil.example/"},
    )

    assert answer["Location"] == at("dashboard", "en")


def test_colleagues_are_not_found_before_the_right_is_confirmed(client, person):
    walk(client, enterprise_number())
    space = Membership.objects.get().public_id
    assert "Club X" in client.get(at("space", "en", space=space)).content.decode()

    answer = client.get(at("space-colleagues", "en", space=space))

    assert (answer.status_code, "Invite a colleague" in answer.content.decode()) == (404, False)
