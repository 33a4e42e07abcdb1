"""The tree of pages: one per language, with the same structure; and the pictures."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from cms_pages.contents import prepare_picture
from cms_pages.models import HomePage
from portal.demo_loading.bodies import stable_id
from portal.demo_loading.files import DEMO, LANGUAGES


def locales() -> dict[str, Locale]:
    """Return the locales of all languages of the portal; makes the missing ones."""
    return {code: Locale.objects.get_or_create(language_code=code)[0] for code in LANGUAGES}


def page_key(*names: str) -> uuid.UUID:
    """Return the key that ties the translations of a page together."""
    return uuid.UUID(stable_id("page", *names))


def ensure_page(
    model: type[Page], key: uuid.UUID, locale: Locale, parent: Page, values: Mapping[str, Any]
) -> Page:
    """Return the page of a key in a language, made as a draft below `parent` if it is missing."""
    found = model.objects.filter(translation_key=key, locale=locale).first()
    if found is None:
        page = model(
            translation_key=key, locale=locale, live=False, has_unpublished_changes=True, **values
        )
        # The parent's count of children moves with each child: read it anew.
        parent.refresh_from_db(fields=["numchild", "path", "depth", "url_path"])
        found = parent.add_child(instance=page)
    return found


def publish(page: Page, values: Mapping[str, Any]) -> None:
    """Write values into a page and publish it, as an editor would."""
    for field, value in values.items():
        setattr(page, field, value)
    page.save_revision(log_action=False).publish(log_action=False, skip_permission_checks=True)


def home_pages(
    names: Mapping[str, str], values: Mapping[str, Mapping[str, Any]]
) -> dict[str, Page]:
    """Return the start pages by language; the site shows the one of the main language and finds the others itself."""
    root = Page.get_first_root_node()
    # What Wagtail's first migration leaves behind.
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    if welcome is not None:
        welcome.delete()
        root.refresh_from_db()
    pages = {}
    for code, locale in locales().items():
        pages[code] = ensure_page(
            HomePage,
            page_key("home"),
            locale,
            root,
            {"title": names[code], "slug": f"home-{code}", **values[code]},
        )
    main = pages[settings.LANGUAGE_CODE]
    _show(main, names[settings.LANGUAGE_CODE])
    return pages


def _show(page: Page, name: str) -> None:
    """Let the portal's site show this start page, if it does not yet."""
    wanted = {"hostname": "localhost", "port": 80, "root_page": page, "site_name": name}
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    known = (site.hostname, site.port, site.root_page_id, site.site_name)
    if known != ("localhost", 80, page.pk, name):
        for field, value in wanted.items():
            setattr(site, field, value)
        site.save()


class Shots:
    """The pictures of screens: a file per screen and language, and where its named places are (percent)."""

    def __init__(self) -> None:
        self.folder = DEMO / "shots"
        self.taken: dict[tuple[str, str], tuple[int, Mapping[str, list[float]]] | None] = {}

    def __call__(self, screen: str, language: str) -> tuple[int, Mapping[str, list[float]]] | None:
        """Return the number of the picture and its places; None while it has not been taken."""
        if (screen, language) not in self.taken:
            self.taken[screen, language] = self._read(screen, language)
        return self.taken[screen, language]

    def _read(self, screen: str, language: str) -> tuple[int, Mapping[str, list[float]]] | None:
        picture, places = (self.folder / f"{screen}.{language}.{kind}" for kind in ("png", "json"))
        if not picture.exists() or not places.exists():
            return None
        content = picture.read_bytes()
        title = f"{screen} ({language})"
        image_model = get_image_model()
        image = image_model.objects.filter(title=title).first() or image_model(title=title)
        if image.pk is None or image.file_size != len(content):
            image.file = ContentFile(content, name=picture.name)
            image.save()
        prepare_picture(image)
        return image.pk, json.loads(places.read_text(encoding="utf-8"))
