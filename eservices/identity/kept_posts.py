"""What somebody typed when the session was over: kept in the browser's session, sealed, for the same person.

A form that arrives too late is no act any more, but nothing of it is lost: its values wait for an hour, and the page
that they were for shows them again, unsaved, once the same person has logged in. Never kept: files, passwords, codes.
"""

import base64
import json
import logging
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from eservices.keyring import seal, unseal
from eservices.models import User

log = logging.getLogger("guichet.sessions")

KEY = "kept_posts"
KEPT_FOR = timedelta(hours=1)
#: Of one form; a chapter full of long texts has some 20 000.
MOST_BYTES = 64 * 1024
#: In one browser; the oldest goes.
MOST_POSTS = 5
_NEVER = frozenset({"csrfmiddlewaretoken", "code", "otp_token", "token"})


def keep(request: HttpRequest, *, user: User) -> bool:
    """Keep what was posted to the page of this request for `user`; returns whether it was.

    Too much is not kept at all: half a form would look like a whole one. Nothing is kept of a form without a word.
    """
    values = {name: request.POST.getlist(name) for name in request.POST if _may_be_kept(name)}
    if not any(typed.strip() for found in values.values() for typed in found):
        return False
    text = json.dumps(values)
    if len(text.encode()) > MOST_BYTES:
        log.info("post_not_kept", extra={"reason": "size"})
        return False
    place = place_of(request)
    row = {
        "place": place,
        "user": str(user.public_id),
        "at": timezone.now().isoformat(),
        "sealed": base64.b64encode(seal(text, place=_sealed_for(user, place))).decode(),
    }
    others = [old for old in request.session.get(KEY, []) if old["place"] != place]
    request.session[KEY] = [*others, row][-MOST_POSTS:]
    return True


def kept(request: HttpRequest, *, user: User, place: str = "") -> QueryDict | None:
    """Return what this person typed for a page, by default the one of the request; None when nothing is kept."""
    place = place or place_of(request)
    for row in of_user(request, user):
        if row["place"] == place:
            return _opened(row, user)
    return None


def drop(request: HttpRequest, *, place: str = "") -> None:
    """Forget what is kept for a page, by default the one of the request."""
    place = place or place_of(request)
    rows = request.session.get(KEY, [])
    left = [row for row in rows if row["place"] != place]
    if len(left) < len(rows):
        request.session[KEY] = left


def of_user(request: HttpRequest, user: User) -> list[dict[str, Any]]:
    """Return the rows that are this person's and not too old, as the session holds them."""
    since = timezone.now() - KEPT_FOR
    return [
        row
        for row in request.session.get(KEY, [])
        if row["user"] == str(user.public_id) and datetime.fromisoformat(row["at"]) > since
    ]


def place_of(request: HttpRequest) -> str:
    """Return which page a request is for, whatever the language of its address."""
    match = request.resolver_match
    return place_named(match.view_name, match.kwargs) if match else request.path_info


def place_named(route: str, values: dict[str, Any]) -> str:
    """Return the place of a page by the name of its route and the values in its address."""
    return json.dumps([route, {name: str(value) for name, value in values.items()}], sort_keys=True)


def _may_be_kept(name: str) -> bool:
    return name not in _NEVER and "password" not in name and not name.endswith("-otp_token")


def _sealed_for(user: User, place: str) -> str:
    return f"kept-post:{user.public_id}:{place}"


def _opened(row: dict[str, Any], user: User) -> QueryDict | None:
    try:
        text = unseal(base64.b64decode(row["sealed"]), place=_sealed_for(user, row["place"]))
    except (InvalidTag, ImproperlyConfigured):  # another key by now: it can no longer be read
        return None
    values = QueryDict(mutable=True)
    for name, typed in json.loads(text).items():
        values.setlist(name, typed)
    return values
