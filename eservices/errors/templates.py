"""Refusals about templates of decisions."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Invalid


class TemplateTextMissing(Invalid):
    """A template needs a title and a text in every language."""

    code = "templates.text_missing"
    message = _("Give the title and the text in every language.")


class TemplatePlaceholderUnknown(Invalid):
    """A template names a placeholder that nothing fills."""

    code = "templates.placeholder_unknown"
    message = _("No such placeholder: %(names)s. Choose from the list beside the form.")


class TemplateAppealMissing(Invalid):
    """A refusal must say how to appeal and by when (law of 11 April 1994, art. 2, 4°)."""

    code = "templates.appeal_missing"
    message = _("A refusal must say in every language how to appeal, where and by when.")
