"""The virus scanner of an installation, as the environment names it."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured


def scanner_from_environment(address: str) -> dict[str, Any]:
    """Return VIRUS_SCANNER for `unix:/path` or `host:port` of clamd; without an address documents are not scanned.

    Raises ImproperlyConfigured for an address of neither form.
    """
    if not address:
        return {"BACKEND": "eservices.scanning.none.NoScanner", "OPTIONS": {}}
    options: dict[str, Any] = {"path": address.removeprefix("unix:")}
    if not address.startswith("unix:"):
        host, _colon, port = address.rpartition(":")
        if not host or not port.isdecimal():
            raise ImproperlyConfigured(
                "The environment variable CLAMD_ADDRESS must be unix:/path or host:port."
            )
        options = {"host": host, "port": int(port)}
    return {"BACKEND": "eservices.scanning.clamd.Clamd", "OPTIONS": options}
