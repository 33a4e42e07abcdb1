"""The body of pages as plain data: the same nodes feed templates, the API, JSON-LD and the search.

Wagtail renders one block after the other and asks the database for each link and picture. Here all bodies of a list
are read first, then their links and pictures come in one query each.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from cms_pages.destinations import service_icon, service_url
from cms_pages.tree import Place, translated

_ANCHOR = re.compile(r"<a\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')
_BREAK = re.compile(r"</(?:p|li|h[1-6])>|<br\s*/?>")
_WIDTH = "width-1280"


@dataclass(frozen=True, kw_only=True)
class Library:
    """What bodies refer to: paths of pages, addresses of documents, renditions of pictures."""

    language: str
    pages: Mapping[int, Place]
    documents: Mapping[int, str]
    images: Mapping[int, Any]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _blocks(raw: Iterable[Mapping[str, Any]], kind: str) -> Iterator[Mapping[str, Any]]:
    return (block for block in raw if block["type"] == kind)


def library_for(
    bodies: Iterable[Iterable[Mapping[str, Any]]],
    language: str,
    *,
    related: Iterable[int] = (),
    hidden: Iterable[str] | None = None,
) -> Library:
    """Read all that these bodies refer to: at most five queries, however many bodies there are.

    `related` are more pages whose places are wanted; with `hidden` (see cms_pages.tree) it is four queries.
    """
    bodies = [list(body) for body in bodies]
    page_ids, document_ids = set(related), set()
    for text in _strings(bodies):
        for anchor in _ANCHOR.findall(text):
            attributes = dict(_ATTRIBUTE.findall(anchor))
            if attributes.get("linktype") == "page":
                page_ids.add(int(attributes["id"]))
            elif attributes.get("linktype") == "document":
                document_ids.add(int(attributes["id"]))
    document_ids |= {
        b["value"]["document"]
        for body in bodies
        for b in _blocks(body, "document")
        if b["value"]["document"]
    }
    image_ids = {
        b["value"]["image"]
        for body in bodies
        for b in _blocks(body, "screenshot")
        if b["value"]["image"]
    }
    return Library(
        language=language,
        pages=translated(page_ids, language, hidden),
        documents=_document_urls(document_ids),
        images=_renditions(image_ids),
    )


def _document_urls(ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = get_document_model().objects.filter(pk__in=ids)
    return {document.pk: document.url for document in rows}


def prepare_picture(image: Any) -> None:
    """Scale a picture as pages show it, so that nobody's first visit does."""
    image.get_rendition(_WIDTH)


def _renditions(ids: set[int]) -> dict[int, Any]:
    """Return scaled pictures by image: one query, and work only for those that nobody has scaled yet."""
    if not ids:
        return {}
    images = get_image_model().objects
    scaled = images.model.get_rendition_model().objects.filter(image__in=ids, filter_spec=_WIDTH)
    found = {rendition.image_id: rendition for rendition in scaled.select_related("image")}
    if missing := ids - found.keys():
        found |= {image.pk: image.get_rendition(_WIDTH) for image in images.filter(pk__in=missing)}
    return found


def expand(text: str, library: Library) -> str:
    """Return rich text with the addresses of its links; a link to something that is gone keeps only its words."""

    def anchor(match: re.Match[str]) -> str:
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        kind, number = attributes.get("linktype"), attributes.get("id", "")
        if kind == "page":
            place = library.pages.get(int(number))
            address = place.path if place else ""
        elif kind == "document":
            address = library.documents.get(int(number), "")
        else:
            address = html.unescape(attributes.get("href", ""))
        return f'<a href="{html.escape(address)}">' if address else "<a>"

    return _ANCHOR.sub(anchor, _BLOCK_KEY.sub("", text))


def nodes(raw: Iterable[Mapping[str, Any]], library: Library) -> list[dict[str, Any]]:
    """Return a body as a list of nodes {id, type, …}; rich text is HTML with plain addresses."""
    found = (_node(block, library) for block in raw)
    return [node for node in found if node]


def _node(block: Mapping[str, Any], library: Library) -> dict[str, Any] | None:
    value, node = block["value"], {"id": block.get("id") or "", "type": block["type"]}
    match block["type"]:
        case "paragraph":
            return {**node, "html": expand(value, library)}
        case "heading":
            return {**node, "text": value}
        case "steps":
            steps = [expand(item["value"], library) for item in value["steps"]]
            return {**node, "title": value.get("title") or "", "steps": steps}
        case "callout":
            return {
                **node,
                "kind": value["kind"],
                "title": value.get("title") or "",
                "html": expand(value["text"], library),
            }
        case "accordion":
            parts = [
                {
                    "id": item["id"],
                    "title": item["value"]["title"],
                    "html": expand(item["value"]["text"], library),
                }
                for item in value
            ]
            return {**node, "items": parts}
        case "service_link":
            url = service_url(value["service"], library.language)
            icon = service_icon(value["service"])
            return {**node, "url": url, "label": value["label"], "icon": icon} if url else None
        case "document":
            address = library.documents.get(value["document"])
            return {**node, "url": address, "label": value["label"]} if address else None
        case "screenshot":
            return _screenshot(node, value, library)
    return None


def _screenshot(
    node: dict[str, Any], value: Mapping[str, Any], library: Library
) -> dict[str, Any] | None:
    picture = library.images.get(value["image"])
    if picture is None:
        return None
    boxes = [
        {
            **{side: item["value"][side] for side in ("x", "y", "width", "height")},
            "html": expand(item["value"]["label"], library),
        }
        for item in value["boxes"]
    ]
    return {
        **node,
        "url": picture.url,
        "width": picture.width,
        "height": picture.height,
        "alt": value["alt"],
        "boxes": boxes,
    }


def plain_text(raw: Iterable[Mapping[str, Any]]) -> str:
    """Return the words of a body without markup, for search and summaries."""
    parts = (_words(block["value"]) for block in raw if block["type"] != "document")
    return " ".join(" ".join(parts).split())


def _words(value: Any) -> str:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return " ".join(
            _words(part)
            for key, part in value.items()
            if key not in ("id", "kind", "service", "type")
        )
    if isinstance(value, list):
        return " ".join(_words(part) for part in value)
    return ""


def plain(text: str) -> str:
    """Return rich text without markup."""
    return " ".join(html.unescape(strip_tags(_BREAK.sub(" ", text))).split())
