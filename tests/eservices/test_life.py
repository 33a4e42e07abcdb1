"""The life of a file, driven at random: whatever people try in whatever order, the rules of a file hold."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from eservices.actions import corrections, drafts, requests, reviews, submissions
from eservices.actions.clocks import PAUSED_STATES
from eservices.actions.submissions import move
from eservices.enums import (
    SUBMISSION_MOVES,
    TURN,
    RequestKind,
    RevisionKind,
    Side,
    SubmissionEvent,
    SubmissionState,
    Turn,
)
from eservices.errors import DomainError
from eservices.models import InformationRequest, JournalEntry, Submission
from eservices.queries.corrections import CORRECTABLE, locked_questions, open_correction_of
from eservices.queries.journal import broken_entries
from eservices.queries.submissions import content_of, frozen_form
from eservices.questions.answers import check_answers
from tests.factories.eservices import make_user
from tests.factories.submissions import COMPLETE, given, make_procedure, viewer_of
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
ARROWS = {(arrow.source, arrow.event): arrow.target for arrow in SUBMISSION_MOVES}
PEOPLE = st.integers(1, 9).map(str)


class LifeOfAFile(RuleBasedStateMachine):
    """One file; a move succeeds exactly when the table has it, and leaves exactly one row in the journal."""

    def __init__(self):
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.file = None

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize(complete=st.booleans())
    def start(self, complete):
        self.citizen = make_user()
        self.viewer = viewer_of(self.citizen)
        self.file = drafts.start(procedure=make_procedure(), viewer=self.viewer, locale="fr")
        self.agent = make_team_agent(self.file)
        self.moves, self.revision, self.sent = 0, self.file.revision, None
        if complete:
            self.save(COMPLETE)

    @property
    def state(self):
        return SubmissionState(self.file.state)

    def attempt(self, event, act):
        """Try a move: it is done or refused as the table says; a refusal changes nothing."""
        self.file.refresh_from_db()
        before = Submission.objects.filter(pk=self.file.pk).values().get()
        possible = (self.state, event) in ARROWS
        try:
            with transaction.atomic():
                act(self.file)
        except DomainError:
            after = Submission.objects.filter(pk=self.file.pk).values().get()
            assert before == after
            assert not possible, (self.state, event)
            self.file.refresh_from_db()
            return
        assert possible, (self.state, event)
        assert Submission.objects.get(pk=self.file.pk).state == ARROWS[self.state_of(before), event]
        self.moves += 1
        self.file.refresh_from_db()

    @staticmethod
    def state_of(row):
        return SubmissionState(row["state"])

    def by_agent(self, event):
        self.attempt(
            event,
            lambda file: move(submission=file, event=event, by=self.agent, side=Side.AGENT),
        )

    # What people do

    def save(self, answers):
        result = given(answers)
        self.file = drafts.save(
            submission=self.file, result=result, base_revision=self.file.revision, by=self.citizen
        )

    @precondition(lambda self: self.state == SubmissionState.DRAFT)
    @rule(people=PEOPLE, complete=st.booleans())
    def type_something(self, people, complete):
        self.save((COMPLETE if complete else {}) | {"q-people": people})

    @rule()
    def submit(self):
        if self.file.submitted_at is not None:  # sending twice sends once
            assert self.send_draft().state == self.state
            return
        complete = not self.problems() or self.state != SubmissionState.DRAFT
        if complete:
            self.attempt(SubmissionEvent.SUBMIT, lambda file: self.send_draft())
            if self.state == SubmissionState.SUBMITTED:
                self.sent = content_of(self.file).answers

    def send_draft(self):
        return submissions.submit(
            submission=self.file, viewer=self.viewer, revision=self.file.revision, locale="fr"
        )

    @rule()
    def claim(self):
        self.attempt(
            SubmissionEvent.CLAIM, lambda file: reviews.claim(submission=file, by=self.agent)
        )

    @rule()
    def release(self):
        self.attempt(
            SubmissionEvent.RELEASE, lambda file: reviews.release(submission=file, by=self.agent)
        )

    @precondition(lambda self: self.state != SubmissionState.AWAITING_CITIZEN)
    @rule()
    def ask(self):
        items = [requests.Wanted(kind=RequestKind.ANSWER, text="Which side?")]
        due_at = timezone.now() + timedelta(days=20)
        self.attempt(
            SubmissionEvent.ASK_CITIZEN,
            lambda file: requests.ask(submission=file, by=self.agent, items=items, due_at=due_at),
        )

    @rule()
    def answer(self):
        asked = InformationRequest.objects.filter(submission=self.file, state="open").first()
        if asked is None:
            assert self.state != SubmissionState.AWAITING_CITIZEN
            return
        self.attempt(
            SubmissionEvent.REPLIED,
            lambda file: requests.answer(request=asked, by=self.citizen, text="The left one"),
        )

    @rule()
    def ask_for_money(self):
        self.by_agent(SubmissionEvent.REQUEST_PAYMENT)

    @rule()
    def pay(self):
        self.by_agent(SubmissionEvent.PAID)

    @rule(people=PEOPLE)
    def correct(self, people):
        try:
            with transaction.atomic():
                begun = corrections.begin(submission=self.file, viewer=self.viewer)
        except DomainError:
            assert self.state not in CORRECTABLE
            return
        corrections.save(
            submission=self.file,
            result=given({"q-people": people}),
            base_revision=begun.revision,
            by=self.citizen,
        )

    @precondition(lambda self: self.state in CORRECTABLE)
    @rule()
    def send_correction(self):
        waiting = open_correction_of(self.file)
        if waiting is None or content_of(waiting).answers == self.sent:
            return
        corrections.send(
            submission=self.file, viewer=self.viewer, revision=waiting.revision, locale="fr"
        )
        self.file.refresh_from_db()
        self.sent = content_of(self.file).answers

    @rule()
    def withdraw(self):
        self.attempt(
            SubmissionEvent.WITHDRAW,
            lambda file: submissions.withdraw(submission=file, by=self.citizen),
        )

    @rule(granted=st.booleans())
    def decide(self, granted):
        act = reviews.accept if granted else reviews.reject
        words = {"note": "Fine"} if granted else {"reason": "Too high"}
        event = SubmissionEvent.ACCEPT if granted else SubmissionEvent.REJECT
        self.attempt(event, lambda file: act(submission=file, by=self.agent, **words))

    @rule()
    def reconsider(self):
        self.attempt(
            SubmissionEvent.RECONSIDER,
            lambda file: reviews.reconsider(submission=file, by=self.agent, reason="New facts"),
        )

    @rule()
    def close(self):
        delivered = self.state == SubmissionState.ACCEPTED
        event = SubmissionEvent.DELIVER if delivered else SubmissionEvent.CLOSE
        self.attempt(event, lambda file: reviews.close(submission=file, by=self.agent))

    @rule()
    def time_passes_in_vain(self):
        """Nothing is purged while it waits for the municipality, however long that takes."""
        if TURN[self.state] != Turn.NONE:
            late = timezone.localdate() + timedelta(days=36500)
            assert not submissions.purge(submission=self.file, today=late)

    # What always holds

    def problems(self):
        form = frozen_form(self.file.version, "fr")
        content = content_of(self.file)
        return check_answers(
            form.structure,
            form.words,
            content.answers,
            unfinished=content.unfinished,
            locked=locked_questions(form.structure),
        )

    @invariant()
    def journal_is_whole_with_one_row_for_each_move(self):
        if self.file is None:
            return
        assert broken_entries(self.file) == []
        moves = JournalEntry.objects.filter(
            subject_id=self.file.public_id, event__in=SubmissionEvent.values
        )
        assert moves.count() == self.moves

    @invariant()
    def clock_runs_for_the_municipality_only(self):
        if self.file is None or self.file.submitted_at is None:
            return
        row = self.file
        clock = (row.due_on is not None, row.paused_on is not None, row.due_days_left is not None)
        if self.state in PAUSED_STATES:
            assert clock == (False, True, True)
        elif TURN[self.state] == Turn.US:
            assert clock == (True, False, False)
        else:
            assert not clock[1]

    @invariant()
    def day_of_deletion_is_set_at_the_ends_only(self):
        if self.file is not None:
            ends = self.state == SubmissionState.DRAFT or TURN[self.state] == Turn.NONE
            assert (self.file.purge_on is not None) == ends

    @invariant()
    def revisions_only_grow(self):
        if self.file is not None:
            assert self.file.revision >= self.revision
            self.revision = self.file.revision

    @invariant()
    def what_counts_is_what_was_sent_complete_on_its_version(self):
        if self.file is None or self.sent is None:
            return
        assert content_of(self.file).answers == self.sent
        assert self.problems() == []
        kept = self.file.revisions.filter(
            kind__in=(RevisionKind.SUBMIT, RevisionKind.CORRECTION)
        ).order_by("-number")
        assert content_of(kept[0]).answers == self.sent


def test_rules_hold_whatever_people_try():
    run_state_machine_as_test(
        LifeOfAFile,
        settings=settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
