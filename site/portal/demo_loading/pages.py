"""Questions and help pages: first the places, then the words, so that any page may link to any other."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from cms_pages.models import HelpIndexPage, HelpPage, Source
from faq.models import SHORT_ANSWER_WORDS, FaqCategoryPage, FaqIndexPage, FaqQuestionPage
from portal.demo_loading import files, places, translations
from portal.demo_loading.bodies import BodyBuilder
from portal.demo_loading.files import LANGUAGES, DemoFile

INDEX_SLUGS = {"fr": "aide", "nl": "hulp", "de": "hilfe", "en": "help"}
GUIDE_SLUGS = {"fr": "guides", "nl": "gidsen", "de": "leitfaeden", "en": "guides"}
#: Whom the questions of a category concern, where it is not everybody.
AUDIENCES = {"children": "parents"}
#: Help pages that the footer lists: what the law wants within reach of every page.
FOOTER_PAGES = ("privacy", "accessibility-contact")

Trees = dict[str, Page]


def load_frame(site: DemoFile, homes: Trees) -> tuple[Trees, dict[str, Trees], Trees]:
    """Make and publish the help start page, its categories and the list of help pages; return them by language."""
    spec = site.data["faq"]
    index = _section(
        FaqIndexPage, "faq", homes, site, spec, "faq", INDEX_SLUGS, {"show_in_menus": True}
    )
    categories = {}
    for code, category in spec["categories"].items():
        slugs = site.words(category, "slug", f"faq/{code}")
        extra = {"icon": category["icon"]}
        categories[code] = _section(
            FaqCategoryPage, f"category/{code}", index, site, category, f"faq/{code}", slugs, extra
        )
    guides = _section(
        HelpIndexPage, "help", index, site, spec["help_pages"], "faq/help_pages", GUIDE_SLUGS, {}
    )
    return index, categories, guides


def _section(
    model: type[Page],
    key: str,
    parents: Trees,
    site: DemoFile,
    spec: Mapping[str, Any],
    node: str,
    slugs: Mapping[str, str],
    extra: Mapping[str, Any],
) -> Trees:
    titles, intros = site.words(spec, "title", node), site.words(spec, "intro", node)
    pages = {}
    for code, locale in places.locales().items():
        values = {"title": titles[code], "slug": slugs[code], **extra}
        page = places.ensure_page(model, places.page_key(key), locale, parents[code], values)
        if not page.live or page.intro != intros[code] or page.title != titles[code]:
            places.publish(page, {**values, "intro": intros[code]})
        pages[code] = page
    _record(pages, site.name)
    return pages


def _record(pages: Trees, name: str) -> None:
    main = settings.LANGUAGE_CODE
    translations.record(
        pages[main], {code: page for code, page in pages.items() if code != main}, name
    )


@transaction.atomic
def load_pages(
    site: DemoFile, homes: Trees, questions: list[DemoFile], guides: list[DemoFile]
) -> int:
    """Load what changed of the questions and help pages; returns how many files that were."""
    changed = {file.name for file in files.changed([site, *questions, *guides])}
    if not changed:
        return 0
    _index, categories, guide_index = load_frame(site, homes)
    trees: dict[str, Trees] = {}
    for file in sorted(questions, key=lambda file: file.data["order"]):
        category = file.data.get("category")
        if category not in categories:
            raise file.fail("category", f"“{category}” is not one of {', '.join(categories)}.")
        trees[f"faq:{file.data['key']}"] = _draft(
            FaqQuestionPage, "faq", file, categories[category]
        )
    for file in sorted(guides, key=lambda file: file.data["order"]):
        trees[f"help:{file.data['key']}"] = _draft(HelpPage, "help", file, guide_index)
    shots = places.Shots()
    for file in (*questions, *guides):
        if file.name in changed:
            _fill(file, trees, shots)
            files.remember(file)
    files.remember(site)
    return len(changed)


def _draft(model: type[Page], kind: str, file: DemoFile, parents: Trees) -> Trees:
    """Make the places of a file's page; a title field and the plain texts are there, the body is not."""
    slugs = file.words(file.data, "slug", "slug")
    return {
        code: places.ensure_page(
            model,
            places.page_key(kind, str(file.data["key"])),
            locale,
            parents[code],
            {"slug": slugs[code], **_plain_values(kind, file, code)},
        )
        for code, locale in places.locales().items()
    }


def _plain_values(kind: str, file: DemoFile, code: str) -> dict[str, Any]:
    data = file.data
    if data.get("source") not in Source.values:
        raise file.fail(
            "source", f"“{data.get('source')}” is not one of {', '.join(Source.values)}."
        )
    shared = {"checked_on": data["checked_on"], "source": data["source"]}
    if kind == "help":
        return {
            "title": file.words(data, "title", "title")[code],
            "intro": file.words(data, "intro", "intro")[code],
            "show_in_menus": data["key"] in FOOTER_PAGES,
            **shared,
        }
    short = file.words(data, "short_answer", "short_answer")[code]
    if len(short.split()) > SHORT_ANSWER_WORDS:
        raise file.fail(
            "short_answer", f"the {code} text has more than {SHORT_ANSWER_WORDS} words."
        )
    return {
        "title": file.words(data, "question", "question")[code],
        "short_answer": short,
        "search_terms": file.words(data, "search_terms", "search_terms", optional=True)[code],
        "audience": AUDIENCES.get(data["category"], "everybody"),
        **shared,
    }


def _fill(file: DemoFile, trees: Mapping[str, Trees], shots: places.Shots) -> None:
    """Write the words of a file into its pages, publish them, and record the translations."""
    kind = "faq" if "question" in file.data else "help"
    pages = trees[f"{kind}:{file.data['key']}"]
    main = settings.LANGUAGE_CODE
    # Links point to the page of the source language; readers are led to theirs (cms_pages.contents).
    builder = BodyBuilder(file, {key: tree[main].pk for key, tree in trees.items()}, shots)
    field, related = ("answer" if kind == "faq" else "body"), []
    for key in file.data.get("related") or ():
        target = next(
            (f"{prefix}:{key}" for prefix in (kind, "faq", "help") if f"{prefix}:{key}" in trees),
            None,
        )
        if target is None:
            raise file.fail("related", f"“{key}” does not exist.")
        if kind == "help" or target.startswith("faq:"):
            related.append(
                {
                    "type": "page",
                    "id": builder.block_id("related", key),
                    "value": trees[target][main].pk,
                }
            )
    slugs = file.words(file.data, "slug", "slug")
    for code in LANGUAGES:
        values = {
            **_plain_values(kind, file, code),
            "slug": slugs[code],
            field: builder.body(file.data[field], code),
            "related": related,
        }
        places.publish(pages[code], values)
    _record(pages, file.name)
