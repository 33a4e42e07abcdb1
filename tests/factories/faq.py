"""Questions, in one language or in two with their translations tied together."""

import uuid
from typing import Any

from wagtail.models import Page

from faq.models import FaqCategoryPage, FaqIndexPage, FaqQuestionPage
from tests.factories.cms_pages import add, home

INDEX_KEY = uuid.UUID("00000000-0000-0000-0000-00000000fa00")
CATEGORY_KEY = uuid.UUID("00000000-0000-0000-0000-00000000fa01")


def paragraph(text: str, block_id: str = "p") -> dict[str, Any]:
    """Return a raw paragraph block."""
    return {"type": "paragraph", "id": f"{block_id}-id", "value": f"<p>{text}</p>"}


def index(code: str = "fr") -> FaqIndexPage:
    """Return the help start page of a language."""
    found = FaqIndexPage.objects.filter(locale__language_code=code).first()
    page = FaqIndexPage(title="Aide", slug="aide", show_in_menus=True, translation_key=INDEX_KEY)
    return found or add(home(code), page)


def category(code: str = "fr", **values: Any) -> FaqCategoryPage:
    """Return a group of questions; without values always the same one."""
    if not values:
        found = FaqCategoryPage.objects.filter(
            locale__language_code=code, translation_key=CATEGORY_KEY
        ).first()
        if found is not None:
            return found
        values = {"title": "Mon compte", "slug": "mon-compte", "translation_key": CATEGORY_KEY}
    return add(index(code), FaqCategoryPage(**values))


def question(parent: Page | None = None, number: int = 1, **values: Any) -> FaqQuestionPage:
    """Return a published question."""
    values = {
        "title": f"Comment activer mon compte {number} ?",
        "slug": f"activer-{number}",
        "short_answer": "Cliquez sur le bouton de l’invitation.",
        "answer": [paragraph("Ouvrez l’invitation.")],
        **values,
    }
    return add(parent or category(), FaqQuestionPage(**values))
