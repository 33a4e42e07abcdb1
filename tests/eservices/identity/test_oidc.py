"""Logging in by a provider that tells the truth: first time, again, more surely, linked; and out again."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from eservices.actions.identifiers import record_number
from eservices.actions.identities import link
from eservices.contract import VerifiedIdentity
from eservices.enums import AuthenticationEventKind, FieldSource, Level, Method
from eservices.models import (
    AuthenticationEvent,
    ExternalIdentity,
    OutgoingMail,
    PersonIdentifier,
    PortalSession,
    TermsAcceptance,
    User,
)
from eservices.queries.identifiers import number_of
from tests.eservices.identity.forging import Forger
from tests.eservices.identity.oidc_flow import set_out
from tests.factories.eservices import log_in, make_terms, make_user

pytestmark = pytest.mark.django_db

NUMBER = "85073003328"
Letters = Callable[[], list[EmailMultiAlternatives]]


def known(user: User, forger: Forger, *, number: str = NUMBER) -> ExternalIdentity:
    """Link the forger's person to an account."""
    identity = VerifiedIdentity(
        provider="csam",
        issuer=forger.issuer,
        subject="subject-1",
        method=Method.EID,
        level=Level.HIGH,
        at=timezone.now(),
        source=FieldSource.CSAM,
        national_number=number,
    )
    return link(user=user, identity=identity, notice=False)


def code_in(letter: EmailMultiAlternatives) -> str:
    """The six digits of a letter."""
    return next(line for line in str(letter.body).splitlines() if line.strip().isdigit()).strip()


def test_the_way_there_asks_for_what_was_agreed(client: Client, forger: Forger):
    asked = set_out(client, forger, next="/en/account/", language="de").parameters

    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == "http://testserver/oidc/csam/callback/"
    assert asked["scope"] == "openid profile egovnrn"
    assert asked["code_challenge_method"] == "S256"
    assert asked["ui_locales"] == "de"
    assert asked["acr_values"] == "urn:be:fedict:iam:fas:Level200"
    assert set(json.loads(asked["claims"])["id_token"]) == {"amr", "auth_time"}
    assert "prompt" not in asked


def test_a_stronger_identification_asks_anew(client: Client, forger: Forger):
    log_in(client, make_user())

    asked = set_out(client, forger, purpose="step_up", level="4").parameters

    assert (asked["prompt"], asked["max_age"]) == ("login", "1")
    assert asked["acr_values"] == "urn:be:fedict:iam:fas:Level500"


def test_without_the_right_no_number_is_asked_or_taken(
    client: Client, forger: Forger, settings: Any
):
    settings.NATIONAL_NUMBER_AUTHORISATION = ""
    person = make_user()
    known(person, forger, number="")

    way = set_out(client, forger)
    way.back()

    assert "egovnrn" not in way.parameters["scope"]
    assert PortalSession.objects.get().user == person
    assert not PersonIdentifier.objects.exists()


def test_the_assertion_is_short_ours_and_never_the_same(client: Client, forger: Forger):
    for _ in range(2):
        set_out(client, forger).back()

    public = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    sent = [request["client_assertion"] for request in forger.token_requests]
    claims = [jwt.decode(text, public, algorithms=["RS256"]).claims for text in sent]
    assert claims[0]["iss"] == claims[0]["sub"] == "guichet"
    assert claims[0]["aud"] == f"{forger.issuer}/token"
    assert 60 <= claims[0]["exp"] - claims[0]["iat"] <= 120
    assert claims[0]["jti"] != claims[1]["jti"]
    assert all(len(request["code_verifier"]) >= 43 for request in forger.token_requests)
    assert "client_secret" not in forger.token_requests[0]


def test_a_known_person_comes_to_the_page_they_wanted(client: Client, forger: Forger):
    person = make_user(language="nl")
    known(person, forger)

    response = set_out(client, forger, next="/en/account/").back()

    assert response.headers["Location"].startswith("/nl/")
    session = PortalSession.objects.get()
    assert session.user == person
    assert [(proof["method"], proof["level"]) for proof in session.proofs] == [("eid", 4)]
    event = AuthenticationEvent.objects.get(kind=AuthenticationEventKind.LOGIN)
    assert (event.provider, event.level, event.user) == ("csam", Level.HIGH, person)


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_a_foreign_address_is_no_place_to_come_back_to(client: Client, forger: Forger, goal: str):
    known(make_user(), forger)

    response = set_out(client, forger, next=goal).back()

    assert (
        response.headers["Location"] == "/fr/my-space/"
        or "evil" not in response.headers["Location"]
    )
    assert urlsplit(response.headers["Location"]).netloc == ""


@pytest.mark.feature("C2")
def test_a_new_person_proves_a_mailbox_and_has_an_account(
    client: Client, forger: Forger, letters: Letters
):
    terms = make_terms()
    page = client.get(set_out(client, forger, next="/en/account/").back().headers["Location"])
    assert page.context["form"].initial["email"] == "margaux@example.org"
    assert [row["value"] for row in page.context["locked"]] == ["Margaux", "Lejeune"]
    assert not User.objects.exists()

    url = page.wsgi_request.path
    answers = {"email": "Me@Example.org", "language": "nl", "terms": "on", "first_name": "Eve"}
    step = client.post(url, answers)
    assert not User.objects.exists()
    response = client.post(step.headers["Location"], {"otp_token": code_in(letters()[-1])})

    person = User.objects.get()
    assert (person.email, person.first_name, person.last_name) == (
        "me@example.org",
        "Margaux",
        "Lejeune",
    )
    assert person.is_active
    assert not person.has_usable_password()
    assert person.language == "nl"
    assert person.locked_fields == {"first_name": "csam", "last_name": "csam"}
    assert person.citizen_profile.name == "Margaux Lejeune"
    assert number_of(person) == NUMBER
    assert TermsAcceptance.objects.get().version == terms
    assert PortalSession.objects.get().proofs[0]["level"] == Level.HIGH
    assert response.headers["Location"].startswith("/nl/")
    assert [mail.template for mail in OutgoingMail.objects.all()] == ["identity_code"]

    client.post("/en/logout/")
    set_out(client, forger).back()
    assert PortalSession.objects.filter(user=person, ended_at=None).count() == 1


def test_an_address_with_an_account_is_told_by_mail_only(
    client: Client, forger: Forger, letters: Letters
):
    owner = make_user("owner@example.org")
    seen = []
    for address in ("owner@example.org", "nobody@example.org"):
        browser = Client()
        url = set_out(browser, forger).back().headers["Location"]
        step = browser.post(url, {"email": address, "language": "en"})
        page = browser.get(step.headers["Location"])
        wrong = browser.post(step.headers["Location"], {"otp_token": "000000"})
        texts = [
            answer.content.decode().replace("n•••••y@", "•@").replace("o•••••r@", "•@")
            for answer in (page, wrong)
        ]
        seen.append(
            (
                step.status_code,
                step.headers["Location"],
                [len(text) for text in texts],
                wrong.status_code,
                [str(error) for error in wrong.context["form"].errors.values()],
                OutgoingMail.objects.count(),
            )
        )

    assert seen[0][:-1] == seen[1][:-1]
    assert (seen[0][-1], seen[1][-1]) == (1, 2)
    assert [letter.to for letter in letters()] == [["owner@example.org"], ["nobody@example.org"]]
    assert OutgoingMail.objects.order_by("pk").first().template == "account_exists"
    assert not ExternalIdentity.objects.exists()
    assert not owner.locked_fields


def test_a_code_dies_after_five_wrong_tries(client: Client, forger: Forger, letters: Letters):
    url = set_out(client, forger).back().headers["Location"]
    step = client.post(url, {"email": "me@example.org", "language": "en"}).headers["Location"]
    right = code_in(letters()[-1])
    wrong = "000000" if right != "000000" else "111111"

    answers = [client.post(step, {"otp_token": wrong}) for _ in range(5)]
    last = client.post(step, {"otp_token": right})

    told = [answer.context["form"].errors["otp_token"][0] for answer in answers]
    assert told[0] == "This code is not right. You have 4 tries left."
    assert "too many" in told[4]
    assert last.status_code == 422
    assert not User.objects.exists()


def test_a_code_lives_five_minutes(
    client: Client, forger: Forger, letters: Letters, time_machine: Any
):
    url = set_out(client, forger).back().headers["Location"]
    step = client.post(url, {"email": "me@example.org", "language": "en"}).headers["Location"]
    right = code_in(letters()[-1])
    time_machine.move_to(timezone.now() + timedelta(seconds=301))

    answer = client.post(step, {"otp_token": right})

    assert "no longer valid" in answer.context["form"].errors["otp_token"][0]
    assert not User.objects.exists()


def test_an_identity_waits_half_an_hour_and_sealed(
    client: Client, forger: Forger, time_machine: Any
):
    url = set_out(client, forger).back().headers["Location"]
    kept = json.dumps(dict(client.session.items()))
    assert NUMBER not in kept
    assert "Lejeune" not in kept
    time_machine.move_to(timezone.now() + timedelta(minutes=31))

    response = client.get(url)

    assert "/login/" in response.headers["Location"]


def test_identifying_more_surely_strengthens_the_session(client: Client, forger: Forger):
    person = make_user()
    known(person, forger)
    log_in(client, person)
    key = client.session.session_key

    response = set_out(client, forger, purpose="step_up", level="4", next="/fr/x/?a=1").back()

    assert response.headers["Location"] == "/fr/x/?a=1"
    session = PortalSession.objects.get()
    assert sorted(proof["level"] for proof in session.proofs) == [Level.LOW, Level.HIGH]
    assert client.session.session_key != key


def test_the_first_stronger_identification_is_linked_when_the_person_says_so(
    client: Client, forger: Forger, letters: Letters
):
    person = make_user(first_name="Margot", last_name="L.")
    log_in(client, person)
    url = set_out(client, forger, purpose="step_up", level="4", next="/fr/x/").back()
    page = client.get(url.headers["Location"])
    assert "Margaux Lejeune" in page.content.decode()
    assert not ExternalIdentity.objects.exists()

    response = client.post(url.headers["Location"])

    person.refresh_from_db()
    assert response.headers["Location"] == "/fr/x/"
    assert person.get_full_name() == "Margaux Lejeune"
    assert number_of(person) == NUMBER
    assert max(proof["level"] for proof in PortalSession.objects.get().proofs) == Level.HIGH
    assert "CSAM" in str(letters()[-1].body)


def test_saying_no_links_nothing(client: Client, forger: Forger):
    person = make_user()
    log_in(client, person)
    url = set_out(client, forger, purpose="step_up", next="/fr/x/").back().headers["Location"]

    response = client.post(url, {"cancel": "1"})

    assert response.headers["Location"] == "/fr/x/"
    assert not ExternalIdentity.objects.exists()
    assert not PersonIdentifier.objects.exists()
    assert client.get(url).headers["Location"].endswith("/login/")


def test_a_session_that_ended_meanwhile_is_begun_again(client: Client, forger: Forger):
    person = make_user()
    known(person, forger)
    log_in(client, person)
    way = set_out(client, forger, purpose="step_up", next="/fr/x/")
    PortalSession.objects.update(ended_at=timezone.now())

    response = way.back()

    assert parse_qs(urlsplit(response.headers["Location"]).query)["next"] == ["/fr/x/"]
    assert PortalSession.objects.filter(ended_at=None).count() == 0


def test_linking_asks_for_a_fresh_proof_and_unlinking_ends_it(
    client: Client, forger: Forger, letters: Letters
):
    person = make_user()
    log_in(client, person)
    response = client.post("/en/identity/link/csam/")
    forger.nonce = parse_qs(urlsplit(response.headers["Refresh"].partition("url=")[2]).query)[
        "nonce"
    ][0]
    state = parse_qs(urlsplit(response.headers["Refresh"]).query)["state"][0]
    client.get("/oidc/csam/callback/", {"code": "c", "state": state, "iss": forger.issuer})
    row = ExternalIdentity.objects.get()
    assert (row.user, row.revoked_at) == (person, None)

    client.post(f"/en/identity/remove/{row.public_id}/")

    row.refresh_from_db()
    assert row.revoked_at is not None
    assert [mail.template for mail in OutgoingMail.objects.order_by("pk")] == [
        "identity_linked",
        "identity_removed",
    ]
    assert "CSAM" in str(letters()[-1].body)
    PortalSession.objects.update(proofs=[])


def test_our_keys_may_be_kept_and_are_asked_for_cheaply(client: Client, forger: Forger):
    first = client.get("/.well-known/jwks.json")
    again = client.get("/.well-known/jwks.json", headers={"If-None-Match": first.headers["ETag"]})

    assert {key["use"] for key in first.json()["keys"]} == {"sig", "enc"}
    assert all(set(key) == {"kty", "n", "e", "use", "alg", "kid"} for key in first.json()["keys"])
    assert int(first.headers["Cache-Control"].partition("max-age=")[2]) >= 1800
    assert again.status_code == 304


def test_logging_out_at_the_provider_is_offered_and_says_nothing_in_addresses(
    client: Client, forger: Forger
):
    known(make_user(language="en"), forger)
    set_out(client, forger).back()
    client.post("/en/logout/")

    page = client.get("/oidc/csam/logout/?language=en")

    body = page.content.decode()
    assert f'action="{forger.issuer}/logout"' in body
    assert 'name="id_token_hint"' in body
    assert forger.issuer in page.headers["Content-Security-Policy"]
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    back = client.get("/oidc/csam/logged-out/")
    assert back.headers["Location"] == "/en/"
    assert client.get("/oidc/csam/logout/").status_code == 302


def test_a_provider_that_is_switched_off_does_not_exist(client: Client, settings: Any):
    settings.IDENTITY_PROVIDERS = {}

    answers = [client.post("/oidc/csam/start/"), client.get("/oidc/csam/callback/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not AuthenticationEvent.objects.exists()


def test_the_number_of_a_recorded_person_opens_their_account(client: Client, forger: Forger):
    person = make_user()
    record_number(user=person, number=NUMBER, source=FieldSource.AGENT)

    set_out(client, forger).back()

    assert PortalSession.objects.get().user == person
    assert ExternalIdentity.objects.get().user == person
    assert OutgoingMail.objects.get().template == "identity_linked"
