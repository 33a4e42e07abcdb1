"""Fetching a calendar from an address that somebody typed, without becoming a way into our own network.

Every address of the host is checked after it was resolved, and the connection goes to the checked address itself, so
that a second answer of the DNS changes nothing (server-side request forgery). Redirects are followed by hand and
checked alike.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings

from rooms.enums import CalendarFailure

MOST_BYTES: Final = 5 * 1024 * 1024
REDIRECTS: Final = 3
#: Seconds for the connection, and between two packets.
TIMEOUT: Final = urllib3.Timeout(connect=5, read=10)
#: Seconds for the whole content: a server that sends byte by byte does not keep the worker.
LONGEST: Final = 30
_PORTS: Final = {"http": 80, "https": 443}


class CalendarUnread(Exception):
    """A calendar could not be fetched or read; `failure` says why."""

    def __init__(self, failure: CalendarFailure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What an address answered: the bytes, or None when nothing changed since `etag`."""

    content: bytes | None
    etag: str = ""


def fetch(url: str, *, etag: str = "") -> Fetched:
    """Return what stands at an address (http, https, webcal). Raises CalendarUnread."""
    for _hop in range(REDIRECTS + 1):
        answer = _ask(url, etag)
        try:
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status == 304 and etag:
                return Fetched(content=None, etag=etag)
            if answer.status != 200:
                raise CalendarUnread(CalendarFailure.REFUSED)
            return Fetched(content=_body(answer), etag=answer.headers.get("ETag", "")[:200])
        finally:
            answer.close()
    raise CalendarUnread(CalendarFailure.REDIRECTS)


def _ask(url: str, etag: str) -> urllib3.BaseHTTPResponse:
    parts = urlsplit(url)
    scheme = {"webcal": "https"}.get(parts.scheme, parts.scheme)
    try:
        port = parts.port or _PORTS.get(scheme)
    except ValueError:
        port = None
    if port is None or not parts.hostname:
        raise CalendarUnread(CalendarFailure.ADDRESS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc.rpartition("@")[2], "Accept": "text/calendar, */*;q=0.5"}
    headers |= {"Accept-Encoding": "identity", "User-Agent": "Guichet (calendar of rooms)"}
    headers |= {"If-None-Match": etag} if etag else {}
    address = _checked_address(parts.hostname, port)
    pool: urllib3.HTTPConnectionPool
    if scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address,
            port,
            timeout=TIMEOUT,
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=TIMEOUT)
    try:
        return pool.urlopen(
            "GET", target, headers=headers, redirect=False, retries=False, preload_content=False
        )
    except (urllib3.exceptions.HTTPError, ValueError, OSError) as error:
        raise CalendarUnread(CalendarFailure.UNREACHABLE) from error


def _checked_address(host: str, port: int) -> str:
    """Return an address of the host to connect to, once none of them is private."""
    try:
        found = {row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise CalendarUnread(CalendarFailure.UNREACHABLE) from error
    if not found:
        raise CalendarUnread(CalendarFailure.UNREACHABLE)
    if not settings.ROOMS_CALENDARS_PRIVATE and not all(_is_public(str(row)) for row in found):
        raise CalendarUnread(CalendarFailure.PRIVATE)
    return str(min(found, key=lambda row: (":" in str(row), str(row))))


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            address = inner
    return address.is_global and not address.is_multicast


def _body(answer: urllib3.BaseHTTPResponse) -> bytes:
    content, latest = bytearray(), time.monotonic() + LONGEST
    try:
        while chunk := answer.read1(65536, decode_content=False):
            content += chunk
            if len(content) > MOST_BYTES:
                raise CalendarUnread(CalendarFailure.TOO_LARGE)
            if time.monotonic() > latest:
                raise CalendarUnread(CalendarFailure.UNREACHABLE)
    except urllib3.exceptions.HTTPError as error:
        raise CalendarUnread(CalendarFailure.UNREACHABLE) from error
    return bytes(content)
