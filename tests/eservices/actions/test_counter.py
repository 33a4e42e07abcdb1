"""Files that agents enter at the counter: the person's file, the agent's name, nothing half done."""

from uuid import uuid4

import pytest
from django.utils import timezone

from eservices.actions import counter, drafts, submissions
from eservices.enums import (
    AmountState,
    Level,
    ProcedureState,
    Side,
    SubmissionState,
    TeamRoleKind,
)
from eservices.errors import (
    AnswersIncomplete,
    CounterDraftTaken,
    CounterRefused,
    NotFound,
    ProcedureClosed,
    ProcedureOver,
    ProfileKindRefused,
    RoleTooLow,
)
from eservices.models import AmountDue, JournalEntry, OutgoingMail, Submission, TeamRole
from eservices.queries.counter import counter_drafts
from eservices.queries.requirements import identification_words
from eservices.queries.roles import procedures_at_counter
from eservices.queries.submissions import Content, content_of, file_for
from tests.eservices.actions.test_requests import plan
from tests.factories.eservices import make_user
from tests.factories.submissions import (
    COMPLETE,
    NATIONAL_NUMBER,
    STRUCTURE,
    given,
    make_draft,
    make_procedure,
    viewer_of,
)
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def make_clerk(procedure, role=None, **fields):
    agent = make_team_agent(**fields)
    procedure.team.members.add(agent)
    if role:
        TeamRole.objects.create(team=procedure.team, user=agent, role=role)
    return agent


def enter(procedure, person, agent, answers=COMPLETE, **changes):
    call = {
        "procedure": procedure,
        "person": person,
        "content": Content(answers=dict(answers)),
        "by": agent,
        "key": uuid4(),
        "locale": "nl",
        **changes,
    }
    return counter.enter(**call)


@pytest.mark.feature("E7")
def test_file_is_the_persons_and_the_agent_is_recorded():
    procedure, person = make_procedure(required_level=Level.HIGH), make_user()
    agent = make_clerk(procedure)

    file = enter(procedure, person, agent, COMPLETE | {"q-nn": NATIONAL_NUMBER})

    file.refresh_from_db()
    assert file.state == SubmissionState.SUBMITTED
    assert (file.profile, file.acting_user) == (person.citizen_profile, person)
    assert file.entered_by == agent
    assert (file.level_used, file.method_used, file.locale) == (None, "", "nl")
    assert file.due_on
    assert content_of(file).answers == COMPLETE | {"q-nn": NATIONAL_NUMBER}
    assert NATIONAL_NUMBER not in str(file.answers)
    rows = JournalEntry.objects.filter(subject_id=file.public_id).order_by("sequence")
    assert [(r.event, r.actor, r.side) for r in rows] == [
        ("start", agent, Side.AGENT),
        ("submit", agent, Side.AGENT),
    ]
    assert procedure.team.name in identification_words(file)


def test_person_gets_the_receipt_and_the_agent_none():
    procedure, person = make_procedure(), make_user()

    enter(procedure, person, make_clerk(procedure))

    mails = OutgoingMail.objects.filter(template="submission_received")
    assert [mail.to_user for mail in mails] == [person]


def test_fee_is_due_as_for_every_file():
    procedure = make_procedure(fee_cents=1200)

    file = enter(procedure, make_user(), make_clerk(procedure))

    assert file.state == SubmissionState.AWAITING_PAYMENT
    assert AmountDue.objects.get(subject_id=file.public_id).state == AmountState.DUE


def test_form_that_is_sent_twice_enters_one_file():
    procedure, person, key = make_procedure(), make_user(), uuid4()
    agent = make_clerk(procedure)

    first = enter(procedure, person, agent, key=key)
    second = enter(procedure, person, agent, key=key)

    assert first == second
    assert Submission.objects.count() == 1
    with pytest.raises(NotFound):
        enter(procedure, make_user(), agent, key=key)


def test_nothing_is_kept_when_answers_are_missing():
    procedure = make_procedure()

    with pytest.raises(AnswersIncomplete) as refused:
        enter(procedure, make_user(), make_clerk(procedure), {"q-name": "Rue Neuve"})

    assert {e.question for e in refused.value.params["answer_errors"]} == {"q-people", "q-agree"}
    assert not Submission.objects.exists()
    assert not JournalEntry.objects.filter(event="start").exists()
    assert not OutgoingMail.objects.filter(template="submission_received").exists()


def test_required_documents_follow_later():
    fields = [{"id": "q-plan", "type": "file", "required": True, "max_files": 1}]
    extra = {"id": "c-3", "fields": fields}
    procedure = make_procedure({**STRUCTURE, "chapters": [*STRUCTURE["chapters"], extra]})

    file = enter(procedure, make_user(), make_clerk(procedure))

    assert file.state == SubmissionState.SUBMITTED


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"state": ProcedureState.CLOSED}, ProcedureClosed),
        ({"closes_at": timezone.now()}, ProcedureOver),
        ({"kinds": ["enterprise"]}, ProfileKindRefused),
    ],
)
def test_procedure_must_take_files_of_citizens(columns, refusal):
    procedure = make_procedure(**columns)
    agent = make_clerk(procedure)

    with pytest.raises(refusal):
        enter(procedure, make_user(), agent)

    assert procedures_at_counter(agent) == []
    assert not Submission.objects.exists()


def test_only_who_handles_the_procedure_enters_files():
    procedure, other = make_procedure(), make_procedure()
    stranger, reader = make_team_agent(), make_clerk(procedure, TeamRoleKind.READER)
    limited = make_clerk(procedure, TeamRoleKind.HANDLER)
    TeamRole.objects.get(user=limited).procedures.add(other)

    with pytest.raises(NotFound):
        enter(procedure, make_user(), stranger)
    with pytest.raises(RoleTooLow):
        enter(procedure, make_user(), reader)
    with pytest.raises(NotFound):
        enter(procedure, make_user(), limited)

    assert procedures_at_counter(stranger) == procedures_at_counter(reader) == []
    assert procedures_at_counter(limited) == [other]
    assert set(procedures_at_counter(make_clerk(procedure))) == {procedure, other}


def test_nobody_enters_own_files_or_those_of_closed_accounts():
    procedure = make_procedure()
    agent = make_clerk(procedure)

    for person in (agent, make_user(is_active=False)):
        with pytest.raises(CounterRefused):
            enter(procedure, person, agent)


def keep(procedure, person, agent, answers=COMPLETE, **changes):
    call = {
        "procedure": procedure,
        "person": person,
        "result": given(answers),
        "base_revision": 0,
        "by": agent,
        "key": uuid4(),
        "locale": "nl",
        **changes,
    }
    return counter.keep(**call)


@pytest.mark.feature("E7")
def test_a_draft_is_the_persons_and_a_colleague_goes_on_with_it():
    procedure, person = make_procedure(), make_user()
    agent, colleague = make_clerk(procedure), make_clerk(procedure)

    draft = keep(procedure, person, agent, {"q-name": "Rue Neuve"})
    assert (draft.state, draft.entered_by) == (SubmissionState.DRAFT, agent)
    assert draft.purge_on
    assert file_for(viewer_of(person), draft.reference) == draft
    assert list(counter_drafts(colleague)) == [draft]
    assert list(counter_drafts(make_team_agent())) == []
    keep(procedure, person, colleague, key=draft.public_id, base_revision=draft.revision)
    sent = counter.send(submission=draft, by=colleague)

    assert (sent.state, sent.entered_by, sent.level_used) == ("submitted", agent, None)
    assert Submission.objects.count() == 1
    rows = JournalEntry.objects.filter(subject_id=draft.public_id).order_by("sequence")
    assert [(row.event, row.actor, row.side) for row in rows] == [
        ("start", agent, Side.AGENT),
        ("submit", colleague, Side.AGENT),
    ]


def test_a_draft_that_the_person_goes_on_with_is_read_by_nobody_else():
    procedure, person = make_procedure(), make_user()
    agent = make_clerk(procedure)
    draft = keep(procedure, person, agent)
    typed = given({"q-name": "Rue Haute"})

    mine = drafts.save(submission=draft, result=typed, base_revision=draft.revision, by=person)

    assert list(counter_drafts(agent)) == []
    for act in (counter.check_draft, counter.send, counter.discard):
        with pytest.raises(CounterDraftTaken):
            act(submission=mine, by=agent)
    with pytest.raises(CounterDraftTaken):
        keep(procedure, person, agent, key=draft.public_id, base_revision=1)
    sent = submissions.submit(
        submission=mine, viewer=viewer_of(person), revision=mine.revision, locale="fr"
    )
    assert sent.entered_by == agent
    assert "Entered" not in identification_words(sent)


def test_documents_are_the_persons_and_written_down_as_the_agents_act():
    procedure, person = make_procedure(), make_user()
    agent = make_clerk(procedure)
    draft = keep(procedure, person, agent)

    kept, gone = (
        counter.attach(submission=draft, place="q-photo", uploaded=plan(), by=agent)
        for _number in range(2)
    )
    counter.detach(annex=gone, by=agent)
    with pytest.raises(NotFound):
        counter.attach(submission=draft, place="q-photo", uploaded=plan(), by=make_team_agent())
    sent = counter.send(submission=draft, by=agent)

    assert content_of(sent).answers["q-photo"] == [str(kept.public_id)]
    assert (kept.side, kept.uploaded_by) == (Side.CITIZEN, agent)
    rows = JournalEntry.objects.filter(subject_id=draft.public_id, event__startswith="annex")
    assert {(row.event, row.side) for row in rows} == {
        ("annex_added", "agent"),
        ("annex_deleted", "agent"),
    }


def test_a_draft_begun_for_the_wrong_person_is_deleted():
    procedure, person = make_procedure(), make_user()
    agent = make_clerk(procedure)
    own = make_draft(person, procedure)

    draft = counter.discard(submission=keep(procedure, person, agent), by=agent)

    assert (draft.state, content_of(Submission.objects.get(pk=draft.pk)).answers) == (
        "discarded",
        {},
    )
    with pytest.raises(NotFound):
        counter.discard(submission=own, by=agent)
    with pytest.raises(NotFound):
        keep(procedure, person, agent, key=own.public_id)
