"""People: accounts, profiles, invitations and the terms that they accepted."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import InvitationState, ProfileKind
from eservices.identifiers import normal_email


class UserManager(BaseUserManager["User"]):
    """Finds people by mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normal_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store an account with the normal form of its address; no device and no profile yet."""
        user = self.model(email=normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """One human with one login; never an organisation, and never two rows for one mail address."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-mail address"), max_length=254)
    first_name = models.CharField(_("First name"), max_length=150, blank=True)
    last_name = models.CharField(_("Last name"), max_length=150, blank=True)
    language = models.CharField(
        _("Language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    is_active = models.BooleanField(_("Active"), default=True)
    is_staff = models.BooleanField(_("Works for the municipality"), default=False)
    date_joined = models.DateTimeField(_("Since"), default=timezone.now, editable=False)
    mail_bounced_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a mail to this address came back."
    )
    locked_fields = models.JSONField(
        default=dict,
        blank=True,
        help_text="Field name to its source (eid, csam, register): shown, never changed by the person.",
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ("last_name", "first_name", "email")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="eservices_user_one_per_address"),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """First and last name, or the address where no name is known."""
        return self.get_full_name() or self.email

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.email


class Profile(models.Model):
    """In whose name somebody acts: oneself, an enterprise or an association; files belong to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=ProfileKind, default=ProfileKind.CITIZEN)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="citizen_profile",
    )
    name = models.CharField(max_length=250)
    phone = models.CharField(_("Phone number"), max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind=ProfileKind.CITIZEN, user__isnull=False)
                | (~models.Q(kind=ProfileKind.CITIZEN) & models.Q(user__isnull=True)),
                name="eservices_profile_citizen_has_user",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TermsVersion(models.Model):
    """The terms of use and the privacy notice as they stood from one day on; never edited afterwards."""

    number = models.PositiveIntegerField(unique=True)
    texts = models.JSONField(help_text="Language code to the full text (plain HTML).")
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-number",)
        verbose_name = _("version of the terms")
        verbose_name_plural = _("versions of the terms")

    def __str__(self) -> str:
        return str(self.number)


class TermsAcceptance(models.Model):
    """That a person accepted a version of the terms, when and in which language (GDPR art. 7.1)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="terms"
    )
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="acceptances")
    language = models.CharField(max_length=5)
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "version"), name="eservices_terms_accepted_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}"


class Invitation(models.Model):
    """A mailed offer to open an account; its token is stored only as a SHA-256 hash and works once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("E-mail address"), max_length=254)
    first_name = models.CharField(_("First name"), max_length=150, blank=True)
    last_name = models.CharField(_("Last name"), max_length=150, blank=True)
    language = models.CharField(
        _("Language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    state = models.CharField(
        max_length=10, choices=InvitationState, default=InvitationState.PENDING, editable=False
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    destination = models.CharField(
        max_length=300,
        blank=True,
        help_text="Path to open after the activation, such as a document.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("Valid until"))
    sent_count = models.PositiveSmallIntegerField(default=0, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="invitations",
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=models.Q(state=InvitationState.PENDING),
                name="eservices_invitation_one_pending",
            ),
        )

    def __str__(self) -> str:
        return self.email


class EmailChange(models.Model):
    """A new mail address waiting to be confirmed from its own mailbox; the old one stays until then.

    Afterwards the owner of the old address can undo it for some days. Both tokens are stored only as SHA-256 hashes.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="email_changes"
    )
    new_email = models.EmailField(max_length=254)
    old_email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    undo_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user_id}"
