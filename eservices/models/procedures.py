"""Procedures and their frozen versions. Editors build the form as a page; people only ever meet versions."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from eservices.enums import (
    DayUnit,
    Level,
    LevelMoment,
    ProcedureState,
    ProfileKind,
    SignatureLevel,
    VersionState,
)


def in_language(words: dict[str, str], language: str | None = None) -> str:
    """Return the wording in a language, else in the main one, else any."""
    return (
        words.get(language or get_language() or "")
        or words.get(settings.LANGUAGE_CODE)
        or next(iter(words.values()), "")
    )


class Team(models.Model):
    """A service of the municipality that handles files, with its members; its names are content."""

    code = models.SlugField(unique=True)
    names = models.JSONField(default=dict, help_text="Language code to name.")
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="teams", blank=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names) or self.code


class Section(models.Model):
    """A heading under which procedures are listed for citizens."""

    code = models.SlugField(unique=True)
    names = models.JSONField(default=dict, help_text="Language code to name.")
    icon = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.names) or self.code


class Procedure(models.Model):
    """What citizens can ask for. It outlives the page that describes it: files keep it alive."""

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(unique=True, max_length=60)
    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    current = models.ForeignKey(
        "ProcedureVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=ProcedureState, default=ProcedureState.OPEN)
    source_locale = models.CharField(max_length=5)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="procedures")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="procedures")
    required_level = models.PositiveSmallIntegerField(choices=Level, default=Level.LOW)
    level_at = models.CharField(max_length=5, choices=LevelMoment, default=LevelMoment.START)
    accepted_methods = models.JSONField(
        default=list, help_text="Values of Method that are accepted; empty means all."
    )
    max_age_minutes = models.PositiveSmallIntegerField(
        null=True, help_text="Longest time since the identification; empty: the whole session."
    )
    kinds = models.JSONField(default=list, help_text="Profile kinds that may apply.")
    handling_days = models.PositiveSmallIntegerField(null=True, blank=True)
    handling_unit = models.CharField(max_length=10, choices=DayUnit, default=DayUnit.CALENDAR)
    retention_days = models.PositiveIntegerField(default=365)
    draft_days = models.PositiveIntegerField(default=60)
    minutes = models.PositiveSmallIntegerField(default=10)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    fee_cents = models.PositiveIntegerField(
        null=True, blank=True, help_text="To pay after sending, before the file is handled."
    )
    payment_days = models.PositiveSmallIntegerField(default=14)
    signature_level = models.CharField(
        max_length=10, choices=SignatureLevel, default=SignatureLevel.NONE
    )
    texts = models.JSONField(
        default=dict, help_text="Language code to published words around the form."
    )

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ("section__position", "code")

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        """Whether a new file can be started now."""
        return self.state == ProcedureState.OPEN and self.current_id is not None and self.is_in_time

    @property
    def is_in_time(self) -> bool:
        """Whether this moment lies in the opening period; without one it always does."""
        return not (self.opens_later or self.is_over)

    @property
    def opens_later(self) -> bool:
        """Whether the opening period is still to begin."""
        return self.opens_at is not None and timezone.now() < self.opens_at

    @property
    def is_over(self) -> bool:
        """Whether the opening period has ended."""
        return self.closes_at is not None and timezone.now() >= self.closes_at

    @property
    def title(self) -> str:
        """The published title in the reader's language."""
        return self.texts_in()[1].get("title") or self.code

    def texts_in(self, language: str | None = None) -> tuple[str, dict[str, Any]]:
        """Return the language and the published words (title, summary, received, decision, at_hand).

        Without words in the wanted language (default: the reader's) they come in the main language of the procedure.
        """
        for code in (language or get_language() or "", self.source_locale):
            if code in self.texts:
                return code, self.texts[code]
        return next(iter(self.texts.items()), (self.source_locale, {}))

    def takes(self, kind: str) -> bool:
        """Whether a profile of this kind may apply; an empty list means citizens only."""
        return kind in (self.kinds or [ProfileKind.CITIZEN])


class ProcedureVersion(models.Model):
    """The structure of a form as it was frozen; rows never change save their state."""

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.PREPARED)
    format = models.PositiveSmallIntegerField(default=1)
    structure = models.JSONField()
    sha256 = models.CharField(max_length=64)
    revision_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    activated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("procedure", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("procedure", "number"), name="eservices_version_number"
            ),
            models.UniqueConstraint(
                fields=("procedure",),
                condition=models.Q(state=VersionState.CURRENT),
                name="eservices_version_one_current",
            ),
        )

    def __str__(self) -> str:
        return f"{self.procedure_id}/{self.number}"


class ProcedureText(models.Model):
    """All words of one version in one language, as one edition; a corrected comma makes the next one."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="texts")
    locale = models.CharField(max_length=5)
    edition = models.PositiveIntegerField(default=1)
    words = models.JSONField()
    sha256 = models.CharField(max_length=64)
    complete = models.BooleanField(default=False)
    revision_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("version", "locale", "-edition")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "locale", "edition"), name="eservices_text_edition"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}/{self.locale}/{self.edition}"


class ProcedureIssue(models.Model):
    """Why the last publication of a form was not taken over; shown to editors until it is solved."""

    procedure = models.ForeignKey(
        Procedure, on_delete=models.CASCADE, related_name="issues", null=True
    )
    page_id = models.PositiveIntegerField()
    locale = models.CharField(max_length=5)
    kind = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    block_id = models.CharField(max_length=60, blank=True)
    found_at = models.DateTimeField(auto_now_add=True)
    solved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-found_at",)

    def __str__(self) -> str:
        return self.message


class ChapterReach(models.Model):
    """How many drafts of a version have ever opened a chapter; counts only, so it outlives them."""

    version = models.ForeignKey(
        ProcedureVersion, on_delete=models.CASCADE, related_name="chapter_reach"
    )
    chapter_id = models.CharField(max_length=60)
    reached = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("version", "chapter_id"), name="eservices_chapter_reach_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}/{self.chapter_id}: {self.reached}"
