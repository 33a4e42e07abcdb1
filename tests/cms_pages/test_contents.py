"""Bodies of pages as data."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from cms_pages import contents
from cms_pages.blocks import AnswerBlock, HelpBodyBlock
from tests.factories import cms_pages as factory

EMPTY = contents.Library(language="fr", pages={}, documents={}, images={})


def test_a_link_to_a_page_that_is_gone_keeps_its_words():
    text = '<p>Voir <a linktype="page" id="99">ici</a>.</p>'

    assert contents.expand(text, EMPTY) == "<p>Voir <a>ici</a>.</p>"


def test_an_outside_address_is_escaped_once():
    text = '<a href="https://example.org/?a=1&amp;b=2">x</a>'

    assert contents.expand(text, EMPTY) == text


def test_block_keys_of_the_editor_are_dropped():
    assert contents.expand('<p data-block-key="ab1">x</p>', EMPTY) == "<p>x</p>"


def test_plain_text_keeps_words_apart():
    raw = [
        {"type": "paragraph", "id": "1", "value": "<p>Un</p><ul><li>deux</li><li>trois</li></ul>"},
        {
            "type": "callout",
            "id": "2",
            "value": {"kind": "info", "title": "", "text": "<p>quatre &amp; cinq</p>"},
        },
    ]

    assert contents.plain_text(raw) == "Un deux trois quatre & cinq"


def test_a_link_to_a_service_that_is_not_there_is_left_out():
    raw = [{"type": "service_link", "id": "1", "value": {"service": "nothing", "label": "x"}}]

    assert contents.nodes(raw, EMPTY) == []


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.django_db
def test_many_pictures_cost_as_many_queries_as_one():
    factory.home()

    def picture(number):
        image = get_image_model().objects.create(
            title=f"i{number}", file=get_test_image_file(filename=f"i{number}.png", size=(64, 48))
        )
        box = {"x": 1, "y": 2, "width": 10, "height": 10, "label": "<p>la case</p>"}
        value = {
            "image": image.pk,
            "alt": "Une page.",
            "boxes": [{"type": "item", "id": "b", "value": box}],
        }
        return [{"type": "screenshot", "id": "s", "value": value}]

    bodies = [picture(number) for number in range(5)]
    contents.library_for(bodies, "fr")  # makes the renditions
    with CaptureQueriesContext(connection) as one:
        contents.library_for(bodies[:1], "fr")
    with CaptureQueriesContext(connection) as many:
        library = contents.library_for(bodies, "fr")

    node = contents.nodes(bodies[0], library)[0]
    assert node["alt"] == "Une page."
    assert node["boxes"][0]["html"] == "<p>la case</p>"
    assert len(many) == len(one)


@pytest.mark.parametrize("block", [AnswerBlock(), HelpBodyBlock()])
def test_every_kind_of_block_becomes_a_node(block):
    known = {
        "paragraph",
        "heading",
        "steps",
        "screenshot",
        "callout",
        "accordion",
        "service_link",
        "document",
    }

    assert set(block.child_blocks) <= known
