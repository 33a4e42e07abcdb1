"""Session authentication that asks for the second factor."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class VerifiedSessionAuthentication(SessionAuthentication):
    """Takes a session as login only when its second factor is proved.

    Unsafe methods need the CSRF token, as in every form of the portal.
    """

    def authenticate(self, request: Request) -> tuple[object, None] | None:
        user = getattr(request._request, "user", None)  # nobody's without a proved second factor
        if not user or not user.is_active:
            return None
        self.enforce_csrf(request)
        return (user, None)


class ReadingSessionAuthentication(VerifiedSessionAuthentication):
    """The same for addresses that change nothing, for anybody: no CSRF token, also where they take a body."""

    def enforce_csrf(self, request: Request) -> None:
        """Ask for none: another site that has the browser ask cannot read the answer."""
