"""Headers that protect people. Content security policies: a strict one for everybody, a laxer one
that is bound to the back office.

Wagtail's admin still needs inline styles and scripts (wagtail/wagtail#1288); citizens never get
that policy.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import LazyObject, empty

CITIZEN_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
ADMIN_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-src": "'self'",
    "frame-ancestors": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


def header(policy: dict[str, str]) -> str:
    """Return the value of the Content-Security-Policy header."""
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class PolicyMiddleware:
    """Adds to every answer the policy of its path, what browsers may use, and whether it may be
    kept.

    What was made for somebody, or carries a cookie or a security token, is kept nowhere: not by
    proxies, not by the browser of a public library. Views that say something about caching are
    believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        policies = settings.CONTENT_SECURITY_POLICIES
        self.citizen = header(policies["citizen"])
        self.admin = header(policies["admin"])

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = self.admin if request.path.startswith("/admin/") else self.citizen
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        if "Cache-Control" not in response.headers and is_private(request, response):
            response.headers["Cache-Control"] = "private, no-store"
        return response


def is_private(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether an answer depends on who asked. A user whom nobody looked at has no part in the
    answer.
    """
    if response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):
        return True
    user = request.__dict__.get("user")
    if user is None or (isinstance(user, LazyObject) and user.__dict__.get("_wrapped") is empty):
        return False
    return bool(user.is_authenticated)
