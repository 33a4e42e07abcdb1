"""Cards in a reader: who is believed, and a table of all that is not, each with its own code."""

import base64
import logging
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured

from eservices.enums import FieldSource, Level, Method
from eservices.errors import DomainError
from eservices.identity import providers, web_eid
from eservices.identity.card_trust import trust_of
from eservices.identity.checks import identity_providers
from eservices.identity.web_eid import Challenge
from tests.eservices.identity.card_authority import (
    DAY,
    NUMBER,
    CardAuthority,
    Responder,
    ec_key,
)

ORIGIN = "https://guichet.example"


@pytest.fixture(scope="module")
def responder():
    responder = Responder()
    yield responder
    responder.stop()


@pytest.fixture(scope="module")
def authority(responder):
    responder.authority = CardAuthority(ocsp_url=responder.url)
    return responder.authority


@pytest.fixture
def provider(authority, responder, tmp_path, settings):
    responder.mode, responder.asked, responder.signed_by = "good", 0, None
    settings.IDENTITY_PROVIDERS = {
        "web_eid": {
            "kind": "web_eid",
            "name": "eID",
            "levels": {"card": ["high", "eid"]},
            "options": authority.write(tmp_path / "authorities"),
        }
    }
    return providers.provider("web_eid")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def challenge(now):
    return Challenge.new(now=now)


def refused_with(token, challenge, provider, now, origin=ORIGIN) -> str:
    with pytest.raises(DomainError) as caught:
        web_eid.verify(token, challenge=challenge, origin=origin, provider=provider, now=now)
    return caught.value.code


def test_a_good_card_says_who_holds_it(authority, provider, responder, challenge, now):
    token = authority.card().token(origin=ORIGIN, challenge=challenge.text)

    person = web_eid.verify(token, challenge=challenge, origin=ORIGIN, provider=provider, now=now)

    assert (person.national_number, person.subject) == (NUMBER, NUMBER)
    assert (person.first_name, person.last_name) == ("Jean Marie", "Dupont")
    assert person.birth_date == date(1985, 7, 30)
    assert (person.method, person.level, person.source, person.at) == (
        Method.EID,
        Level.HIGH,
        FieldSource.EID,
        now,
    )
    assert NUMBER not in repr(person)
    assert responder.asked == 1


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_older_cards_sign_with_rsa(authority, provider, challenge, now, algorithm, rsa_key):
    card = authority.card(key=rsa_key)
    token = card.token(origin=ORIGIN, challenge=challenge.text, algorithm=algorithm)

    person = web_eid.verify(token, challenge=challenge, origin=ORIGIN, provider=provider, now=now)

    assert person.national_number == NUMBER


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


def other_origin(authority, challenge):
    return authority.card().token(origin="https://evil.example", challenge=challenge.text)


def origin_with_slash(authority, challenge):
    return authority.card().token(origin=f"{ORIGIN}/", challenge=challenge.text)


def other_challenge(authority, challenge):
    return authority.card().token(origin=ORIGIN, challenge=challenge.text[::-1])


def decoded_challenge(authority, challenge):
    decoded = base64.b64decode(challenge.text).decode("latin-1")
    return authority.card().token(origin=ORIGIN, challenge=decoded)


def other_key(authority, challenge):
    thief = replace(authority.card(), key=ec_key())
    return thief.token(origin=ORIGIN, challenge=challenge.text)


def forged_leaf(authority, challenge):
    card = authority.card(signed_by=authority.root_key)
    return card.token(origin=ORIGIN, challenge=challenge.text)


def own_authority(authority, challenge):
    return CardAuthority().card().token(origin=ORIGIN, challenge=challenge.text)


def own_root_and_same_names(authority, challenge):
    twin = CardAuthority(ocsp_url=authority.ocsp_url)
    assert twin.issuing.subject == authority.issuing.subject
    return twin.card().token(origin=ORIGIN, challenge=challenge.text)


def too_old(authority, challenge):
    now = datetime.now(UTC)
    card = authority.card(valid=(now - 2 * DAY, now - timedelta(hours=1)))
    return card.token(origin=ORIGIN, challenge=challenge.text)


def not_yet(authority, challenge):
    now = datetime.now(UTC)
    card = authority.card(valid=(now + timedelta(hours=1), now + DAY))
    return card.token(origin=ORIGIN, challenge=challenge.text)


def for_signing(authority, challenge):
    return authority.card(for_signing=True).token(origin=ORIGIN, challenge=challenge.text)


def of_another_country(authority, challenge):
    return authority.card(country="EE").token(origin=ORIGIN, challenge=challenge.text)


def without_number(authority, challenge):
    return authority.card(number="PNOEE-38001085718").token(origin=ORIGIN, challenge=challenge.text)


def small_curve(authority, challenge):
    card = authority.card(key=ec_key(ec.SECP256R1()))
    return card.token(origin=ORIGIN, challenge=challenge.text, algorithm="ES384")


def small_rsa(authority, challenge):
    card = authority.card(key=rsa.generate_private_key(65537, 1024))  # noqa: S505  what is refused
    return card.token(origin=ORIGIN, challenge=challenge.text)


def changed(**parts):
    """A good token with some parts changed."""

    def build(authority, challenge):
        return authority.card().token(origin=ORIGIN, challenge=challenge.text) | parts

    return build


REFUSED = [
    (other_origin, "web_eid.signature"),
    (origin_with_slash, "web_eid.signature"),
    (other_challenge, "web_eid.signature"),
    (decoded_challenge, "web_eid.signature"),
    (other_key, "web_eid.signature"),
    (changed(signature=base64.b64encode(b"x" * 96).decode()), "web_eid.signature"),
    (changed(signature=base64.b64encode(b"x" * 95).decode()), "web_eid.signature"),
    (forged_leaf, "web_eid.untrusted"),
    (own_authority, "web_eid.untrusted"),
    (own_root_and_same_names, "web_eid.untrusted"),
    (too_old, "web_eid.expired"),
    (not_yet, "web_eid.expired"),
    (for_signing, "web_eid.purpose"),
    (of_another_country, "web_eid.country"),
    (without_number, "web_eid.person_unknown"),
    (small_curve, "web_eid.algorithm"),
    (small_rsa, "web_eid.algorithm"),
    (changed(algorithm="none"), "web_eid.algorithm"),
    (changed(algorithm="HS256"), "web_eid.algorithm"),
    (changed(algorithm="RS256"), "web_eid.algorithm"),
    (changed(algorithm="ES256"), "web_eid.algorithm"),
    (changed(format="web-eid:2.0"), "web_eid.malformed"),
    (changed(format="web-eid:1.0\n"), "web_eid.malformed"),
    (changed(format=None), "web_eid.malformed"),
    (changed(signature="not base64!"), "web_eid.malformed"),
    (changed(unverifiedCertificate="####"), "web_eid.malformed"),
    (changed(unverifiedCertificate="AAAA"), "web_eid.malformed"),
    (changed(unverifiedCertificate=["a"]), "web_eid.malformed"),
    (changed(unverifiedCertificate="A" * 20_000), "web_eid.malformed"),
    (lambda authority, challenge: None, "web_eid.malformed"),
    (lambda authority, challenge: ["web-eid:1.0"], "web_eid.malformed"),
    (lambda authority, challenge: {}, "web_eid.malformed"),
]


@pytest.mark.parametrize(
    ("make", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_make, code) in enumerate(REFUSED)]
)
def test_what_is_not_believed(make, code, authority, provider, responder, challenge, now, caplog):
    caplog.set_level(logging.DEBUG)

    assert refused_with(make(authority, challenge), challenge, provider, now) == code

    if code not in ("web_eid.country", "web_eid.person_unknown"):
        assert responder.asked == 0, "nobody is asked about a card that is not believed anyway"
    assert NUMBER not in caplog.text
    assert "Dupont" not in caplog.text


def test_a_challenge_lives_five_minutes(authority, provider, challenge, now):
    token = authority.card().token(origin=ORIGIN, challenge=challenge.text)
    late = challenge.at + timedelta(minutes=5, seconds=1)

    assert refused_with(token, challenge, provider, late) == "web_eid.challenge_expired"


def test_challenges_are_long_and_never_the_same(now):
    texts = {Challenge.new(now=now).text for _ in range(100)}

    assert len(texts) == 100
    assert {len(base64.b64decode(text)) for text in texts} == {44}
    assert {len(text) >= 44 for text in texts} == {True}


UNKNOWN = "web_eid.revocation_unknown"


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("revoked", "web_eid.revoked"),
        ("stale", UNKNOWN),
        ("other", UNKNOWN),
        ("later", UNKNOWN),
        ("broken", UNKNOWN),
        ("nonsense", UNKNOWN),
        ("huge", UNKNOWN),
    ],
)
def test_what_the_authority_says_counts(
    mode, code, authority, provider, responder, challenge, now, caplog
):
    caplog.set_level(logging.DEBUG)
    token = authority.card().token(origin=ORIGIN, challenge=challenge.text)
    responder.mode = mode

    assert refused_with(token, challenge, provider, now) == code
    assert responder.asked == 1
    soft = replace(provider, options={**provider.options, "revocation": "prefer"})
    if code == UNKNOWN:
        person = web_eid.verify(token, challenge=challenge, origin=ORIGIN, provider=soft, now=now)
        assert person.national_number == NUMBER
        assert "card_not_checked" in caplog.text
    else:
        assert refused_with(token, challenge, soft, now) == code, "revoked is revoked"
    assert NUMBER not in caplog.text


def test_an_authority_that_is_down_or_forged_proves_nothing(
    authority, provider, responder, challenge, now
):
    down = CardAuthority(
        ocsp_url="http://127.0.0.1:9/",
        root_key=authority.root_key,
        issuing_key=authority.issuing_key,
    )
    token = down.card().token(origin=ORIGIN, challenge=challenge.text)
    assert refused_with(token, challenge, provider, now) == UNKNOWN

    silent = authority.card(with_ocsp=False).token(origin=ORIGIN, challenge=challenge.text)
    assert refused_with(silent, challenge, provider, now) == UNKNOWN

    responder.signed_by = ec_key()
    token = authority.card().token(origin=ORIGIN, challenge=challenge.text)
    assert refused_with(token, challenge, provider, now) == UNKNOWN


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"authorities": ""}, "must be a folder"),
        ({"authorities": "/nowhere"}, "must be a folder"),
        ({"roots": []}, "names no fingerprint"),
        ({"roots": ["ab" * 32]}, "fingerprint"),
        ({"revocation": "never"}, "“revocation” must be"),
    ],
)
def test_options_that_are_wrong_say_so(change, words, authority, tmp_path):
    options = authority.write(tmp_path) | change

    with pytest.raises(ImproperlyConfigured, match=words):
        trust_of(options)


def test_a_root_that_nobody_pinned_stops_the_start(authority, tmp_path):
    options = authority.write(tmp_path)
    CardAuthority().write(tmp_path / "other")
    (tmp_path / "other" / "root.pem").rename(tmp_path / "another.pem")

    with pytest.raises(ImproperlyConfigured, match="lacks the fingerprint"):
        trust_of(options)


def faults() -> list[str]:
    return [found.msg for found in identity_providers() if found.id == "eservices.E001"]


def test_the_start_says_what_is_wrong_with_the_card_reader(provider, settings):
    settings.PUBLIC_BASE_URL = ORIGIN
    assert faults() == []

    options = settings.IDENTITY_PROVIDERS["web_eid"]["options"]
    options["revocation"] = "prefer"
    assert faults() == []
    settings.SANDBOX = False
    assert "“revocation” must be “require”" in faults()[0]
    options["revocation"] = "require"
    settings.PUBLIC_BASE_URL = "http://guichet.example"
    assert "https" in faults()[0]
    options["roots"] = []
    assert "names no fingerprint" in faults()[0]


def test_without_the_right_to_use_numbers_cards_are_not_offered(provider, settings):
    assert [known.key for known in providers.providers()] == ["web_eid"]

    settings.NATIONAL_NUMBER_AUTHORISATION = ""

    assert providers.providers() == []
