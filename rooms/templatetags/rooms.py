"""Times of bookings in words."""

from datetime import datetime

from django import template

from rooms.queries.clock import Span
from rooms.queries.words import span_words

register = template.Library()


@register.filter
def until(start: datetime, end: datetime) -> str:
    """Write from when to when, with the hours also when it lasts into another day."""
    return span_words(Span(start, end))
