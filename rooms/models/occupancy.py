"""The one truth about what is taken: rows of units and times that the database itself keeps apart."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rooms.enums import BlockKind
from rooms.models.bookings import Booking
from rooms.models.places import Room, RoomUnit


class PostgresExclusion(ExclusionConstraint):
    """An exclusion constraint where the database knows them; SQLite has triggers instead (`rooms.triggers`)."""

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the SQL of the constraint inside CREATE TABLE, or None."""
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().constraint_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the SQL that adds the constraint, or None."""
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().create_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Return the SQL that drops the constraint, or None."""
        if schema_editor.connection.vendor != "postgresql":
            return None
        return super().remove_sql(model, schema_editor)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Leave the judgement to the database."""


class ExternalCalendar(models.Model):
    """A calendar of somebody else whose events block a room: a hall shared with a school."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="external_calendars", verbose_name=_("Room")
    )
    name = models.CharField(_("Name"), max_length=120)
    url = models.URLField(_("Address (ICS)"), max_length=500)
    active = models.BooleanField(_("Active"), default=True)
    etag = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    fetched_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="Since when it could not be read.")
    failure = models.CharField(max_length=60, blank=True, help_text="Code of the last failure.")
    changes = models.JSONField(
        default=list, help_text="What the last readings changed, newest first."
    )

    class Meta:
        verbose_name = _("external calendar")
        verbose_name_plural = _("external calendars")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Block(models.Model):
    """A time at which a room is not to be had although nobody booked it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uid = models.CharField(max_length=120, unique=True)
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="blocks", verbose_name=_("Room")
    )
    kind = models.CharField(
        _("Kind"), max_length=12, choices=BlockKind, default=BlockKind.MAINTENANCE
    )
    title = models.CharField(_("Title"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    calendar = models.ForeignKey(
        ExternalCalendar, on_delete=models.CASCADE, null=True, related_name="blocks"
    )
    external_uid = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    sequence = models.PositiveIntegerField(default=0)
    clash = models.BooleanField(
        default=False, help_text="It overlaps a booking: an agent must look; it blocks nothing."
    )

    class Meta:
        verbose_name = _("blocked time")
        verbose_name_plural = _("blocked times")
        ordering = ("starts_at", "pk")
        indexes = (models.Index(fields=("room", "starts_at"), name="rooms_block_room_time"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="rooms_block_has_length"
            ),
            models.UniqueConstraint(
                fields=("calendar", "external_uid"),
                condition=Q(calendar__isnull=False),
                name="rooms_block_external_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room}: {self.title or self.kind}"


class Occupancy(models.Model):
    """One unit, taken from one moment until before another, buffers included; blocking rows never overlap.

    A row that is not `blocking` is a request that competes with others.
    """

    unit = models.ForeignKey(RoomUnit, on_delete=models.PROTECT, related_name="occupancies")
    booking = models.ForeignKey(
        Booking, on_delete=models.CASCADE, null=True, related_name="occupancies"
    )
    block = models.ForeignKey(
        Block, on_delete=models.CASCADE, null=True, related_name="occupancies"
    )
    blocked_from = models.DateTimeField()
    blocked_until = models.DateTimeField()
    blocking = models.BooleanField(default=True)

    class Meta:
        indexes = (
            models.Index(fields=("unit", "blocked_until"), name="rooms_occupancy_unit_time"),
            models.Index(fields=("blocked_from", "blocked_until"), name="rooms_occupancy_time"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(blocked_until__gt=F("blocked_from")), name="rooms_occupancy_has_length"
            ),
            models.CheckConstraint(
                condition=Q(booking__isnull=False, block__isnull=True)
                | Q(booking__isnull=True, block__isnull=False),
                name="rooms_occupancy_of_one_thing",
            ),
            models.UniqueConstraint(
                fields=("unit", "booking"), name="rooms_occupancy_unit_booking_once"
            ),
            models.UniqueConstraint(
                fields=("unit", "block"), name="rooms_occupancy_unit_block_once"
            ),
            PostgresExclusion(
                name="rooms_occupancy_no_overlap",
                expressions=[
                    ("unit", "="),
                    (Func("blocked_from", "blocked_until", function="TSTZRANGE"), "&&"),
                ],
                condition=Q(blocking=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.blocked_from:%Y-%m-%d %H:%M}"
