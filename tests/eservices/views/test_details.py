"""Pages of details and preferences: sources in words, reports, the space to begin in."""

import pytest
from django.urls import reverse
from django.utils import translation

from eservices.actions import details
from eservices.actions.identifiers import record_number
from eservices.enums import Channel, FieldSource, MembershipRole, MembershipState, NoticeKind
from eservices.models import NoticeChoice
from eservices.queries.preferences import channel_for
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

#: What somebody who is in no team may choose about.
FREE = ("receipt", "progress", "reminder", "document")

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire(client):
    user = make_user(
        "claire@example.org",
        first_name="Claire",
        last_name="Dumont",
        language="en",
        locked_fields={"last_name": "eid"},
    )
    log_in(client, user)
    return user


def report_page(field):
    with translation.override("en"):
        return reverse("details-report", args=[field])


@pytest.mark.feature("A7")
def test_official_values_say_their_source_and_lead_to_the_report(client, claire):
    record_number(user=claire, number="85.07.30-033.28", source=FieldSource.CSAM)

    text = client.get(at("details", "en")).content.decode()

    assert "Comes from your electronic identity card (eID)." in text
    assert "85.07.30-***.**" in text
    assert "85073003328" not in text.replace(".", "").replace("-", "")
    assert report_page("last_name") in text
    assert report_page("national_number") in text
    assert 'name="first_name"' in text


def test_report_is_sent_once_and_the_page_says_so(client, claire):
    empty = client.post(report_page("last_name"), {"message": " "})
    sent = client.post(report_page("last_name"), {"message": "It has two t."})
    again = client.post(report_page("last_name"), {"message": "It has two t."})

    assert "Write what is wrong" in empty.content.decode()
    assert (empty.status_code, sent.url, again.status_code) == (422, at("details", "en"), 409)
    text = client.get(at("details", "en")).content.decode()
    assert "that this is wrong. We will answer by e-mail." in text
    assert report_page("last_name") not in text
    assert [row.message for row in claire.details_reports.all()] == ["It has two t."]


def test_answer_is_read_on_the_page_of_details(client, claire):
    row = details.report(user=claire, field="last_name", message="It has two t.")
    details.answer(report=row, by=make_team_agent(), answer="The register says one t.")

    text = client.get(at("details", "en")).content.decode()

    assert "The register says one t." in text
    assert report_page("last_name") in text


@pytest.mark.parametrize("field", ["first_name", "is_staff", "name"])
def test_there_is_no_report_page_for_other_values(client, claire, field):
    assert client.get(report_page("last_name")).status_code == 200
    assert client.get(report_page(field)).status_code == 404


def test_members_read_the_organisation_and_administrators_change_it(client, claire):
    organisation = make_organisation("Harmonie", locked_fields={"name": "kbo"})
    row = make_membership(claire, organisation)
    log_in(client, claire, profile=organisation.profile)

    read = client.get(at("organisation-details", "en")).content.decode()
    row.role = MembershipRole.ADMIN
    row.save()
    client.post(at("organisation-details", "en"), {"kind": "association", "is_vat_liable": "no"})

    assert "Only a confirmed administrator of the space can change these." in read
    assert report_page("number") in read
    organisation.refresh_from_db()
    assert organisation.is_vat_liable is False


def test_a_declared_member_does_not_read_what_somebody_else_typed(client, claire):
    organisation = make_organisation("Secret Society")
    make_membership(
        claire, organisation, state=MembershipState.DECLARED, declared={"name": "Our Club"}
    )
    log_in(client, claire, profile=organisation.profile)

    for route in ("organisation-details", "details", "preferences"):
        text = client.get(at(route, "en")).content.decode()
        assert "Secret Society" not in text, route
    assert "Our Club" in client.get(at("organisation-details", "en")).content.decode()


def test_oneself_has_no_organisation_page(client, claire):
    assert client.get(at("organisation-details", "en")).url == at("details", "en")


@pytest.mark.feature("B4")
def test_preferences_are_kept_and_shown_again(client, claire):
    membership = make_membership(claire, make_organisation("Harmonie"))
    own, club = claire.citizen_profile.public_id, membership.profile.public_id

    answer = client.post(
        at("preferences", "en"),
        {
            "space": str(club),
            **{f"notice-{own}-{kind}": "mail" for kind in FREE},
            **{f"notice-{club}-{kind}": "digest" for kind in FREE},
            f"notice-{club}-progress": "space",
        },
    )

    assert answer.url == at("preferences", "en")
    text = client.get(at("preferences", "en")).content.decode()
    assert f'value="{club}" id="id_space_1" checked' in text
    assert "always come by e-mail: they set time limits." in text
    chosen = channel_for(user=claire, profile=membership.profile, kind=NoticeKind.PROGRESS)
    assert chosen == Channel.SPACE
    chosen = channel_for(user=claire, profile=membership.profile, kind=NoticeKind.REMINDER)
    assert chosen == Channel.DIGEST
    assert NoticeChoice.objects.filter(user=claire, channel=Channel.MAIL).count() == len(FREE)


def test_forged_space_is_refused(client, claire):
    make_membership(claire)
    foreign = make_membership(make_user()).profile.public_id

    answer = client.post(at("preferences", "en"), {"space": str(foreign)})

    assert answer.status_code == 422
    assert "Choose one of these spaces." in answer.content.decode()
    assert not NoticeChoice.objects.exists()


def test_with_one_space_there_is_nothing_to_choose_at_login(client, claire):
    text = client.get(at("preferences", "en")).content.decode()

    assert 'name="space"' not in text
    assert f'name="notice-{claire.citizen_profile.public_id}-receipt"' in text
    assert f'name="notice-{claire.citizen_profile.public_id}-team"' not in text


def test_work_of_a_team_is_offered_to_its_members(client):
    file = make_sent()
    agent = make_team_agent(file)
    log_in(client, agent)

    text = client.get(at("preferences", "en")).content.decode()

    assert f'name="notice-{agent.citizen_profile.public_id}-team"' in text


def test_account_menu_is_complete_and_marks_the_page(client, claire):
    text = client.get(at("preferences", "en")).content.decode()

    for route in ("details", "security", "spaces", "preferences", "sessions", "privacy"):
        assert f'href="{at(route, "en")}"' in text, route
    marked = f'href="{at("preferences", "en")}" aria-current="page"'
    assert text.count(marked) == 2
    assert f'href="{at("details", "en")}" aria-current="page"' not in text


@pytest.mark.parametrize("route", ["preferences", "organisation-details"])
def test_nobody_reads_without_login(client, route):
    answer = client.get(at(route, "en"))

    assert answer.url.startswith(at("login", "en"))
