"""Agents' acts: one wins, reasons are asked, only the one in charge decides, letters say nothing."""

import threading

import pytest
from django.db import connection, connections

from eservices.actions import reviews
from eservices.enums import SubmissionState, TeamRoleKind
from eservices.errors import MoveRefused, NotFound, NotYourFile, ReasonRequired, RoleTooLow
from eservices.models import JournalEntry, OutgoingMail, Submission, Team, TeamRole
from tests.factories.eservices import make_user
from tests.factories.submissions import make_file, make_sent

pytestmark = pytest.mark.django_db


def make_member(role=None):
    """Somebody of the team that has the files of these tests; with a role if one is named."""
    member = make_user()
    team, _made = Team.objects.get_or_create(code="works")
    team.members.add(member)
    if role:
        TeamRole.objects.create(team=team, user=member, role=role)
    return member


def test_claim_puts_the_file_into_review_in_the_agents_charge():
    agent, file = make_member(), make_sent()

    reviews.claim(submission=file, by=agent)

    file.refresh_from_db()
    assert (file.state, file.assignee) == (SubmissionState.IN_REVIEW, agent)
    assert JournalEntry.objects.filter(subject_id=file.public_id).last().event == "claim"


def test_claim_of_a_file_that_is_taken_is_refused_and_changes_nothing():
    first, second, file = make_member(), make_member(), make_sent()
    stale = Submission.objects.get(pk=file.pk)
    reviews.claim(submission=file, by=first)
    entries = JournalEntry.objects.count()

    with pytest.raises(MoveRefused):
        reviews.claim(submission=stale, by=second)

    file.refresh_from_db()
    assert file.assignee == first
    assert JournalEntry.objects.count() == entries


@pytest.mark.django_db(transaction=True)
def test_two_agents_claim_at_once_and_one_wins():
    agents, file = [make_member() for _ in range(6)], make_sent()
    start = threading.Barrier(len(agents))
    outcomes: list[str] = []

    def claim(agent):
        mine = Submission.objects.get(pk=file.pk)
        start.wait()
        try:
            reviews.claim(submission=mine, by=agent)
            outcomes.append("won")
        except MoveRefused:
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    connection.ensure_connection()
    assert sorted(outcomes) == ["refused"] * 5 + ["won"]
    claims = JournalEntry.objects.filter(subject_id=file.public_id, event="claim")
    assert claims.count() == 1
    assert Submission.objects.get(pk=file.pk).assignee == claims.get().actor


def test_release_gives_the_file_back():
    agent = make_member()
    file = reviews.claim(submission=make_sent(), by=agent)

    reviews.release(submission=file, by=agent)

    file.refresh_from_db()
    assert (file.state, file.assignee) == (SubmissionState.SUBMITTED, None)


@pytest.mark.parametrize("act", ["accept", "reject", "release"])
def test_only_the_agent_in_charge_acts(act):
    owner, other = make_member(), make_member()
    file = reviews.claim(submission=make_sent(), by=owner)
    words = {"reject": {"reason": "No."}}.get(act, {})

    with pytest.raises(NotYourFile):
        getattr(reviews, act)(submission=file, by=other, **words)

    file.refresh_from_db()
    assert file.state == SubmissionState.IN_REVIEW


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_refusal_without_a_reason_is_refused(reason):
    agent = make_member()
    file = reviews.claim(submission=make_sent(), by=agent)

    with pytest.raises(ReasonRequired) as refusal:
        reviews.reject(submission=file, by=agent, reason=reason)

    assert refusal.value.field == "reason"
    assert OutgoingMail.objects.filter(template="submission_decided").count() == 0


def test_refusal_stores_the_reason_and_the_letter_holds_neither_reason_nor_outcome():
    agent = make_member()
    file = reviews.claim(submission=make_sent(), by=agent)

    reviews.reject(submission=file, by=agent, reason="  The tree is healthy.  ")

    file.refresh_from_db()
    mail = OutgoingMail.objects.get(template="submission_decided")
    assert file.state == SubmissionState.REJECTED
    assert file.decision_reason == "The tree is healthy."
    assert file.decided_at is not None
    assert file.purge_on is not None
    assert mail.context == {"submission": str(file.public_id)}


def test_each_decision_sends_one_letter():
    agent = make_member(TeamRoleKind.SUPERVISOR)
    file = reviews.claim(submission=make_sent(), by=agent)
    reviews.accept(submission=file, by=agent)

    with pytest.raises(MoveRefused):
        reviews.accept(submission=file, by=agent)
    reviews.reconsider(submission=file, by=agent, reason="A neighbour wrote.")
    reviews.reject(submission=file, by=agent, reason="Protected.")

    assert OutgoingMail.objects.filter(template="submission_decided").count() == 2


def test_reconsidering_needs_a_reason_and_forgets_the_decision_but_not_the_journal():
    agent = make_member(TeamRoleKind.SUPERVISOR)
    file = make_file(SubmissionState.ACCEPTED, decision_reason="Fine.")

    with pytest.raises(ReasonRequired):
        reviews.reconsider(submission=file, by=agent, reason=" ")
    reviews.reconsider(submission=file, by=agent, reason="New facts.")

    file.refresh_from_db()
    assert (file.state, file.decision_reason, file.decided_at) == (
        SubmissionState.IN_REVIEW,
        "",
        None,
    )
    assert JournalEntry.objects.filter(subject_id=file.public_id).last().reason == "New facts."


def test_reading_is_written_down_once_an_hour():
    agent, other, file = make_member(), make_member(), make_sent()

    reviews.record_reading(submission=file, by=agent)
    reviews.record_reading(submission=file, by=agent)
    reviews.record_reading(submission=file, by=other)

    read = JournalEntry.objects.filter(subject_id=file.public_id, event="read")
    assert [entry.actor for entry in read] == [agent, other]


@pytest.mark.parametrize(("role", "error"), [(None, RoleTooLow), (TeamRoleKind.READER, RoleTooLow)])
def test_only_supervisors_take_a_decided_file_up_again(role, error):
    file = make_file(SubmissionState.REJECTED, decision_reason="No.")

    with pytest.raises(error):
        reviews.reconsider(submission=file, by=make_member(role), reason="New facts.")


def test_readers_take_nothing_in_charge_and_other_teams_know_no_file():
    file = make_sent()

    with pytest.raises(RoleTooLow):
        reviews.claim(submission=file, by=make_member(TeamRoleKind.READER))
    with pytest.raises(NotFound):
        reviews.claim(submission=file, by=make_user())
