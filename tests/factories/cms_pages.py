"""Pages: a small tree with a start page per language."""

import uuid
from typing import Any

from django.conf import settings
from wagtail.models import Locale, Page, Site

from cms_pages.models import HelpIndexPage, HelpPage, HomePage

HOME_KEY = uuid.UUID("00000000-0000-0000-0000-00000000beef")


def locale(code: str) -> Locale:
    """Return the locale of a language."""
    return Locale.objects.get_or_create(language_code=code)[0]


def publish(page: Page) -> Page:
    """Publish a page as an editor would."""
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def add(parent: Page, page: Page) -> Page:
    """Add a page below another one and publish it."""
    parent.refresh_from_db()
    page.locale = page.locale if page.locale_id else parent.locale
    return publish(parent.add_child(instance=page))


def home(code: str = "fr", **values: Any) -> HomePage:
    """Return the published start page of a language; the site shows it."""
    found = HomePage.objects.filter(locale__language_code=code).first()
    if found is not None:
        return found
    root = Page.get_first_root_node()
    page = HomePage(
        title=f"Start {code}",
        slug=f"start-{code}",
        hero_title=f"Hero {code}",
        municipality=f"Valmont {code}",
        locale=locale(code),
        translation_key=HOME_KEY,
        **values,
    )
    root.add_child(instance=page)
    publish(page)
    if code == settings.LANGUAGE_CODE:
        Site.objects.update_or_create(
            is_default_site=True, defaults={"root_page": page, "hostname": "localhost", "port": 80}
        )
        Site.clear_site_root_paths_cache()
    return page


def help_index(parent: Page | None = None) -> HelpIndexPage:
    """Return a list of help pages."""
    return add(parent or home(), HelpIndexPage(title="Guides", slug="guides"))


def help_page(parent: Page, **values: Any) -> HelpPage:
    """Return a help page."""
    values = {
        "title": "Premiers pas",
        "slug": "premiers-pas",
        "intro": "Par où commencer.",
        **values,
    }
    return add(parent, HelpPage(**values))
