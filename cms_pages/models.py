"""The pages of the portal that are not questions: start and help; and the version of all public content."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms_pages import contents, start, tree
from cms_pages.blocks import HelpBodyBlock, HoursBlock, NoticeBlock, TileBlock
from eservices.models.fields import BlocksField


class Source(models.TextChoices):
    """Who owns the truth of an answer: ours is checked by ourselves, the others when they change."""

    OURS = "ours", _("The municipality")
    FEDERAL = "federal", _("The federal authorities")
    PROVIDER = "provider", _("The provider of the service")


class ContentVersion(models.Model):
    """How often the public content changed; exactly one row, raised in the transaction of each change."""

    number = models.PositiveBigIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return str(self.number)


class LoadedFile(models.Model):
    """A file of content that was loaded into pages, and the hash of what was loaded."""

    key = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.key


class PortalPage(Page):
    """What all pages of the portal share: the frame's context; it is never a page itself."""

    class Meta:
        abstract = True

    #: Word used in search results for this kind of page.
    search_kind: ClassVar[str] = "page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the way back, the addresses in the other languages and the canonical address."""
        context = super().get_context(request, *args, **kwargs)
        context["trail"] = tree.trail(self)
        context["alternates"] = tree.alternates(self)
        context["languages"] = tree.language_links(context["alternates"], self.locale.language_code)
        context["canonical"] = tree.canonical(self)
        return context

    def search_parts(self) -> dict[str, str]:
        """Return what people search in this page, as plain text: title, summary, terms, body, kind."""
        return {
            "kind": self.search_kind,
            "title": self.title,
            "summary": self.search_description,
            "terms": "",
            "body": "",
        }


class CheckedPage(PortalPage):
    """A page whose truth somebody checked on a day, with the source of that truth."""

    checked_on = models.DateField(_("Checked on"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=10, choices=Source, default=Source.OURS)

    class Meta:
        abstract = True


class HomePage(PortalPage):
    """The start page of one language, and what is known of the municipality in that language."""

    hero_title = models.CharField(_("Question in the band"), max_length=80)
    intro = models.CharField(_("Introduction"), max_length=240, blank=True)
    frequent_searches = BlocksField(
        [("term", blocks.CharBlock(label=_("Words"), max_length=60))],
        blank=True,
        verbose_name=_("Often searched"),
    )
    tiles = BlocksField([("tile", TileBlock())], blank=True, verbose_name=_("Services"))
    notices = BlocksField([("notice", NoticeBlock())], blank=True, verbose_name=_("At the moment"))
    municipality = models.CharField(_("Name of the municipality"), max_length=120)
    second_name = models.CharField(
        _("Name in a second language"),
        max_length=120,
        blank=True,
        help_text=_("Shown below the name."),
    )
    second_language = models.CharField(
        _("Second language"), max_length=5, blank=True, choices=settings.LANGUAGES
    )
    address = models.CharField(_("Address"), max_length=200, blank=True)
    phone = models.CharField(_("Phone number"), max_length=30, blank=True)
    phone_hours = models.CharField(_("When the phone is answered"), max_length=120, blank=True)
    email = models.EmailField(_("E-mail address"), blank=True)
    contact_note = models.CharField(_("Note below the contact details"), max_length=200, blank=True)
    hours = BlocksField([("day", HoursBlock())], blank=True, verbose_name=_("Opening hours"))

    template = "cms_pages/home_page.html"
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("hero_title"),
        FieldPanel("intro"),
        FieldPanel("frequent_searches"),
        FieldPanel("tiles"),
        FieldPanel("notices"),
        MultiFieldPanel(
            [
                FieldPanel("municipality"),
                FieldPanel("second_name"),
                FieldPanel("second_language"),
                FieldPanel("address"),
                FieldPanel("phone"),
                FieldPanel("phone_hours"),
                FieldPanel("email"),
                FieldPanel("contact_note"),
                FieldPanel("hours"),
            ],
            heading=_("Municipality"),
        ),
    ]
    api_fields: ClassVar[list[APIField]] = [
        APIField("hero_title"),
        APIField("intro"),
        APIField("frequent_searches"),
        APIField("tiles"),
        APIField("notices"),
        APIField("municipality"),
        APIField("second_name"),
        APIField("address"),
        APIField("phone"),
        APIField("phone_hours"),
        APIField("email"),
        APIField("contact_note"),
        APIField("hours"),
    ]
    # A second language is a code, the rest are words.
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("phone", overridable=False),
        SynchronizedField("email", overridable=False),
    ]

    class Meta:
        verbose_name = _("start page")
        verbose_name_plural = _("start pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add services, notices, help topics and hours, ready to show."""
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        context["tile_list"] = start.tiles(self.tiles, language)
        context["notice_list"] = start.notices(self.notices, language)
        context["hour_list"] = start.hours(self.hours)
        context["procedure_rows"] = start.procedure_rows(language)
        return context


class HelpIndexPage(PortalPage):
    """The list of help pages."""

    intro = models.CharField(_("Introduction"), max_length=240, blank=True)

    template = "cms_pages/help_index_page.html"
    subpage_types: ClassVar[list[str]] = ["cms_pages.HelpPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    api_fields: ClassVar[list[APIField]] = [APIField("intro")]

    class Meta:
        verbose_name = _("list of help pages")
        verbose_name_plural = _("lists of help pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the help pages."""
        context = super().get_context(request, *args, **kwargs)
        context["rows"] = [
            {"url": place.path, "label": place.title}
            for place in tree.places(tree.public_pages().child_of(self).order_by("path"))
        ]
        return context


class HelpPage(CheckedPage):
    """A longer explanation."""

    intro = models.TextField(_("Introduction"), max_length=400)
    body = BlocksField(HelpBodyBlock(), blank=True, verbose_name=_("Text"))
    related = BlocksField(
        [("page", blocks.PageChooserBlock(label=_("Page")))], blank=True, verbose_name=_("See also")
    )

    template = "cms_pages/help_page.html"
    search_kind = "help"
    parent_page_types: ClassVar[list[str]] = ["cms_pages.HelpIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("body"),
        FieldPanel("related"),
        MultiFieldPanel([FieldPanel("checked_on"), FieldPanel("source")], heading=_("Upkeep")),
    ]
    api_fields: ClassVar[list[APIField]] = [
        APIField("intro"),
        APIField("body"),
        APIField("checked_on"),
        APIField("source"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("intro"),
        SynchronizedField("related", overridable=False),
        SynchronizedField("checked_on", overridable=False),
        SynchronizedField("source", overridable=False),
    ]

    class Meta:
        verbose_name = _("help page")
        verbose_name_plural = _("help pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the text ready to show, and related pages."""
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        library = contents.library_for([self.body.raw_data], language)
        context["nodes"] = contents.nodes(self.body.raw_data, library)
        context["related_rows"] = tree.related_rows(self.related, language)
        return context

    def search_parts(self) -> dict[str, str]:
        """A help page is found by everything that it says."""
        return {
            **super().search_parts(),
            "summary": self.intro,
            "body": contents.plain_text(self.body.raw_data),
        }
