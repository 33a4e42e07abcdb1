"""Which answers of a provider are not believed: each has its code, logs nobody in, and leaves nothing in the logs."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from joserfc.jwk import OctKey

from eservices.enums import AuthenticationEventKind, Level
from eservices.models import AuthenticationEvent, PortalSession, User
from portal.identity_providers import complete
from tests.eservices.identity.forging import Forger, encrypt, rsa, sign
from tests.eservices.identity.oidc_flow import Way, set_out
from tests.factories.eservices import log_in, make_user

pytestmark = pytest.mark.django_db

HIDDEN = ("subject-1", "85073003328", "margaux", "lejeune", "eyj", "an-access-token", "a-code")

Change = Callable[[Forger], None]


def tells(**claims: Any) -> Change:
    """The provider tells other claims."""
    return lambda forger: forger.claims.update(claims)


def leaves_out(*names: str) -> Change:
    """The provider leaves claims out."""
    return lambda forger: setattr(forger, "without", frozenset(names))


def tokens(make: Callable[[Forger, dict[str, Any]], str]) -> Change:
    """The provider makes its ID token in another way."""
    return lambda forger: setattr(forger, "id_token", make)


def unsigned(claims: dict[str, Any]) -> str:
    """A token of algorithm `none`, which no library writes willingly."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*encoded, b""]).decode()


def by_public_key(forger: Forger, claims: dict[str, Any]) -> str:
    """A token signed with HMAC by the provider's public key, which everybody knows."""
    public = rsa("forge").as_pem(private=False)
    inner = sign(claims, key=OctKey.import_key(public.hex()), alg="HS256")
    return encrypt(inner, forger.for_key)


def for_stranger(forger: Forger, claims: dict[str, Any]) -> str:
    """A token encrypted for a key that has our key's name and is not ours."""
    public = {**rsa("stranger").as_dict(private=False), "kid": forger.for_key["kid"]}
    return encrypt(sign(claims), public)


def userinfo(make: Callable[[Forger, dict[str, Any]], tuple[str, str]]) -> Change:
    """The provider gives its details in another way."""
    return lambda forger: setattr(forger, "userinfo", make)


def json_details(forger: Forger, person: dict[str, Any]) -> tuple[str, str]:
    """Details as bare JSON."""
    return "application/json", json.dumps(person)


NOW = int(time.time())

#: name, what the provider does, what comes back in the address, the code.
TABLE: list[tuple[str, Change, dict[str, str | None], str]] = [
    ("wrong iss", tells(iss="https://elsewhere.example"), {}, "identity.issuer_mismatch"),
    ("wrong aud", tells(aud="another-client"), {}, "identity.audience"),
    ("aud missing", leaves_out("aud"), {}, "identity.audience"),
    ("wrong azp", tells(azp="another-client"), {}, "identity.azp"),
    ("two audiences, no azp", tells(aud=["guichet", "another"]), {}, "identity.azp"),
    ("wrong nonce", tells(nonce="another"), {}, "identity.nonce_mismatch"),
    ("nonce missing", leaves_out("nonce"), {}, "identity.nonce_mismatch"),
    ("expired", tells(exp=NOW - 120, iat=NOW - 600), {}, "identity.expired"),
    ("from the future", tells(iat=NOW + 3600, exp=NOW + 7200), {}, "identity.expired"),
    ("not before", tells(nbf=NOW + 3600), {}, "identity.expired"),
    ("exp missing", leaves_out("exp"), {}, "identity.malformed"),
    ("sub missing", leaves_out("sub"), {}, "identity.malformed"),
    (
        "inner alg none",
        tokens(lambda forger, claims: encrypt(unsigned(claims), forger.for_key)),
        {},
        "identity.unsigned",
    ),
    (
        "encrypted, not signed",
        tokens(lambda forger, _claims: encrypt("{}", forger.for_key)),
        {},
        "identity.unsigned",
    ),
    (
        "signed by a wrong key",
        tokens(lambda forger, claims: encrypt(sign(claims, key=rsa("x")), forger.for_key)),
        {},
        "identity.signature",
    ),
    (
        "signed by an unknown key",
        tokens(lambda forger, claims: encrypt(sign(claims, key=rsa("x"), kid="x"), forger.for_key)),
        {},
        "identity.signature",
    ),
    ("HS256 by the public key", tokens(by_public_key), {}, "identity.signature"),
    ("not encrypted", tokens(lambda _forger, claims: sign(claims)), {}, "identity.not_encrypted"),
    (
        "unsigned and not encrypted",
        tokens(lambda _f, claims: unsigned(claims)),
        {},
        "identity.not_encrypted",
    ),
    ("encrypted for another key", tokens(for_stranger), {}, "identity.undecryptable"),
    (
        "encrypted otherwise than agreed",
        tokens(lambda f, claims: encrypt(sign(claims), f.for_key, enc="A256GCM")),
        {},
        "identity.undecryptable",
    ),
    ("no token at all", tokens(lambda _f, _claims: "nonsense"), {}, "identity.not_encrypted"),
    ("JSON details", userinfo(json_details), {}, "identity.malformed"),
    (
        "details not encrypted",
        userinfo(lambda _f, person: ("application/jwt", sign(person))),
        {},
        "identity.not_encrypted",
    ),
    (
        "details of another client",
        userinfo(lambda f, person: ("application/jwt", f.nested({**person, "aud": "another"}))),
        {},
        "identity.audience",
    ),
    (
        "details about somebody else",
        lambda forger: forger.details.update(sub="subject-2"),
        {},
        "identity.subject_mismatch",
    ),
    (
        "a number that cannot exist",
        lambda forger: forger.details.update(egovNRN="85073003329"),
        {},
        "identity.number_invalid",
    ),
    ("unknown level", tells(amr=["urn:be:fedict:iam:fas:Level999"]), {}, "identity.level_too_low"),
    ("no level", leaves_out("amr"), {}, "identity.level_too_low"),
    (
        "iss of another provider",
        lambda _f: None,
        {"iss": "https://evil.example"},
        "identity.issuer_mismatch",
    ),
    ("iss missing", lambda _f: None, {"iss": None}, "identity.issuer_mismatch"),
    ("wrong state", lambda _f: None, {"state": "another"}, "identity.state_invalid"),
    ("no state", lambda _f: None, {"state": None}, "identity.state_invalid"),
    ("no code", lambda _f: None, {"code": None}, "identity.malformed"),
    (
        "refused by the person",
        lambda _f: None,
        {"code": None, "error": "access_denied"},
        "identity.refused_by_person",
    ),
    (
        "error of the provider",
        lambda _f: None,
        {"code": None, "error": "server_error"},
        "identity.provider_error",
    ),
    (
        "provider is busy",
        lambda _f: None,
        {"code": None, "error": "temporarily_unavailable"},
        "identity.unavailable",
    ),
    (
        "level cannot be reached",
        lambda _f: None,
        {"code": None, "error": "unmet_authentication_requirements"},
        "identity.level_too_low",
    ),
    (
        "code refused",
        lambda forger: setattr(forger, "token_answer", (400, {"error": "invalid_grant"})),
        {},
        "identity.provider_error",
    ),
    (
        "token endpoint broken",
        lambda forger: setattr(forger, "token_answer", (502, {})),
        {},
        "identity.unavailable",
    ),
]


@pytest.mark.parametrize(
    ("change", "query", "code"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_a_forged_answer_is_refused_with_its_own_code(
    client: Client,
    forger: Forger,
    capsys: pytest.CaptureFixture[str],
    change: Change,
    query: dict[str, str | None],
    code: str,
):
    way = set_out(client, forger)
    change(forger)

    response = way.back(**query)

    page = client.get(response.headers["Location"])
    assert page.context["code"] == code
    assert page.status_code >= 400
    assert not PortalSession.objects.exists()
    assert not User.objects.exists()
    assert not page.wsgi_request.user.is_authenticated
    is_logged_without_content(code, way, capsys)


def is_logged_without_content(
    code: str,
    way: Way,
    capsys: pytest.CaptureFixture[str],
    *,
    kind: AuthenticationEventKind = AuthenticationEventKind.LOGIN_REFUSED,
    user: User | None = None,
) -> None:
    """The refusal left one line in the security log and its code in the logs, and nothing of the answer."""
    event = AuthenticationEvent.objects.get(code=code)
    assert (event.kind, event.provider, event.user) == (kind, "csam", user)
    logged = capsys.readouterr().out.lower()
    assert code in logged
    assert [word for word in HIDDEN if word in logged] == []
    assert way.parameters["state"].lower() not in logged


def test_the_same_answer_unchanged_is_believed(client: Client, forger: Forger):
    response = set_out(client, forger).back()

    assert response.headers["Location"].endswith("/identity/complete/")
    assert not AuthenticationEvent.objects.exists()


def test_an_answer_works_once(client: Client, forger: Forger, capsys: pytest.CaptureFixture[str]):
    way = set_out(client, forger)
    way.back()

    again = client.get(way.back().headers["Location"])

    assert again.context["code"] == "identity.state_invalid"
    assert not PortalSession.objects.exists()
    is_logged_without_content("identity.state_invalid", way, capsys)


def test_a_refused_answer_uses_its_state_up(client: Client, forger: Forger):
    way = set_out(client, forger)
    way.back(iss="https://evil.example")

    again = client.get(way.back().headers["Location"])

    assert again.context["code"] == "identity.state_invalid"


def test_an_answer_belongs_to_the_browser_that_began(client: Client, forger: Forger):
    way = set_out(client, forger)
    way.client = Client()

    page = way.client.get(way.back().headers["Location"])

    assert page.context["code"] == "identity.state_invalid"


def test_an_answer_that_took_too_long_is_refused(
    client: Client,
    forger: Forger,
    time_machine: Any,
):
    way = set_out(client, forger)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    page = client.get(way.back().headers["Location"])

    assert page.context["code"] == "identity.state_invalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (leaves_out("auth_time"), "identity.stale"),
        (tells(auth_time=NOW - 600), "identity.stale"),
        (tells(auth_time="now"), "identity.stale"),
        (tells(amr=["urn:be:fedict:iam:fas:Level400"]), "identity.level_too_low"),
    ],
    ids=["no time", "asked long ago", "time is no number", "lower level than asked"],
)
def test_a_stronger_identification_must_be_fresh_and_strong(
    client: Client,
    forger: Forger,
    capsys: pytest.CaptureFixture[str],
    change: Change,
    code: str,
):
    person = make_user()
    log_in(client, person)
    way = set_out(client, forger, purpose="step_up", level=str(Level.HIGH.value))
    change(forger)

    page = client.get(way.back().headers["Location"])

    assert page.context["code"] == code
    kind = AuthenticationEventKind.STEP_UP_REFUSED
    is_logged_without_content(code, way, capsys, kind=kind, user=person)
    assert [proof["level"] for proof in PortalSession.objects.get().proofs] == [Level.LOW]


def test_a_provider_that_does_not_answer_is_said_to(client: Client, settings: Any, db: None):
    settings.IDENTITY_PROVIDERS = complete(
        {
            "csam": {
                "kind": "csam",
                "discovery": "http://127.0.0.1:9/.well-known/openid-configuration",
            }
        }
    )

    response = client.post("/oidc/csam/start/", {"language": "en"})

    page = client.get(response.headers["Location"])
    assert page.context["code"] == "identity.unavailable"
    assert page.status_code == 503


def test_a_document_for_another_issuer_is_refused(client: Client, forger: Forger):
    forger.metadata["issuer"] = "https://elsewhere.example"

    response = client.post("/oidc/csam/start/", {"language": "en"})

    page = client.get(response.headers["Location"])
    assert page.context["code"] == "identity.issuer_mismatch"
