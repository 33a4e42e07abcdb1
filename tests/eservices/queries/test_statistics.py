"""Statistics against a plain computation over the same rows, on both databases."""

import math
from collections import Counter
from datetime import UTC, date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eservices.enums import SubmissionState
from eservices.models import ChapterReach, JournalEntry, Submission
from eservices.queries.statistics import Period, percentile, statistics_for
from tests.factories.eservices import log_in
from tests.factories.submissions import make_procedure, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
BEGIN = timezone.datetime(
    2026, 1, 1, 11, tzinfo=UTC
)  # in UTC: an hour of summer time is no hour waited
PERIOD = Period(since=date(2026, 2, 1), until=date(2026, 5, 31))

minutes = st.integers(0, 200 * 24 * 60).map(lambda number: timedelta(minutes=number))
lives = st.lists(
    st.tuples(
        minutes,  # when it was sent
        st.none() | minutes,  # how long until the decision
        st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=2),  # parts that were pauses
        st.integers(0, 1),  # which procedure
    ),
    max_size=12,
)


def make_life(pattern, procedures, number, life):
    """Write one file with its journal; returns what a plain computation needs."""
    after, took, parts, which = life
    sent = BEGIN + after
    decided = sent + took if took is not None else None
    row = Submission.objects.create(
        reference=f"LIFE-{number}",
        procedure=procedures[which],
        version=procedures[which].current,
        text=pattern.text,
        profile=pattern.profile,
        acting_user=pattern.acting_user,
        team=pattern.team,
        state=SubmissionState.ACCEPTED if decided else SubmissionState.IN_REVIEW,
        locale="fr",
        submitted_at=sent,
        decided_at=decided,
    )
    paused, sequence, moment = timedelta(), 1, sent
    for wait, share in parts if took else ():
        left = decided - moment
        begin = moment + left * wait / 2
        end = begin + (decided - begin) * share
        for to, at in (("awaiting_citizen", begin), ("in_review", end)):
            JournalEntry.objects.create(
                subject_type="eservices.submission",
                subject_id=row.public_id,
                sequence=sequence,
                event="x",
                side="agent",
                data={"to": to},
                at=at,
            )
            sequence += 1
        paused += end - begin
        moment = end
    return row, (took - paused if took is not None else None)


def plain_percentile(values, share):
    if not values:
        return None
    return sorted(values)[math.ceil(len(values) * share / 100) - 1]


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives)
@example([(timedelta(days=68, seconds=54780), timedelta(days=17, seconds=85620), [], 0)])
def test_all_numbers_equal_those_of_a_plain_computation(db, some):
    with transaction.atomic():
        pattern = make_sent()
        Submission.objects.filter(pk=pattern.pk).update(submitted_at=BEGIN - timedelta(days=900))
        procedures = [pattern.procedure, make_procedure()]
        agent = make_team_agent(pattern)
        rows = [make_life(pattern, procedures, n, life) for n, life in enumerate(some)]

        found = statistics_for(agent, PERIOD)

        inside = [row for row, _net in rows if PERIOD.start <= row.submitted_at < PERIOD.end]
        done = [
            (row, net)
            for row, net in rows
            if row.decided_at and PERIOD.start <= row.decided_at < PERIOD.end
        ]
        assert found.received == len(inside)
        assert {row.label: row.count for row in found.by_procedure} == Counter(
            row.procedure.title for row in inside
        )
        assert {row.label: row.count for row in found.by_state} == Counter(
            str(row.get_state_display()) for row in inside
        )
        months = [timezone.localtime(row.submitted_at).month for row in inside]
        assert {m.first.month: m.received for m in found.by_month if m.received} == Counter(months)
        ends = [timezone.localtime(row.decided_at).month for row, _net in done]
        assert {m.first.month: m.decided for m in found.by_month if m.decided} == Counter(ends)
        took = [max(round(net / timedelta(days=0.1)), 0) / 10 for _row, net in done]
        assert found.times.decided == len(took)
        assert found.times.median == plain_percentile(took, 50)
        assert found.times.ninetieth == plain_percentile(took, 90)
        transaction.set_rollback(True)


def test_percentiles_of_a_hundred_and_of_nothing():
    tenths = Counter(range(10, 1010, 10))
    assert (percentile(tenths, 50), percentile(tenths, 90)) == (50.0, 90.0)
    assert percentile(Counter(), 50) is None


def test_the_chapters_of_the_current_version_are_set_beside_what_was_sent():
    file = make_sent()
    agent = make_team_agent(file)
    ChapterReach.objects.update_or_create(
        version=file.version, chapter_id="c-1", defaults={"reached": 7}
    )

    drop = statistics_for(agent, PERIOD, procedure=file.procedure.code).drop_off

    assert drop is not None
    assert [chapter.reached for chapter in drop.chapters][0] == 7
    assert len(drop.chapters) == 2
    assert drop.sent == 1


def test_other_teams_are_never_counted():
    mine = make_sent()
    foreign = make_sent(procedure=make_procedure(team=type(mine.team).objects.create(code="x")))
    agent = make_team_agent(mine)
    today = timezone.localdate()
    period = Period(since=today, until=today)

    assert statistics_for(agent, period).received == 1
    assert statistics_for(agent, period, procedure=foreign.procedure.code).drop_off is None
    assert statistics_for(agent, period, team="x").received == 0


def test_the_page_draws_what_its_tables_say(client):
    file = make_sent()
    log_in(client, make_team_agent(file, language="en"))

    html = client.get(
        reverse("agent-statistics"), {"procedure": file.procedure.code, "since": "nonsense"}
    ).content.decode()
    book = client.get(reverse("agent-statistics-file"))

    assert (
        html.count('class="eg-bo-chart"')
        == html.count("<title id=")
        == html.count("<desc id=")
        == 4
    )
    assert "style=" not in html.split('class="eg-bo-charts"')[1].split("</main>")[0]
    assert book.content.startswith(b"PK")
    assert "attachment" in book["Content-Disposition"]
