"""What readers change: how often an answer helped."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import F

from faq.errors import UnknownContent
from faq.models import FeedbackTally
from faq.queries import exists


def tell_helpful(*, key: uuid.UUID, language: str, helpful: bool) -> None:
    """Count one opinion about the answer to a question; nobody is known. Raises UnknownContent."""
    if not exists(key, language):
        raise UnknownContent
    field = "helpful" if helpful else "not_helpful"
    rows = FeedbackTally.objects.filter(question_key=key, language=language)
    if rows.update(**{field: F(field) + 1}):
        return
    try:
        with transaction.atomic():
            FeedbackTally.objects.create(question_key=key, language=language, **{field: 1})
    except IntegrityError:  # somebody else was the first at the same moment
        rows.update(**{field: F(field) + 1})
