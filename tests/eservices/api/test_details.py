"""Details and preferences by API: what the pages do, with the same refusals."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from eservices.actions.identifiers import record_number
from eservices.enums import Channel, FieldSource, NoticeKind
from eservices.queries.preferences import channel_for
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation

pytestmark = pytest.mark.django_db

ACCOUNT, REPORTS = "/api/v1/account/", "/api/v1/account/reports/"
PREFERENCES = "/api/v1/account/preferences/"


@pytest.fixture
def claire(client):
    user = make_user(
        "claire@example.org",
        first_name="Claire",
        last_name="Dumont",
        locked_fields={"last_name": "eid"},
    )
    log_in(client, user)
    return user


def send(client, method, path, body):
    return getattr(client, method)(path, body, content_type="application/json")


@pytest.mark.feature("A7")
def test_details_are_told_with_their_sources(client, claire):
    record_number(user=claire, number="85.07.30-033.28", source=FieldSource.CSAM)

    answer = client.get(ACCOUNT)

    assert answer.json() == {
        "email": "claire@example.org",
        "first_name": "Claire",
        "last_name": "Dumont",
        "language": "fr",
        "phone": "",
        "national_number": "85.07.30-***.**",
        "locked": {"last_name": "eid", "national_number": "csam"},
    }
    assert "no-store" in answer["Cache-Control"]


def test_change_and_replace(client, claire):
    changed = send(client, "patch", ACCOUNT, {"first_name": "Clara", "phone": "0470 12 34 56"})
    same = {"first_name": "Klara", "last_name": "Dumont", "language": "de", "phone": ""}
    replaced = send(client, "put", ACCOUNT, same)

    assert (changed.json()["first_name"], changed.json()["phone"]) == ("Clara", "+32470123456")
    assert (replaced.json()["first_name"], replaced.json()["phone"]) == ("Klara", "")
    claire.refresh_from_db()
    assert (claire.first_name, claire.language) == ("Klara", "de")


@pytest.mark.parametrize(
    ("method", "body", "pointer"),
    [
        ("patch", {"phone": "12"}, "/phone"),
        ("patch", {"language": "tlh"}, "/language"),
        ("patch", {"first_name": ""}, "/first_name"),
        ("put", {"first_name": "Clara"}, "/last_name"),
    ],
)
def test_malformed_details_are_refused(client, claire, method, body, pointer):
    answer = send(client, method, ACCOUNT, body)

    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    claire.refresh_from_db()
    assert claire.first_name == "Claire"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"field": "last_name", "message": "Two t."}, 201, None),
        ({"field": "last_name", "message": " "}, 422, "details.message_missing"),
        ({"field": "first_name", "message": "Two t."}, 409, "details.field_not_locked"),
        ({"field": "name", "message": "Two t."}, 404, "not_found"),
        ({"field": "is_staff", "message": "Two t."}, 422, "invalid"),
    ],
)
def test_reports_have_the_codes_of_the_page(client, claire, body, status, code):
    answer = send(client, "post", REPORTS, body)

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert claire.details_reports.count() == (1 if status == 201 else 0)


def test_second_report_is_refused_on_page_and_api_alike(client, claire):
    send(client, "post", REPORTS, {"field": "last_name", "message": "Two t."})

    by_api = send(client, "post", REPORTS, {"field": "last_name", "message": "Two t."})
    with translation.override("fr"):
        page = reverse("details-report", args=["last_name"])
    by_page = client.post(page, {"message": "Two t."})

    assert by_api.json()["code"] == "details.report_open"
    assert by_page.status_code == by_api.status_code == 409


def test_value_of_the_organisation_in_use_is_reported(client, claire):
    organisation = make_organisation("Harmonie", locked_fields={"name": "kbo"})
    make_membership(claire, organisation)
    log_in(client, claire, profile=organisation.profile)

    answer = send(client, "post", REPORTS, {"field": "name", "message": "Royale."})

    assert (answer.status_code, answer.json()["source"]) == (201, "kbo")
    assert claire.details_reports.get().profile == organisation.profile


@pytest.mark.feature("B4")
def test_preferences_are_read_and_replaced(client, claire):
    membership = make_membership(claire, make_organisation("Harmonie"))
    club = str(membership.profile.public_id)
    notices = [{"space": club, "kind": "receipt", "channel": "space"}]

    answer = send(client, "put", PREFERENCES, {"default_space": club, "notices": notices})

    assert answer.json() == client.get(PREFERENCES).json()
    assert answer.json()["default_space"] == club
    spaces = {space["name"]: space["notices"] for space in answer.json()["spaces"]}
    assert spaces["Harmonie"] == {
        "receipt": "space",
        "progress": "mail",
        "question": "mail",
        "reminder": "mail",
        "decision": "mail",
        "document": "mail",
    }
    chosen = channel_for(user=claire, profile=membership.profile, kind=NoticeKind.RECEIPT)
    assert chosen == Channel.SPACE


@pytest.mark.parametrize("kind", ["decision", "question"])
def test_legal_notices_stay_with_mail(client, claire, kind):
    own = str(claire.citizen_profile.public_id)
    notices = [{"space": own, "kind": kind, "channel": "space"}]

    answer = send(client, "put", PREFERENCES, {"default_space": None, "notices": notices})

    assert (answer.status_code, answer.json()["code"]) == (422, "preferences.always_by_mail")


def test_foreign_spaces_are_refused(client, claire):
    answer = send(client, "put", PREFERENCES, {"default_space": str(uuid4()), "notices": []})

    assert (answer.status_code, answer.json()["code"]) == (422, "preferences.space_not_usable")


@pytest.mark.parametrize("path", [ACCOUNT, PREFERENCES])
def test_nobody_reads_without_login(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "accounts.login_required")
