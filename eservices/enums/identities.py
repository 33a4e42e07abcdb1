"""How people prove who they are: methods, levels, keys, sessions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(models.IntegerChoices):
    """How sure we are of who somebody is (eIDAS words; the municipality maps providers to them)."""

    ANONYMOUS = 0, _("None")
    PASSWORD = 1, _("Password only")
    LOW = 2, _("Low")
    SUBSTANTIAL = 3, _("Substantial")
    HIGH = 4, _("High")


class Method(models.TextChoices):
    """By what somebody proved who they are; which level it gives is the municipality's table."""

    MAIL_CODE = "mail_code", _("Password and code by e-mail")
    AUTHENTICATOR = "authenticator", _("Password and authenticator app")
    BACKUP_CODE = "backup_code", _("Password and backup code")
    PASSKEY = "passkey", _("Passkey")
    SECURITY_CODE = "security_code", _("Security code of CSAM")
    ITSME = "itsme", "itsme®"
    EID = "eid", _("Electronic identity card (eID)")


#: Methods that a person sets up here; none of them gives more than level low.
OWN_METHODS = frozenset(
    {Method.MAIL_CODE, Method.AUTHENTICATOR, Method.BACKUP_CODE, Method.PASSKEY}
)


class LevelMoment(models.TextChoices):
    """When a procedure asks for its identification level."""

    START = "start", _("Before the form")
    SEND = "send", _("Before sending")


class IdentifierKind(models.TextChoices):
    """Kinds of national numbers (Royal Decrees of 3 April 1984 and 8 February 1991)."""

    NATIONAL = "nn", _("National register number")
    BIS = "bis", _("BIS number")


class FieldSource(models.TextChoices):
    """Where a value about a person or an organisation comes from; all but the last lock it."""

    EID = "eid", _("Electronic identity card (eID)")
    CSAM = "csam", "CSAM"
    ITSME = "itsme", "itsme®"
    REGISTER = "register", _("National Register")
    KBO = "kbo", _("Crossroads Bank for Enterprises")
    AGENT = "agent", _("Municipal administration")
    DECLARED = "declared", _("Declared by the person")


class ClientKeyUse(models.TextChoices):
    """What one of our keys does for identity providers (RFC 7517, `use`)."""

    SIGN = "sig", _("Sign")
    ENCRYPT = "enc", _("Encrypt")


class ClientKeyState(models.TextChoices):
    """Life of one of our keys: published before it is used, kept after it was used."""

    NEXT = "next", pgettext_lazy("key", "Next")
    ACTIVE = "active", pgettext_lazy("key", "Active")
    RETIRING = "retiring", pgettext_lazy("key", "Retiring")
    RETIRED = "retired", pgettext_lazy("key", "Retired")


class SessionEnd(models.TextChoices):
    """Why a session is over."""

    LOGOUT = "logout", _("Logged out")
    IDLE = "idle", _("No activity")
    ABSOLUTE = "absolute", _("Longest time reached")
    REVOKED = "revoked", _("Ended by the person")
    PASSWORD = "password", _("Password changed")  # noqa: S105  a reason
    ERASED = "erased", _("Account erased")


class AuthenticationEventKind(models.TextChoices):
    """What the security log of a person tells."""

    LOGIN = "login", _("Logged in")
    LOGIN_REFUSED = "login_refused", _("Login refused")
    STEP_UP = "step_up", _("Identified again")
    STEP_UP_REFUSED = "step_up_refused", _("New identification refused")
    CODE_REFUSED = "code_refused", _("Code refused")
    LOGOUT = "logout", _("Logged out")
    SESSION_ENDED = "session_ended", _("Session ended")
    METHOD_ADDED = "method_added", _("Login method added")
    METHOD_REMOVED = "method_removed", _("Login method removed")
    METHOD_RENAMED = "method_renamed", _("Login method renamed")
    METHOD_DEFAULT = "method_default", _("Default login method changed")
    CODES_MADE = "codes_made", _("New backup codes made")
    IDENTITY_LINKED = "identity_linked", _("Digital identity linked")
    IDENTITY_REMOVED = "identity_removed", _("Digital identity removed")
    PASSWORD_CHANGED = "password_changed", _("Password changed")  # noqa: S105  a kind of event
    NUMBER_SHOWN = "number_shown", _("National number shown to an agent")
    ACTING_BEGAN = "acting_began", _("An agent looked at your space")
