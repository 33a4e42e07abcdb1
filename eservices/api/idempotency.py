"""The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what is sent twice is done once."""

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import idempotency
from eservices.errors import IdempotencyKeyMissing
from eservices.models import User

HEADER: Final = "Idempotency-Key"
REPEATED: Final = "Idempotency-Replayed"
LONGEST: Final = 255
IDEMPOTENCY_KEY: Final = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="Your own key of this request, kept for 24 hours: sent again with the same content it is done once and "
    "gets the same answer (with the header `Idempotency-Replayed: true`), with other content 409 "
    "`idempotency.conflict`. After a refusal the key is free.",
)


def answer_once(
    request: Request, user: User, act: Callable[[str], Response], *, about: str = ""
) -> Response:
    """Answer what `act` answers, once for each key of the request's header.

    `act` gets a word of 64 letters and digits that is the same for the same key and content: actions that know their
    own keys take it, so that a request is not done twice even after the answer is forgotten. `about` is what the answer
    depends on beside the body, such as the profile in use. Raises IdempotencyKeyMissing, IdempotencyConflict.
    """
    key = request.headers.get(HEADER, "").strip()
    if not 0 < len(key) <= LONGEST:
        raise IdempotencyKeyMissing(field=HEADER)
    body = json.dumps(_said(request.data), sort_keys=True, separators=(",", ":"))
    content = f"{about}\n{body}".encode()
    address = f"{request.method} {request.path}"
    word = hashlib.sha256(f"{address}\n{key}\n".encode() + content).hexdigest()
    done = idempotency.once(
        user=user,
        address=address,
        key=key,
        content=content,
        act=lambda: _plain(act(word)),
    )
    headers = {REPEATED: "true"} if done.repeated else None
    return Response(done.answer, status=done.status, headers=headers)


def _said(data: Any) -> Any:
    """Return what was sent as JSON; a document is its name and the hash of its content."""
    if not isinstance(data, QueryDict):
        return data
    return {name: [_value(item) for item in data.getlist(name)] for name in data}


def _value(item: Any) -> Any:
    if not isinstance(item, UploadedFile):
        return item
    digest = hashlib.file_digest(item, "sha256").hexdigest()  # type: ignore[arg-type]  # a file, as Python has it
    item.seek(0)
    return [item.name, digest]


def _plain(response: Response) -> tuple[int, Any]:
    """Return status and content as they go over the wire."""
    return response.status_code, json.loads(JSONRenderer().render(response.data))
