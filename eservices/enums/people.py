"""Profiles, memberships, invitations and notices."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProfileKind(models.TextChoices):
    """In whose name somebody acts."""

    CITIZEN = "citizen", _("Citizen")
    ENTERPRISE = "enterprise", _("Enterprise")
    ASSOCIATION = "association", _("Association")


class MembershipState(models.TextChoices):
    """How sure we are that somebody may act for an organisation."""

    DECLARED = "declared", pgettext_lazy("membership", "Declared")
    CONFIRMED = "confirmed", pgettext_lazy("membership", "Confirmed")
    REVOKED = "revoked", pgettext_lazy("membership", "Ended")


class MembershipRole(models.TextChoices):
    """What a member may do in the space beside own files."""

    ADMIN = "admin", _("Administrator: invites and removes colleagues")
    MEMBER = "member", _("Member")


class MembershipFunction(models.TextChoices):
    """What somebody is in an enterprise or an association."""

    DIRECTOR = "director", _("Director or manager")
    OWNER = "owner", _("Owner")
    CHAIR = "chair", _("Chair")
    SECRETARY = "secretary", _("Secretary")
    TREASURER = "treasurer", _("Treasurer")
    BOARD = "board", _("Member of the board")
    EMPLOYEE = "employee", _("Employee")
    MANDATE = "mandate", _("Holder of a mandate")
    OTHER = "other", _("Other function")


class ConfirmedBy(models.TextChoices):
    """What a confirmed membership rests on."""

    AGENT = "agent", _("The administration")
    MANDATE = "mandate", _("A mandate that the administration read")
    PROVIDER = "provider", _("An identity provider")
    COLLEAGUE = "colleague", _("An administrator of the space")


class Channel(models.TextChoices):
    """Where a person wants to read a kind of notice."""

    MAIL = "mail", _("By e-mail and in the space")
    DIGEST = "digest", _("Once a day by e-mail, and in the space")
    SPACE = "space", _("In the space only")


class NoticeKind(models.TextChoices):
    """Kinds of notices; legal ones always go by mail (see `LEGAL_NOTICES`)."""

    RECEIPT = "receipt", _("Receipt of a request")
    PROGRESS = "progress", _("Progress of a file")
    QUESTION = "question", _("Question or message about a file")
    REMINDER = "reminder", _("Reminder of a date")
    DECISION = "decision", _("Decision")
    DOCUMENT = "document", _("Official document in the eBox")
    TEAM = "team", _("Work of a team")


#: Notices with legal effect: they always leave by a channel that reaches the person.
LEGAL_NOTICES = frozenset({NoticeKind.DECISION, NoticeKind.QUESTION})


class InvitationState(models.TextChoices):
    """Life of an invitation to open an account."""

    PENDING = "pending", _("Pending")
    ACCEPTED = "accepted", _("Accepted")
    REVOKED = "revoked", _("Revoked")
