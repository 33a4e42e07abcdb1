"""Calendars that people subscribe to: rendered events, versions of feeds, private addresses."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.enums import Audience, FeedScope
from rooms.models.bookings import Booking
from rooms.models.occupancy import Block
from rooms.models.places import Room


class EventFragment(models.Model):
    """One VEVENT as it stands in the feeds of one audience; written with the change that it tells of."""

    booking = models.ForeignKey(
        Booking, on_delete=models.CASCADE, null=True, related_name="fragments"
    )
    block = models.ForeignKey(Block, on_delete=models.CASCADE, null=True, related_name="fragments")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="fragments")
    profile = models.ForeignKey("eservices.Profile", on_delete=models.CASCADE, null=True)
    moved_to = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        help_text="The room of the booking now; the calendar of this room strikes it out.",
    )
    audience = models.CharField(max_length=10, choices=Audience)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    gone_at = models.DateTimeField(
        null=True, help_text="When it was cancelled: kept as a tombstone for sixty days."
    )
    renderer = models.PositiveSmallIntegerField(default=0)
    text = models.TextField()

    class Meta:
        indexes = (
            models.Index(fields=("audience", "room", "ends_at"), name="rooms_fragment_room"),
            models.Index(fields=("audience", "profile", "ends_at"), name="rooms_fragment_profile"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("booking", "audience"),
                condition=models.Q(booking__isnull=False, moved_to__isnull=True),
                name="rooms_fragment_booking_once",
            ),
            models.UniqueConstraint(
                fields=("booking", "audience", "room"),
                name="rooms_fragment_booking_once_a_room",
            ),
            models.UniqueConstraint(
                fields=("block", "audience"),
                condition=models.Q(block__isnull=False),
                name="rooms_fragment_block_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.booking_id or self.block_id} {self.audience}"


class FeedVersion(models.Model):
    """How often the events of one room, or of one profile, have changed; rises in the transaction of the change."""

    room = models.OneToOneField(
        Room, on_delete=models.CASCADE, null=True, related_name="feed_version"
    )
    profile = models.OneToOneField(
        "eservices.Profile", on_delete=models.CASCADE, null=True, related_name="room_feed_version"
    )
    number = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(room__isnull=False, profile__isnull=True)
                | models.Q(room__isnull=True, profile__isnull=False),
                name="rooms_feed_version_of_one_thing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room_id or self.profile_id}: {self.number}"


class FeedToken(models.Model):
    """A private address of a calendar: shown once, kept as a hash, ended at any time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="room_feeds"
    )
    scope = models.CharField(max_length=10, choices=FeedScope)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(_("Name"), max_length=80, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256.")
    created_at = models.DateTimeField(default=timezone.now)
    used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return str(self.public_id)
