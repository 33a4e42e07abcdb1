"""Answers for everybody that readers may keep: an ETag of the content, 304 while it stays the same."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request


def kept(request: Request, content: Any, *, shared: bool, seconds: int = 60) -> HttpResponse:
    """Answer with JSON, or with 304 to a reader who has it.

    With `shared` any cache may keep it for so many seconds; else it belongs to who asks, and is asked for each time.
    """
    body = JSONRenderer().render(content)
    # Weak: a proxy may compress the bytes, the content stays the same (RFC 9110, 8.8.1).
    etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
    found = get_conditional_response(request._request, etag=etag)
    answer = found if found is not None else HttpResponse(body, content_type="application/json")
    answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = (
        f"public, max-age={seconds}" if shared else "private, no-cache"
    )
    patch_vary_headers(answer, ["Cookie", "Accept-Encoding"])
    return answer
