"""The pages on which editors build procedures. Citizens never fill in a page: publishing freezes it into a version."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
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

from eservices.enums import DayUnit, Level, ProfileKind
from eservices.models.blocks import ChaptersBlock, WordsBlock
from eservices.models.builder import BuiltForm, read_builder
from eservices.models.fields import BlocksField


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
        help_text=_("Needed to start a file."),
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
    chapters = BlocksField(ChaptersBlock(), blank=True, verbose_name=_("Form"))

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
                ],
                heading=_("Description"),
            ),
            ObjectList([FieldPanel("chapters")], heading=_("Form")),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("section"), FieldPanel("team")]),
                    FieldPanel("level"),
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
                    FieldRowPanel([FieldPanel("minutes"), FieldPanel("retention_days")]),
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
            "for_citizens",
            "for_enterprises",
            "for_associations",
            "handling_days",
            "handling_unit",
            "retention_days",
            "minutes",
        )
    ]

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")

    def clean(self) -> None:
        """Refuse a procedure for which nobody may apply."""
        super().clean()
        if not self.kinds:
            raise ValidationError({"for_citizens": _("Choose who may apply.")})

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
        return read_builder(list(self.chapters.raw_data))

    def texts(self) -> dict[str, Any]:
        """The words around the form that people read in lists, on the page of the procedure and in files."""
        return {
            "title": self.title,
            "summary": self.summary,
            "received": self.received,
            "decision": self.decision,
            "at_hand": [item["value"] for item in self.at_hand.raw_data if item["value"]],
        }
