"""What lies in another space of one person says so, and one press opens it there; strangers learn nothing."""

import pytest
from django.test import Client

from eservices.enums import MembershipState
from eservices.models import PortalSession
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation, make_space_file
from tests.factories.rooms import make_booking, make_room
from tests.factories.submissions import make_procedure, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("B5", "B6")]


@pytest.fixture
def owner():
    return make_membership(make_user(language="en"), make_organisation("Harmonie"))


@pytest.fixture
def file(owner):
    return make_space_file(owner, make_procedure(kinds=["association"]), sent=False)


def page_of(file):
    return at("submission", "en", reference=file.reference)


def test_a_link_to_a_file_of_another_space_offers_to_switch_and_opens_it(owner, file):
    client = log_in(Client(), owner.user)
    page = client.get(page_of(file))
    assert page.status_code == 404
    assert "Harmonie" in page.content.decode()
    assert f'name="open" value="{page_of(file)}"' in page.content.decode()

    given = {"profile": owner.profile.public_id, "open": page_of(file)}
    answer = client.post(at("space-switch", "en"), given)
    assert answer.url == page_of(file)
    assert client.get(answer.url, follow=True).status_code == 200
    assert PortalSession.objects.get(user=owner.user).profile == owner.profile


def test_the_way_leads_back_to_the_personal_space_too(owner):
    booking = make_booking(viewer_of(owner.user), make_room())
    client = log_in(Client(), owner.user, profile=owner.profile)
    page = client.get(at("booking", "en", reference=booking.reference)).content.decode()
    assert f'name="profile" value="{booking.profile.public_id}"' in page


def test_the_api_names_the_space(owner, file):
    answer = log_in(Client(), owner.user).get(f"/api/v1/submissions/{file.reference}/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "organisations.in_other_space"
    assert answer.json()["profile"] == str(owner.profile.public_id)


@pytest.mark.parametrize("state", [None, MembershipState.DECLARED, MembershipState.REVOKED])
def test_who_may_not_see_it_is_told_what_everybody_is(owner, file, state):
    looker = make_user(language="en")
    if state:
        make_membership(looker, owner.profile.organisation, state=state)
    client = log_in(Client(), looker)
    there = client.get(page_of(file))
    nowhere = client.get(at("submission", "en", reference="SUB-2026-AAAAAA"))
    assert there.status_code == nowhere.status_code == 404
    assert "Harmonie" not in there.content.decode()
    assert "does not exist" in there.content.decode()


def test_a_declared_member_is_led_to_what_is_the_own(owner, file):
    owner.state = MembershipState.DECLARED
    owner.save()
    assert "Harmonie" in log_in(Client(), owner.user).get(page_of(file)).content.decode()


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", ""])
def test_switching_never_leads_to_somebody_elses_site(owner, goal):
    given = {"profile": owner.profile.public_id, "open": goal}
    answer = log_in(Client(), owner.user).post(at("space-switch", "en"), given)
    assert answer.url == at("dashboard", "en")
