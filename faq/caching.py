"""Public answers that readers may keep: an ETag from the content's version, 304 before any other work."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from cms_pages import versions
from cms_pages.queries import KEEP_SECONDS

CACHE_CONTROL = "public, max-age=0, must-revalidate"


#: Raised when the shape of answers changes while the content stays.
SHAPE = 1


def versioned(
    request: HttpRequest, name: str, build: Callable[[str], Any], *, keep: bool = True
) -> HttpResponse:
    """Answer with JSON that depends on public content and on `name` only.

    One query when the reader or we still have it; else `build` is called with the version. What `build` raises is not
    kept; nor, with `keep=False`, what everybody words differently (it would crowd out the rest).
    """
    version = versions.current()
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    key = f"api:{version}:{SHAPE}:{digest}"
    # Weak: a proxy may compress the bytes, the content stays the same (RFC 9110, 8.8.1).
    etag = f'W/"{version}-{SHAPE}-{digest}"'
    if _has(request.headers.get("If-None-Match", ""), etag):
        return _headed(HttpResponse(status=304), etag)
    body = cache.get(key) if keep else None
    if body is None:
        body = json.dumps(build(version), ensure_ascii=False, separators=(",", ":")).encode()
        if keep:
            cache.set(key, body, KEEP_SECONDS)
    return _headed(HttpResponse(body, content_type="application/json"), etag)


def _has(sent: str, etag: str) -> bool:
    """Compare as If-None-Match wants: weakly, with any of a list."""
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    return etag.removeprefix("W/") in tags


def _headed(response: HttpResponse, etag: str) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
