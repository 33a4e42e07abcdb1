"""A walk over every address: what each answer tells browsers, and that nothing crashes on the way."""

import re
import uuid
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from portal import urls as portal_urls
from portal.csp import CITIZEN_POLICY, header
from tests.addresses import at
from tests.factories.cms_pages import help_index, help_page, home
from tests.factories.eservices import log_in, make_agent, make_user
from tests.factories.faq import question

pytestmark = pytest.mark.django_db

SAMPLES = {
    "uuid": str(uuid.UUID(int=7)),
    "int": "7",
    "slug": "tree",
    "str": "SUB-2026-7K3M9Q",
    "path": "x/y",
}
CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


def routes(patterns=None, before: str = "") -> Iterator[str]:
    """All addresses that are written with converters, filled with samples."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from routes(item.url_patterns, route)
        elif isinstance(item, URLPattern) and "^" not in route and "(" not in route:
            yield "/" + CONVERTER.sub(lambda found: SAMPLES.get(found["kind"] or "str", "x"), route)


CITIZEN_ROUTES = sorted({route for route in routes() if not route.startswith("/admin/")})
ADMIN_ROUTES = sorted({route for route in routes() if route.startswith("/admin/")})


def assert_safe(answer, place: str) -> None:
    """What every answer has."""
    headers = answer.headers
    assert headers.get("X-Content-Type-Options") == "nosniff", place
    assert headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}, place
    assert headers.get("Permissions-Policy"), place
    assert headers.get("X-Request-ID"), place
    policy = headers.get("Content-Security-Policy", "")
    assert policy, place
    if place.startswith("/admin/"):
        assert "object-src 'none'" in policy, place
        return
    assert "unsafe" not in policy, place
    assert "default-src 'none'" in policy, place
    assert "base-uri 'none'" in policy or policy.startswith("sandbox;"), place
    assert headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"}, place


def assert_pages_have_nothing_inline(answer, place: str) -> None:
    """What the policy would block anyway must not be in the page."""
    if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming:
        return
    page = answer.content.decode()
    if place.startswith("/sandbox/"):
        return
    assert not re.search(r"<[^>]+\sstyle=", page), place
    assert "<style" not in page, place
    assert not re.search(r"<[^>]+\son[a-z]+=", page), place
    for script in re.findall(r"<script\b[^>]*>", page):
        assert "src=" in script or "application/" in script, (place, script)


def test_the_walk_sees_the_portal():
    assert len(CITIZEN_ROUTES) > 40
    assert len(ADMIN_ROUTES) > 50
    assert "/api/v1/session/" in CITIZEN_ROUTES


def test_anonymous_walk():
    home()
    client = Client(raise_request_exception=False)
    for route in CITIZEN_ROUTES:
        answer = client.get(route)
        assert answer.status_code < 500 or "health" in route, route
        assert_safe(answer, route)
        assert_pages_have_nothing_inline(answer, route)


def test_walk_of_somebody_who_is_logged_in():
    home()
    user = make_user()
    for route in CITIZEN_ROUTES:
        answer = log_in(Client(raise_request_exception=False), user).get(route)
        assert answer.status_code < 500 or "health" in route, route
        assert_safe(answer, route)
        assert_pages_have_nothing_inline(answer, route)
        if answer.status_code == 200 and user.last_name in getattr(answer, "content", b"").decode(
            errors="ignore"
        ):
            assert "no-store" in answer.headers.get("Cache-Control", ""), route


@pytest.mark.parametrize("who", ["nobody", "citizen"])
def test_the_back_office_is_closed(who):
    client = Client(raise_request_exception=False)
    if who == "citizen":
        log_in(client, make_user())
    for route in ADMIN_ROUTES:
        answer = client.get(route)
        if "login" not in route:
            assert answer.status_code in {302, 403, 404}, route
        if answer.status_code == 302:
            assert at("login") in answer["Location"], route
        assert_safe(answer, route)


def test_the_back_office_has_its_own_policy():
    home()
    client = log_in(Client(), make_agent())
    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert_safe(answer, "/admin/")
    assert "no-store" in answer["Cache-Control"]


def test_private_pages_are_kept_nowhere():
    home()
    client = log_in(Client(), make_user())
    for route in (at("dashboard"), at("details"), at("security"), "/api/v1/submissions/"):
        answer = client.get(route)
        assert answer.status_code == 200, route
        assert "no-store" in answer.headers["Cache-Control"], route
    assert "no-store" in Client().get(at("login")).headers["Cache-Control"]


def test_public_content_sets_no_cookie_and_may_be_kept():
    start = home()
    entry = question()
    page = help_page(help_index(start))
    places = [start.url, entry.url, page.url, "/fr/faq/", "/fr/search/?q=x", at("procedures")]
    for place in [*places, "/api/v1/faq/?locale=fr", "/api/v1/menu/?locale=fr", "/api/v1/locales/"]:
        answer = Client().get(place, follow=True)
        assert answer.status_code == 200, place
        assert not answer.cookies, place
        assert "no-store" not in answer.headers.get("Cache-Control", ""), place


# Refusals


def bad(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("about amelie@example.org")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("about amelie@example.org")


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("about amelie@example.org")


VIEWS = {400: bad, 403: forbidden, 500: broken}
urlpatterns = [
    *[path(f"test/{status}/", view) for status, view in VIEWS.items()],
    *[path(f"api/test/{status}/", view) for status, view in VIEWS.items()],
    *portal_urls.urlpatterns,
]
handler400 = portal_urls.handler400
handler403 = portal_urls.handler403
handler404 = portal_urls.handler404
handler500 = portal_urls.handler500


@pytest.mark.parametrize("status", [400, 403, 404, 500])
@pytest.mark.parametrize("logged_in", [False, True])
def test_refusals_are_pages_for_people_and_problems_for_machines(settings, status, logged_in):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    if logged_in:
        log_in(client, make_user())
    for place in (f"/test/{status}/", f"/api/test/{status}/"):
        answer = client.get(place, headers={"Accept-Language": "fr"})
        while answer.status_code == 302:
            answer = client.get(answer["Location"])
        assert answer.status_code == status, place
        assert_safe(answer, place)
        text = answer.content.decode()
        assert "amelie" not in text
        assert "Traceback" not in text
        if place.startswith("/api/"):
            assert answer.headers["Content-Type"] == "application/problem+json"
        else:
            assert answer.headers["Content-Type"].startswith("text/html")
            assert "<h1" in text
            assert_pages_have_nothing_inline(answer, place)


def test_the_token_of_a_form_is_too_old():
    home()
    answer = Client(enforce_csrf_checks=True).post(at("login"), {})
    assert answer.status_code == 403
    assert_safe(answer, at("login"))
    assert_pages_have_nothing_inline(answer, at("login"))


def test_the_citizens_policy_is_the_strict_one():
    assert header(CITIZEN_POLICY) == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    )
