"""Enterprises and associations, who may act for them, and what their public register says."""

import uuid
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import (
    Channel,
    ConfirmedBy,
    InvitationState,
    MembershipFunction,
    MembershipRole,
    MembershipState,
    NoticeKind,
    ProfileKind,
)
from eservices.formats import bce


def private_storage() -> Any:
    """Return the storage that no address leads to."""
    return storages["private"]


def proof_path(membership: "Membership", name: str) -> str:
    """Return where a proof lies: a name of ours, nothing of the person's."""
    return f"mandates/{membership.public_id}/{uuid.uuid4()}"


class Organisation(models.Model):
    """One enterprise or association by its enterprise number, with the profile that files belong to.

    The number is public: that a row exists says nothing about who may act for it.
    """

    profile = models.OneToOneField("Profile", on_delete=models.PROTECT, related_name="organisation")
    bce_number = models.CharField(_("Enterprise number"), max_length=10)
    establishment_number = models.CharField(
        _("Establishment unit number"), max_length=10, blank=True
    )
    is_vat_liable = models.BooleanField(_("Liable to VAT"), null=True)
    locked_fields = models.JSONField(
        default=dict, blank=True, help_text="Field name (name, kind) to its source."
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = (
            models.UniqueConstraint(
                fields=("bce_number", "establishment_number"), name="eservices_organisation_number"
            ),
        )

    def __str__(self) -> str:
        return self.profile.name


class Membership(models.Model):
    """That a person acts for an organisation: declared by the person until somebody confirms it.

    Declared members see and file only their own files. Ended ones stay for the journal and give no right.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    profile = models.ForeignKey("Profile", on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(
        _("State"), max_length=10, choices=MembershipState, default=MembershipState.DECLARED
    )
    role = models.CharField(
        _("Role"), max_length=10, choices=MembershipRole, default=MembershipRole.MEMBER
    )
    function = models.CharField(_("Function"), max_length=12, choices=MembershipFunction)
    function_words = models.CharField(_("Which function"), max_length=100, blank=True)
    language = models.CharField(
        _("Language"), max_length=5, choices=settings.LANGUAGES, default="fr"
    )
    landline = models.CharField(_("Phone number"), max_length=20, blank=True)
    mobile = models.CharField(_("Mobile number"), max_length=20, blank=True)
    email = models.EmailField(_("E-mail address"), max_length=254, blank=True)
    notify_by_mail = models.BooleanField(_("Notify me by e-mail"), default=True)
    proof = models.FileField(
        _("Mandate"), storage=private_storage, upload_to=proof_path, blank=True
    )
    proof_name = models.CharField(max_length=200, blank=True)
    proof_sha256 = models.CharField(max_length=64, blank=True)
    declared = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the person said about the organisation: name, kind, is_vat_liable.",
    )
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    confirmed_how = models.CharField(max_length=10, choices=ConfirmedBy, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "profile"),
                condition=~models.Q(state=MembershipState.REVOKED),
                name="eservices_membership_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MembershipState.CONFIRMED) | ~models.Q(confirmed_how=""),
                name="eservices_membership_confirmed_how",
            ),
        )

    def __str__(self) -> str:
        return f"{self.profile_id}/{self.state}"

    @property
    def shown_name(self) -> str:
        """What the organisation is called for this person.

        Numbers are public: until a membership is confirmed, the person reads what the register says or what the person
        typed, never what somebody else typed.
        """
        locked = self.profile.organisation.locked_fields
        if self.confirmed_how or "name" in locked:
            return self.profile.name
        return str(self.declared.get("name") or bce(self.profile.organisation.bce_number))


class ColleagueInvitation(models.Model):
    """An administrator of a space asks somebody to join it; whoever owns the address may accept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(
        "Profile", on_delete=models.CASCADE, related_name="colleague_invitations"
    )
    email = models.EmailField(_("E-mail address"), max_length=254)
    role = models.CharField(
        _("Role"), max_length=10, choices=MembershipRole, default=MembershipRole.MEMBER
    )
    function = models.CharField(_("Function"), max_length=12, choices=MembershipFunction)
    state = models.CharField(
        max_length=10, choices=InvitationState, default=InvitationState.PENDING
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("invitation of a colleague")
        verbose_name_plural = _("invitations of colleagues")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("profile", "email"),
                condition=models.Q(state=InvitationState.PENDING),
                name="eservices_colleague_one_pending",
            ),
        )

    def __str__(self) -> str:
        return f"{self.public_id}"


class DirectoryEntry(models.Model):
    """What the public register (KBO open data) says about one number; a copy, replaced by each import."""

    number = models.CharField(max_length=10, unique=True)
    names = models.JSONField(default=dict, help_text="Language code to name; empty key: unknown.")
    kind = models.CharField(max_length=12, choices=ProfileKind, default=ProfileKind.ENTERPRISE)
    legal_form = models.CharField(max_length=10, blank=True, help_text="Code of the KBO.")
    is_active = models.BooleanField(default=True)
    is_natural_person = models.BooleanField(default=False)
    address = models.JSONField(default=dict, blank=True)
    snapshot_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("entry of the register of enterprises")
        verbose_name_plural = _("entries of the register of enterprises")

    def __str__(self) -> str:
        return self.number


class SpacePreference(models.Model):
    """Which space a person enters at login; empty means one's own."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="space_preference"
    )
    default_profile = models.ForeignKey(
        "Profile", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.user_id}"


class NoticeChoice(models.Model):
    """By which channel a person reads one kind of notice in one space; no row means by mail."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    profile = models.ForeignKey("Profile", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=NoticeKind)
    channel = models.CharField(max_length=6, choices=Channel)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "profile", "kind"), name="eservices_notice_choice_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.channel}"
