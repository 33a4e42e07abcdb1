"""What rooms cost, and under which terms they are let."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey

from eservices.enums import ProfileKind
from eservices.models.fields import CentsField, NamesField
from eservices.models.procedures import in_language
from rooms.enums import PriceUnit
from rooms.models.places import Room


class Tariff(models.Model):
    """One price of one room: for whom, per what, since when. The cheapest that applies counts."""

    room = ParentalKey(Room, on_delete=models.CASCADE, related_name="tariffs")
    profile_kind = models.CharField(
        _("For"), max_length=12, choices=ProfileKind, blank=True, help_text=_("Empty: everybody.")
    )
    residents_only = models.BooleanField(_("Only from the municipality"), default=False)
    unit = models.CharField(_("Counted"), max_length=10, choices=PriceUnit, default=PriceUnit.HOUR)
    amount_cents = CentsField(_("Amount (cents)"), default=0)
    deposit_cents = CentsField(_("Deposit (cents)"), default=0)
    vat_percent = models.DecimalField(
        _("VAT included (%)"),
        max_digits=4,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("tariff")
        verbose_name_plural = _("tariffs")
        ordering = ("profile_kind", "amount_cents")

    def __str__(self) -> str:
        return f"{self.profile_kind} {self.amount_cents} {self.unit}"


class RoomExtra(models.Model):
    """Something that can be had with a room: a projector, cleaning. Its names are content."""

    room = ParentalKey(Room, on_delete=models.CASCADE, related_name="extras")
    code = models.SlugField(_("Code"))
    names = NamesField(default=dict, help_text="Language code to name.")
    amount_cents = CentsField(_("Amount (cents)"), default=0)
    max_count = models.PositiveSmallIntegerField(
        _("At most"), default=1, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("extra")
        verbose_name_plural = _("extras")
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("room", "code"), name="rooms_extra_code_once"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names) or self.code


class RoomTerms(models.Model):
    """The terms under which rooms are let, as they stood from one day on; never edited afterwards."""

    number = models.PositiveIntegerField(unique=True)
    texts = models.JSONField(help_text="Language code to the full text (plain HTML).")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("terms of the rooms")
        verbose_name_plural = _("terms of the rooms")
        ordering = ("-number",)

    def __str__(self) -> str:
        return str(self.number)
