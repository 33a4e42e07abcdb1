"""The work of agents: roles in a team, ready texts, decision documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TeamRoleKind(models.TextChoices):
    """What a member of a team may do with its files; without a role of its own a member handles them."""

    READER = "reader", _("Reader: reads files and writes notes")
    HANDLER = "handler", _("Handler: also asks and decides")
    SUPERVISOR = "supervisor", _("Supervisor: also assigns, and takes up decided files again")


class ReasonUse(models.TextChoices):
    """What a ready text is for."""

    REFUSAL = "refusal", _("Refusal")
    GRANT = "grant", _("Decision that grants")
    REQUEST = "request", _("Request to the citizen")
    MESSAGE = "message", _("Message")


class Outcome(models.TextChoices):
    """Which decision a template of a document is for."""

    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    ANY = "any", _("Both")
