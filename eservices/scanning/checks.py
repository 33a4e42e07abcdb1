"""What `manage.py check --deploy` says about the virus scanner."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

from eservices.scanning.none import NoScanner

_NONE = f"{NoScanner.__module__}.{NoScanner.__qualname__}"


@checks.register(checks.Tags.security, deploy=True)
def documents_are_scanned(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn about an installation without a scanner: agents then open what nobody looked through."""
    if settings.VIRUS_SCANNER["BACKEND"] != _NONE:
        return []
    return [
        checks.Warning(
            "No virus scanner is set: of the documents that citizens send only the kind is checked.",
            hint="Set CLAMD_ADDRESS to the address of clamd (docs/operations.md).",
            id="eservices.W002",
        )
    ]
