"""Bookings: from the request to the last key."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import Method, Side, Turn
from eservices.models.documents import private_storage
from rooms.enums import TURN, BookingState, HandoverKind, Layout
from rooms.models.places import Room
from rooms.models.prices import RoomTerms


class BookingSeries(models.Model):
    """Bookings that were asked for together; each of them lives by itself afterwards."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="series")
    profile = models.ForeignKey(
        "eservices.Profile", on_delete=models.PROTECT, related_name="room_series"
    )
    rule = models.JSONField(
        default=dict,
        help_text="Hours of the wall clock: first, until or count, every (weeks), weekdays, from, to.",
    )
    skipped = models.JSONField(default=list, help_text="Days that were left out, each with why.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return str(self.public_id)


class Booking(models.Model):
    """One room for one time, in the name of one profile."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("Reference"), max_length=20, unique=True)
    uid = models.CharField(
        max_length=120, unique=True, help_text="UID in calendars (RFC 5545 3.8.4.7); never changes."
    )
    sequence = models.PositiveIntegerField(
        default=0, help_text="SEQUENCE: one more at each change of time, room, or cancellation."
    )
    revision = models.PositiveIntegerField(default=0, help_text="One more at each change at all.")
    room = models.ForeignKey(
        Room, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("Room")
    )
    series = models.ForeignKey(
        BookingSeries, on_delete=models.SET_NULL, null=True, related_name="bookings"
    )
    profile = models.ForeignKey(
        "eservices.Profile", on_delete=models.PROTECT, related_name="bookings"
    )
    acting_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    acted_as = models.JSONField(default=dict)
    locale = models.CharField(max_length=5)
    state = models.CharField(
        _("State"), max_length=24, choices=BookingState, default=BookingState.PENDING
    )
    state_since = models.DateTimeField(default=timezone.now)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    all_day = models.BooleanField(default=False)
    buffer_before = models.PositiveSmallIntegerField(default=0, help_text="Minutes, as asked then.")
    buffer_after = models.PositiveSmallIntegerField(default=0)
    purpose = models.CharField(_("Purpose"), max_length=200)
    attendees = models.PositiveIntegerField(_("People"))
    layout = models.CharField(_("Layout"), max_length=10, choices=Layout, blank=True)
    setup = models.TextField(_("What must be ready"), blank=True, max_length=1000)
    extras = models.JSONField(default=dict, help_text="Code of the extra to how many.")
    resident = models.BooleanField(_("From the municipality"), default=False)
    public_title = models.CharField(_("Title for everybody"), max_length=80, blank=True)
    public_title_approved = models.BooleanField(default=False)
    quote = models.JSONField(
        default=dict, help_text="The price as it was shown; see queries.quotes."
    )
    terms = models.ForeignKey(RoomTerms, on_delete=models.PROTECT, null=True, related_name="+")
    level_used = models.PositiveSmallIntegerField(null=True)
    method_used = models.CharField(max_length=20, choices=Method, blank=True)
    hold_expires_at = models.DateTimeField(null=True, help_text="When an undecided request lapses.")
    proposed_room = models.ForeignKey(
        Room, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_starts_at = models.DateTimeField(null=True)
    proposed_ends_at = models.DateTimeField(null=True)
    override_reason = models.CharField(
        max_length=200, blank=True, help_text="Why an agent allowed a time outside the rules."
    )
    reason = models.TextField(
        blank=True, help_text="Why it was declined, cancelled or proposed anew."
    )
    fee_kept_cents = models.PositiveIntegerField(
        null=True, help_text="What the municipality keeps after a late cancellation."
    )
    key = models.CharField(
        max_length=100,
        unique=True,
        help_text="Sent twice with one key, it is one request.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(
        default=timezone.now, help_text="DTSTAMP and LAST-MODIFIED; never goes back."
    )
    decided_at = models.DateTimeField(null=True)
    purge_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ("starts_at", "pk")
        indexes = (
            models.Index(fields=("room", "starts_at"), name="rooms_booking_room_time"),
            models.Index(fields=("profile", "state", "starts_at"), name="rooms_booking_profile"),
            models.Index(fields=("state", "hold_expires_at"), name="rooms_booking_hold"),
            models.Index(fields=("state", "ends_at"), name="rooms_booking_over"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="rooms_booking_has_length",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def turn(self) -> Turn:
        """Who must act next."""
        return TURN[BookingState(self.state)]


class BookingMessage(models.Model):
    """One message in the discussion of a booking, read by both sides."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    side = models.CharField(max_length=10, choices=Side)
    body = models.TextField()
    key = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return str(self.public_id)


def document_path(document: "BookingDocument", _filename: str) -> str:
    """Where the bytes lie: a random name, so that a path tells nothing."""
    return f"rooms/{document.public_id.hex[:2]}/{uuid.uuid4().hex}"


class BookingDocument(models.Model):
    """A document of a booking: sent with the request or a message, or a photo of a handover."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="documents")
    message = models.ForeignKey(
        BookingMessage, on_delete=models.CASCADE, null=True, related_name="documents"
    )
    handover = models.ForeignKey(
        "HandoverRecord", on_delete=models.CASCADE, null=True, related_name="photos"
    )
    side = models.CharField(max_length=10, choices=Side)
    name = models.CharField(max_length=200)
    file = models.FileField(upload_to=document_path, storage=private_storage, max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return str(self.public_id)


class HandoverRecord(models.Model):
    """That a room was handed over or taken back: keys, state of the room, who signed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="handovers")
    kind = models.CharField(_("Kind"), max_length=4, choices=HandoverKind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    keys = models.PositiveSmallIntegerField(_("Keys"), default=0)
    notes = models.TextField(_("State of the room"), blank=True)
    damage = models.TextField(_("Damage"), blank=True)
    signed_by = models.CharField(_("Name of who signs"), max_length=160)
    signature = models.TextField(
        blank=True, help_text="The drawn signature as SVG path data; empty when only typed."
    )

    class Meta:
        verbose_name = _("handover")
        verbose_name_plural = _("handovers")
        ordering = ("at",)

    def __str__(self) -> str:
        return f"{self.booking_id} {self.kind}"
