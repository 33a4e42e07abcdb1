"""What the search knows of a page, written when the page is saved."""

from typing import Any

from wagtail.models import Page

from faq.folding import stems
from faq.models import SearchEntry

#: Lists of pages are not answers: they are found through the pages that they list.
NOT_SEARCHED = frozenset(
    (
        "wagtailcore.page",
        "cms_pages.homepage",
        "cms_pages.helpindexpage",
        "faq.faqindexpage",
        "eservices.procedureindexpage",
    )
)


def enter(page: Page) -> None:
    """Write or remove the entry of one page; aliases repeat another page and are not searched."""
    if not page.live or page.alias_of_id or page._meta.label_lower in NOT_SEARCHED:
        SearchEntry.objects.filter(page_id=page.pk).delete()
        return
    language = page.locale.language_code
    parts = _parts(page)
    SearchEntry.objects.update_or_create(
        page_id=page.pk,
        defaults={
            "key": page.translation_key,
            "language": language,
            "kind": parts.get("kind", "page"),
            "title": parts["title"],
            "summary": parts.get("summary", ""),
            "title_stems": " ".join(stems(parts["title"], language)),
            "term_stems": " ".join(stems(parts.get("terms", ""), language)),
            "body_stems": " ".join(
                stems(f"{parts.get('summary', '')} {parts.get('body', '')}", language)
            ),
        },
    )


def _parts(page: Page) -> dict[str, Any]:
    """Ask the page for its words (method `search_parts`); a page of a plain type is found by title and description."""
    own = getattr(page, "search_parts", None)
    if own is not None:
        return own()
    # The core knows no search: its pages are read by name.
    is_procedure = page._meta.label_lower == "eservices.procedurepage"
    return {
        "kind": "procedure" if is_procedure else "page",
        "title": page.title,
        "summary": getattr(page, "summary", "") or page.search_description,
        "terms": page.search_description,
    }


def rebuild() -> int:
    """Write all entries anew; returns how many pages are searched."""
    SearchEntry.objects.all().delete()
    for page in (
        Page.objects.live().public().specific().select_related("locale").iterator(chunk_size=200)
    ):
        enter(page)
    return SearchEntry.objects.count()
