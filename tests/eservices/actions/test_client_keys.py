"""Our keys towards providers: replaced without a pause, made once."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from joserfc import jwe, jwt
from joserfc.jwk import KeySet, RSAKey

from eservices import keyring
from eservices.actions.client_keys import (
    ensure_keys,
    make_key,
    rotate,
    rotate_old,
    usable_key,
)
from eservices.enums import ClientKeyState, ClientKeyUse
from eservices.errors import IdentityUndecryptable
from eservices.identity.id_tokens import opened
from eservices.identity.oidc import client_assertion
from eservices.identity.providers import Provider
from eservices.models import ClientKey
from eservices.queries.client_keys import key_place_of, public_keys

DAY = timedelta(days=1)


def provider() -> Provider:
    """A provider that encrypts."""
    return Provider(key="csam", kind="csam", name="CSAM", client_id="guichet")


def token_for(row: ClientKey) -> str:
    """A nested token for one of our keys, as a provider makes it that knows the key's public half."""
    key = RSAKey.import_key(row.public_jwk)
    header = {"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256", "kid": row.kid}
    algorithms = ["RSA-OAEP-256", "A128CBC-HS256"]
    return jwe.encrypt_compact(header, b"a.b.c", key, algorithms=algorithms)


def states(use: ClientKeyUse) -> list[str]:
    """The states of all keys of a use, oldest first."""
    return [row.state for row in ClientKey.objects.filter(use=use).order_by("pk")]


def test_the_first_keys_are_made_once(db: None, quick_keys: None):
    ensure_keys()
    ensure_keys()

    assert sorted((key["use"], key["alg"]) for key in public_keys()) == [
        ("enc", "RSA-OAEP-256"),
        ("sig", "RS256"),
    ]


def test_the_name_of_a_key_is_its_thumbprint_and_its_private_half_is_sealed(
    db: None, quick_keys: None
):
    row = make_key(use=ClientKeyUse.SIGN)

    key = RSAKey.import_key({name: row.public_jwk[name] for name in ("kty", "n", "e")})
    assert row.kid == key.thumbprint() == row.public_jwk["kid"]
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(row.public_jwk)
    private = keyring.unseal(row.sealed_private_jwk, place=key_place_of(row))
    assert '"d"' in private
    assert b'"d"' not in bytes(row.sealed_private_jwk)


def test_a_key_is_public_for_a_day_before_it_is_used(db: None, quick_keys: None):
    now = timezone.now()
    first = usable_key(use=ClientKeyUse.SIGN)

    rotate(use=ClientKeyUse.SIGN, now=now)
    rotate(use=ClientKeyUse.SIGN, now=now + timedelta(hours=23))
    assert usable_key(use=ClientKeyUse.SIGN) == first
    assert states(ClientKeyUse.SIGN) == ["active", "next"]

    rotate(use=ClientKeyUse.SIGN, now=now + DAY)
    assert states(ClientKeyUse.SIGN)[:2] == ["retiring", "active"]


def test_a_token_for_the_key_before_still_opens_for_a_day(db: None, quick_keys: None):
    now = timezone.now()
    first = usable_key(use=ClientKeyUse.ENCRYPT)
    token = token_for(first)
    rotate(use=ClientKeyUse.ENCRYPT, now=now)
    rotate(use=ClientKeyUse.ENCRYPT, now=now + DAY)
    assert usable_key(use=ClientKeyUse.ENCRYPT) != first

    assert opened(token, provider()) == "a.b.c"

    rotate(use=ClientKeyUse.ENCRYPT, now=now + 2 * DAY)
    first.refresh_from_db()
    assert first.state == ClientKeyState.RETIRED
    assert keyring.unseal(first.sealed_private_jwk, place=key_place_of(first)) == ""
    with pytest.raises(IdentityUndecryptable):
        opened(token, provider())


def test_a_token_for_the_key_to_come_opens_already(db: None, quick_keys: None):
    usable_key(use=ClientKeyUse.ENCRYPT)
    rotate(use=ClientKeyUse.ENCRYPT)
    coming = ClientKey.objects.get(use=ClientKeyUse.ENCRYPT, state=ClientKeyState.NEXT)

    assert opened(token_for(coming), provider()) == "a.b.c"


def test_an_assertion_can_always_be_checked_by_our_public_keys(db: None, quick_keys: None):
    now = timezone.now()
    for day in range(8):
        rotate(use=ClientKeyUse.SIGN, now=now + day * DAY)
        assertion = client_assertion(client_id="guichet", audience="https://op.example/token")

        keys = KeySet.import_key_set({"keys": public_keys()})
        claims = jwt.decode(assertion, keys, algorithms=["RS256"]).claims

        assert claims["iss"] == "guichet"


def test_a_provider_that_read_our_keys_yesterday_still_knows_the_one_in_use(
    db: None, quick_keys: None
):
    now = timezone.now()
    ensure_keys()
    seen: list[tuple[datetime, set[str]]] = []
    for hour in range(0, 24 * 6, 6):
        moment = now + timedelta(hours=hour)
        rotate(use=ClientKeyUse.SIGN, now=moment)
        in_use = usable_key(use=ClientKeyUse.SIGN).kid
        for at, kids in seen:
            if moment - at < DAY:
                assert in_use in kids
        seen.append((moment, {key["kid"] for key in public_keys()}))


def test_after_a_leak_the_new_key_is_used_at_once(db: None, quick_keys: None, capsys: Any):
    ensure_keys()
    leaked = usable_key(use=ClientKeyUse.ENCRYPT)
    token = token_for(leaked)

    call_command("rotate_client_keys", "--now", "--use", "enc")

    assert usable_key(use=ClientKeyUse.ENCRYPT) != leaked
    assert states(ClientKeyUse.SIGN) == ["active"]
    assert "enc: made, activated" in capsys.readouterr().out
    with pytest.raises(IdentityUndecryptable):
        opened(token, provider())


def test_the_daily_job_replaces_old_keys_and_goes_on(db: None, quick_keys: None, settings: Any):
    settings.CLIENT_KEY_DAYS = 90
    now = timezone.now()
    rotate_old(now=now)
    assert not ClientKey.objects.exists()
    ensure_keys()

    for day in (1, 89):
        rotate_old(now=now + day * DAY)
    assert states(ClientKeyUse.SIGN) == ["active"]
    for day in (91, 92, 93, 94):
        rotate_old(now=now + day * DAY)

    assert states(ClientKeyUse.SIGN) == states(ClientKeyUse.ENCRYPT) == ["retired", "active"]


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_need_the_first_key_make_one(quick_keys: None):
    ready = threading.Barrier(2)
    found: list[str] = []

    def need() -> None:
        ready.wait()
        try:
            found.append(usable_key(use=ClientKeyUse.SIGN).kid)
        finally:
            connection.close()

    threads = [threading.Thread(target=need) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    row = ClientKey.objects.get(use=ClientKeyUse.SIGN)
    assert found == [row.kid, row.kid]
