"""The life of a file as one table: complete, without dead ends, decided by people only."""

from collections import defaultdict

import pytest

from eservices.enums import (
    FINAL_STATES,
    PUBLIC_STATUS,
    SUBMISSION_MOVES,
    TURN,
    Side,
    SubmissionEvent,
    SubmissionState,
    Turn,
)


def arrows() -> dict[SubmissionState, set[SubmissionState]]:
    found = defaultdict(set)
    for move in SUBMISSION_MOVES:
        found[move.source].add(move.target)
    return found


def reachable(start: SubmissionState) -> set[SubmissionState]:
    seen, queue = {start}, [start]
    while queue:
        for target in arrows()[queue.pop()] - seen:
            seen.add(target)
            queue.append(target)
    return seen


def test_table_has_fifteen_states_and_thirty_two_moves():
    assert len(SubmissionState) == 15
    assert len(SUBMISSION_MOVES) == 32


def test_one_event_leads_from_a_state_to_one_state():
    assert len({(move.source, move.event) for move in SUBMISSION_MOVES}) == len(SUBMISSION_MOVES)


def test_every_state_is_reached_from_a_draft():
    assert reachable(SubmissionState.DRAFT) == set(SubmissionState)


def test_final_states_are_exactly_those_without_a_way_out():
    assert {state for state in SubmissionState if not arrows()[state]} == FINAL_STATES


@pytest.mark.parametrize("state", SubmissionState)
def test_every_state_leads_to_an_end(state):
    assert reachable(state) & FINAL_STATES


def test_every_event_and_state_is_used():
    assert {move.event for move in SUBMISSION_MOVES} == set(SubmissionEvent)
    assert set(PUBLIC_STATUS) == set(TURN) == set(SubmissionState)


def test_only_the_municipality_decides():
    decided = {SubmissionState.ACCEPTED, SubmissionState.REJECTED}
    moves = [move for move in SUBMISSION_MOVES if move.target in decided]

    assert moves
    assert all(move.sides == (Side.AGENT,) for move in moves)


def test_people_can_act_only_where_it_is_said():
    yours = {state for state, turn in TURN.items() if turn == Turn.YOU}
    free = {m.source for m in SUBMISSION_MOVES if Side.CITIZEN in m.sides}

    assert yours <= free | {SubmissionState.AWAITING_PAYMENT}
    assert not free & FINAL_STATES
