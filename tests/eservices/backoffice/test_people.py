"""People and their reports of wrong values in the back office."""

import pytest
from django.urls import reverse

from eservices.actions import details
from eservices.enums import Level, MembershipState
from eservices.models import ExternalIdentity, OutgoingMail
from eservices.permissions import ensure_groups
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    user = make_team_agent(language="en", first_name="Alex", last_name="Office")
    log_in(client, user)
    return user


@pytest.fixture
def claire():
    return make_user(
        "claire@example.org",
        first_name="Claire",
        last_name="Dumont",
        locked_fields={"last_name": "eid", "phone": "agent"},
    )


def report_of(claire):
    return details.report(user=claire, field="last_name", message="It has two t.")


def test_nobody_is_listed_until_somebody_is_looked_for(client, agent, claire):
    for query in ({}, {"q": "c"}):
        assert claire.email not in client.get(reverse("agent-people"), query).content.decode()


@pytest.mark.parametrize("words", ["claire", "DUMONT", "claire@example", "dumont claire"])
def test_people_are_found_by_name_and_address(client, agent, claire, words):
    other = make_user("bernard@example.org", first_name="Bernard")

    text = client.get(reverse("agent-people"), {"q": words}).content.decode()

    assert claire.email in text
    assert other.email not in text


def test_page_of_a_person_shows_state_and_changes_nothing(client, agent, claire):
    make_membership(claire, state=MembershipState.DECLARED)
    ExternalIdentity.objects.create(
        user=claire,
        provider="csam",
        issuer="https://idp.example.org",
        subject_lookup="hidden-hash",
        sealed_subject=b"sealed",
        level=Level.HIGH,
    )
    report_of(claire)

    answer = client.get(reverse("agent-person", args=[claire.public_id]))

    text = answer.content.decode()
    assert "Not verified" in text
    assert "Declared" in text
    assert "Read the report" in text
    assert "hidden-hash" not in text
    assert "idp.example.org" not in text
    assert client.post(reverse("agent-person", args=[claire.public_id])).status_code == 405


def test_queries_do_not_grow_with_the_people(client, agent, django_assert_max_num_queries):
    make_membership(make_user(last_name="Same 1"))
    client.get(reverse("agent-people"), {"q": "same"})
    with django_assert_max_num_queries(40) as first:
        client.get(reverse("agent-people"), {"q": "same"})

    for number in range(3):
        make_membership(make_user(last_name=f"Same {number}"))
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("agent-people"), {"q": "same"})


def test_report_is_answered_and_moves_to_the_other_tab(client, agent, claire):
    row = report_of(claire)
    url = reverse("agent-report", args=[row.public_id])
    assert str(row.public_id) in client.get(reverse("agent-reports")).content.decode()

    empty = client.post(reverse("agent-report-answer", args=[row.public_id]), {"answer": " "})
    done = client.post(
        reverse("agent-report-answer", args=[row.public_id]), {"answer": "The card says one t."}
    )

    assert empty.status_code == 422
    assert done.url == url
    open_tab = client.get(reverse("agent-reports")).content.decode()
    answered = client.get(reverse("agent-reports"), {"tab": "answered"}).content.decode()
    assert str(row.public_id) not in open_tab
    assert str(row.public_id) in answered
    assert "The card says one t." in client.get(url).content.decode()
    assert OutgoingMail.objects.filter(to_user=claire, template="details_answered").exists()


@pytest.mark.feature("A7")
def test_wrong_value_is_corrected_with_a_reason(client, agent, claire):
    row = report_of(claire)
    url = reverse("agent-report-correct", args=[row.public_id])

    without = client.post(url, {"value": "Dumontt"})
    client.post(url, {"value": "Dumontt", "reason": "Card seen"})

    assert without.status_code == 422
    claire.refresh_from_db()
    assert (claire.last_name, claire.locked_fields["last_name"]) == ("Dumontt", "agent")


def test_phone_number_is_corrected_in_its_normal_form(client, agent, claire):
    row = details.report(user=claire, field="phone", message="Changed.")
    url = reverse("agent-report-correct", args=[row.public_id])

    wrong = client.post(url, {"value": "12", "reason": "Called"})
    client.post(url, {"value": "0470 12 34 56", "reason": "Called"})

    assert wrong.status_code == 422
    claire.citizen_profile.refresh_from_db()
    assert claire.citizen_profile.phone == "+32470123456"


@pytest.mark.parametrize("route", ["agent-people", "agent-reports"])
def test_without_the_right_there_is_nothing(client, claire, route):
    report_of(claire)
    editor = make_user(is_staff=True)
    editor.groups.add(ensure_groups()["Editors"])

    log_in(client, editor)
    refused = client.get(reverse(route), {"q": "claire"})
    log_in(client, make_team_agent())
    shown = client.get(reverse(route), {"q": "claire"})

    assert refused.status_code in (302, 403)
    assert "Dumont" not in refused.content.decode()
    assert "Dumont" in shown.content.decode()
