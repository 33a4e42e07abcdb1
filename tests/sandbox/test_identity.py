"""The test identity providers speak the protocol as the real ones do, and say only what they were asked for."""

import base64
import hashlib
import json
import re
import secrets
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from joserfc import jwe, jwt
from joserfc.jwe import JWERegistry
from joserfc.jwk import KeySet
from stdnum.be import bis, nn

from tests.sandbox.providers import Browser
from tools import identity

FOLDER = Path(__file__).resolve().parents[2] / "site" / "sandbox" / "identity"
CITIZENS = json.loads((FOLDER / "citizens.json").read_text())["citizens"]
WORDS = json.loads((FOLDER / "words.json").read_text())
ACR = "http://itsme.services/v2/claim/acr_"
FAS = "urn:be:fedict:iam:fas:Level"
NUMBER = "http://itsme.services/v2/claim/BENationalNumber"
SCOPES = {
    "csam": "openid profile egovnrn",
    "itsme": "openid service:GUICHET_LOGIN profile email phone eid",
}
REGISTRY = JWERegistry(algorithms=["RSA-OAEP-256", "A128CBC-HS256"], strict_check_header=False)


class Flow:
    """One login at a provider, step by step, as openid-connect-core-1_0 section 3.1 tells it."""

    def __init__(self, party, providers, kind):
        self.party, self.kind = party, kind
        self.http = requests.Session()
        self.http.trust_env = False
        self.issuer = getattr(providers, kind)
        self.about = self.http.get(identity.discovery(self.issuer)).json()
        self.browser = Browser(party.address)
        self.redirect = f"{party.address}/oidc/{kind}/callback/"
        self.verifier = secrets.token_urlsafe(48)

    def begin(self, language="fr", **more):
        """Send the browser to the provider; returns the address it is sent back to, if it is."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": "guichet",
            "response_type": "code",
            "redirect_uri": self.redirect,
            "scope": SCOPES[self.kind],
            "state": "the-state",
            "nonce": "the-nonce",
            "ui_locales": language,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            **more,
        }
        asked = {name: value for name, value in asked.items() if value}
        return self.browser.open(f"{self.about['authorization_endpoint']}?{urlencode(asked)}")

    def assertion(self, **changed):
        now = int(time.time())
        claims = {
            "iss": "guichet",
            "sub": "guichet",
            "aud": self.issuer,
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + 60,
            **changed,
        }
        key = self.party.keys["sig"]
        return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)

    def exchange(self, back, **changed):
        """Change the code of the answer for tokens."""
        answer = parse_qs(urlsplit(back).query)
        assert answer["iss"] == [self.issuer]
        assert answer["state"] == ["the-state"]
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"][0],
            "redirect_uri": self.redirect,
            "code_verifier": self.verifier,
            "client_id": "guichet",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.assertion(),
            **changed,
        }
        return self.http.post(self.about["token_endpoint"], data=form)

    def open(self, token):
        """Decrypt and verify a nested token; returns its claims."""
        assert token.count(".") == 4, "encrypted"
        inner = jwe.decrypt_compact(token, self.party.keys["enc"], registry=REGISTRY).plaintext
        keys = KeySet.import_key_set(self.http.get(self.about["jwks_uri"]).json())
        return jwt.decode(inner.decode(), keys, algorithms=["RS256"]).claims

    def tell(self, back):
        """Both sets of claims: of the identity token and of the user's page."""
        tokens = self.exchange(back).json()
        assert "error" not in tokens, tokens
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        told = self.http.get(self.about["userinfo_endpoint"], headers=bearer)
        assert told.headers["Content-Type"].startswith("application/jwt")
        return self.open(tokens["id_token"]), self.open(told.text)


@pytest.fixture
def csam(party, providers):
    """A login at the provider like CSAM."""
    return Flow(party, providers, "csam")


@pytest.fixture
def itsme(party, providers):
    """A login at the provider like itsme."""
    return Flow(party, providers, "itsme")


def answer_of(address):
    """The error of an answer."""
    return parse_qs(urlsplit(address).query).get("error")


def test_csam_tells_the_level_in_amr_and_nothing_in_acr(csam):
    assert csam.begin(acr_values=FAS + "400") == ""
    csam.browser.choose("eid")

    token, told = csam.tell(csam.browser.send(citizen="claire", confirm="1"))

    assert (token["acr"], token["amr"]) == ("0", [FAS + "500"])
    assert (token["aud"], token["nonce"]) == ("guichet", "the-nonce")
    assert time.time() - token["auth_time"] < 60
    names = {name: told[name] for name in ("egovNRN", "surname", "givenName", "prefLanguage")}
    assert names == {
        "egovNRN": "85041799814",
        "surname": "Dumont",
        "givenName": "Claire",
        "prefLanguage": "fr",
    }
    assert told["sub"] == token["sub"]
    assert "egovNRN" not in token


def test_csam_tells_no_number_when_its_scope_is_not_asked_for(csam):
    csam.begin(scope="openid profile")
    csam.browser.choose("itsme")

    token, told = csam.tell(csam.browser.send(citizen="claire", confirm="1"))

    assert token["amr"] == [FAS + "450"]
    assert told["surname"] == "Dumont"
    assert "egovNRN" not in told


@pytest.mark.parametrize(("asked", "reached"), [("basic", "basic"), ("advanced", "advanced")])
def test_itsme_tells_the_level_in_acr_and_claims_of_version_two(itsme, asked, reached):
    itsme.begin(acr_values=ACR + asked, language="de")
    assert WORDS["de"]["choose_person"] in itsme.browser.page.text

    token, told = itsme.tell(itsme.browser.send(citizen="anna", confirm="1"))

    assert token["acr"] == ACR + reached
    assert told[NUMBER] == "78110599882"
    assert (told["locale"], told["email_verified"]) == ("DE", False)
    assert (told["given_name"], told["family_name"]) == ("Anna", "Keller")


def test_itsme_tells_no_number_of_somebody_without_belgian_document(itsme):
    itsme.begin()

    _token, told = itsme.tell(itsme.browser.send(citizen="emma", confirm="2"))

    assert told["family_name"] == "Wilson"
    assert NUMBER not in told


def test_a_changed_subject_keeps_its_number(party, providers):
    found = []
    for citizen in ("louis", "louis-new"):
        flow = Flow(party, providers, "itsme")
        flow.begin()
        _token, told = flow.tell(flow.browser.send(citizen=citizen, confirm="1"))
        found.append((told["sub"], told[NUMBER]))

    assert found[0][0] != found[1][0]
    assert found[0][1] == found[1][1]


def test_itsme_has_nobody_under_sixteen(itsme):
    itsme.begin()

    assert "Claire Dumont" in itsme.browser.page.text
    assert "Noah Peeters" not in itsme.browser.page.text


@pytest.mark.parametrize("kind", ["csam", "itsme"])
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"cancel": "1"}, "access_denied"),
        ({"answer": "server_error", "confirm": "1"}, "server_error"),
        ({"answer": "temporarily_unavailable", "confirm": "1"}, "temporarily_unavailable"),
    ],
)
def test_refusals_and_failures_come_back_as_errors(party, providers, kind, form, error):
    flow = Flow(party, providers, kind)
    flow.begin()

    back = flow.browser.send(**form)

    assert answer_of(back) == [error]
    assert parse_qs(urlsplit(back).query)["iss"] == [flow.issuer]


def test_a_lower_level_than_asked_can_be_provoked(party, providers):
    itsme = Flow(party, providers, "itsme")
    itsme.begin(acr_values=ACR + "advanced")
    low, _told = itsme.tell(itsme.browser.send(citizen="anna", confirm="2", answer="lower"))
    csam = Flow(party, providers, "csam")
    csam.begin(acr_values=FAS + "500")
    csam.browser.choose("eid")
    lower, _told = csam.tell(csam.browser.send(citizen="anna", confirm="1", answer="lower"))

    assert low["acr"] == ACR + "basic"
    assert lower["amr"] == [FAS + "400"]


def test_keys_below_the_level_that_is_asked_are_shown_and_not_offered(csam):
    csam.begin(acr_values=FAS + "450", language="nl")

    page = csam.browser.page.text

    assert set(re.findall(r"key=(\w+)", page)) == {"eid", "itsme"}
    assert page.count(WORDS["nl"]["too_low"]) == 4


def test_nobody_chosen_is_explained_and_nothing_is_answered(itsme):
    itsme.begin(language="en")

    assert itsme.browser.send(confirm="1") == ""
    assert itsme.browser.page.status_code == 422
    assert WORDS["en"]["missing"] in itsme.browser.page.text


def test_without_pkce_nothing_begins(itsme):
    back = itsme.begin(code_challenge="", code_challenge_method="")

    assert answer_of(back) == ["invalid_request"]


def test_a_foreign_return_address_is_not_used(itsme):
    assert itsme.begin(redirect_uri="http://127.0.0.1:1/elsewhere/") == ""
    assert itsme.browser.page.status_code == 400


@pytest.mark.parametrize("spoilt", ["assertion", "verifier", "replay"])
def test_a_code_is_changed_only_for_its_owner_and_once(itsme, spoilt):
    itsme.begin()
    back = itsme.browser.send(citizen="anna", confirm="1")
    spoil = {
        "assertion": {"client_assertion": itsme.assertion(aud="https://elsewhere.example")},
        "verifier": {"code_verifier": secrets.token_urlsafe(48)},
        "replay": {},
    }[spoilt]
    if spoilt == "replay":
        assert itsme.exchange(back).status_code == 200

    refused = itsme.exchange(back, **spoil)

    expected = "invalid_client" if spoilt == "assertion" else "invalid_grant"
    assert refused.json()["error"] == expected


def test_changed_keys_of_the_portal_are_taken_at_once(party, itsme):
    party.change_keys()
    itsme.begin()

    _token, told = itsme.tell(itsme.browser.send(citizen="anna", confirm="1"))

    assert told["family_name"] == "Keller"


def test_the_person_is_asked_each_time_and_recognised_until_the_logout(itsme):
    itsme.begin(language="en")
    tokens = itsme.exchange(itsme.browser.send(citizen="anna", confirm="1")).json()
    assert itsme.begin(language="en") == ""
    assert "You are still logged in here: Anna Keller." in itsme.browser.page.text

    back = f"{itsme.party.address}/oidc/itsme/logged-out/"
    out = {"client_id": "guichet", "post_logout_redirect_uri": back}
    page = itsme.browser.session.post(itsme.about["end_session_endpoint"], data=out)
    secret = re.search(r'name="xsrf" value="([^"]+)"', page.text).group(1)
    action = re.search(r'action="([^"]+)"', page.text).group(1)
    answer = itsme.browser.session.post(
        action, data={"xsrf": secret, "logout": "yes"}, allow_redirects=False
    )

    assert answer.headers["Location"] == back
    assert itsme.begin(language="en") == ""
    assert "still logged in" not in itsme.browser.page.text
    assert tokens["id_token"]


@pytest.mark.parametrize("language", sorted(WORDS))
def test_pages_speak_four_languages_and_warn_in_each(csam, language):
    csam.begin(language=language)
    page = csam.browser.page

    assert f'<html lang="{language}">' in page.text
    assert page.text.count('class="banner"') == 1
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert set(WORDS[language]) == set(WORDS["en"])


def test_numbers_of_test_people_have_a_right_checksum_and_a_last_serial():
    numbers = [citizen["number"] for citizen in CITIZENS if citizen["number"]]

    assert len(numbers) == 9
    assert all(nn.is_valid(number) or bis.is_valid(number) for number in numbers)
    assert {number[6:9] for number in numbers} <= {"997", "998"}


@pytest.mark.parametrize(("port", "csam"), [(8000, 9401), (65000, 63599)])
def test_the_providers_listen_beside_the_portal(port, csam):
    assert identity.ports(port)["csam"] == csam
    found = identity.environment("http://127.0.0.1:1", identity.ports(port))
    assert found["IDENTITY_SANDBOX_CSAM"] == f"http://127.0.0.1:{csam}/fas/oauth2"
