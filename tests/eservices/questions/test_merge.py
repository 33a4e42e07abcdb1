"""Two tabs on one draft lose nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.questions.merge import Clash, merge, same

VALUES = st.sampled_from(["x", "y", True, False, "1", ["o-1"], ["o-1", "o-2"], {"street": "A"}])
SIDES = st.dictionaries(st.sampled_from("abcd"), VALUES)


def test_changes_of_different_questions_are_both_kept():
    merged = merge({"a": "1", "b": "1"}, {"a": "2", "b": "1"}, {"a": "1", "b": "2"})

    assert merged.merged == {"a": "2", "b": "2"}
    assert merged.clashes == {}


def test_changes_of_one_question_clash_and_show_both():
    merged = merge({"a": "1"}, {"a": "2"}, {"a": "3"})

    assert merged.merged == {"a": "3"}
    assert merged.clashes == {"a": Clash(mine="2", theirs="3")}


def test_emptying_is_a_change():
    assert merge({"a": "1", "b": "1"}, {"b": "1"}, {"a": "1", "b": "1"}).merged == {"b": "1"}
    assert merge({"a": "1"}, {}, {"a": "2"}).clashes == {"a": Clash(mine=None, theirs="2")}


def test_without_a_base_every_difference_clashes():
    merged = merge(None, {"a": "1", "b": "1"}, {"b": "1", "c": "2"})

    assert merged.merged == {"b": "1", "c": "2"}
    assert merged.clashes == {"a": Clash(mine="1", theirs=None), "c": Clash(mine=None, theirs="2")}


def test_true_is_not_the_number_one():
    assert not same(True, 1)
    assert merge({"a": True}, {"a": True}, {"a": 1}).merged == {"a": 1}


@settings(max_examples=300, deadline=None)
@given(base=st.one_of(st.none(), SIDES), mine=SIDES, theirs=SIDES)
def test_no_update_is_lost(base, mine, theirs):
    result = merge(base, mine, theirs)

    for name in "abcd":
        before, ours, other = ((side or {}).get(name) for side in (base, mine, theirs))
        ours_changed = base is None or not same(ours, before)
        if ours_changed and name not in result.clashes:
            assert same(result.merged.get(name), ours)
        if name in result.clashes:
            assert result.clashes[name] == Clash(mine=ours, theirs=other)
            assert same(result.merged.get(name), other)
        if not same(other, before) and base is not None:
            assert same(result.merged.get(name), other)


@settings(max_examples=100, deadline=None)
@given(base=SIDES, side=SIDES)
def test_one_side_alone_gives_that_side(base, side):
    assert merge(base, side, base).merged == side
    assert merge(base, base, side).merged == side
    assert merge(base, side, side).clashes == {}
