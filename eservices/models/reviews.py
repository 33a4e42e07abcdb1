"""What helps agents to decide: ready texts in the citizen's language, templates of documents, roles in teams."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.enums import Outcome, ReasonUse, TeamRoleKind
from eservices.models.procedures import in_language


class DecisionReason(models.Model):
    """A ready text that agents can start from; never shown before an agent has taken it over."""

    code = models.SlugField(_("Code"), unique=True)
    use = models.CharField(
        _("Used for"), max_length=10, choices=ReasonUse, default=ReasonUse.REFUSAL
    )
    labels = models.JSONField(default=dict, help_text="Language code to the short name in lists.")
    texts = models.JSONField(
        default=dict, help_text="Language code to the text that citizens read."
    )
    position = models.PositiveSmallIntegerField(_("Position"), default=0)

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return in_language(self.labels) or self.code

    def text_in(self, language: str) -> str:
        """Return the text for a citizen who reads `language`."""
        return in_language(self.texts, language)


class TeamRole(models.Model):
    """What one member may do with a team's files, if not simply handle all of them."""

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="team_roles"
    )
    role = models.CharField(
        _("Role"), max_length=10, choices=TeamRoleKind, default=TeamRoleKind.HANDLER
    )
    procedures = models.ManyToManyField(
        "Procedure",
        blank=True,
        related_name="+",
        verbose_name=_("Only these procedures"),
        help_text=_("Choose none for all procedures of the team."),
    )

    class Meta:
        verbose_name = _("role in a team")
        verbose_name_plural = _("roles in teams")
        constraints = (
            models.UniqueConstraint(fields=("team", "user"), name="eservices_team_role_once"),
        )

    def __str__(self) -> str:
        return f"{self.team_id}/{self.user_id}: {self.role}"


class DocumentTemplate(models.Model):
    """The layout of a decision as a document, for one procedure or for all; its words are in versions."""

    code = models.SlugField(_("Code"), unique=True)
    names = models.JSONField(default=dict, help_text="Language code to the name in lists.")
    procedure = models.ForeignKey(
        "Procedure",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="document_templates",
        verbose_name=_("Procedure"),
    )
    outcome = models.CharField(
        _("For the decision"), max_length=10, choices=Outcome, default=Outcome.GRANTED
    )
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        verbose_name = _("template of a decision")
        verbose_name_plural = _("templates of decisions")
        ordering = ("code",)

    def __str__(self) -> str:
        return in_language(self.names) or self.code


class DocumentTemplateVersion(models.Model):
    """The words of a template as they stood; documents name the version that made them. Never edited."""

    template = models.ForeignKey(
        DocumentTemplate, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    texts = models.JSONField(
        default=dict, help_text="Language code to {title, body, closing} with {{ placeholders }}."
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("template", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("template", "number"), name="eservices_document_template_number"
            ),
        )

    def __str__(self) -> str:
        return f"{self.template_id}/{self.number}"
