"""Refusals of requests that carry an Idempotency-Key."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class IdempotencyConflict(Conflict):
    """The key was used already, for something else."""

    code = "idempotency.conflict"
    message = _("This key was already used for another request. Send a new one with a new key.")


class IdempotencyKeyMissing(Invalid):
    """The address makes something that must not be made twice: it needs a key, of 255 characters at most."""

    code = "idempotency.key_missing"
    message = _("Send a key of your own in the header Idempotency-Key, of at most 255 characters.")
