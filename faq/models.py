"""Questions and answers as pages, what people think of them, and what the search knows of all pages."""

import uuid
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from cms_pages import contents, tree
from cms_pages.blocks import AnswerBlock
from cms_pages.models import CheckedPage, PortalPage
from eservices.models.fields import BlocksField
from faq import listing, structured

SHORT_ANSWER_WORDS = 40


class Audience(models.TextChoices):
    """Whom a question concerns."""

    EVERYBODY = "everybody", _("Everybody")
    CITIZENS = "citizens", _("Citizens")
    PARENTS = "parents", _("Parents")
    ORGANISATIONS = "organisations", _("Associations and enterprises")


class FaqIndexPage(PortalPage):
    """The door to all help in one language."""

    intro = models.CharField(_("Introduction"), max_length=240, blank=True)

    template = "faq/index_page.html"
    subpage_types: ClassVar[list[str]] = ["faq.FaqCategoryPage", "cms_pages.HelpIndexPage"]
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("intro")]
    api_fields: ClassVar[list[APIField]] = [APIField("intro")]

    class Meta:
        verbose_name = _("help start page")
        verbose_name_plural = _("help start pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the categories with their questions and the help pages; queries do not grow with them."""
        context = super().get_context(request, *args, **kwargs)
        context["categories"] = listing.categories(self)
        context["help_pages"] = listing.help_pages(self)
        return context


class FaqCategoryPage(PortalPage):
    """A group of questions."""

    intro = models.CharField(_("Introduction"), max_length=240, blank=True)
    icon = models.CharField(
        _("Icon"),
        max_length=40,
        blank=True,
        default="circle-question-mark",
        # A choice for editors, not words for translators.
        validators=[RegexValidator(r"^[a-z0-9-]+$")],
    )

    template = "faq/category_page.html"
    parent_page_types: ClassVar[list[str]] = ["faq.FaqIndexPage"]
    subpage_types: ClassVar[list[str]] = ["faq.FaqQuestionPage"]
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("icon"),
    ]
    api_fields: ClassVar[list[APIField]] = [APIField("intro"), APIField("icon")]
    override_translatable_fields: ClassVar[list[Any]] = [
        SynchronizedField("icon", overridable=False)
    ]

    class Meta:
        verbose_name = _("group of questions")
        verbose_name_plural = _("groups of questions")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the groups beside this one, the questions with their answers, and JSON-LD."""
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        context["categories"] = listing.categories(self.get_parent())
        context["questions"] = listing.questions_with_answers(
            FaqQuestionPage.objects.live().public().child_of(self).order_by("path"), language
        )
        context["json_ld"] = structured.faq_page(context["questions"])
        return context


class FaqQuestionPage(CheckedPage):
    """A question (its title) with a short answer in words alone and a long one in blocks."""

    short_answer = models.TextField(
        _("Short answer"),
        max_length=400,
        help_text=_("At most 40 words, no markup: it must answer the question by itself."),
    )
    search_terms = models.CharField(
        _("Other words people use"),
        max_length=300,
        blank=True,
        help_text=_("Separated by commas; not shown, only found."),
    )
    answer = BlocksField(AnswerBlock(), blank=True, verbose_name=_("Answer"))
    audience = models.CharField(
        _("Whom it concerns"), max_length=15, choices=Audience, default=Audience.EVERYBODY
    )
    related = BlocksField(
        [("page", blocks.PageChooserBlock(label=_("Page"), page_type="faq.FaqQuestionPage"))],
        blank=True,
        verbose_name=_("Related questions"),
    )

    template = "faq/question_page.html"
    search_kind = "faq"
    parent_page_types: ClassVar[list[str]] = ["faq.FaqCategoryPage"]
    subpage_types: ClassVar[list[str]] = []
    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("short_answer"),
        FieldPanel("answer"),
        FieldPanel("search_terms"),
        FieldPanel("related"),
        MultiFieldPanel(
            [FieldPanel("audience"), FieldPanel("checked_on"), FieldPanel("source")],
            heading=_("Upkeep"),
        ),
    ]
    api_fields: ClassVar[list[APIField]] = [
        APIField("short_answer"),
        APIField("search_terms"),
        APIField("answer"),
        APIField("audience"),
        APIField("checked_on"),
        APIField("source"),
        APIField("related"),
    ]
    override_translatable_fields: ClassVar[list[Any]] = [
        TranslatableField("short_answer"),
        SynchronizedField("related", overridable=False),
        SynchronizedField("audience", overridable=False),
        SynchronizedField("checked_on", overridable=False),
        SynchronizedField("source", overridable=False),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def clean(self) -> None:
        """Refuse a short answer that is not short."""
        super().clean()
        listing.check_short_answer(self.short_answer, limit=SHORT_ANSWER_WORDS)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the answer ready to show, the groups, related questions and JSON-LD."""
        context = super().get_context(request, *args, **kwargs)
        language = self.locale.language_code
        question = listing.with_answers([self], language)[0]
        context["question"] = question
        context["categories"] = listing.categories(self.get_parent().get_parent())
        context["current_category"] = self.get_parent().pk
        context["related_rows"] = tree.related_rows(self.related, language)
        context["json_ld"] = structured.faq_page([question])
        return context

    def search_parts(self) -> dict[str, str]:
        """A question is found by its words, its other words and all of its answer."""
        return {
            **super().search_parts(),
            "summary": self.short_answer,
            "terms": self.search_terms,
            "body": contents.plain_text(self.answer.raw_data),
        }


class FeedbackTally(models.Model):
    """How many readers said that an answer helped, or not; counts only, nobody is known."""

    question_key = models.UUIDField(default=uuid.uuid4)
    language = models.CharField(max_length=5)
    helpful = models.PositiveIntegerField(default=0)
    not_helpful = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        constraints = (
            models.UniqueConstraint(
                fields=("question_key", "language"), name="faq_feedback_one_tally"
            ),
        )

    def __str__(self) -> str:
        return f"{self.question_key} {self.language}"


class SearchEntry(models.Model):
    """What the search knows of a public page: its words folded and stemmed in the page's language.

    Written in the transaction that publishes the page; the same on every database, because Python prepares the words
    and ranks the pages (see faq/search.py).
    """

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    key = models.UUIDField()
    language = models.CharField(max_length=5, db_index=True)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    title_stems = models.TextField(blank=True)
    term_stems = models.TextField(blank=True)
    body_stems = models.TextField(blank=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return self.title
