"""Whether a document holds a virus: a port with one file per scanner; `VIRUS_SCANNER` says which one is used.

    verdict = scanner().scan(stream)  # raises ScannerUnavailable: not scanned, try again

Without a scanner the product does not pretend: documents are marked as checked by their kind only.
"""

from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from eservices.scanning.base import Scanner, Verdict

__all__ = ["Scanner", "Verdict", "scanner"]


def scanner() -> Scanner:
    """Return the scanner of this installation, made from `VIRUS_SCANNER` = {"BACKEND": …, "OPTIONS": {…}}."""
    spec: dict[str, Any] = settings.VIRUS_SCANNER
    return cast("Scanner", import_string(spec["BACKEND"])(**spec.get("OPTIONS", {})))
