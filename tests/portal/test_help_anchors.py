"""The boxes in the pictures of the help: each names a place that its screen has."""

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from cms_pages.models import HomePage
from eservices.models import Submission, User
from portal.demo_loading.files import DEMO, LANGUAGES
from portal.demo_loading.people import PASSWORD
from tests.factories.eservices import log_in, make_invitation

PERSON = "citizen@example.org"


def nodes() -> dict[str, set[str]]:
    """The places that the help names, by screen."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in [*DEMO.glob("faq/*.yaml"), *DEMO.glob("help/*.yaml")]:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for node in data.get("answer") or data.get("body"):
            if node["type"] == "screenshot":
                found[node["screen"]] |= {box["anchor"] for box in node["boxes"]}
    return found


NODES = nodes()


def of(email: str) -> Client:
    """A browser in which this person of the demo is logged in."""
    return log_in(Client(), User.objects.get(email=email))


def page(client: Client, path: str) -> str:
    """The page behind an address, after its redirections."""
    answer = client.get(path, follow=True)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def code() -> str:
    """The second step of logging in."""
    given = {"login-current_step": "auth", "auth-username": PERSON, "auth-password": PASSWORD}
    return str(Client().post(reverse("login"), given, follow=True).content.decode())


def activation() -> str:
    """What the link of an invitation opens."""
    make_invitation(token="opened-once")
    return page(Client(), reverse("invitation-open", kwargs={"token": "opened-once"}))


def file(*, draft: bool) -> str:
    """A file of the demo's citizen."""
    mine = Submission.objects.filter(profile__user__email=PERSON)
    reference = next(one.reference for one in mine if one.is_draft is draft)
    return page(of(PERSON), reverse("submission", kwargs={"reference": reference}))


SCREENS: dict[str, Callable[[], str]] = {
    "home": lambda: page(Client(), HomePage.objects.get(locale__language_code="fr").get_url()),
    "login": lambda: page(Client(), reverse("login")),
    "login-code": code,
    "activation": activation,
    "reset": lambda: page(Client(), reverse("password-reset")),
    "security": lambda: page(of(PERSON), reverse("security")),
    "details": lambda: page(of("parent@example.org"), reverse("details")),
    "dashboard": lambda: page(of(PERSON), reverse("dashboard")),
    "procedures": lambda: page(Client(), reverse("procedures")),
    "procedure": lambda: page(of(PERSON), reverse("procedure", kwargs={"code": "tree"})),
    "form": lambda: file(draft=True),
    "file": lambda: file(draft=False),
}


@pytest.mark.sqlite_only  # about templates and texts: the database changes nothing
@pytest.mark.feature("X17")
def test_every_box_of_the_help_has_its_place_on_the_screen(demo):
    assert len(NODES) >= 10
    for screen, wanted in NODES.items():
        places = set(re.findall(r'data-help="([^"]+)"', SCREENS[screen]()))
        assert wanted <= places, (screen, wanted - places)


@pytest.mark.feature("X17")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", sorted(NODES))
def test_every_picture_is_there_with_its_places(screen, language):
    picture: Path = DEMO / "shots" / f"{screen}.{language}.png"
    places = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))

    assert picture.stat().st_size < 200_000
    assert NODES[screen] <= places.keys()
    for name, (left, top, width, height) in places.items():
        assert 0 <= left < left + width <= 100, name
        assert 0 <= top < top + height <= 100, name
