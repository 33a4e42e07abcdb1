"""Frozen forms: canonical text, hash, reading, sensitive answers, words."""

import copy
import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.questions.structure import (
    Structure,
    canonical,
    digest,
    sensitive_ids,
    split_sensitive,
)
from tests.eservices.questions.samples import ALL_TYPES, ANSWERS, STRUCTURE, WORDS

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text("abcxyz-", min_size=1, max_size=4), inner, max_size=4),
    ),
    max_leaves=12,
)


def test_canonical_text_is_sorted_compact_and_composed():
    assert canonical({"b": ["e\u0301", None], "a": True}) == '{"a":true,"b":["é",null]}'


def test_the_hash_of_a_known_form_never_changes():
    assert digest({"format": 1, "chapters": []}) == (
        "884fa758740b3b34f4c3e4996cf8f7b3a8a3e5e1d91b84cc60efc9b2fb619cd1"
    )


def test_floats_are_refused():
    with pytest.raises(TypeError):
        canonical({"minimum": 0.5})


@settings(max_examples=100, deadline=None)
@given(value=JSON)
def test_the_hash_survives_storage_and_another_order_of_keys(value):
    def shuffled(item):
        if isinstance(item, dict):
            return {name: shuffled(item[name]) for name in sorted(item, reverse=True)}
        return [shuffled(each) for each in item] if isinstance(item, list) else item

    stored = json.loads(json.dumps(shuffled(value)))

    assert digest(stored) == digest(value)
    decomposed = json.loads(unicodedata.normalize("NFD", json.dumps(value, ensure_ascii=False)))
    assert digest(decomposed) == digest(value)


def test_a_structure_is_read_in_its_order():
    assert [chapter.id for chapter in STRUCTURE.chapters] == ["c-1", "c-2", "c-3"]
    assert list(STRUCTURE.by_id)[:3] == ["q-text", "q-long", "q-number"]
    assert STRUCTURE.by_id["q-count"].minimum == Decimal(1)
    assert STRUCTURE.chapter_of["q-nn"].id == "c-2"
    assert STRUCTURE.sha256 == digest(ALL_TYPES)


def test_structures_are_equal_by_their_hash():
    assert Structure.from_json(copy.deepcopy(ALL_TYPES)) == STRUCTURE
    assert hash(Structure.from_json(ALL_TYPES)) == hash(STRUCTURE)
    other = copy.deepcopy(ALL_TYPES)
    other["chapters"][0]["fields"][0]["required"] = False
    assert Structure.from_json(other) != STRUCTURE


@pytest.mark.parametrize("raw", [{"format": 2, "chapters": []}, {"chapters": []}])
def test_other_formats_are_not_read(raw):
    with pytest.raises(ValueError, match="Unknown format"):
        Structure.from_json(raw)


def test_unknown_settings_are_not_read():
    raw = {"format": 1, "chapters": [{"id": "c", "fields": [{"id": "a", "type": "text", "x": 1}]}]}

    with pytest.raises(ValueError, match="Unknown keys"):
        Structure.from_json(raw)


def test_national_numbers_are_always_sensitive_also_inside_tables():
    raw = {
        "format": 1,
        "chapters": [
            {
                "id": "c",
                "fields": [
                    {"id": "a", "type": "national_number", "sensitive": False},
                    {
                        "id": "b",
                        "type": "table",
                        "columns": [{"id": "k", "type": "national_number"}],
                    },
                    {"id": "d", "type": "text"},
                ],
            }
        ],
    }

    assert sensitive_ids(Structure.from_json(raw)) == {"a", "b"}


def test_sensitive_answers_are_split_off_and_unknown_ids_with_them():
    answers = {"q-text": "x", "q-nn": "85031499701", "q-iban": ANSWERS["q-iban"], "gone": "y"}

    unsealed, sealed = split_sensitive(STRUCTURE, answers)

    assert unsealed == {"q-text": "x"}
    assert sealed == {"q-nn": "85031499701", "q-iban": ANSWERS["q-iban"], "gone": "y"}


def test_words_that_are_missing_are_empty():
    words = WORDS["fr"]

    assert words.label("q-text") == "Question q-text"
    assert words.help("q-text") == words.label("nowhere") == ""
