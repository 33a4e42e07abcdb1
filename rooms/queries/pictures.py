"""The words and photos of rooms, for any number of rooms with the same few queries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from wagtail.images import get_image_model

from rooms.models import Room, RoomText

#: Rows of the list, and the page of a room: both three to two.
#: The page of a room shows so many.
PHOTOS = 6
SMALL, LARGE = "fill-480x320|format-webp", "fill-960x640|format-webp"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo scaled for its place; a decorative one has no words."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, kw_only=True)
class RoomWords:
    """What is written about a room in the reader's language, and its photos."""

    title: str
    summary: str = ""
    description: str = ""
    access: str = ""
    photos: Sequence[Photo] = field(default_factory=tuple)


def words_of_rooms(
    rooms: Sequence[Room], *, spec: str = SMALL, most: int = 1
) -> dict[int, RoomWords]:
    """Return the words of rooms by their keys, each with its first `most` photos; three queries, whatever their number.

    A photo that nobody has scaled yet costs a few more, once.
    """
    texts: dict[int, dict[str, RoomText]] = {}
    rows = RoomText.objects.filter(room__in=[room.pk for room in rooms]).select_related("locale")
    for row in rows:
        texts.setdefault(row.room_id, {})[row.locale.language_code] = row
    chosen = {
        key: found.get(get_language() or "") or found.get(settings.LANGUAGE_CODE)
        for key, found in texts.items()
    }
    values = {key: _photo_values(text)[:most] for key, text in chosen.items() if text is not None}
    scaled = _scaled({value["image"] for found in values.values() for value in found}, spec)
    return {
        room.pk: _words(room, chosen.get(room.pk), values.get(room.pk, []), scaled)
        for room in rooms
    }


def _words(
    room: Room, text: RoomText | None, values: Sequence[dict[str, Any]], scaled: dict[int, Any]
) -> RoomWords:
    if text is None:
        return RoomWords(title=room.name)
    photos = [
        Photo(
            url=scaled[value["image"]].url,
            width=scaled[value["image"]].width,
            height=scaled[value["image"]].height,
            alt="" if value.get("decorative") else value.get("alt_text") or "",
        )
        for value in values
        if value["image"] in scaled
    ]
    return RoomWords(
        title=text.title,
        summary=text.summary,
        description=text.description,
        access=text.access,
        photos=photos,
    )


def _photo_values(text: RoomText) -> list[dict[str, Any]]:
    """Return the photos of a text as they are stored: asking the blocks would load each text's pictures apart."""
    return [block["value"] for block in text.photos.raw_data if block["value"].get("image")]


def _scaled(ids: set[int], spec: str) -> dict[int, Any]:
    if not ids:
        return {}
    images = get_image_model().objects.filter(pk__in=ids).prefetch_renditions(spec)
    return {image.pk: image.get_rendition(spec) for image in images}
