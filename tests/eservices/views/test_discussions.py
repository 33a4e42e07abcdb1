"""The discussion and the annexes on the page of a file, without script."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from eservices.actions import annexes, discussions
from eservices.enums import AnnexState, Side, SubmissionState
from eservices.models import Annex, Message, Submission
from eservices.worker import Worker
from tests.eservices.test_uploads import sent as uploaded_as
from tests.factories.documents import infected, letter, photo, scanner_running
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import (
    COMPLETE,
    STRUCTURE,
    WORDS,
    make_draft,
    make_file,
    make_procedure,
    make_sent,
    make_version,
)
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db

ASKED = {
    **STRUCTURE,
    "annexes": [
        {"id": "a-plan", "required": True, "accept": ["pdf"], "max_files": 1},
        {"id": "a-more", "accept": ["pdf", "jpg"], "max_files": 2},
    ],
}
ASKED_WORDS = {**WORDS, "a-plan": {"label": "Plan of the street"}, "a-more": {"label": "Photos"}}


@pytest.fixture
def user():
    return make_user(language="en")


@pytest.fixture
def page(client, user):
    client.cookies["django_language"] = "en"
    return log_in(client, user)


def asking_procedure():
    procedure = make_procedure()
    make_version(procedure, ASKED, ASKED_WORDS)
    return procedure


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def url(name, file, *more):
    return reverse(name, args=[file.reference, *more])


@pytest.mark.feature("A13")
def test_a_message_with_files_is_sent_by_one_form_and_shown_in_the_thread(page, user):
    file = make_sent(user)

    answer = page.post(
        url("message-send", file),
        {"body": "Is a sketch enough?", "key": "k", "files": [letter("plan.pdf"), photo("a.jpg")]},
    )

    assert answer.url == url("submission", file) + "#discussion"
    text = text_of(page.get(url("submission", file)))
    assert "Is a sketch enough?" in text
    assert "plan.pdf" in text
    assert "a.jpg" in text
    assert Message.objects.get().annexes.count() == 2


def test_a_refused_message_comes_back_with_all_that_was_typed(page, user):
    file = make_sent(user)

    answer = page.post(
        url("message-send", file),
        {
            "body": "See this.",
            "key": "k",
            "files": [letter("plan.pdf"), uploaded_as("b.pdf", b"MZ\x90\x00 program")],
        },
    )

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "See this." in html
    assert "plan.pdf" in html
    assert 'value="k"' in html
    staged = re.search(r'name="attachment" value="([^"]+)"', html).group(1)
    page.post(url("message-send", file), {"body": "See this.", "key": "k", "attachment": staged})
    assert [annex.name for annex in Message.objects.get().annexes.all()] == ["plan.pdf"]


def test_what_the_municipality_wrote_is_new_once_and_the_agents_name_is_told(page, user):
    file = make_sent(user)
    agent = make_team_agent(file, first_name="Karim", last_name="Lejeune")
    discussions.post(submission=file, by=agent, side=Side.AGENT, body="Yes, it is.", key="a")

    first, second = (page.get(url("submission", file)) for _ in range(2))

    assert first.context["discussion"]["unread"] == 1
    assert "Karim Lejeune" in text_of(first)
    assert second.context["discussion"]["unread"] == 0


def test_ones_own_message_can_be_changed_and_nobody_elses(page, user):
    file = make_sent(user)
    mine = discussions.post(submission=file, by=user, side=Side.CITIZEN, body="Wehn?", key="1")
    agent = make_team_agent(file)
    theirs = discussions.post(submission=file, by=agent, side=Side.AGENT, body="Soon", key="2")
    assert page.get(url("message-edit", file, theirs.public_id)).status_code == 404

    page.post(url("message-edit", file, mine.public_id), {"body": "When?"})

    assert "When?" in text_of(page.get(url("submission", file)))
    mine.refresh_from_db()
    assert (mine.body, mine.edited_at is not None) == ("When?", True)


def test_the_discussion_of_somebody_else_does_not_exist(page):
    file = make_sent()
    for name in ("message-send", "message-file", "annex-send"):
        assert page.post(url(name, file), {"body": "Hello", "key": "k"}).status_code == 404
    assert not Message.objects.exists()


@pytest.mark.feature("A19")
def test_a_needed_document_stops_sending_until_it_is_there_and_is_then_ticked_off(page, user):
    draft = make_draft(user, asking_procedure(), COMPLETE)
    check = url("submission-check", draft)
    form = {"revision": draft.revision, "confirm": "on"}
    refused = page.post(check, form)
    assert refused.status_code == 422
    assert [link["href"] for link in refused.context["missing"]] == ["#id_a-plan"]
    assert 'id="id_a-plan"' in refused.content.decode()

    answer = page.post(url("annex-send-wanted", draft, "a-plan"), {"file": letter("plan.pdf")})

    assert answer.url == check + "#annexes"
    shown = page.get(check)
    assert shown.context["missing"] == []
    assert "plan.pdf" in text_of(shown)
    page.post(check, form)
    draft.refresh_from_db()
    assert draft.state == SubmissionState.SUBMITTED
    assert "plan.pdf" in text_of(page.get(url("submission", draft)))


def test_documents_follow_the_list_of_the_procedure(page, user):
    file = make_sent(user, None)
    make_version(file.procedure, ASKED, ASKED_WORDS)
    Submission.objects.filter(pk=file.pk).update(version=file.procedure.current)
    json = {"Accept": "application/json"}
    wrong = page.post(url("annex-send-wanted", file, "a-plan"), {"file": photo()}, headers=json)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "uploads.type_refused")
    good = page.post(url("annex-send-wanted", file, "a-plan"), {"file": letter()}, headers=json)
    assert good.status_code == 201
    assert "letter.pdf" in good.json()["html"]
    many = page.post(url("annex-send-wanted", file, "a-plan"), {"file": letter()}, headers=json)
    assert many.json()["code"] == "uploads.too_many"
    unknown = page.post(url("annex-send-wanted", file, "a-zoo"), {"file": letter()}, headers=json)
    assert unknown.status_code == 404


@pytest.mark.feature("A19")
def test_a_document_is_replaced_deleted_and_leaves_its_name(page, user):
    file = make_sent(user)
    page.post(url("annex-send", file), {"file": letter("old.pdf")})
    old = Annex.objects.get()
    page.post(url("annex-replace", file, old.public_id), {"file": letter("new.pdf")})
    new = Annex.objects.get(name="new.pdf")
    assert new.replaces == old
    free = page.get(url("submission", file)).context["annexes"]["free"]
    assert [(row["name"], [o["name"] for o in row["older"]]) for row in free] == [
        ("new.pdf", ["old.pdf"])
    ]

    page.post(url("annex-delete", file, new.public_id))

    shown = page.get(url("submission", file)).context["annexes"]
    assert [row["name"] for row in shown["free"]] == ["old.pdf"]
    assert [row["name"] for row in shown["gone"]] == ["new.pdf"]
    assert page.get(url("annex", file, new.public_id)).status_code == 404


def test_what_an_agent_took_into_account_stays(page, user):
    file = make_sent(user)
    page.post(url("annex-send", file), {"file": letter()})
    annex = Annex.objects.get()
    annexes.take_into_account(annex=annex, by=make_team_agent(file))

    page.post(url("annex-delete", file, annex.public_id))

    annex.refresh_from_db()
    assert annex.state == AnnexState.STORED
    assert page.get(url("submission", file)).context["annexes"]["free"][0]["delete_url"] == ""


@pytest.mark.parametrize("state", [SubmissionState.ACCEPTED, SubmissionState.WITHDRAWN])
def test_after_the_end_nothing_is_added_or_deleted(page, user, state):
    file = make_file(state, user)

    page.post(url("annex-send", file), {"file": letter()})

    assert not Annex.objects.exists()
    assert page.get(url("submission", file)).context["annexes"]["free_url"] == ""


def test_a_document_that_is_being_written_about_belongs_to_its_sender_alone(page, user, client):
    file = make_sent(user)
    page.post(url("message-file", file), {"files": letter("secret.pdf")})
    staged = Annex.objects.get()
    agent = make_team_agent(file)

    answer = log_in(client, agent).get(
        reverse("agent-annex", args=[file.reference, staged.public_id])
    )

    assert answer.status_code == 404


def test_a_virus_is_told_where_the_document_stood(page, user, settings):
    with scanner_running() as found:
        settings.VIRUS_SCANNER = found
        file = make_sent(user)
        page.post(url("annex-send", file), {"file": infected("invoice.pdf")})
        waiting = page.get(url("submission", file)).context["annexes"]["free"]
        assert [row["pending"] for row in waiting] == [True]
        Worker().drain()

    answer = page.get(url("submission", file))
    gone = answer.context["annexes"]["gone"]
    assert [(row["name"], row["infected"]) for row in gone] == [("invoice.pdf", "True")]
    assert "invoice.pdf" in text_of(answer)


def test_the_page_asks_as_often_whatever_was_written(page, user):
    file = make_sent(user)

    def queries():
        page.get(url("submission", file))
        with CaptureQueriesContext(connection) as seen:
            page.get(url("submission", file))
        return len(seen)

    def write(number):
        discussions.post(
            submission=file,
            by=user,
            side=Side.CITIZEN,
            body="x",
            key=f"k{number}",
            uploads=[letter()],
        )
        annexes.send(submission=file, uploaded=letter(), by=user)

    write(1)
    once = queries()
    write(2)
    write(3)
    assert queries() == once
