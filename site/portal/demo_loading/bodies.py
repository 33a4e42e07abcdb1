"""Turns the nodes of a file into the blocks of a page, with the same ids in every language."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from cms_pages.destinations import SERVICES
from portal.demo_loading.files import LANGUAGES, DemoFile

#: All ids of demo content follow from names in the files: a second run makes the same pages.
NAMESPACE = uuid.UUID("6f1c1c2e-6a53-4c33-9b86-3f5f2f2e7a10")
_LINK = re.compile(r'<a href="(faq|help):([a-z0-9-]+)">')
_TAGS = re.compile(r"</?([a-z0-9]+)[^>]*>")
ALLOWED = {"p", "b", "i", "ul", "ol", "li", "a"}

Raw = dict[str, Any]


def stable_id(*names: str) -> str:
    """Return the id that belongs to these names, always the same."""
    return str(uuid.uuid5(NAMESPACE, "/".join(names)))


class BodyBuilder:
    """Makes the body of one page in one language.

    `page_ids` gives the page behind a link (“faq:log-in”); `shot` gives a picture's number and boxes, or None while it
    has not been taken.
    """

    def __init__(
        self,
        file: DemoFile,
        page_ids: Mapping[str, int],
        shot: Callable[[str, str], tuple[int, Mapping[str, list[float]]] | None],
    ) -> None:
        self.file, self.page_ids, self.shot = file, page_ids, shot
        self.key = str(file.data["key"])

    def block_id(self, *names: str) -> str:
        """Return the id of a block of this page."""
        return stable_id(self.key, *names)

    def body(self, nodes: list[Mapping[str, Any]], language: str) -> list[Raw]:
        """Return the blocks of a body; a picture that does not exist yet is left out."""
        seen: set[str] = set()
        found = []
        for node in nodes:
            name = str(node.get("id", ""))
            if not name or name in seen:
                raise self.file.fail(f"node “{name}”", "every node needs an id of its own.")
            seen.add(name)
            block = self.block(node, name, language)
            if block is not None:
                found.append(block)
        return found

    def block(self, node: Mapping[str, Any], name: str, language: str) -> Raw | None:
        """Return one block."""
        kind = str(node.get("type"))
        build = getattr(self, f"_{kind}", None)
        if build is None:
            raise self.file.fail(f"node “{name}”", f"the type “{kind}” is unknown.")
        value = build(node, name, language)
        return (
            None
            if value is None
            else {"type": kind, "id": stable_id(self.key, name), "value": value}
        )

    def _plain(
        self, holder: Mapping[str, Any], field: str, node: str, language: str, **options: Any
    ) -> str:
        return self.file.words(holder, field, f"node “{node}”", **options)[language]

    def _rich(self, holder: Mapping[str, Any], field: str, node: str, language: str) -> str:
        texts = self.file.words(holder, field, f"node “{node}”")
        for code in LANGUAGES:
            wrong = set(_TAGS.findall(texts[code])) - ALLOWED
            if wrong:
                raise self.file.fail(f"node “{node}”", f"<{min(wrong)}> is not allowed ({code}).")
        text = texts[language]
        if not text.startswith(("<p", "<ul", "<ol")):
            text = f"<p>{text}</p>"
        return _LINK.sub(
            lambda match: self._link(match, node), re.sub(r">\s+<(?=p|ul|ol|li|/)", "><", text)
        )

    def _link(self, match: re.Match[str], node: str) -> str:
        target = f"{match[1]}:{match[2]}"
        if target not in self.page_ids:
            raise self.file.fail(f"node “{node}”", f"it links to “{target}”, which does not exist.")
        return f'<a linktype="page" id="{self.page_ids[target]}">'

    def _paragraph(self, node: Mapping[str, Any], name: str, language: str) -> str:
        return self._rich(node, "text", name, language)

    def _heading(self, node: Mapping[str, Any], name: str, language: str) -> str:
        return self._plain(node, "text", name, language)

    def _steps(self, node: Mapping[str, Any], name: str, language: str) -> Raw:
        return {
            "title": self._plain(node, "title", name, language, optional=True),
            "steps": [
                {
                    "type": "item",
                    "id": stable_id(self.key, name, step["id"]),
                    "value": self._rich(step, "text", f"{name}/{step['id']}", language),
                }
                for step in node["steps"]
            ],
        }

    def _callout(self, node: Mapping[str, Any], name: str, language: str) -> Raw:
        if node.get("kind") not in {"info", "warning", "success"}:
            raise self.file.fail(f"node “{name}”", "the kind must be info, warning or success.")
        return {
            "kind": node["kind"],
            "title": self._plain(node, "title", name, language, optional=True),
            "text": self._rich(node, "text", name, language),
        }

    def _accordion(self, node: Mapping[str, Any], name: str, language: str) -> list[Raw]:
        return [
            {
                "type": "item",
                "id": stable_id(self.key, name, part["id"]),
                "value": {
                    "title": self._plain(part, "title", f"{name}/{part['id']}", language),
                    "text": self._rich(part, "text", f"{name}/{part['id']}", language),
                },
            }
            for part in node["items"]
        ]

    def _service_link(self, node: Mapping[str, Any], name: str, language: str) -> Raw:
        if node.get("service") not in SERVICES:
            raise self.file.fail(
                f"node “{name}”", f"the service “{node.get('service')}” is unknown."
            )
        return {"service": node["service"], "label": self._plain(node, "label", name, language)}

    def _screenshot(self, node: Mapping[str, Any], name: str, language: str) -> Raw | None:
        alt = self._plain(node, "alt", name, language)
        labels = [
            (box, self._rich(box, "label", f"{name}/{box['id']}", language))
            for box in node["boxes"]
        ]
        taken = self.shot(str(node["screen"]), language)
        if taken is None:
            return None
        image, anchors = taken
        boxes = []
        for box, label in labels:
            if box["anchor"] not in anchors:
                raise self.file.fail(
                    f"node “{name}/{box['id']}”",
                    f"the picture “{node['screen']}” has no place named “{box['anchor']}” ({language}).",
                )
            x, y, width, height = anchors[box["anchor"]]
            boxes.append(
                {
                    "type": "item",
                    "id": stable_id(self.key, name, box["id"]),
                    "value": {"x": x, "y": y, "width": width, "height": height, "label": label},
                }
            )
        return {"image": image, "alt": alt, "boxes": boxes}
