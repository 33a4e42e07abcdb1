"""How people prove who they are: identities, numbers, devices, sessions, keys and the log of it all."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin

from eservices.enums import (
    AuthenticationEventKind,
    ClientKeyState,
    ClientKeyUse,
    FieldSource,
    IdentifierKind,
    Level,
    Method,
    SessionEnd,
)


class PersonIdentifier(models.Model):
    """The verified national number of one person, encrypted; never a number that somebody only typed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identifier"
    )
    kind = models.CharField(max_length=3, choices=IdentifierKind)
    sealed_number = models.BinaryField()
    lookup = models.CharField(max_length=64, unique=True, help_text="Keyed hash of the number.")
    source = models.CharField(max_length=10, choices=FieldSource)
    verified_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("national number")
        verbose_name_plural = _("national numbers")
        permissions = (("reveal_personidentifier", "Can see national numbers in full"),)

    def __str__(self) -> str:
        return self.kind


class ExternalIdentity(models.Model):
    """That an identity provider knows a person under a subject; found again by a keyed hash of it.

    A revoked link stays for the log; the same subject can be linked anew after a fresh proof.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities"
    )
    provider = models.CharField(max_length=30)
    issuer = models.CharField(max_length=250)
    subject_lookup = models.CharField(max_length=64)
    sealed_subject = models.BinaryField()
    level = models.PositiveSmallIntegerField(choices=Level)
    linked_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("digital identity")
        verbose_name_plural = _("digital identities")
        ordering = ("linked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("provider", "issuer", "subject_lookup"),
                condition=models.Q(revoked_at__isnull=True),
                name="eservices_identity_one_person",
            ),
        )

    def __str__(self) -> str:
        return self.provider


class ClientKey(models.Model):
    """One of our RSA keys towards identity providers; the private half is encrypted.

    Public from `next` on, used while `active`, kept while `retiring` so that late tokens still open.
    """

    kid = models.CharField(max_length=64, unique=True)
    use = models.CharField(max_length=3, choices=ClientKeyUse)
    state = models.CharField(max_length=8, choices=ClientKeyState, default=ClientKeyState.NEXT)
    public_jwk = models.JSONField()
    sealed_private_jwk = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(null=True)
    retiring_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("key of the portal")
        verbose_name_plural = _("keys of the portal")
        ordering = ("use", "-created_at")
        constraints = (
            models.UniqueConstraint(
                fields=("use",),
                condition=models.Q(state=ClientKeyState.ACTIVE),
                name="eservices_client_key_one_active",
            ),
        )

    def __str__(self) -> str:
        return self.kid


class PortalSession(models.Model):
    """One browser in which a person is logged in: the truth about how long and how surely.

    Django's session only names this row. `proofs` is a list of {method, level, at, provider}; the session is over once
    `ended_at` is set, whatever the cookie says.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portal_sessions"
    )
    profile = models.ForeignKey(
        "Profile",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="In whose name the person acts; empty means for oneself.",
    )
    proofs = models.JSONField(default=list)
    began_at = models.DateTimeField(default=timezone.now)
    last_active_at = models.DateTimeField(default=timezone.now)
    browser = models.CharField(max_length=40, blank=True, help_text="Family, no version.")
    network = models.CharField(max_length=45, blank=True, help_text="Shortened address.")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=10, choices=SessionEnd, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("-last_active_at",)
        indexes = (models.Index(fields=("user", "ended_at"), name="eservices_session_user"),)

    def __str__(self) -> str:
        return f"{self.public_id}"


class AuthenticationEvent(models.Model):
    """One line of a person's security log (kept for a year); never a code, an address or a token.

    `user` is empty when a login was refused and nobody is known.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="authentication_events",
    )
    kind = models.CharField(max_length=20, choices=AuthenticationEventKind)
    method = models.CharField(max_length=20, choices=Method, blank=True)
    provider = models.CharField(max_length=30, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, null=True)
    code = models.CharField(max_length=60, blank=True, help_text="Stable code of a refusal.")
    browser = models.CharField(max_length=40, blank=True)
    network = models.CharField(max_length=45, blank=True)
    session = models.UUIDField(null=True, help_text="Public id of the session.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=("user", "-at"), name="eservices_event_user"),)

    def __str__(self) -> str:
        return self.kind


class AuthenticatorApp(TimestampMixin, ThrottlingMixin, Device):
    """An app that shows codes by the hour (TOTP, RFC 6238); its secret is encrypted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sealed_secret = models.BinaryField()
    last_step = models.BigIntegerField(default=-1, help_text="A code works once.")

    class Meta:
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")


class Passkey(TimestampMixin, Device):
    """A passkey of one person (WebAuthn level 3): the public key only, with the user verified each time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential_id = models.BinaryField()
    credential_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the id.")
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    transports = models.JSONField(default=list)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")


class BackupCodes(TimestampMixin, ThrottlingMixin, Device):
    """The set of backup codes of one person; the codes themselves are rows of `BackupCode`."""

    class Meta:
        verbose_name = _("backup codes")
        verbose_name_plural = _("backup codes")
        constraints = (
            models.UniqueConstraint(fields=("user",), name="eservices_backup_codes_one_set"),
        )


class BackupCode(models.Model):
    """One code for the day when every other method is lost: stored as a keyed hash, works once."""

    codes = models.ForeignKey(BackupCodes, on_delete=models.CASCADE, related_name="rows")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("codes", "code_hash"), name="eservices_backup_code_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class LoginPreference(models.Model):
    """Which second step a person is asked first; empty means the code by mail, which is always there."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="login_preference"
    )
    method = models.CharField(max_length=20, choices=Method, default=Method.MAIL_CODE)

    def __str__(self) -> str:
        return self.method


class ActingGrant(models.Model):
    """That somebody of the municipality looked at a person's space, why and how long; never to act in it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acting_grants"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="looked_at"
    )
    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("Reason"), max_length=300)
    reference = models.CharField(_("File"), max_length=20, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    pages = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("look at a person's space")
        verbose_name_plural = _("looks at persons' spaces")
        ordering = ("-began_at",)
        permissions = (("act_for_citizen", "Can look at the space of a citizen"),)
        default_permissions: ClassVar[tuple[str, ...]] = ("view",)

    def __str__(self) -> str:
        return f"{self.public_id}"


class DetailsReport(models.Model):
    """A person says that a locked value is wrong; somebody of the municipality looks into it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="details_reports"
    )
    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, null=True, related_name="+")
    field = models.CharField(max_length=40)
    source = models.CharField(max_length=10, choices=FieldSource)
    message = models.TextField(_("What is wrong"), max_length=1000)
    created_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    answer = models.TextField(_("Answer"), blank=True)

    class Meta:
        verbose_name = _("report of a wrong value")
        verbose_name_plural = _("reports of wrong values")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.field
