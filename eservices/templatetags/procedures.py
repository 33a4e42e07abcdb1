"""Template tags of the procedure editor."""

from django import template
from django.conf import settings

from eservices.models import ProcedurePage
from eservices.queries.procedures import Publication, publication_of

register = template.Library()


@register.simple_tag
def publication(page: ProcedurePage) -> Publication:
    """Return what an editor should know about the publication of a page."""
    return publication_of(page)


@register.filter
def language_names(codes: tuple[str, ...]) -> str:
    """Write languages by their own names: fr, nl become "Français, Nederlands"."""
    names = dict(settings.LANGUAGES)
    return ", ".join(str(names.get(code, code)) for code in codes)
