"""The agents' list: each filter against a plain reading of the rows, few queries, and indexes that are used."""

import itertools
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from eservices.actions import reviews
from eservices.enums import TURN, SubmissionState, Turn
from eservices.models import JournalEntry, ReadMark, Submission
from eservices.queries.inbox import (
    DONE,
    DueFilter,
    FileFilters,
    Order,
    Tab,
    filtered_files,
    list_counts,
    listed_for_agent,
    page_of_files,
    standing_of,
)
from tests.factories.submissions import make_file, make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 9)
S = SubmissionState


def found(agent, **filters):
    return list(filtered_files(agent, FileFilters(**filters), today=TODAY).order_by("pk"))


def touched(file, **columns):
    Submission.objects.filter(pk=file.pk).update(**columns)
    file.refresh_from_db()
    return file


def test_tabs_count_files_and_what_is_new():
    free, seen = make_sent(), make_sent()
    agent = make_team_agent(free)
    mine = make_file(S.IN_REVIEW, assignee=agent)
    make_file(S.ACCEPTED)
    now = timezone.now()
    Submission.objects.update(last_citizen_act_at=None)
    touched(free, last_citizen_act_at=now)
    touched(mine, last_citizen_act_at=now)
    touched(seen, last_citizen_act_at=now)
    ReadMark.objects.create(submission=seen, user=agent, read_at=now)
    ReadMark.objects.create(submission=mine, user=agent, read_at=now - timedelta(minutes=1))
    ReadMark.objects.create(submission=free, user=make_team_agent(), read_at=now)

    with CaptureQueriesContext(connection) as queries:
        counts = list_counts(agent, FileFilters(unread=True))
    numbers = counts.tabs

    assert {tab: (count.files, count.unread) for tab, count in numbers.items()} == {
        Tab.UNASSIGNED: (2, 1),
        Tab.MINE: (1, 1),
        Tab.DONE: (1, 0),
        Tab.ALL: (4, 2),
    }
    assert set(found(agent, unread=True)) == {free, mine}
    assert len(queries) == 1
    assert counts.shown == 2
    marks = {row.pk: row.unread for row in page_of_files(agent, FileFilters(), start=0, size=9)}
    assert [key for key, unread in marks.items() if unread] == sorted([free.pk, mine.pk])


def test_time_limits_are_filtered_as_they_are_shown():
    late = touched(make_sent(), due_on=TODAY - timedelta(days=1))
    today = touched(make_sent(), due_on=TODAY)
    week = touched(make_sent(), due_on=TODAY + timedelta(days=7))
    touched(make_sent(), due_on=TODAY + timedelta(days=8))
    paused = touched(make_sent(), due_on=None, paused_on=TODAY)
    none = touched(make_sent(), due_on=None)
    touched(make_file(S.ACCEPTED), due_on=TODAY - timedelta(days=1))
    agent = make_team_agent(late)

    assert found(agent, due=DueFilter.LATE) == [late]
    assert found(agent, due=DueFilter.WEEK) == [today, week]
    assert found(agent, due=DueFilter.PAUSED) == [paused]
    assert found(agent, due=DueFilter.NONE) == [none]


@pytest.mark.parametrize(
    ("days", "kind", "words"),
    [
        (-2, "late", "Late by 2 days"),
        (-1, "late", "Late by 1 day"),
        (0, "soon", "Today"),
        (1, "soon", "Tomorrow, "),
        (3, "soon", "12 June"),
        (4, "fine", "13 June"),
    ],
)
def test_a_time_limit_is_said_in_words(days, kind, words):
    file = Submission(state=S.IN_REVIEW, due_on=TODAY + timedelta(days=days))

    with translation.override("en"):
        standing = standing_of(file, today=TODAY)

    assert standing.kind == kind
    assert words in standing.words


def test_a_paused_clock_says_until_when_the_citizen_answers():
    with translation.override("en"):
        file = Submission(state=S.AWAITING_CITIZEN, paused_on=TODAY)
        assert standing_of(file, today=TODAY).words.startswith("Paused since")
        file.answer_due_at = timezone.now()
        assert standing_of(file, today=TODAY).words.startswith("Paused; answer by")
    assert standing_of(Submission(state=S.ACCEPTED, due_on=TODAY)).kind == "none"


def test_a_name_is_found_with_and_without_accents_and_a_reference_by_a_part():
    file = make_sent()
    agent = make_team_agent(file, make_sent())

    assert file.acting_user.first_name == "Amélie"
    for words in ("amelie renard", "AMÉLIE", "Renard amé"):
        assert file in found(agent, q=words), words
    number = file.acting_user.last_name.split()[1]
    assert found(agent, q=f"amélie {number}") == [file]
    assert found(agent, q=file.reference[-6:].lower()) == [file]
    assert found(agent, q="100%") == []


def test_period_assignee_team_procedure_state_and_turn():
    first, second = make_sent(), make_sent()
    agent, colleague = make_team_agent(first), make_team_agent(first)
    moment = timezone.make_aware(timezone.datetime(2026, 6, 9, 23, 59))
    touched(first, submitted_at=moment, assignee=colleague)
    waiting = make_file(S.AWAITING_CITIZEN)

    assert found(agent, since=TODAY, until=TODAY) == [first]
    assert found(agent, until=TODAY - timedelta(days=1)) == []
    assert found(agent, assignee=str(colleague.public_id)) == [first]
    assert found(agent, procedure=second.procedure.code) == [second]
    assert found(agent, team="unknown") == []
    assert found(agent, team=first.team.code, state=S.AWAITING_CITIZEN) == [waiting]
    assert found(agent, turn=Turn.YOU) == [waiting]


def test_the_files_of_other_teams_stay_theirs_whatever_the_filter():
    mine = make_sent()
    foreign = make_sent(procedure=make_procedure(team=type(mine.team).objects.create(code="x")))
    agent = make_team_agent(mine)

    assert found(agent, team="x") == []
    assert foreign not in found(agent, q=foreign.reference)


@pytest.mark.parametrize(
    "given",
    [
        {"tab": "x", "state": "draft", "turn": "me", "due": "never", "order": "random"},
        {"since": "2026-13-45", "until": "yesterday", "assignee": "1 OR 1=1", "unread": "no"},
        {"q": "\0", "team": "\0"},
    ],
)
def test_what_does_not_exist_in_an_address_is_left_out(given):
    assert FileFilters.read(given) == FileFilters()


def test_an_address_carries_the_filters_there_and_back():
    filters = FileFilters(
        tab=Tab.MINE,
        q="Renard",
        due=DueFilter.LATE,
        since=TODAY,
        unread=True,
        order=Order.NAME,
        turn=Turn.US.value,
    )
    assert FileFilters.read(filters.parameters()) == filters
    assert filters.narrows
    assert not FileFilters(tab=Tab.MINE, order=Order.NAME).narrows


def test_the_last_fact_is_never_that_somebody_looked():
    file = make_sent()
    agent = make_team_agent(file)
    last = JournalEntry.objects.filter(subject_id=file.public_id).latest("sequence")
    reviews.record_reading(submission=file, by=agent)

    (row,) = page_of_files(agent, FileFilters(), start=0, size=25)

    assert (row.fact, row.fact_at) == (last.event, last.at)


def test_parts_of_the_list_follow_each_other_in_every_order():
    files = [make_sent() for _number in range(3)]
    agent = make_team_agent(*files)
    for order in Order:
        filters = FileFilters(order=order)
        whole = list(listed_for_agent(agent, filters).values_list("pk", flat=True))
        parts = [
            row.pk
            for start in range(3)
            for row in page_of_files(agent, filters, start=start, size=1)
        ]
        assert parts == whole
        assert set(whole) == {file.pk for file in files}


ALL_FILTERS = [
    *({"order": order} for order in Order),
    {"since": TODAY, "until": TODAY},
    *(
        {"due": due, "unread": unread, "q": q, **where}
        for due, unread, q, where in itertools.product(
            ["", *DueFilter],
            [False, True],
            ["", "ren 2026"],
            [{}, {"turn": "us", "team": "works"}, {"state": "in_review", "procedure": "x"}],
        )
    ),
]


@pytest.mark.parametrize("tab", list(Tab))
def test_every_combination_of_filters_is_one_query_that_runs(tab):
    agent = make_team_agent(make_sent())
    for filters in ALL_FILTERS[:: 1 if tab == Tab.ALL else 5]:
        chosen = FileFilters(tab=tab, **filters)
        with CaptureQueriesContext(connection) as queries:
            page = page_of_files(agent, chosen, start=0, size=25)
            counts = list_counts(agent, chosen)
        assert len(queries) == 2, filters
        assert counts.shown == len(page)


def test_done_is_what_nobody_waits_for():
    assert set(DONE) == {
        state
        for state, turn in TURN.items()
        if turn == Turn.NONE and state not in (S.DISCARDED, S.EXPIRED)
    }
