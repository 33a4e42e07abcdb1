"""Where rooms are, what they are made of, and what is written about them."""

import uuid
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.images.blocks import ImageBlock
from wagtail.models import TranslatableMixin

from eservices.enums import Level, ProfileKind
from eservices.models.fields import BlocksField, ChoicesField, NamesField
from eservices.models.procedures import in_language
from rooms.enums import Approval, Community, FeatureKind, Layout, PendingPolicy


class RoomSite(models.Model):
    """A place with rooms: one address, one school calendar, one person to call."""

    code = models.SlugField(_("Code"), unique=True)
    name = models.CharField(_("Name"), max_length=120)
    street = models.CharField(_("Street and number"), max_length=160, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=10, blank=True)
    locality = models.CharField(_("Municipality"), max_length=80, blank=True)
    latitude = models.DecimalField(
        _("Latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("Longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    community = models.CharField(
        _("School calendar"), max_length=2, choices=Community, default=Community.FRENCH
    )
    phone = models.CharField(_("Phone number"), max_length=30, blank=True)
    email = models.EmailField(_("E-mail address"), blank=True)

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RoomUnit(models.Model):
    """The smallest part of a building that can be busy by itself; rooms are made of one or several."""

    site = models.ForeignKey(
        RoomSite, on_delete=models.PROTECT, related_name="units", verbose_name=_("Site")
    )
    code = models.SlugField(_("Code"), unique=True)
    name = models.CharField(_("Name"), max_length=120)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("site", "name")

    def __str__(self) -> str:
        return f"{self.site.name}: {self.name}"


class RoomFeature(models.Model):
    """What people filter rooms by: equipment, accessibility, what a room suits. Its names are content."""

    code = models.SlugField(_("Code"), unique=True)
    kind = models.CharField(_("Kind"), max_length=10, choices=FeatureKind)
    names = NamesField(default=dict, help_text="Language code to name.")
    icon = models.CharField(_("Icon"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("Position"), default=0)

    class Meta:
        verbose_name = _("feature")
        verbose_name_plural = _("features")
        ordering = ("kind", "position", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names) or self.code


class Room(ClusterableModel):
    """What can be booked: one or several units, with the rules of their use. Its words are `RoomText`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(
        _("Code"), unique=True, help_text=_("Short name in addresses, the same in all languages.")
    )
    name = models.CharField(
        _("Name"), max_length=120, help_text=_("As agents call it, and where no text exists yet.")
    )
    site = models.ForeignKey(
        RoomSite, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("Site")
    )
    team = models.ForeignKey(
        "eservices.Team",
        on_delete=models.PROTECT,
        related_name="rooms",
        verbose_name=_("Team"),
        help_text=_("Its members decide on the requests."),
    )
    units = ParentalManyToManyField(RoomUnit, related_name="rooms", verbose_name=_("Units"))
    features = ParentalManyToManyField(
        RoomFeature, related_name="rooms", blank=True, verbose_name=_("Features")
    )
    position = models.PositiveSmallIntegerField(_("Position"), default=0)
    published = models.BooleanField(_("Shown to everybody"), default=False)
    active_from = models.DateField(_("Can be booked from"), null=True, blank=True)
    active_until = models.DateField(_("Can be booked until"), null=True, blank=True)
    surface = models.PositiveIntegerField(_("Surface (m²)"), null=True, blank=True)
    min_persons = models.PositiveIntegerField(_("Fewest people"), default=1)
    max_persons = models.PositiveIntegerField(_("Most people"), default=50)
    step_minutes = models.PositiveSmallIntegerField(
        _("Times begin and end every (minutes)"),
        default=30,
        choices=[(minutes, str(minutes)) for minutes in (15, 30, 60, 120)],
    )
    min_minutes = models.PositiveIntegerField(_("Shortest booking (minutes)"), default=60)
    max_minutes = models.PositiveIntegerField(_("Longest booking (minutes)"), default=720)
    min_lead_hours = models.PositiveIntegerField(_("At least so many hours ahead"), default=24)
    max_lead_days = models.PositiveIntegerField(_("At most so many days ahead"), default=365)
    buffer_before = models.PositiveSmallIntegerField(_("Kept free before (minutes)"), default=0)
    buffer_after = models.PositiveSmallIntegerField(_("Kept free after (minutes)"), default=0)
    approval = models.CharField(
        _("Confirmation"), max_length=10, choices=Approval, default=Approval.MANUAL
    )
    pending_policy = models.CharField(
        _("While a request waits"),
        max_length=10,
        choices=PendingPolicy,
        default=PendingPolicy.BLOCK,
    )
    pending_days = models.PositiveSmallIntegerField(
        _("A request lapses after (working days)"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    payment_days = models.PositiveSmallIntegerField(
        _("Time to pay (days)"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    level = models.PositiveSmallIntegerField(
        _("Identification level"), choices=Level, default=Level.LOW
    )
    kinds = ChoicesField(
        verbose_name=_("Who may book"),
        options=ProfileKind.choices,
        help_text=_("Tick none to let everybody book."),
    )
    max_active = models.PositiveSmallIntegerField(
        _("Most open bookings of one profile"), null=True, blank=True
    )
    series_allowed = models.BooleanField(_("Series can be booked"), default=True)
    whole_days = models.BooleanField(_("Whole days only"), default=False)
    free_cancel_days = models.PositiveSmallIntegerField(
        _("Cancelled free of charge until (days before)"), default=14
    )
    late_cancel_percent = models.PositiveSmallIntegerField(
        _("Part of the price kept afterwards (%)"),
        default=50,
        validators=[MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name

    def accepts(self, kind: str) -> bool:
        """Whether a profile of this kind may book."""
        return not self.kinds or kind in self.kinds


class RoomCapacity(models.Model):
    """How many people a room holds in one layout."""

    room = ParentalKey(Room, on_delete=models.CASCADE, related_name="capacities")
    layout = models.CharField(_("Layout"), max_length=10, choices=Layout)
    persons = models.PositiveIntegerField(_("People"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        ordering = ("-persons",)
        constraints = (
            models.UniqueConstraint(fields=("room", "layout"), name="rooms_capacity_layout_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_layout_display()}: {self.persons}"


class RoomText(TranslatableMixin, models.Model):  # type: ignore[misc]
    """The words and pictures of one room in one language; editors translate them like any content."""

    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="texts", verbose_name=_("Room")
    )
    title = models.CharField(_("Title"), max_length=120)
    summary = models.CharField(
        _("Summary"), max_length=240, help_text=_("One sentence, below the title.")
    )
    description = RichTextField(
        _("Description"), blank=True, features=["bold", "italic", "ul", "ol", "link"]
    )
    access = models.CharField(
        _("Access"),
        max_length=240,
        blank=True,
        help_text=_("How people get in, also in a wheelchair."),
    )
    photos = BlocksField(
        [("photo", ImageBlock(label=_("Photo")))], blank=True, verbose_name=_("Photos")
    )

    override_translatable_fields: ClassVar[list[Any]] = []

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("text of a room")
        verbose_name_plural = _("texts of rooms")
        ordering = ("room", "locale")
        constraints = (
            models.UniqueConstraint(fields=("room", "locale"), name="rooms_text_one_per_language"),
        )

    def __str__(self) -> str:
        return self.title
