"""Pages of agents with more than a button: asking, handing over, other teams; who may not gets no page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.enums import RequestState, SubmissionState, TeamRoleKind
from eservices.models import DecisionReason, OpinionRequest, Submission, Team, TeamRole
from tests.eservices.actions.test_assignments import asked_other_team, other_team
from tests.eservices.actions.test_requests import PLAN, WHEN, asked, in_review
from tests.factories.eservices import log_in
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def at(name, file, *more):
    return reverse(f"agent-{name}", args=[file.reference, *more])


def lines(*items, **extra):
    data = {"item-TOTAL_FORMS": "3", "item-INITIAL_FORMS": "0"}
    for number, (kind, text, question) in enumerate(items):
        data |= {
            f"item-{number}-kind": kind,
            f"item-{number}-text": text,
            f"item-{number}-question": question,
        }
    for number in range(len(items), 3):
        data[f"item-{number}-kind"] = "document"
    day = timezone.localdate() + timedelta(days=10)
    return data | {"due_on": day.isoformat(), **extra}


@pytest.mark.feature("X2")
def test_several_things_are_asked_on_one_page(client):
    file, agent = in_review()
    log_in(client, agent)

    assert client.get(at("ask", file)).status_code == 200
    answer = client.post(
        at("ask", file),
        lines(("document", "Le plan", ""), ("correction", "Le nom", "q-name")),
    )

    assert answer.url == at("file", file)
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.AWAITING_CITIZEN
    assert list(file.requests.values_list("kind", flat=True)) == ["document", "correction"]
    text = client.get(at("file", file)).content.decode()
    assert "Le plan" in text
    assert at("request", file, file.requests.first().public_id) in text


@pytest.mark.feature("X2")
def test_an_answer_leads_to_asking_for_its_correction_once(client):
    file, agent = in_review()
    link = f"{at('ask', file)}?question=q-name"
    other = log_in(client, make_team_agent(file, language="en"))
    assert link not in other.get(at("file", file)).content.decode()  # not in charge
    log_in(client, agent)
    assert link in client.get(at("file", file)).content.decode()

    line = client.get(link).context["lines"].forms[0]
    client.post(at("ask", file), lines((line["kind"].value(), "Le nom", line["question"].value())))

    assert file.requests.get().question_id == "q-name"
    page = client.get(at("file", file), {"view": "answers"})
    assert page.context["corrections_asked"] == {"q-name"}
    assert link not in page.content.decode()
    assert f"{at('ask', file)}?question=" in page.content.decode()  # the other answers


def test_a_ready_text_keeps_the_question_to_correct(client):
    file, agent = in_review()
    DecisionReason.objects.create(code="id", use="request", texts={"fr": "Vérifiez."})
    log_in(client, agent)

    page = client.get(at("ask", file), {"question": "q-name"}).content.decode()

    assert '<input type="hidden" name="question" value="q-name">' in page


def test_more_lines_keep_what_was_typed(client):
    file, agent = in_review()
    log_in(client, agent)

    answer = client.post(at("ask", file), lines(("answer", "Quel jour ?", ""), more="1"))

    assert answer.status_code == 200
    assert len(answer.context["lines"].forms) == 6
    assert "Quel jour ?" in answer.content.decode()
    assert not file.requests.exists()


@pytest.mark.parametrize("items", [(), (("correction", "Le nom", ""),)])
def test_what_cannot_be_asked_stays_on_the_page(client, items):
    file, agent = in_review()
    log_in(client, agent)

    answer = client.post(at("ask", file), lines(*items))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_ready_texts_for_requests_come_in_the_citizens_language(client):
    file, agent = in_review()
    DecisionReason.objects.create(code="plan", use="request", texts={"fr": "Joignez le plan."})
    DecisionReason.objects.create(code="no", use="refusal", texts={"fr": "Non."})
    log_in(client, agent)

    answer = client.get(at("ask", file), {"start": "plan"})

    assert "Joignez le plan." in answer.content.decode()
    assert [item.code for item in answer.context["reasons"]] == ["plan"]


def test_a_request_is_changed_and_withdrawn(client):
    file, agent, (first, second) = asked(PLAN, WHEN)
    log_in(client, agent)
    day = timezone.localdate() + timedelta(days=3)

    client.post(at("request", file, first.public_id), {"text": "Un croquis", "due_on": day})
    client.post(at("request-withdraw", file, second.public_id))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.text, timezone.localtime(first.due_at).date()) == ("Un croquis", day)
    assert second.state == RequestState.WITHDRAWN


def test_a_file_goes_to_a_colleague_then_to_another_team(client):
    file, agent = in_review()
    colleague, team = make_team_agent(file), other_team()
    log_in(client, agent)

    client.post(at("assign", file), {"to": colleague.pk})
    assert Submission.objects.get(pk=file.pk).assignee == colleague
    log_in(client, colleague)
    refused = client.post(at("transfer", file), {"team": team.pk, "reason": ""})
    done = client.post(at("transfer", file), {"team": team.pk, "reason": "Theirs"})

    assert refused.status_code == 422
    assert done.url == reverse("agent-files")
    assert Submission.objects.get(pk=file.pk).team == team
    assert client.get(at("file", file)).status_code == 404


def test_another_team_is_asked_and_answers_on_its_page(client):
    file, agent = in_review()
    expert = make_team_agent()
    team = other_team(expert)
    log_in(client, agent)
    client.post(at("opinion", file), {"team": team.pk, "reason": "Is it healthy?"})
    log_in(client, expert)

    page = client.get(at("file", file))
    question = client.get(at("opine", file))
    client.post(at("opine", file), {"text": "It is."})

    assert page.context["acts"] == {"opine"}
    assert "Is it healthy?" in question.content.decode()
    assert OpinionRequest.objects.get().answer == "It is."
    assert client.get(at("file", file)).status_code == 404


def test_the_asked_team_cannot_act_in_any_other_way(client):
    file, _agent, expert, _opinion = asked_other_team()
    log_in(client, expert)

    for name, data in (
        ("ask", lines(("answer", "?", ""))),
        ("assign", {"to": expert.pk}),
        ("transfer", {"team": file.team_id, "reason": "x"}),
        ("reject", {"reason": "x"}),
    ):
        assert client.post(at(name, file), data).status_code in (404, 409, 422), name
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.AWAITING_INTERNAL


def test_readers_see_the_file_and_are_refused_every_act(client):
    file = make_sent()
    reader = make_team_agent(file)
    TeamRole.objects.create(team=file.team, user=reader, role=TeamRoleKind.READER)
    team = Team.objects.create(code="green")
    log_in(client, reader)

    assert client.get(at("file", file)).status_code == 200
    client.post(at("claim", file))
    transfer = client.post(at("transfer", file), {"team": team.pk, "reason": "x"})

    assert transfer.status_code == 403
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.SUBMITTED
