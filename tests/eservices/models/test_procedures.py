"""The builder: blocks, their reading, and what translators get of them."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail_localize.segments.extract import StreamFieldSegmentExtractor

from eservices.enums import QuestionType
from eservices.models import ProcedurePage
from eservices.models.blocks import ChaptersBlock, QuestionsBlock
from eservices.models.builder import clean_html, read_builder
from eservices.questions.structure import COLUMN_TYPES, canonical
from portal.demo_loading.procedures import page_values
from tests.factories.procedures import (
    SIMPLE_STRUCTURE,
    SIMPLE_WORDS,
    builder_from,
    demo_data,
)


def test_builder_is_read_into_the_structure_it_was_made_from():
    form = read_builder(builder_from(SIMPLE_STRUCTURE, SIMPLE_WORDS))

    assert canonical(form.structure) == canonical(SIMPLE_STRUCTURE)
    assert form.words == SIMPLE_WORDS


def test_all_types_can_be_built():
    assert set(QuestionsBlock().child_blocks) == set(QuestionType.values)


def test_a_table_can_have_the_columns_that_freezing_accepts():
    table = QuestionsBlock().child_blocks["table"].child_blocks["columns"]

    assert set(table.child_blocks) == {kind.value for kind in COLUMN_TYPES}


def all_structs(block):
    """Every struct block below a block."""
    if isinstance(block, blocks.StructBlock):
        yield block
    children = getattr(block, "child_blocks", {}).values()
    if isinstance(block, blocks.ListBlock):
        children = [block.child_block]
    for child in children:
        yield from all_structs(child)


def test_no_layout_hides_a_child_of_its_block():
    structs = list(all_structs(ChaptersBlock()))

    assert len(structs) > 30
    for block in structs:
        names = block.meta.form_layout.get_sorted_block_names()
        assert sorted(names) == sorted(block.child_blocks), block.label


def question(kind, name, **value):
    return {"type": kind, "id": name, "value": {"label": name, **value}}


def chapters(*questions):
    return [{"type": "chapter", "id": "c", "value": {"title": "C", "questions": list(questions)}}]


def test_codes_in_conditions_become_ids():
    options = [
        {"type": "item", "id": f"o-{code}", "value": {"label": code, "key": code}}
        for code in ("x", "y")
    ]
    rule = {"type": "item", "id": "r", "value": {"question": "first", "op": "is", "value": "y"}}
    form = read_builder(
        chapters(
            question("choice", "q-1", key="first", options=options),
            question("text", "q-2", show_if=[rule]),
        )
    )

    assert form.structure["chapters"][0]["fields"][1]["show_if"] == [
        {"field": "q-1", "op": "is", "value": "o-y"}
    ]


def test_limits_are_written_in_one_way_only():
    first, second = (
        read_builder(chapters(question("number", "q", minimum=minimum))).structure
        for minimum in ("0.00", "0")
    )

    assert first == second
    assert first["chapters"][0]["fields"][0]["minimum"] == "0"


def test_rich_text_loses_scripts_and_the_editors_random_keys():
    html = '<p data-block-key="x7">Go <a href="javascript:x()">on</a><script>x()</script></p>'

    assert clean_html(html) == "<p>Go <a>on</a></p>"


def test_translators_get_words_and_nothing_else(monkeypatch):
    monkeypatch.setattr("portal.demo_loading.procedures._help_page", lambda key: None)
    raw = page_values(demo_data("tree"), "fr", None, None)["chapters"]
    field = ProcedurePage._meta.get_field("chapters")
    value = field.stream_block.to_python(raw)

    segments = StreamFieldSegmentExtractor(field).handle_stream_block(value)

    last = {segment.path.split(".")[-1] for segment in segments}
    assert last <= {"title", "intro", "label", "help", "unit", "text"}
    words = read_builder(raw).words
    texts = [text for entry in words.values() for kind, text in entry.items() if kind != "text"]
    strings = [s.string.data for s in segments if not s.path.endswith(".text")]
    assert len(strings) == len(texts)


def test_a_text_that_older_data_lacks_does_not_stop_a_translation():
    field = ProcedurePage._meta.get_field("chapters")
    value = field.stream_block.to_python(
        chapters({"type": "text", "id": "q", "value": {"label": "Q"}})
    )

    segments = StreamFieldSegmentExtractor(field).handle_stream_block(value)

    assert [segment.path for segment in segments] == ["c.title", "c.questions.q.label"]


def test_a_mistake_is_shown_at_its_block():
    rule = {
        "type": "item",
        "id": "r",
        "value": {"question": "nowhere", "op": "filled", "value": ""},
    }
    block = ChaptersBlock()
    value = block.to_python(
        chapters(question("text", "q-1"), question("text", "q-2", show_if=[rule]))
    )

    with override("en"), pytest.raises(StreamBlockValidationError) as caught:
        block.clean(value)

    questions = caught.value.block_errors[0].block_errors["questions"]
    assert list(questions.block_errors) == [1]
    assert "does not exist" in str(questions.block_errors[1].as_json_data())


def test_a_draft_may_be_half_done():
    rule = {
        "type": "item",
        "id": "r",
        "value": {"question": "nowhere", "op": "filled", "value": ""},
    }
    block = ChaptersBlock()
    value = block.to_python(chapters(question("text", "q", show_if=[rule])))
    block.defer_required_validation()

    assert block.clean(value)


def test_a_code_with_capitals_is_refused():
    block = ChaptersBlock()

    with pytest.raises(ValidationError):
        block.clean(block.to_python(chapters(question("text", "q", key="Name"))))


def test_migrations_know_the_builder_as_json():
    name, path, args, kwargs = ProcedurePage._meta.get_field("chapters").deconstruct()

    assert (name, path, args) == ("chapters", "django.db.models.JSONField", [])
    assert "block_lookup" not in kwargs
