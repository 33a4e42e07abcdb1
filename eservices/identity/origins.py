"""Where a request comes from, as much as a person needs to recognise it and no more."""

import ipaddress
from dataclasses import dataclass

from django.http import HttpRequest

_FAMILIES = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Family of the browser and shortened address of its network; either may be empty."""

    browser: str = ""
    network: str = ""


def origin_of(request: HttpRequest) -> Origin:
    """Return where a request comes from; the address is the one that the server sees, never a header's."""
    return Origin(browser=browser_of(request), network=network_of(client_address(request)))


def browser_of(request: HttpRequest) -> str:
    """Return the family of the browser; no version, no device."""
    agent = request.headers.get("User-Agent", "")
    found = next((name for mark, name in _FAMILIES if mark in agent), "")
    return found or ("Safari" if "Safari" in agent else "")


def client_address(request: HttpRequest) -> str:
    """Return the address that the server sees; the proxy sets it (RFC 7239), never the client."""
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """Return an address without its last part (IPv4 /24, IPv6 /48): a place, not a person."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = 24 if known.version == 4 else 48
    return str(ipaddress.ip_network(f"{known}/{prefix}", strict=False).network_address)
