"""Template tags of the procedure editor."""

from django import template
from django.conf import settings

from eservices.models import ProcedurePage
from eservices.queries.builder import Finding, Preview, findings_of, preview_of
from eservices.queries.procedures import Publication, publication_of

register = template.Library()


@register.simple_tag
def publication(page: ProcedurePage) -> Publication:
    """Return what an editor should know about the publication of a page."""
    return publication_of(page)


@register.simple_tag
def preview(page: ProcedurePage) -> Preview:
    """Return the form of a page as people would see it, with invented answers."""
    return preview_of(page)


@register.simple_tag
def findings(page: ProcedurePage) -> list[Finding]:
    """Return what is wrong in the form of a page as it was saved last."""
    return findings_of(page.form_as_built, page=page if page.pk else None)


@register.filter
def language_names(codes: tuple[str, ...]) -> str:
    """Write languages by their own names: fr, nl become "Français, Nederlands"."""
    names = dict(settings.LANGUAGES)
    return ", ".join(str(names.get(code, code)) for code in codes)
