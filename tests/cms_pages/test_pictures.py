"""Pictures of a list of bodies: scaled once, then read in one query however many there are."""

import io

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.images import get_image_model

from cms_pages.contents import library_for, prepare_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten_renditions():
    """Wagtail keeps renditions in the cache, beyond the end of a test."""
    cache.clear()


def make_image(title):
    content = io.BytesIO()
    Picture.new("RGB", (1600, 900), "#0c5668").save(content, "PNG")
    file = ContentFile(content.getvalue(), name=f"{title}.png")
    return get_image_model().objects.create(title=title, file=file)


def body_with(image):
    return [{"type": "screenshot", "id": "s", "value": {"image": image.pk, "alt": "", "boxes": []}}]


@pytest.mark.parametrize("number", [1, 5])
def test_scaled_pictures_come_in_one_query(number, django_assert_num_queries):
    images = [make_image(f"screen-{n}") for n in range(number)]
    for image in images:
        prepare_picture(image)

    with django_assert_num_queries(1):
        library = library_for([body_with(image) for image in images], "fr", hidden=())

    assert set(library.images) == {image.pk for image in images}
    assert {rendition.width for rendition in library.images.values()} == {1280}


def test_a_picture_that_nobody_scaled_yet_is_scaled():
    image = make_image("new")

    library = library_for([body_with(image)], "fr", hidden=())

    assert library.images[image.pk].width == 1280
