"""Agents answer, note, send documents and take those of citizens into account."""

import pytest
from django.urls import reverse

from eservices.actions import annexes, discussions
from eservices.enums import AnnexPurpose, AnnexState, ReasonUse, Side, TeamRoleKind
from eservices.errors import UploadEmpty
from eservices.models import (
    Annex,
    DecisionReason,
    InternalNote,
    JournalEntry,
    Message,
    Team,
    TeamRole,
)
from tests.factories.documents import letter, scanner_running
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    return make_sent(make_user(language="nl"))


@pytest.fixture
def agent(file):
    return make_team_agent(file)


@pytest.fixture
def page(client, agent):
    return log_in(client, agent)


def url(name, file, *more):
    return reverse(name, args=[file.reference, *more])


def show(page, file, view):
    return page.get(url("agent-file", file), {"view": view})


@pytest.mark.feature("A13")
def test_an_agent_answers_with_documents_and_reads_what_is_new(page, file):
    discussions.post(submission=file, by=file.acting_user, side=Side.CITIZEN, body="When?", key="1")
    first, second = show(page, file, "discussion"), show(page, file, "discussion")
    assert [row["new"] for row in first.context["discussion"]["messages"]] == [True]
    assert [row["new"] for row in second.context["discussion"]["messages"]] == [False]

    page.post(
        url("agent-message", file), {"body": "Monday.", "key": "k", "files": [letter("plan.pdf")]}
    )

    shown = show(page, file, "discussion").content.decode()
    assert "When?" in shown
    assert "Monday." in shown
    assert "plan.pdf" in shown
    assert Message.objects.get(side=Side.AGENT).annexes.count() == 1


def test_a_ready_text_begins_the_message_in_the_citizens_language(page, file):
    DecisionReason.objects.create(
        code="soon", use=ReasonUse.MESSAGE, texts={"fr": "Bientôt.", "nl": "Binnenkort."}
    )
    answer = page.get(url("agent-file", file), {"view": "discussion", "start": "soon"})

    assert (
        answer.context["discussion"]["body"] == {"fr": "Bientôt.", "nl": "Binnenkort."}[file.locale]
    )


def test_a_refused_message_comes_back_with_its_words(page, file):
    answer = page.post(url("agent-message", file), {"body": "x" * 5001, "key": "k"})

    assert answer.status_code == 422
    assert "x" * 5001 in answer.content.decode()
    assert answer.context["view"] == "discussion"


@pytest.mark.feature("A19")
def test_a_document_arrives_before_the_message_and_goes_with_it(page, file):
    script = {"headers": {"accept": "application/json"}}
    answer = page.post(url("agent-message-file", file), {"files": letter("plan.pdf")}, **script)
    wrong = page.post(url("agent-message-file", file), {"files": letter("wrong.pdf")}, **script)
    first, second = Annex.objects.order_by("pk")
    assert answer.status_code == 201
    assert f'name="attachment" value="{first.public_id}"' in answer.json()["html"]
    gone = page.post(url("agent-annex-back", file, second.public_id), **script)
    assert (wrong.status_code, gone.json()) == (201, {"html": ""})
    second.refresh_from_db()
    assert second.state == AnnexState.DELETED

    refused = page.post(
        url("agent-message", file), {"body": "x" * 5001, "key": "k", "attachment": first.public_id}
    )
    assert f'value="{first.public_id}"' in refused.content.decode()
    page.post(url("agent-message", file), {"body": "", "key": "k", "attachment": first.public_id})

    assert list(Message.objects.get().annexes.all()) == [first]
    late = page.post(url("agent-annex-back", file, first.public_id), **script)
    assert late.status_code == 404


def test_scripts_read_why_a_document_is_refused_and_readers_send_none(page, file, agent):
    script = {"headers": {"accept": "application/json"}}
    none = page.post(url("agent-document", file), **script)
    assert (none.status_code, none.json()["code"]) == (UploadEmpty.status, UploadEmpty.code)
    row = page.post(url("agent-document", file), {"file": letter("permit.pdf")}, **script)
    assert "permit.pdf" in row.json()["html"]

    TeamRole.objects.create(team=file.team, user=agent, role=TeamRoleKind.READER)

    for name in ("agent-document", "agent-message-file"):
        answer = page.post(url(name, file), {"files": letter("more.pdf")}, **script)
        assert answer.status_code == 403
    assert Annex.objects.count() == 1


def test_readers_of_a_team_write_notes_and_no_messages(page, file, agent):
    TeamRole.objects.create(team=file.team, user=agent, role=TeamRoleKind.READER)
    assert show(page, file, "discussion").context["discussion"]["may_write"] is False

    assert page.post(url("agent-message", file), {"body": "Hi", "key": "k"}).status_code == 403
    page.post(url("agent-note", file), {"note": "Seen."})

    assert not Message.objects.exists()
    assert InternalNote.objects.get().body == "Seen."


def test_a_note_is_kept_and_changed_by_its_author_alone(page, file):
    assert page.post(url("agent-note", file), {"note": " "}).status_code == 422
    page.post(url("agent-note", file), {"note": "Call back."})
    note = InternalNote.objects.get()

    page.post(url("agent-note-edit", file, note.public_id), {"note": "Called."})

    assert "Called." in show(page, file, "examination").content.decode()
    InternalNote.objects.update(author=make_team_agent(file))
    page.post(url("agent-note-edit", file, note.public_id), {"note": "Mine."})
    assert InternalNote.objects.get().body == "Called."


@pytest.mark.feature("A20")
def test_a_document_for_the_citizen_is_sent_read_and_taken_back(page, client, file, agent):
    page.post(url("agent-document", file), {"files": [letter("permit.pdf"), letter("map.pdf")]})
    sent = Annex.objects.filter(purpose=AnnexPurpose.INFORMATION)
    assert {annex.name for annex in sent} == {"permit.pdf", "map.pdf"}
    annex = sent.get(name="map.pdf")
    page.post(url("agent-annex-back", file, annex.public_id))
    annex.refresh_from_db()
    assert annex.state == AnnexState.DELETED

    log_in(client, file.acting_user)
    shown = client.get(url("submission", file)).context["annexes"]
    assert [row["name"] for row in shown["from_us"]] == ["permit.pdf"]
    assert [row["name"] for row in shown["gone"]] == ["map.pdf"]
    permit = client.get(shown["from_us"][0]["url"])
    assert b"".join(permit.streaming_content).startswith(b"%PDF")


@pytest.mark.feature("A19")
def test_a_citizens_document_is_taken_into_account_once_and_read_after_its_check(
    page, file, agent, settings
):
    with scanner_running() as found:
        settings.VIRUS_SCANNER = found
        annex = annexes.send(submission=file, uploaded=letter(), by=file.acting_user)
    row = show(page, file, "annexes").context["documents"]["sent"][0]
    assert (row["url"], row["waits"]) == ("", True)
    assert page.get(url("agent-annex", file, annex.public_id)).status_code == 409

    for _ in range(2):
        page.post(url("agent-annex-take", file, annex.public_id))

    annex.refresh_from_db()
    assert annex.taken_at is not None
    assert JournalEntry.objects.filter(event="annex_taken").count() == 1


def test_the_files_of_other_teams_do_not_exist(page):
    other = make_sent()
    other.team = Team.objects.create(code="elsewhere")
    other.save()
    for name in ("agent-message", "agent-note", "agent-document"):
        assert (
            page.post(url(name, other), {"body": "x", "note": "x", "key": "k"}).status_code == 404
        )
    assert not Message.objects.exists()
