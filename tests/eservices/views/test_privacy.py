"""The page "Privacy": what it tells, what it hands out, what it erases."""

import io
import zipfile
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from eservices.actions import privacy
from eservices.actions.backup_codes import make_backup_codes
from eservices.actions.identifiers import record_number
from eservices.actions.reviews import record_reading
from eservices.enums import FieldSource, Level, LevelMoment, Method
from eservices.models import Procedure, Submission, User
from tests.addresses import at
from tests.eservices.actions.test_annexes import add as add_annex
from tests.eservices.actions.test_annexes import picture
from tests.factories.eservices import PASSWORD, log_in, make_user
from tests.factories.login_methods import make_app
from tests.factories.organisations import make_membership
from tests.factories.submissions import make_draft, make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
API = "/api/v1/privacy/"


@pytest.fixture
def user():
    return make_user("claire@example.org", first_name="Claire", language="en")


@pytest.fixture
def browser(client, user):
    return log_in(client, user)


def read(client: Client, name: str = "privacy") -> str:
    answer = client.get(at(name, "en"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


@pytest.mark.feature("B7", "X10")
def test_page_tells_what_is_held_and_who_looked(browser, user):
    file = make_sent(user)
    foreign = make_sent()
    agent = make_team_agent(file, first_name="Gerda", last_name="Lambrecht")
    record_reading(submission=file, by=agent)
    record_reading(submission=foreign, by=agent)

    html = read(browser)

    assert file.reference in html
    assert escape(file.team.name) in html
    assert foreign.reference not in html
    assert "Lambrecht" not in html
    assert "1 year after the decision" in html
    for anchor in ("access-list", "export", "erase", "deletion-date"):
        assert f'data-help="{anchor}"' in html
    assert html.count(at("privacy", "en")) >= 2


@pytest.mark.feature("B7", "X10")
def test_what_belongs_to_the_account_is_told_by_page_and_api(browser, user):
    assert "National number" not in read(browser)
    record_number(user=user, number="85073003328", source=FieldSource.CSAM)
    make_membership(user)
    make_app(user)
    make_backup_codes(user=user)

    held = browser.get(API, headers={"Accept-Language": "en"}).json()["held"]

    told = {row["label"]: row["count"] for row in held}
    names = ("Spaces", "National number", "Authenticator app", "Backup codes", "Sessions")
    assert [told[name] for name in names] == [1, 1, 1, 10, 1]
    assert "Passkeys" not in told
    html = read(browser)
    assert [name for name in told if name not in html] == []
    assert "85073003328" not in html


def test_number_of_queries_does_not_depend_on_how_much_there_is(
    browser, user, django_assert_max_num_queries
):
    procedure = make_procedure()
    for _time in range(3):
        agent = make_team_agent(file := make_sent(user, procedure))
        record_reading(submission=file, by=agent)
        make_draft(user, procedure)
    read(browser)

    with django_assert_max_num_queries(45) as few:  # each service that is installed asks a few
        read(browser)
    for _time in range(6):
        agent = make_team_agent(file := make_sent(user, procedure))
        record_reading(submission=file, by=agent)
        make_draft(user, procedure)
    with django_assert_max_num_queries(len(few)):
        read(browser)


@pytest.mark.feature("X10")
def test_copy_is_handed_out_and_never_stored(browser, user):
    answer = browser.post(at("privacy-export", "en"))

    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "private, no-store"
    assert ".zip" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert len(archive.namelist()) == 2
    assert browser.get(at("privacy-export", "en")).status_code == 405


def test_too_many_copies_are_refused_on_page_and_api(browser, user, monkeypatch):
    monkeypatch.setattr(privacy, "COPIES_PER_HOUR", 0)

    page = browser.post(at("privacy-export", "en"), follow=True)
    machine = browser.get(f"{API}export/")

    assert "too many tries" in page.content.decode()
    assert machine.status_code == 429
    assert machine["Content-Type"] == "application/problem+json"


@pytest.mark.feature("X10")
def test_erasure_tells_first_asks_for_the_password_and_logs_out(browser, user):
    draft, file = make_draft(user), make_sent(user)
    before = read(browser, "privacy-erase")
    wrong = browser.post(at("privacy-erase", "en"), {"password": "wrong"})

    assert draft.reference in before
    assert file.reference in before
    assert "1955" in before
    assert wrong.status_code == 422
    assert Submission.objects.get(pk=draft.pk).is_draft

    answer = browser.post(at("privacy-erase", "en"), {"password": PASSWORD}, follow=True)

    html = answer.content.decode()
    assert answer.redirect_chain == [(at("privacy-erased", "en"), 302)]
    assert draft.reference in html
    assert file.reference in html
    assert "1955" in html
    assert browser.get(at("privacy", "en")).status_code == 302
    assert not Submission.objects.get(pk=draft.pk).is_draft
    assert User.objects.get(pk=user.pk).is_active


def test_nobody_can_log_in_to_an_erased_account(browser, user):
    browser.post(at("privacy-erase", "en"), {"password": PASSWORD})

    given = {"auth-username": "claire@example.org", "auth-password": PASSWORD}
    login = Client().post(at("login", "en"), {"login-current_step": "auth", **given})
    assert "do not belong together" in login.content.decode()
    assert not User.objects.filter(email="claire@example.org").exists()
    assert "Your data was erased" in browser.get(at("privacy-erased", "en")).content.decode()


def test_people_of_the_municipality_are_sent_to_the_administration(client):
    agent = make_user(is_staff=True)
    html = read(log_in(client, agent), "privacy-erase")

    assert "belongs to your work" in html
    assert 'type="password"' not in html
    assert client.post(at("privacy-erase", "en"), {"password": PASSWORD}).status_code == 403
    assert User.objects.get(pk=agent.pk).is_active


@pytest.mark.parametrize("name", ["privacy", "privacy-erase", "privacy-export"])
def test_strangers_log_in_first(name):
    for answer in (Client().get(at(name, "en")), Client().post(at(name, "en"))):
        assert answer.status_code == 302
        assert at("login", "en") in answer.url


def test_last_page_is_only_for_the_browser_that_asked():
    assert Client().get(at("privacy-erased", "en")).url == at("login", "en")


def test_api_tells_what_the_page_tells(browser, user):
    draft, file = make_draft(user), make_sent(user)
    record_reading(submission=file, by=make_team_agent(file, last_name="Lambrecht"))

    answer = browser.get(API, headers={"Accept-Language": "en"})

    body = answer.json()
    assert answer["Cache-Control"] == "private, no-store"
    told = {row["label"]: row["count"] for row in body["held"]}
    assert (told["Drafts"], told["Requests sent"], told["Documents"]) == (1, 1, 0)
    assert [row["reference"] for row in body["erasable"]] == [draft.reference]
    assert [row["reference"] for row in body["kept"]] == [file.reference]
    assert [row["reference"] for row in body["readings"]] == [file.reference]
    assert "Lambrecht" not in answer.content.decode()


def test_api_hands_out_the_same_copy(browser, user):
    make_sent(user)
    page = b"".join(browser.post(at("privacy-export", "en")).streaming_content)
    machine = b"".join(browser.get(f"{API}export/").streaming_content)

    names = [zipfile.ZipFile(io.BytesIO(copy)).namelist() for copy in (page, machine)]
    assert names[0] == names[1]


@pytest.mark.parametrize("path", ["", "export/"])
def test_api_refuses_strangers(path):
    answer = Client().get(f"{API}{path}")

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "accounts.login_required"


def secret_file(user: User) -> Submission:
    """A file whose procedure asks for the surest identification before the form."""
    file = make_draft(user, answers={"q-name": "Rue du Secret"})
    add_annex(file, picture("secret.png"))
    Procedure.objects.filter(pk=file.procedure_id).update(
        required_level=Level.HIGH, level_at=LevelMoment.START
    )
    Submission.objects.filter(pk=file.pk).update(decision_reason="A secret reason")
    return file


def page_copy(client: Client) -> bytes:
    return b"".join(client.post(at("privacy-export", "en")).streaming_content)


def machine_copy(client: Client) -> bytes:
    return b"".join(client.get(f"{API}export/").streaming_content)


def whole_text(copy: bytes) -> str:
    """All JSON and all names of documents."""
    with zipfile.ZipFile(io.BytesIO(copy)) as archive:
        names = archive.namelist()
        return "\n".join([*names, *(archive.read(n).decode() for n in names if n.endswith("json"))])


@pytest.mark.feature("X10", "B3")
@pytest.mark.parametrize("copy", [page_copy, machine_copy])
def test_the_copy_leaves_out_what_asks_for_a_surer_identification(client, user, copy):
    file, plain = secret_file(user), make_draft(user, answers={"q-name": "Rue Ouverte"})
    marks = ("Rue du Secret", "secret.png", "A secret reason")

    low = whole_text(copy(log_in(client, user)))
    assert [mark for mark in marks if mark in low] == []
    assert file.reference in low
    assert plain.reference in low
    assert "Rue Ouverte" in low
    assert low.count('"left_out"') == 1
    assert "identify on the page of the file with: eID or itsme with PIN." in low

    high = whole_text(copy(log_in(Client(), user, method=Method.EID, level=Level.HIGH)))
    assert [mark for mark in marks if mark in high] == list(marks)
    assert '"left_out"' not in high


def test_the_page_says_before_what_the_copy_would_leave_out(client, user):
    assert "left out of the copy" not in read(log_in(client, user))
    file = secret_file(user)

    page = client.get(at("privacy", "en"))
    assert page.context["identify_with"] == "eID or itsme with PIN"
    assert f"procedure={file.procedure.code}&amp;next=" in page.content.decode()

    sure = log_in(Client(), user, method=Method.EID, level=Level.HIGH)
    assert "left out of the copy" not in read(sure)


@pytest.mark.feature("X10")
def test_the_copy_asks_for_a_fresh_proof(client, user):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        browser = log_in(client, user)
        clock.shift(601)

        page = browser.post(at("privacy-export", "en"))
        machine = browser.get(f"{API}export/")

    assert page.url == f"{at('reauthenticate', 'en')}?next={quote(at('reauthenticated', 'en'), '')}"
    assert machine.status_code == 403
    assert machine.json()["code"] == "accounts.proof_too_old"
    assert machine.json()["url"] == at("reauthenticate")
