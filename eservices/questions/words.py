"""The words of a form in one language, by id of chapter, question, column and option."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from eservices.questions.structure import digest

#: What a person can read about one id. `text` is clean HTML and only belongs to texts to read and
#: consents.
WORD_KEYS = frozenset({"title", "intro", "label", "help", "unit", "text"})


@dataclass(frozen=True)
class Words:
    """Frozen words of one language. Equal when language and hash are equal, hence usable as a cache
    key.
    """

    locale: str
    sha256: str
    texts: Mapping[str, Mapping[str, str]] = field(compare=False, repr=False)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any], locale: str) -> "Words":
        """Read frozen words."""
        return cls(locale=locale, sha256=digest(raw), texts=raw)

    def of(self, block_id: str, kind: str) -> str:
        """Return one text, or an empty one."""
        return self.texts.get(block_id, {}).get(kind) or ""

    def title(self, chapter_id: str) -> str:
        """The title of a chapter."""
        return self.of(chapter_id, "title")

    def label(self, block_id: str) -> str:
        """The label of a question, column or option."""
        return self.of(block_id, "label")

    def help(self, block_id: str) -> str:
        """The plain-text help beside a question."""
        return self.of(block_id, "help")

    def unit(self, block_id: str) -> str:
        """The unit printed after a number."""
        return self.of(block_id, "unit")

    def text(self, block_id: str) -> str:
        """Clean HTML of a text to read or of what is consented to."""
        return self.of(block_id, "text")
