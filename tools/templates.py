"""Template rules that no linter knows: nothing inline, because citizen pages forbid it by CSP."""

from __future__ import annotations

import re
from pathlib import Path

from tools.places import ROOT

RULES = {
    "inline style": re.compile(r"<style\b|<[^>{%]*\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/(?:ld\+)?json\"))[^>]*>", re.IGNORECASE
    ),
    "event handler attribute": re.compile(
        r"<[a-z][^>]*\s(?:on[a-z]+|hx-on[\w:-]*)\s*=", re.IGNORECASE
    ),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "untrimmed blocktranslate": re.compile(r"{%\s*blocktranslate(?![^%]*\btrimmed\b)[^%]*%}"),
    "old translation tag": re.compile(r"{%\s*(?:trans|blocktrans)\s"),
}
MAILS_AND_PRINTS = ("mail", "print")  # mail programs know no style sheets; a PDF has no CSP
INLINE = {"inline style"}


def findings(root: Path = ROOT) -> list[str]:
    """Each breach as `file:line: what`."""
    folders = [
        *root.glob("*/templates"),
        *root.glob("site/*/templates"),
        root / "site" / "templates",
    ]
    found = []
    for path in sorted({p for folder in folders for p in folder.rglob("*.html")}):
        allowed = INLINE if set(path.relative_to(root).parts) & set(MAILS_AND_PRINTS) else set()
        text = re.sub(
            r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}", _blank, path.read_text(), flags=re.DOTALL
        )
        for what, pattern in RULES.items():
            if what not in allowed:
                for match in pattern.finditer(text):
                    line = text.count("\n", 0, match.start()) + 1
                    found.append(f"{path.relative_to(root)}:{line}: {what}")
    return found


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")
