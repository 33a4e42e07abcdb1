"""Refusals about files that agents enter at the counter."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Refused


class CounterRefused(Refused):
    """An agent enters a file for oneself or for an account that is closed."""

    code = "counter.refused"
    message = _("You cannot enter a file for yourself, nor for an account that is closed.")


class CounterDraftTaken(Conflict):
    """The person has gone on with a draft that was begun at the counter: nobody else reads it until it is sent."""

    code = "counter.draft_taken"
    message = _(
        "The person has gone on with this draft in the own space. Only the person sees it until it is sent."
    )
