"""Refusals of the content API."""

from django.utils.translation import gettext_lazy as _

from eservices.errors import Invalid, NotFound


class UnknownLanguage(NotFound):
    """The portal has no content in this language."""

    code = "content.unknown_language"
    message = _("There is no content in this language. Languages: %(languages)s.")


class UnknownContent(NotFound):
    """No public page has this id or this address."""

    code = "content.not_found"
    message = _("There is no such page in this language.")


class QueryInvalid(Invalid):
    """A parameter of the address has a value that it cannot have."""

    code = "content.query_invalid"
    message = _("The parameter “%(name)s” cannot have this value.")
