"""The pages of agents: what they show, what they refuse, what stays typed."""

import pytest
from django.urls import reverse

from eservices.actions import corrections, reviews
from eservices.enums import SubmissionState
from eservices.errors import AnswersChanged
from eservices.models import DecisionReason, JournalEntry, Submission
from eservices.permissions import ensure_groups
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import (
    NATIONAL_NUMBER,
    given,
    make_file,
    make_procedure,
    make_sent,
    viewer_of,
)
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def page(client, name, file):
    return client.get(reverse(f"agent-{name}", args=[file.reference]))


def test_list_shows_the_files_of_the_tab(client):
    free = make_sent()
    agent = make_team_agent(free, language="en")
    taken = make_file(SubmissionState.IN_REVIEW, assignee=agent)
    log_in(client, agent)

    first = client.get(reverse("agent-files")).content.decode()
    second = client.get(reverse("agent-files"), {"tab": "mine"}).content.decode()

    assert free.reference in first
    assert taken.reference not in first
    assert taken.reference in second
    assert free.reference not in second


def test_empty_tabs_and_filters_say_so(client):
    agent = make_team_agent(make_file(SubmissionState.ACCEPTED))
    log_in(client, agent)

    for query in ({}, {"tab": "mine"}, {"tab": "all", "q": "nothing like this"}):
        answer = client.get(reverse("agent-files"), query)
        assert answer.status_code == 200
        assert 'class="listing"' not in answer.content.decode()


def test_file_shows_answers_masked_and_writes_the_reading_down(client):
    file = make_sent(**{"q-nn": NATIONAL_NUMBER})
    agent = make_team_agent(file)
    log_in(client, agent)

    answer = page(client, "file", file)

    text = answer.content.decode()
    assert "Rue Neuve" in text
    assert NATIONAL_NUMBER not in text.replace(".", "").replace("-", "")
    assert "no-store" in answer["Cache-Control"]
    assert JournalEntry.objects.filter(
        subject_id=file.public_id, event="read", actor=agent
    ).exists()


@pytest.mark.parametrize("view", ["examination", "answers", "annexes", "discussion", "journal"])
def test_every_view_of_a_file_opens(client, view):
    file = make_sent()
    log_in(client, make_team_agent(file))

    answer = client.get(reverse("agent-file", args=[file.reference]), {"view": view})

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["file", "accept", "reject", "reconsider"])
def test_files_of_other_teams_do_not_exist(client, name):
    mine = make_sent()
    foreign = make_sent(procedure=make_procedure(team=type(mine.team).objects.create(code="x")))
    log_in(client, make_team_agent(mine))

    assert page(client, name, foreign).status_code == 404
    assert page(client, "file", mine).status_code == 200


def test_editors_and_citizens_see_no_files(client):
    file = make_sent()
    editor = make_user(is_staff=True)
    editor.groups.add(ensure_groups()["Editors"])

    for person in (editor, file.acting_user):
        log_in(client, person)
        answer = client.get(reverse("agent-files"))
        assert answer.status_code in (302, 403)
        assert file.reference not in answer.content.decode()


def test_claim_and_give_back_by_button(client):
    file = make_sent()
    agent = make_team_agent(file)
    log_in(client, agent)

    client.post(reverse("agent-claim", args=[file.reference]))
    file.refresh_from_db()
    assert (file.state, file.assignee) == (SubmissionState.IN_REVIEW, agent)

    client.post(reverse("agent-release", args=[file.reference]))
    file.refresh_from_db()
    assert (file.state, file.assignee) == (SubmissionState.SUBMITTED, None)


def test_acting_by_get_is_not_possible(client):
    file = make_sent()
    log_in(client, make_team_agent(file))

    assert client.get(reverse("agent-claim", args=[file.reference])).status_code == 405
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.SUBMITTED


def test_refusal_without_reason_stays_on_the_page(client):
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    log_in(client, agent)

    answer = client.post(reverse("agent-reject", args=[file.reference]), {"reason": "  "})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


def test_a_stale_page_is_told_and_keeps_the_typed_reason(client):
    file = make_sent()
    agent, colleague = make_team_agent(file), make_team_agent(file)
    reviews.claim(submission=file, by=colleague)
    log_in(client, agent)

    answer = client.post(
        reverse("agent-reject", args=[file.reference]), {"reason": "A long reason."}
    )

    assert answer.status_code == 403
    assert "A long reason." in answer.content.decode()
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


def test_ready_reasons_come_in_the_citizens_language(client):
    file = make_sent()
    Submission.objects.filter(pk=file.pk).update(locale="de")
    file.refresh_from_db()
    agent = make_team_agent(file, language="fr")
    reviews.claim(submission=file, by=agent)
    DecisionReason.objects.create(
        code="late",
        labels={"fr": "Trop tard"},
        texts={"fr": "Texte français", "de": "Deutscher Text"},
    )
    log_in(client, agent)

    text = client.get(
        reverse("agent-reject", args=[file.reference]), {"start": "late"}
    ).content.decode()

    assert "Trop tard" in text
    assert "Deutscher Text" in text
    assert "Texte français" not in text


def test_annexes_are_handed_out_to_the_team_only(client):
    file = make_sent()
    log_in(client, make_team_agent(file))

    missing = reverse("agent-annex", args=[file.reference, file.public_id])

    assert client.get(missing).status_code == 404


def test_agents_see_no_page_tree(client):
    file = make_sent()
    agent = make_team_agent(file)
    log_in(client, agent)

    text = client.get(reverse("wagtailadmin_home")).content.decode()

    assert reverse("agent-files") in text
    assert client.get(reverse("wagtailadmin_explore_root")).status_code in (302, 403)
    assert client.get(reverse("wagtailimages:index")).status_code in (302, 403)


@pytest.mark.feature("E7")
def test_agents_see_what_was_corrected_before_and_now_and_only_once_it_is_sent(client):
    file = make_sent()
    viewer = viewer_of(file.acting_user)
    corrections.begin(submission=file, viewer=viewer)
    corrections.save(
        submission=file,
        result=given({"q-people": "81", "q-nn": NATIONAL_NUMBER}),
        base_revision=0,
        by=file.acting_user,
    )
    log_in(client, make_team_agent(file, language="en"))
    url = reverse("agent-file", args=[file.reference])

    before = client.get(url, {"view": "answers"}).content.decode()
    corrections.send(submission=file, viewer=viewer, revision=1, locale="fr")
    after = client.get(url, {"view": "answers"}).content.decode()

    assert "has not sent the changes yet" in before
    assert "data-correction" not in before
    assert "data-correction" in after
    assert "81" in after[after.index("data-correction") :]
    assert "has not sent the changes yet" not in after
    assert NATIONAL_NUMBER not in after.replace(".", "").replace("-", "")


@pytest.mark.feature("E7")
@pytest.mark.parametrize(
    ("act", "state"),
    [("accept", SubmissionState.ACCEPTED), ("reject", SubmissionState.REJECTED)],
)
def test_answers_that_changed_since_the_file_was_read_are_not_decided_on(client, act, state):
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    log_in(client, agent)
    link = f"{reverse(f'agent-{act}', args=[file.reference])}?read={file.revision}"
    assert link in page(client, "file", file).content.decode(), "the file page says what it showed"
    Submission.objects.filter(pk=file.pk).update(revision=file.revision + 1)

    shown = client.get(link).context["form"]["revision"].value()
    refused = client.post(link, {"reason": "Words of an hour.", "revision": shown})

    file.refresh_from_db()
    assert (refused.status_code, file.state) == (409, SubmissionState.IN_REVIEW)
    form = refused.context["form"]
    assert form.non_field_errors()
    assert reverse("agent-file", args=[file.reference]) in refused.content.decode()
    assert form["reason"].value() == "Words of an hour.", "nothing typed is lost"
    again = client.post(link, {"reason": "Words.", "revision": form["revision"].value()})
    file.refresh_from_db()
    assert (again.status_code, file.state) == (302, state)


@pytest.mark.feature("E7")
def test_the_api_refuses_a_decision_on_other_answers_with_the_same_code(client):
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    log_in(client, agent)
    address = reverse("api-agent-accept", args=[file.reference])
    read = client.get(reverse("api-agent-file", args=[file.reference])).json()["revision"]
    Submission.objects.filter(pk=file.pk).update(revision=read + 1)

    old = client.post(address, {"revision": read}, content_type="application/json")
    new = client.post(address, {"revision": read + 1}, content_type="application/json")

    assert (old.status_code, old.json()["code"]) == (409, AnswersChanged.code)
    assert new.status_code == 200
    file.refresh_from_db()
    assert file.state == SubmissionState.ACCEPTED
