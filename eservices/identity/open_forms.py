"""Forms that were open in another tab when the same person logged in again.

A login changes the token that every form carries, so that a form from before is refused. That it was shown to the same
person in the same browser can still be told by its token: what it holds is then kept for the person, never carried out.
"""

from django.http import HttpRequest
from django.middleware.csrf import _does_token_match

#: Where the session keeps the secrets of the tokens before.
KEY = "forms_before"
#: So many logins back.
MOST = 3


def of(request: HttpRequest) -> list[str]:
    """Return the secrets of all forms that this browser has shown to the person of its session."""
    present = request.META.get("CSRF_COOKIE")
    known: list[str] = request.session.get(KEY, [])
    return [*known, present][-MOST:] if present else known


def remember(request: HttpRequest, secrets: list[str]) -> None:
    """Keep them with a new session of the same person."""
    if secrets:
        request.session[KEY] = secrets


def is_from_before(request: HttpRequest) -> bool:
    """Whether the form of a request was shown to the same person, before they logged in again."""
    token = request.POST.get("csrfmiddlewaretoken", "")
    if len(token) not in (32, 64) or not (token.isascii() and token.isalnum()):
        return False
    return any(_does_token_match(token, secret) for secret in request.session.get(KEY, []))
