"""The pages on which editors build procedures. Citizens never fill in a page: publishing freezes it into a version."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField

from eservices.contract import registry
from eservices.enums import (
    OWN_METHODS,
    DayUnit,
    Level,
    LevelMoment,
    Method,
    ProfileKind,
    SignatureLevel,
)
from eservices.models.block_parts import WordsBlock
from eservices.models.blocks import ChaptersBlock, RequestedAnnexesBlock, StateTextsBlock
from eservices.models.builder import BuiltForm, read_builder
from eservices.models.fields import BlocksField, ChoicesField

_NOT_ENOUGH = _(
    "These methods never reach the level that you chose. Tick eID, itsme or the security code of CSAM too, or choose a "
    "lower level."
)
_NOBODY_SIGNS = _(
    "No installed service lets people sign like this. Choose “No signature”, or save a draft until it is there."
)


class ProcedurePageForm(WagtailAdminPageForm):  # type: ignore[misc]
    """The editor's form of a procedure: drafts may ask for what is not installed yet, publications may not."""

    def clean(self) -> dict[str, Any]:
        """Refuse to publish a procedure that nobody could sign."""
        cleaned: dict[str, Any] = super().clean()
        wanted = cleaned.get("signature_level") or SignatureLevel.NONE
        if not self.is_deferred_validation and not registry.offers_signature(wanted):
            self.add_error("signature_level", _NOBODY_SIGNS)
        return cleaned


class ProcedureIndexPage(Page):
    """The list of procedures of one language; its address shows the same list as the portal's own."""

    intro = models.CharField(_("Introduction"), max_length=240, blank=True)

    max_count_per_parent = 1
    subpage_types: ClassVar[list[str]] = ["eservices.ProcedurePage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]

    class Meta:
        verbose_name = _("list of procedures")
        verbose_name_plural = _("lists of procedures")


class ProcedurePage(Page):
    """A procedure as its editor sees it: rules come from the page in the main language, words from each language."""

    code = models.SlugField(
        _("Code"),
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[a-z0-9-]+$", _("Small letters, digits and hyphens only."))],
        help_text=_("Short name in addresses and exports. It is fixed with the first publication."),
    )
    summary = models.CharField(
        _("Summary"), max_length=240, help_text=_("One sentence, below the title.")
    )
    at_hand = BlocksField(
        [("item", WordsBlock(label=_("Thing to have at hand"), max_length=200))],
        blank=True,
        verbose_name=_("To have at hand"),
    )
    received = models.CharField(_("What happens after sending"), max_length=240, blank=True)
    decision = models.CharField(_("What the decision means"), max_length=240, blank=True)
    section = models.ForeignKey(
        "eservices.Section", on_delete=models.PROTECT, related_name="+", verbose_name=_("Section")
    )
    team = models.ForeignKey(
        "eservices.Team", on_delete=models.PROTECT, related_name="+", verbose_name=_("Team")
    )
    level = models.PositiveSmallIntegerField(
        _("Identification level"),
        choices=Level,
        default=Level.LOW,
        help_text=_("How sure the municipality must be of who somebody is."),
    )
    level_at = models.CharField(
        _("When to identify"),
        max_length=5,
        choices=LevelMoment,
        default=LevelMoment.START,
        help_text=_(
            "Before the form: nobody reads or types anything before. Before sending: people fill in the form with "
            "their usual login and identify at the end; nothing that they typed is lost."
        ),
    )
    accepted_methods = ChoicesField(
        verbose_name=_("Accepted methods"),
        options=Method.choices,
        help_text=_("Tick none to accept every method that reaches the level."),
    )
    max_age_minutes = models.PositiveSmallIntegerField(
        _("Longest time since the identification (minutes)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(480)],
        help_text=_("Leave it empty when the login of the same session is recent enough."),
    )
    for_citizens = models.BooleanField(_("Citizens"), default=True)
    for_enterprises = models.BooleanField(_("Enterprises"), default=False)
    for_associations = models.BooleanField(_("Associations"), default=False)
    handling_days = models.PositiveSmallIntegerField(
        _("Answer within (days)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    handling_unit = models.CharField(
        _("Counted in"), max_length=10, choices=DayUnit, default=DayUnit.CALENDAR
    )
    retention_days = models.PositiveIntegerField(
        _("Kept after the decision (days)"), default=365, validators=[MaxValueValidator(36_500)]
    )
    minutes = models.PositiveSmallIntegerField(
        _("Time to fill in (minutes)"), default=10, validators=[MinValueValidator(1)]
    )
    draft_days = models.PositiveIntegerField(
        _("Drafts kept after the last change (days)"),
        default=60,
        validators=[MinValueValidator(7), MaxValueValidator(730)],
    )
    opens_at = models.DateTimeField(_("Opens on"), null=True, blank=True)
    closes_at = models.DateTimeField(_("Closes on"), null=True, blank=True)
    fee = models.DecimalField(
        _("Fee (euros)"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
        help_text=_("To pay after sending; the file is handled once it is paid."),
    )
    payment_days = models.PositiveSmallIntegerField(
        _("Time to pay (days)"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    signature_level = models.CharField(
        _("Signature"), max_length=10, choices=SignatureLevel, default=SignatureLevel.NONE
    )
    annexes = BlocksField(
        RequestedAnnexesBlock(),
        blank=True,
        verbose_name=_("Annexes to send"),
        help_text=_("Documents that people can send with the file or afterwards."),
    )
    state_texts = BlocksField(
        StateTextsBlock(),
        blank=True,
        verbose_name=_("Texts by state"),
        help_text=_("What people read in their file beside the general words."),
    )
    chapters = BlocksField(ChaptersBlock(), blank=True, verbose_name=_("Form"))

    base_form_class = ProcedurePageForm
    template = "procedures/preview.html"
    parent_page_types: ClassVar[list[str]] = ["eservices.ProcedureIndexPage"]
    subpage_types: ClassVar[list[str]] = []

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    *Page.content_panels,
                    FieldPanel("summary"),
                    FieldPanel("at_hand"),
                    FieldPanel("received"),
                    FieldPanel("decision"),
                    FieldPanel("state_texts"),
                ],
                heading=_("Description"),
            ),
            ObjectList(
                [
                    HelpPanel(template="procedures/admin/check_panel.html", heading=_("Check")),
                    FieldPanel("chapters"),
                    FieldPanel("annexes"),
                ],
                heading=_("Form"),
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("section"), FieldPanel("team")]),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("level"), FieldPanel("level_at")]),
                            FieldPanel("accepted_methods"),
                            FieldPanel("max_age_minutes"),
                        ],
                        heading=_("Identification"),
                    ),
                    MultiFieldPanel(
                        [
                            FieldRowPanel(
                                [
                                    FieldPanel("for_citizens"),
                                    FieldPanel("for_enterprises"),
                                    FieldPanel("for_associations"),
                                ]
                            )
                        ],
                        heading=_("Who may apply"),
                    ),
                    FieldRowPanel([FieldPanel("handling_days"), FieldPanel("handling_unit")]),
                    FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                    FieldRowPanel([FieldPanel("fee"), FieldPanel("payment_days")]),
                    FieldPanel("signature_level"),
                    FieldRowPanel(
                        [
                            FieldPanel("minutes"),
                            FieldPanel("retention_days"),
                            FieldPanel("draft_days"),
                        ]
                    ),
                    FieldPanel("code"),
                ],
                heading=_("Rules"),
            ),
            ObjectList(
                [
                    HelpPanel(
                        template="procedures/admin/publication_panel.html", heading=_("Publication")
                    )
                ],
                heading=_("Publication"),
            ),
            ObjectList([*Page.promote_panels, *Page.settings_panels], heading=_("Address")),
        ]
    )
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField(name, overridable=False)
        for name in (
            "code",
            "section",
            "team",
            "level",
            "level_at",
            "accepted_methods",
            "max_age_minutes",
            "for_citizens",
            "for_enterprises",
            "for_associations",
            "handling_days",
            "handling_unit",
            "retention_days",
            "minutes",
            "draft_days",
            "opens_at",
            "closes_at",
            "fee",
            "payment_days",
            "signature_level",
        )
    ]

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")

    def clean(self) -> None:
        """Refuse a procedure for which nobody may apply, or for which nobody could identify."""
        super().clean()
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("The end must come after the beginning.")})
        if not self.kinds:
            raise ValidationError({"for_citizens": _("Choose who may apply.")})
        never_enough = self.accepted_methods and OWN_METHODS.issuperset(self.accepted_methods)
        if never_enough and self.level > Level.LOW:
            raise ValidationError({"accepted_methods": _NOT_ENOUGH})

    @property
    def kinds(self) -> list[str]:
        """The profile kinds that may apply, in a stable order."""
        flags = {
            ProfileKind.CITIZEN: self.for_citizens,
            ProfileKind.ENTERPRISE: self.for_enterprises,
            ProfileKind.ASSOCIATION: self.for_associations,
        }
        return [kind.value for kind, wanted in flags.items() if wanted]

    @cached_property
    def form_as_built(self) -> BuiltForm:
        """The form as it stands in the builder: structure and words, unchecked."""
        return read_builder(list(self.chapters.raw_data), list(self.annexes.raw_data))

    def texts(self) -> dict[str, Any]:
        """The words around the form that people read in lists, on the page of the procedure and in files."""
        return {
            "title": self.title,
            "summary": self.summary,
            "received": self.received,
            "decision": self.decision,
            "at_hand": [item["value"] for item in self.at_hand.raw_data if item["value"]],
            "states": self._state_texts(),
        }

    def _state_texts(self) -> dict[str, str]:
        """The words for files by state; of two for one state the first counts."""
        texts: dict[str, str] = {}
        for item in self.state_texts.raw_data:
            value = item.get("value") or {}
            if value.get("state") and str(value.get("text") or "").strip():
                texts.setdefault(value["state"], value["text"].strip())
        return texts
