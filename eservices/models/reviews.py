"""What helps agents to decide: ready-made reasons in the citizen's language."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eservices.models.procedures import in_language


class DecisionReason(models.Model):
    """A reason for a refusal that agents can start from; never shown before an agent has taken it over."""

    code = models.SlugField(_("Code"), unique=True)
    labels = models.JSONField(default=dict, help_text="Language code to the short name in lists.")
    texts = models.JSONField(
        default=dict, help_text="Language code to the text that citizens read."
    )
    position = models.PositiveSmallIntegerField(_("Position"), default=0)

    class Meta:
        verbose_name = _("reason for a refusal")
        verbose_name_plural = _("reasons for refusals")
        ordering = ("position", "code")

    def __str__(self) -> str:
        return in_language(self.labels) or self.code

    def text_in(self, language: str) -> str:
        """Return the text for a citizen who reads `language`."""
        return in_language(self.texts, language)
