"""Who writes: the municipality's name and address for mails and printed documents.

They are content, which the e-services must not import: a setting names the function that knows.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def municipality(language: str) -> dict[str, Any]:
    """Return name, second_name, address, phone, email … in a language; empty when nobody provides
    them.
    """
    path = getattr(settings, "MUNICIPALITY_PROVIDER", "")
    found: dict[str, Any] = import_string(path)(language) if path else {}
    return found
