"""What a form for a message gives beside its words."""

from collections.abc import Sequence

from django import forms


def known_ids(given: Sequence[str]) -> list[str]:
    """Return the given ids of documents, each once; what is no UUID stands for no document."""
    field = forms.UUIDField()
    ids = []
    for name in dict.fromkeys(given):
        try:
            ids.append(str(field.clean(name)))
        except forms.ValidationError:
            continue
    return ids
