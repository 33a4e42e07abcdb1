"""The start pages: what the municipality says about itself, services, news."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from cms_pages.destinations import SERVICES
from cms_pages.models import LoadedFile
from eservices.models import Procedure
from portal.demo_loading import files, places, translations
from portal.demo_loading.bodies import stable_id
from portal.demo_loading.files import LANGUAGES, DemoFile

#: The other official name that stands below the first one.
SECOND_LANGUAGE = {"fr": "nl", "nl": "fr", "de": "fr", "en": "fr"}


def _facts(site: DemoFile, code: str) -> dict[str, Any]:
    """Return the plain fields of the start page in a language."""
    spec = site.data["municipality"]
    names = site.words(spec, "name", "municipality")
    address = spec["address"]
    street = site.words(address, "street", "municipality/address")[code]
    town = site.words(address, "locality", "municipality/address")[code]
    home = site.data["home"]
    return {
        "municipality": names[code],
        "second_name": names[SECOND_LANGUAGE[code]],
        "second_language": SECOND_LANGUAGE[code],
        "address": f"{street}, {address['postcode']} {town}",
        "phone": spec["phone"],
        "phone_hours": site.words(spec, "phone_hours", "municipality")[code],
        "email": spec["email"],
        "contact_note": site.words(spec, "note", "municipality")[code],
        "hero_title": site.words(home, "title", "home")[code],
        "intro": site.words(home, "intro", "home")[code],
    }


HOME_TITLES = {"fr": "Accueil", "nl": "Startpagina", "de": "Startseite", "en": "Home"}


@transaction.atomic
def ensure_homes(site: DemoFile) -> dict[str, Page]:
    """Return the start pages by language; new ones are published with the plain facts."""
    facts = {code: _facts(site, code) for code in LANGUAGES}
    pages = places.home_pages(HOME_TITLES, facts)
    for page in pages.values():
        if not page.live:
            places.publish(page, {})
    return pages


def _item(kind: str, name: str, value: Mapping[str, Any] | str) -> dict[str, Any]:
    return {"type": kind, "id": stable_id("home", kind, name), "value": value}


def _streams(site: DemoFile, code: str) -> dict[str, Any]:
    home = site.data["home"]
    pages = dict(Procedure.objects.filter(page__live=True).values_list("code", "page_id"))
    for tile in home["tiles"]:
        if tile["target"] not in SERVICES:
            raise site.fail(f"home/tiles/{tile['id']}", f"the place “{tile['target']}” is unknown.")
    searches = home["frequent_searches"]["items"]
    return {
        "frequent_searches": [
            _item("term", s["id"], site.words(s, "label", f"home/{s['id']}")[code])
            for s in searches
        ],
        "tiles": [
            _item(
                "tile",
                tile["id"],
                {
                    "service": tile["target"],
                    "title": site.words(tile, "title", f"home/tiles/{tile['id']}")[code],
                    "text": site.words(tile, "text", f"home/tiles/{tile['id']}")[code],
                },
            )
            for tile in home["tiles"]
        ],
        "notices": [
            _item(
                "notice",
                notice["id"],
                {
                    "date": str(notice["date"]),
                    "title": site.words(notice, "title", f"notices/{notice['id']}")[code],
                    "text": site.words(notice, "text", f"notices/{notice['id']}")[code],
                    "page": pages.get(notice.get("target")),
                },
            )
            for notice in site.data["notices"]["items"]
        ],
        "hours": [
            _item(
                "day",
                day["id"],
                {
                    "weekday": str(number),
                    "day": site.words(day, "day", f"opening_hours/{day['id']}")[code],
                    "hours": site.words(day, "hours", f"opening_hours/{day['id']}")[code],
                },
            )
            for number, day in enumerate(site.data["opening_hours"]["days"], start=1)
        ],
    }


@transaction.atomic
def load_homes(site: DemoFile, homes: Mapping[str, Page]) -> int:
    """Write the start pages in full and publish them, if the file or the pages of procedures changed."""
    linked = (
        Procedure.objects.filter(page__live=True).order_by("pk").values_list("page_id", flat=True)
    )
    state = files.read(site.path, salt=f"home {list(linked)}".encode()).sha256
    if LoadedFile.objects.filter(key="home", sha256=state).exists():
        return 0
    for code, page in homes.items():
        places.publish(page, {**_facts(site, code), **_streams(site, code)})
    main = settings.LANGUAGE_CODE
    targets = {code: page for code, page in homes.items() if code != main}
    translations.record(homes[main], targets, site.name)
    # Under a name of its own: the help reads the same file.
    LoadedFile.objects.update_or_create(key="home", defaults={"sha256": state})
    return len(homes)
