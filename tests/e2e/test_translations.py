"""Every page in every language, searched for words that nobody translated."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from eservices.models import User
from tests.e2e.pages import PAGES

ROOT = Path(settings.ROOT)
#: Names, and what stands for itself.
NAMES = {
    "E-mail",
    "PDF",
    "IBAN",
    "FR",
    "NL",
    "DE",
    "EN",
    "Français",
    "Nederlands",
    "Deutsch",
    "English",
}
MARKED = (
    r"""\{%\s*translate\s+(["'])(.*?)\1""",
    r"""(?:\bgettext_lazy|\bgettext|\b_|\bgettext_noop)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]""",
)
BLOCK = re.compile(r"\{%\s*blocktranslate[^%]*%\}(.*?)\{%\s*endblocktranslate\s*%\}", re.S)
#: All texts that people see on a page: nodes of their own, and what is read out.
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style, template, noscript, pre, [lang='en']:not(html)")) continue;
    found.push(walker.currentNode.textContent);
  }
  for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
    }
  }
  found.push(document.title);
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def english_texts():
    """Return the texts of the interface as they stand in code and templates, without those that have gaps."""
    found = set()
    for path in ROOT.glob("site/templates/**/*.html"):
        source = path.read_text()
        found |= {match[1] for match in re.findall(MARKED[0], source)}
        found |= {match[1] for match in re.findall(r"""\b_\((["'])(.*?)\1\)""", source)}
        for block in BLOCK.findall(source):
            found |= set(re.split(r"\{%\s*plural\s*%\}", block))
    for package in ("eservices", "faq", "cms_pages", "site", "rooms", "camps", "signing"):
        for path in (ROOT / package).glob("**/*.py"):
            found |= {ast.literal_eval(text) for text in re.findall(MARKED[1], path.read_text())}
    texts = {re.sub(r"\s+", " ", text).strip() for text in found}
    # Texts with gaps are looked for by their longest part between the gaps; signs alone are in no language.
    return {part for text in texts if re.search(r"[A-Za-z]", part := longest(text))}


@cache
def same_words(language):
    """Return the texts for which the translators chose the English words: those are no oversight."""
    found = set()
    for path in ROOT.glob(f"*/locale/{language}/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            found |= {entry.id for entry in read_po(file) if entry.id and entry.id == entry.string}
    return found


def longest(text):
    """Return the longest part of a text that stands in every filled-in form of it; short parts prove nothing."""
    parts = re.split(r"\{\{.*?\}\}|%\(\w+\)[sd]|<[^>]+>", text)
    if len(parts) == 1:
        return text
    part = max((part.strip(" .,:;()") for part in parts), key=len)
    return part if len(part) > 12 else ""


@pytest.fixture(scope="module")
def english():
    """The English texts; only whole words count, so that "Date" is not found inside "Daten"."""
    return english_texts()


def untranslated(texts, english, language):
    """Return the texts of a page that are, or hold, English of the interface."""
    whole = {text.strip(" .:,*") for text in english}
    allowed = same_words(language) | NAMES
    held = {text for text in english if len(text) > 20}
    return sorted(
        text
        for text in set(texts)
        if text.strip(" .:,*") not in allowed
        and (text.strip(" .:,*") in whole or any(part in text for part in held))
    )


def test_the_search_for_english_finds_it(english):
    assert {"Log in", "Forgotten your password?", "Validate and send"} <= english
    assert untranslated(["Log in", "Anmelden"], english, "de") == ["Log in"]
    assert untranslated(["The code is valid until 3.53 Uhr."], english, "de")


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
@pytest.mark.parametrize("user", [None, "citizen", "agent"])
def test_no_page_shows_english_in_another_language(portal, english, language, user):
    if user:
        portal.enter(f"{user}@example.org")
        if user == "agent":  # the back office follows the account
            User.objects.filter(email="agent@example.org").update(language=language)
    # Only words matter here; styles stay, because they hide what can only be seen after a press.
    portal.context.route(
        "**/*",
        lambda route: (
            route.continue_()
            if route.request.resource_type in {"document", "stylesheet"}
            else route.abort()
        ),
    )
    found, tab = {}, portal.tab()
    for page in PAGES:
        if page.user != user or (page.path.startswith("/sandbox/") and language != "fr"):
            continue  # the demo's mailbox has no language of its own: it follows the browser's
        tab.goto(portal.base + page.address(language))
        if page.prepare:
            page.prepare(tab)
        root = "#main .eg-bo" if user == "agent" else "body"
        texts = (
            tab.evaluate(TEXTS)
            if root == "body"
            else tab.locator(root).first.inner_text().splitlines()
        )
        if left := untranslated([text.strip() for text in texts], english, language):
            found[page.name] = left
    assert found == {}
