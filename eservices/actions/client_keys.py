"""Our keys towards identity providers: made, put to use, retired, without a login failing in between.

Providers read /.well-known/jwks.json and keep it for up to a day (itsme: 30 minutes to 24 hours). So a key is public
for a day before it signs or is encrypted for, and opens for a day after.
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from eservices import keyring
from eservices.enums import ClientKeyState, ClientKeyUse
from eservices.models import ClientKey
from eservices.queries.client_keys import active_key, key_place_of

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

#: How long providers may keep our public keys.
KEPT_BY_PROVIDERS = timedelta(hours=24)
KEY_BITS = 2048
_ALGORITHMS = {ClientKeyUse.SIGN: "RS256", ClientKeyUse.ENCRYPT: "RSA-OAEP-256"}


def generate_key() -> "RSAKey":
    """Return a new private key."""
    # Heavy (OpenSSL), while every process knows the job that makes keys.
    from joserfc.jwk import RSAKey

    return RSAKey.generate_key(KEY_BITS)


def make_key(
    *, use: ClientKeyUse, state: ClientKeyState = ClientKeyState.NEXT, now: datetime | None = None
) -> ClientKey:
    """Make a key; its name is its thumbprint (RFC 7638), its private half is stored encrypted."""
    now = now or timezone.now()
    key = generate_key()
    named = {"use": use.value, "alg": _ALGORITHMS[use], "kid": key.thumbprint()}
    row = ClientKey(
        kid=key.thumbprint(),
        use=use,
        state=state,
        public_jwk={**key.as_dict(private=False), **named},
        created_at=now,
        activated_at=now if state == ClientKeyState.ACTIVE else None,
    )
    private = json.dumps({**key.as_dict(private=True), **named})
    row.sealed_private_jwk = keyring.seal(private, place=key_place_of(row))
    row.save(force_insert=True)
    return row


def ensure_keys() -> None:
    """Make the first keys where there are none; two processes at once end with the same ones."""
    for use in ClientKeyUse:
        usable_key(use=use)


def usable_key(*, use: ClientKeyUse) -> ClientKey:
    """Return the key in use, made now if it is the first. A database constraint lets only one process win."""
    row = active_key(use)
    if row is not None:
        return row
    try:
        with transaction.atomic():
            return make_key(use=use, state=ClientKeyState.ACTIVE)
    except IntegrityError:
        row = active_key(use)
        if row is None:  # the constraint that failed was another one
            raise
        return row


@transaction.atomic
def rotate(*, use: ClientKeyUse, at_once: bool = False, now: datetime | None = None) -> list[str]:
    """Take the next step of replacing a key; returns what was done ("made", "activated", "retired").

    The first call makes the next key; a call a day later puts it to use and keeps the one before for another day; a
    call after that retires the old one. `at_once` makes and activates now: after a leak, when failing logins for a day
    are the smaller harm; the old key is retired at once too.
    """
    now = now or timezone.now()
    usable_key(use=use)
    rows = list(ClientKey.objects.select_for_update().filter(use=use).order_by("pk"))
    done = _retire(rows, now=now, at_once=at_once)
    coming = next((row for row in rows if row.state == ClientKeyState.NEXT), None)
    if coming is None:
        coming = make_key(use=use, now=now)
        done.append("made")
    if at_once or now - coming.created_at >= KEPT_BY_PROVIDERS:
        for row in rows:
            if row.state == ClientKeyState.ACTIVE:
                row.state, row.retiring_since = ClientKeyState.RETIRING, now
                row.save(update_fields=["state", "retiring_since"])
                if at_once:
                    _destroy(row, now=now)
        coming.state, coming.activated_at = ClientKeyState.ACTIVE, now
        coming.save(update_fields=["state", "activated_at"])
        done.append("activated")
    return done


def _retire(rows: list[ClientKey], *, now: datetime, at_once: bool) -> list[str]:
    """Retire what has been kept long enough."""
    done = []
    for row in rows:
        if row.state != ClientKeyState.RETIRING or row.retiring_since is None:
            continue
        if at_once or now - row.retiring_since >= KEPT_BY_PROVIDERS:
            _destroy(row, now=now)
            done.append("retired")
    return done


def _destroy(row: ClientKey, *, now: datetime) -> None:
    """Retire a key for good: what was made for it opens no more."""
    row.state = ClientKeyState.RETIRED
    row.retiring_since = row.retiring_since or now
    row.sealed_private_jwk = keyring.seal("", place=key_place_of(row))
    row.save(update_fields=["state", "retiring_since", "sealed_private_jwk"])


def rotate_old(*, now: datetime | None = None) -> None:
    """Daily: replace keys that are older than CLIENT_KEY_DAYS, and carry on what was begun.

    Installations without identity providers make no keys.
    """
    now = now or timezone.now()
    limit = now - timedelta(days=settings.CLIENT_KEY_DAYS)
    for use in ClientKeyUse:
        row = active_key(use)
        if row is None:
            continue
        begun = ClientKey.objects.filter(use=use, state=ClientKeyState.NEXT).exists()
        if begun or (row.activated_at or row.created_at) <= limit:
            rotate(use=use, now=now)
        else:
            finish(use=use, now=now)


@transaction.atomic
def finish(*, use: ClientKeyUse, now: datetime | None = None) -> list[str]:
    """Retire keys whose day after is over."""
    rows = list(ClientKey.objects.select_for_update().filter(use=use).order_by("pk"))
    return _retire(rows, now=now or timezone.now(), at_once=False)
