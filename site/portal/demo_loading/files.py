"""Reads the YAML files of the demo and says in one sentence, with file and node, what is wrong with them."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from cms_pages.models import LoadedFile

DEMO = Path(__file__).resolve().parent.parent / "demo"
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
#: Raised when the loading code changes what it makes of the same file.
FORMAT = b"4"


class ContentError(Exception):
    """A file of content that cannot be loaded; the message names the file and the node."""


@dataclass(frozen=True)
class DemoFile:
    """A file, its hash, and its content once somebody asks for it."""

    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """Folder and file name, as people find it."""
        return f"{self.path.parent.name}/{self.path.name}"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The content; raises ContentError for what is no YAML mapping."""
        try:
            found = yaml.load(self.path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # noqa: S506  safe
        except yaml.YAMLError as error:
            raise ContentError(f"{self.name}: this is not valid YAML: {error}") from error
        if not isinstance(found, dict):
            raise ContentError(f"{self.name}: the file must hold a mapping.")
        return found

    def fail(self, node: str, problem: str) -> ContentError:
        """Return the error to raise for a node."""
        return ContentError(f"{self.name}, {node}: {problem}")

    def words(
        self, holder: Mapping[str, Any], field: str, node: str, *, optional: bool = False
    ) -> dict[str, str]:
        """Return the text of a node in all languages; raises ContentError when one is missing."""
        value = holder.get(field)
        if value is None and optional:
            return dict.fromkeys(LANGUAGES, "")
        if not isinstance(value, Mapping):
            raise self.fail(node, f"“{field}” needs one text per language.")
        missing = [code for code in LANGUAGES if not str(value.get(code) or "").strip()]
        if missing:
            raise self.fail(node, f"“{field}” has no text in {', '.join(missing)}.")
        # Line breaks of the file become spaces; French no-break spaces stay.
        return {code: re.sub(r"[ \t\n]+", " ", str(value[code])).strip() for code in LANGUAGES}


def shots_hash() -> bytes:
    """Return a hash of the pictures: new pictures make the pages be loaded again."""
    total = hashlib.sha256()
    for path in sorted((DEMO / "shots").glob("*")):
        total.update(path.name.encode() + path.read_bytes())
    return total.digest()


def read(path: Path, salt: bytes = b"") -> DemoFile:
    """Return a file of the demo with its hash."""
    return DemoFile(path, hashlib.sha256(FORMAT + salt + path.read_bytes()).hexdigest())


def read_folder(name: str, salt: bytes = b"") -> list[DemoFile]:
    """Return the files of a folder, in the order of their names."""
    return [read(path, salt) for path in sorted((DEMO / name).glob("*.yaml"))]


def changed(found: list[DemoFile]) -> Iterator[DemoFile]:
    """Yield the files that were not loaded yet in this state; one query."""
    known = dict(LoadedFile.objects.values_list("key", "sha256"))
    return (file for file in found if known.get(file.name) != file.sha256)


def remember(file: DemoFile) -> None:
    """Note that a file is loaded; call it in the transaction that loads it."""
    LoadedFile.objects.update_or_create(key=file.name, defaults={"sha256": file.sha256})
