"""Search over all public pages of a language, the same on every database.

Databases differ (SQLite has no stemming, PostgreSQL keeps accents, neither finds typing errors without extensions), so
Python does the work: entries hold folded stems (faq/indexing.py), one query reads those of a language, and they stay in
memory until the content's version changes. A municipality has hundreds to a few thousand pages: ranking them takes
milliseconds. The ranking is BM25 (Robertson and Zaragoza, 2009) with more weight on titles and on the editors' terms.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein, JaroWinkler

from cms_pages import versions
from cms_pages.queries import KEEP_SECONDS
from cms_pages.tree import hidden_paths, path_of
from faq.folding import STOP_WORDS, fold, stem, stems, words, written
from faq.models import SearchEntry

TITLE_WEIGHT, TERM_WEIGHT, BODY_WEIGHT = 6, 4, 1
BM25_K, BM25_B = 1.4, 0.6
#: The last word of a query may be half typed; shorter beginnings would match nearly everything.
PREFIX_LETTERS = 3
MAX_QUERY = 200


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A page as the search holds it: its link, and how often each stem stands in it (weighted)."""

    key: str
    kind: str
    title: str
    summary: str
    path: str
    counts: Mapping[str, int]
    length: int


@dataclass(frozen=True, kw_only=True)
class Index:
    """All pages of a language: entries, and in how many of them each stem stands.

    `vocabulary` holds the words of titles and summaries, folded, with how they are written.
    """

    language: str
    entries: Sequence[Entry]
    spread: Mapping[str, int]
    average: float
    vocabulary: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A page that was found."""

    key: str
    kind: str
    title: str
    summary: str
    path: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a query found; `corrected` is the query that was searched instead, or empty."""

    hits: Sequence[Hit]
    corrected: str = ""


def index_for(language: str, version: str | None = None) -> Index:
    """Return the index of a language; built once per version of the content."""
    version = versions.current() if version is None else version
    key = f"search:{version}:{language}"
    found = cache.get(key)
    if found is None:
        found = _build(language)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _build(language: str) -> Index:
    rows = SearchEntry.objects.filter(language=language, page__live=True).order_by("title", "pk")
    for path in hidden_paths():
        rows = rows.exclude(page__path__startswith=path)
    entries = [_entry(row) for row in rows.select_related("page")]
    spread = Counter(word for entry in entries for word in entry.counts)
    vocabulary: dict[str, str] = {}
    for row in rows:
        for text in (row.title, row.summary):
            for word in written(text):
                folded = fold(word)
                if len(folded) > 3 and folded not in STOP_WORDS.get(language, ()):
                    vocabulary.setdefault(folded, word.lower())
    average = sum(entry.length for entry in entries) / len(entries) if entries else 1.0
    return Index(
        language=language,
        entries=entries,
        spread=spread,
        average=max(average, 1.0),
        vocabulary=vocabulary,
    )


def _entry(row: SearchEntry) -> Entry:
    counts: Counter[str] = Counter()
    for text, weight in (
        (row.title_stems, TITLE_WEIGHT),
        (row.term_stems, TERM_WEIGHT),
        (row.body_stems, BODY_WEIGHT),
    ):
        for word in text.split():
            counts[word] += weight
    return Entry(
        key=str(row.key),
        kind=row.kind,
        title=row.title,
        summary=row.summary,
        path=path_of(row.page.url_path),
        counts=counts,
        length=sum(counts.values()),
    )


def search(
    query: str, language: str, *, kind: str = "", limit: int = 50, version: str | None = None
) -> Result:
    """Return the pages that answer a query, the best first.

    All words must be there; if no page has them all, the most of them. If words are unknown and the query with its
    typing errors put right finds pages with more of its words, those are returned, and `corrected` says so.
    """
    index = index_for(language, version)
    query = query[:MAX_QUERY]
    wanted = _wanted(index, query)
    matched, hits = _ranked(index, wanted, kind)
    if matched < len(wanted) or not wanted:
        better = did_you_mean(query, index)
        if better:
            more, others = _ranked(index, _wanted(index, better), kind)
            if more > matched:
                return Result(hits=tuple(others[:limit]), corrected=better)
    return Result(hits=tuple(hits[:limit]))


def _wanted(index: Index, query: str) -> list[frozenset[str]]:
    """Return, for each word of the query, the stems that may stand for it: its own, or those that it begins."""
    found = [frozenset([word]) for word in dict.fromkeys(stems(query, index.language))]
    typed = words(query)
    if found and typed and len(typed[-1]) >= PREFIX_LETTERS:
        last = stem(typed[-1], index.language)
        if last not in index.spread:
            longer = frozenset(word for word in index.spread if word.startswith(typed[-1]))
            found = [longer if longer and last in group else group for group in found]
    return found


def _ranked(index: Index, wanted: Sequence[frozenset[str]], kind: str) -> tuple[int, list[Hit]]:
    """Return how many of the words the best pages have, and these pages in their order."""
    if not wanted:
        return 0, []
    scored = []
    for entry in index.entries:
        if kind and entry.kind != kind:
            continue
        matched, score = 0, 0.0
        for group in wanted:
            best = max(
                (_weight(index, entry, word) for word in group if word in entry.counts), default=0.0
            )
            matched += best > 0
            score += best
        if matched:
            scored.append((matched, score, entry))
    if not scored:
        return 0, []
    most = max(matched for matched, _score, _entry in scored)
    if most * 2 < len(wanted):  # fewer than half of the words: chance, not an answer
        return 0, []
    scored = [row for row in scored if row[0] == most]
    scored.sort(key=lambda row: (-row[1], row[2].title))
    return most, [
        Hit(
            key=entry.key,
            kind=entry.kind,
            title=entry.title,
            summary=entry.summary,
            path=entry.path,
            score=round(score, 4),
        )
        for _matched, score, entry in scored
    ]


def _weight(index: Index, entry: Entry, word: str) -> float:
    total, having = len(index.entries), index.spread[word]
    rarity = math.log(1 + (total - having + 0.5) / (having + 0.5))
    count = entry.counts[word]
    length = 1 - BM25_B + BM25_B * entry.length / index.average
    return rarity * count * (BM25_K + 1) / (count + BM25_K * length)


def did_you_mean(query: str, index: Index) -> str:
    """Return the query with words that no page has replaced by the nearest ones; empty if there is none."""
    found, changed = [], False
    for typed in written(query):
        word = fold(typed)
        known = (
            len(word) <= 3
            or word in STOP_WORDS.get(index.language, ())
            or stem(word, index.language) in index.spread
        )
        nearest = None if known else _nearest(word, index)
        changed = changed or nearest is not None
        found.append(nearest or typed)
    return " ".join(found) if changed else ""


def _nearest(word: str, index: Index) -> str | None:
    """Return the word of the titles that differs by one letter, by two in words of six and more, or None."""
    limit = 1 if len(word) <= 5 else 2
    near = process.extract(
        word,
        index.vocabulary.keys(),
        scorer=DamerauLevenshtein.distance,
        score_cutoff=limit,
        limit=20,
    )
    # Among equals, the one that sounds most like it: “pase” is rather “passe” than “page”.
    alike = [
        (distance, -JaroWinkler.similarity(word, other), other) for other, distance, _key in near
    ]
    return index.vocabulary[min(alike)[2]] if alike else None


def suggest(query: str, language: str, *, limit: int = 6, version: str | None = None) -> list[Hit]:
    """Return pages while somebody types: titles with a word that begins so, then titles that are like it."""
    index = index_for(language, version)
    typed = words(query[:MAX_QUERY])
    if not typed or len(fold(query).strip()) < 2:
        return []
    *done, last = typed
    found = []
    for entry in index.entries:
        title = words(entry.title)
        whole = all(stem(word, language) in entry.counts or word in title for word in done)
        starts = [position for position, word in enumerate(title) if word.startswith(last)]
        if whole and starts:
            found.append((starts[0], entry.title, entry))
    found.sort(key=lambda row: row[:2])
    entries = [entry for _position, _title, entry in found]
    if not entries and len(last) >= PREFIX_LETTERS:
        alike = process.extract(
            fold(query),
            {number: fold(entry.title) for number, entry in enumerate(index.entries)},
            scorer=fuzz.partial_ratio,
            score_cutoff=78,
            limit=limit,
        )
        entries = [index.entries[number] for _title, _score, number in alike]
    return [
        Hit(
            key=entry.key,
            kind=entry.kind,
            title=entry.title,
            summary=entry.summary,
            path=entry.path,
            score=0.0,
        )
        for entry in entries[:limit]
    ]


def as_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as the API shows it."""
    return {
        "id": hit.key,
        "kind": hit.kind,
        "title": hit.title,
        "summary": hit.summary,
        "url": hit.path,
    }
