"""What every refusal is, and the kinds by which pages and API answer."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal by a rule. `field` names the input it belongs to; `params` fill the message's placeholders."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


def message_of(code: str) -> str:
    """Return the sentence of the refusal that has this code, as the security log shows it; empty when there is none.

    Sentences with details (how many tries are left) were true at their moment only: they are left out, and so are those
    that a refusal only inherits.
    """
    for kind in _kinds(DomainError):
        if kind.code == code and "message" in vars(kind) and "%(" not in str(kind.message):
            return str(kind.message)
    return ""


def _kinds(parent: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in parent.__subclasses__():
        yield kind
        yield from _kinds(kind)


class Refused(DomainError):
    """The person may not do this (403)."""

    code = "refused"
    status = 403
    message = _(
        "You do not have the right to do this. Ask the municipality if you think you should."
    )


class NotFound(DomainError):
    """There is no such thing, or not for this person (404)."""

    code = "not_found"
    status = 404
    message = _("This page or file does not exist, or it is not yours.")


class Conflict(DomainError):
    """Something changed meanwhile (409)."""

    code = "conflict"
    status = 409
    message = _("This was changed meanwhile. Reload the page and look again.")


class Invalid(DomainError):
    """What was sent cannot be accepted as it is (422)."""

    code = "invalid"
    status = 422
    message = _("Some answers need to be put right.")


class TooMany(DomainError):
    """Too many tries in a short time (429); `seconds` says how long to wait."""

    code = "too_many"
    status = 429
    message = _("There were too many tries. Try again in %(seconds)s seconds.")


class Unavailable(DomainError):
    """A service that we depend on does not answer (503)."""

    code = "unavailable"
    status = 503
    message = _("The service does not answer. Nothing is lost: try again in a few minutes.")
