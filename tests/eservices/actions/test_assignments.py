"""Who follows a file: given to colleagues, sent to other teams, discussed with a third; roles say who may."""

import pytest

from eservices.actions import assignments, opinions, reviews
from eservices.enums import RequestState, SubmissionState, TeamRoleKind
from eservices.errors import (
    AssigneeRefused,
    MoveRefused,
    NotFound,
    NotYourFile,
    OpinionOpen,
    ReasonRequired,
    RequestEnded,
    RoleTooLow,
    TeamRefused,
)
from eservices.models import JournalEntry, OutgoingMail, Submission, Team, TeamRole
from eservices.queries.reviews import file_for_agent, files_for_agent
from eservices.queries.roles import acts_for
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def with_role(file, role, *procedures):
    agent = make_team_agent(file)
    TeamRole.objects.create(team=file.team, user=agent, role=role).procedures.set(procedures)
    return agent


def in_review():
    file = make_sent()
    agent = make_team_agent(file)
    reviews.claim(submission=file, by=agent)
    return file, agent


def other_team(*members):
    team = Team.objects.create(code="green", names={"fr": "Espaces verts"})
    team.members.set(members)
    return team


def asked_other_team():
    file, agent = in_review()
    expert = make_team_agent()
    team = other_team(expert)
    opinion = opinions.ask(submission=file, by=agent, team=team, text="Is the oak healthy?")
    return Submission.objects.get(pk=file.pk), agent, expert, opinion


def test_a_file_is_handed_to_a_colleague_who_is_told():
    file, agent = in_review()
    colleague = make_team_agent(file)

    assignments.assign(submission=file, by=agent, to=colleague)

    assert Submission.objects.get(pk=file.pk).assignee == colleague
    assert OutgoingMail.objects.get(template="file_assigned").to_user == colleague
    assert JournalEntry.objects.filter(event="assigned", actor=agent).exists()
    with pytest.raises(NotYourFile):
        assignments.assign(submission=file, by=agent, to=agent)


def test_only_supervisors_give_files_that_nobody_took():
    file = make_sent()
    handler, chief = make_team_agent(file), with_role(file, TeamRoleKind.SUPERVISOR)

    with pytest.raises(NotYourFile):
        assignments.assign(submission=file, by=handler, to=handler)
    assignments.assign(submission=file, by=chief, to=handler)

    row = Submission.objects.get(pk=file.pk)
    assert (row.state, row.assignee) == (SubmissionState.IN_REVIEW, handler)


def test_readers_and_strangers_get_no_file():
    file, agent = in_review()

    for person in (with_role(file, TeamRoleKind.READER), make_team_agent()):
        with pytest.raises(AssigneeRefused):
            assignments.assign(submission=file, by=agent, to=person)


def test_another_team_gets_the_file_unassigned_and_the_first_loses_it():
    file, agent = in_review()
    team = other_team()

    with pytest.raises(ReasonRequired):
        assignments.transfer(submission=file, by=agent, to=team, reason=" ")
    with pytest.raises(TeamRefused):
        assignments.transfer(submission=file, by=agent, to=file.team, reason="Why not")
    assignments.transfer(submission=file, by=agent, to=team, reason="A matter of trees.")

    row = Submission.objects.get(pk=file.pk)
    assert (row.state, row.team, row.assignee) == (SubmissionState.SUBMITTED, team, None)
    assert JournalEntry.objects.get(event="transferred").reason == "A matter of trees."
    with pytest.raises(NotFound):
        file_for_agent(agent, file.reference)


def test_a_role_for_some_procedures_shows_only_their_files():
    file = make_sent()
    other = make_sent(procedure=make_procedure())
    agent = with_role(file, TeamRoleKind.HANDLER, file.procedure)

    assert list(files_for_agent(agent)) == [file]
    with pytest.raises(NotFound):
        file_for_agent(agent, other.reference)
    with pytest.raises(NotFound):
        reviews.claim(submission=other, by=agent)


def test_a_reader_sees_and_can_do_nothing():
    file = make_sent()
    reader = with_role(file, TeamRoleKind.READER)

    assert list(files_for_agent(reader)) == [file]
    assert acts_for(file, reader) == set()
    with pytest.raises(RoleTooLow):
        assignments.transfer(submission=file, by=reader, to=other_team(), reason="No")


def test_the_asked_team_reads_answers_and_does_nothing_else():
    file, agent, expert, opinion = asked_other_team()

    assert file.state == SubmissionState.AWAITING_INTERNAL
    assert OutgoingMail.objects.get(template="opinion_asked").to_user == expert
    assert file_for_agent(expert, file.reference) == file
    assert acts_for(file, expert) == {"opine"}
    with pytest.raises(NotFound):
        reviews.claim(submission=file, by=expert)

    opinions.give(opinion=opinion, by=expert, text="It is.")

    row = Submission.objects.get(pk=file.pk)
    opinion.refresh_from_db()
    assert (row.state, row.assignee) == (SubmissionState.IN_REVIEW, agent)
    assert (opinion.state, opinion.answer) == (RequestState.ANSWERED, "It is.")
    assert OutgoingMail.objects.get(template="opinion_given").to_user == agent
    with pytest.raises(NotFound):
        file_for_agent(expert, file.reference)


def test_an_opinion_is_asked_once_and_given_by_the_asked_team_only():
    file, agent, expert, opinion = asked_other_team()

    with pytest.raises(OpinionOpen):
        opinions.ask(submission=file, by=agent, team=opinion.team, text="And now?")
    with pytest.raises(NotFound):
        opinions.give(opinion=opinion, by=agent, text="My own.")
    opinions.cancel(opinion=opinion, by=agent)
    with pytest.raises(RequestEnded):
        opinions.give(opinion=opinion, by=expert, text="Too late.")

    assert Submission.objects.get(pk=file.pk).state == SubmissionState.IN_REVIEW


def test_a_file_that_waits_for_somebody_is_not_sent_away():
    file, agent, _expert, opinion = asked_other_team()

    with pytest.raises(MoveRefused):
        assignments.transfer(submission=file, by=agent, to=opinion.team, reason="Theirs")
