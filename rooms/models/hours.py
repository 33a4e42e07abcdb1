"""When rooms are open: weekly rules, exceptions, holidays. All are hours of the clock on the wall in Belgium."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from eservices.models.fields import NamesField
from eservices.models.procedures import in_language
from rooms.enums import Community, DayKind, HolidayKind
from rooms.models.places import Room, RoomSite

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class OpeningRule(models.Model):
    """On one weekday a room is open from one hour to another; an end that is not later belongs to the next day."""

    room = ParentalKey(Room, on_delete=models.CASCADE, related_name="opening_rules")
    weekday = models.PositiveSmallIntegerField(_("Day"), choices=WEEKDAYS)
    opens = models.TimeField(_("From"))
    closes = models.TimeField(
        _("Until"), help_text=_("An hour that is not later than the first is one of the next day.")
    )
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    applies_to = models.CharField(
        _("Counts on"), max_length=16, choices=DayKind, default=DayKind.NORMAL
    )

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ("weekday", "opens")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class OpeningException(models.Model):
    """A time at which one room, or a whole site, is open or closed against its rules."""

    room = models.ForeignKey(
        Room,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="exceptions",
        verbose_name=_("Room"),
    )
    site = models.ForeignKey(
        RoomSite,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="exceptions",
        verbose_name=_("Site"),
    )
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    is_open = models.BooleanField(_("Open"), default=False)
    label = models.CharField(_("Reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("exception")
        verbose_name_plural = _("exceptions")
        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="rooms_exception_has_length",
            ),
            models.CheckConstraint(
                condition=models.Q(room__isnull=False, site__isnull=True)
                | models.Q(room__isnull=True, site__isnull=False),
                name="rooms_exception_of_room_or_site",
            ),
        )

    def __str__(self) -> str:
        return f"{self.room or self.site}: {self.starts_at:%Y-%m-%d}"


class HolidayPeriod(models.Model):
    """Days that are no ordinary days: imported from the official lists, then kept by hand."""

    kind = models.CharField(_("Kind"), max_length=10, choices=HolidayKind)
    community = models.CharField(
        _("Community"),
        max_length=2,
        choices=Community,
        blank=True,
        help_text=_("Only for school holidays."),
    )
    names = NamesField(default=dict, help_text="Language code to name.")
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))
    source = models.CharField(
        max_length=40, blank=True, help_text="Key of the import that made it; empty when typed."
    )
    changed_by_hand = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ("first_day", "kind")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="rooms_holiday_has_length",
            ),
            models.UniqueConstraint(
                fields=("source",),
                condition=~models.Q(source=""),
                name="rooms_holiday_imported_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names)
