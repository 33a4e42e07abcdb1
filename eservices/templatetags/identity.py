"""The ways in, for pages that offer them."""

from django import template

from eservices.identity.choices import Choice, choices

register = template.Library()


@register.simple_tag
def identity_choices() -> list[Choice]:
    """Return the digital identities that this installation accepts; see parts/identity_choices.html."""
    return choices()
