"""The way through the pages: a challenge that works once, and what a card leads to, as with any other identity."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from eservices.actions import identifiers
from eservices.enums import AuthenticationEventKind, FieldSource, Level, Method
from eservices.models import AuthenticationEvent, ExternalIdentity, PortalSession
from eservices.queries.identifiers import number_of
from tests.addresses import at
from tests.eservices.identity.card_authority import NUMBER, CardAuthority, Responder
from tests.factories.eservices import log_in, make_terms, make_user

pytestmark = pytest.mark.django_db
ORIGIN = "https://guichet.example"


@pytest.fixture(scope="module")
def responder():
    responder = Responder()
    responder.authority = CardAuthority(ocsp_url=responder.url)
    yield responder
    responder.stop()


@pytest.fixture(autouse=True)
def _offered(settings, responder, tmp_path):
    responder.mode = "good"
    settings.PUBLIC_BASE_URL = ORIGIN
    settings.IDENTITY_PROVIDERS = {
        "web_eid": {
            "kind": "web_eid",
            "name": "eID",
            "levels": {"card": ["high", "eid"]},
            "options": responder.authority.write(tmp_path / "authorities"),
        }
    }


@pytest.fixture
def card(responder):
    return responder.authority.card()


@pytest.fixture
def person():
    user = make_user("jean@example.org", language="en")
    identifiers.record_number(user=user, number=NUMBER, source=FieldSource.CSAM)
    return user


def challenge(client: Client, **values: str) -> str:
    answer = client.post(at("web-eid-challenge", "en"), values)
    assert answer.status_code == 200, answer.content
    return answer.json()["challenge"]


def answer(client: Client, text: str, card, **changes):
    token = card.token(origin=ORIGIN, challenge=text) | changes
    values = {"challenge": text, "token": json.dumps(token)}
    return client.post(at("web-eid", "en"), values)


def refused_code(client: Client, response) -> str:
    assert response.url == at("identity-refused", "en")
    page = client.get(response.url).content.decode()
    return page.partition("Code for the help desk: ")[2].partition("<")[0].strip()


def test_the_page_says_what_to_do_and_keeps_only_addresses_of_ours(client):
    page = client.get(at("web-eid", "en"), {"next": "/en/faq/"}).content.decode()
    foreign = client.get(at("web-eid", "en"), {"next": "https://evil.example/"}).content.decode()

    assert "put your card in" in page
    assert 'name="next" value="/en/faq/"' in page
    assert 'name="next" value=""' in foreign
    assert '"https://evil.example' not in foreign


def test_where_it_is_not_offered_there_is_no_page(client, settings):
    settings.IDENTITY_PROVIDERS = {}

    assert client.get(at("web-eid", "en")).status_code == 404
    refusal = client.post(at("web-eid-challenge", "en"))
    assert (refusal.status_code, refusal.json()["code"]) == (404, "not_found")


@pytest.mark.feature("C2")
def test_a_card_opens_the_account_with_its_number_and_comes_back(client, card, person):
    text = challenge(client, next="/en/faq/")

    response = answer(client, text, card)

    assert (response.status_code, response.url) == (302, "/en/faq/")
    session = PortalSession.objects.get()
    assert session.user == person
    assert [(row["method"], row["level"]) for row in session.proofs] == [(Method.EID, Level.HIGH)]
    person.refresh_from_db()
    assert (person.first_name, person.locked_fields["first_name"]) == ("Jean Marie", "eid")
    assert ExternalIdentity.objects.get().provider == "web_eid"
    assert NUMBER not in response.url


def test_a_stranger_completes_a_new_account(client, card):
    make_terms()
    text = challenge(client)

    response = answer(client, text, card)

    assert response.url == at("identity-complete", "en")
    page = client.get(response.url).content.decode()
    assert "Jean Marie" in page
    assert "Dupont" in page
    assert NUMBER not in page
    assert not PortalSession.objects.exists()


@pytest.mark.feature("B3")
def test_somebody_who_is_logged_in_identifies_more_surely(client, card, person):
    log_in(client, person)
    text = challenge(client, purpose="step_up", next="/en/faq/", level="4")

    response = answer(client, text, card)

    assert response.url == "/en/faq/"
    session = PortalSession.objects.get()
    assert {row["method"] for row in session.proofs} == {Method.MAIL_CODE, Method.EID}


def test_i5_the_card_of_somebody_else_changes_nothing(client, responder, person):
    log_in(client, person)
    before = PortalSession.objects.values().get()
    text = challenge(client, purpose="step_up", level="4")
    other = responder.authority.card(number="85031499701", first="Other")

    response = answer(client, text, other)

    assert refused_code(client, response) == "identity.other_person"
    after = PortalSession.objects.values().get()
    assert (after["proofs"], after["user_id"]) == (before["proofs"], before["user_id"])
    assert number_of(person) == NUMBER
    event = AuthenticationEvent.objects.get(kind=AuthenticationEventKind.STEP_UP_REFUSED)
    assert (event.user, event.provider, event.code) == (
        person,
        "web_eid",
        "identity.other_person",
    )


def test_a_challenge_works_once(client, card, person):
    text = challenge(client)
    assert answer(client, text, card).status_code == 302
    client.post(at("logout", "en"))

    again = answer(client, text, card)

    assert refused_code(client, again) == "web_eid.challenge_missing"
    assert PortalSession.objects.filter(ended_at=None).count() == 0


def test_a_refused_answer_uses_the_challenge_up_too(client, card, person):
    text = challenge(client)
    wrong = answer(client, text, card, signature="AAAA")
    assert refused_code(client, wrong) == "web_eid.signature"

    again = answer(client, text, card)

    assert refused_code(client, again) == "web_eid.challenge_missing"


def test_a_challenge_belongs_to_its_browser(client, card, person):
    text = challenge(client)
    thief = Client()
    challenge(thief)

    assert refused_code(thief, answer(thief, text, card)) == "web_eid.challenge_missing"
    assert answer(client, text, card).status_code == 302


def test_a_late_answer_is_refused(client, card, person):
    text = challenge(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        response = answer(client, text, card)
        assert refused_code(client, response) == "web_eid.challenge_expired"


@pytest.mark.parametrize("token", ["", "no json", "[]", "{" * 50_000])
def test_what_is_no_token_is_refused(client, token):
    text = challenge(client)

    response = client.post(at("web-eid", "en"), {"challenge": text, "token": token})

    assert refused_code(client, response) == "web_eid.malformed"


def test_a_refusal_is_written_down_by_its_code_only(client, card, person, responder, caplog):
    responder.mode = "revoked"
    text = challenge(client)

    response = answer(client, text, card)

    assert refused_code(client, response) == "web_eid.revoked"
    event = AuthenticationEvent.objects.get()
    assert (event.kind, event.user, event.provider, event.code) == (
        AuthenticationEventKind.LOGIN_REFUSED,
        None,
        "web_eid",
        "web_eid.revoked",
    )
    assert "identity_refused" in caplog.text
    for secret in (NUMBER, "Dupont", text):
        assert secret not in caplog.text


def test_a_level_that_the_municipality_rates_lower_does_not_do(client, card, person, settings):
    settings.IDENTITY_PROVIDERS["web_eid"]["levels"] = {"card": ["substantial", "eid"]}
    log_in(client, person)
    text = challenge(client, purpose="step_up", level="4")

    assert refused_code(client, answer(client, text, card)) == "identity.level_too_low"


def test_linking_needs_a_fresh_proof_and_then_links(client, card):
    user = make_user("paul@example.org", language="en")
    log_in(client, user)

    with time_machine.travel(timezone.now() + timedelta(minutes=15), tick=False):
        refusal = client.post(
            at("web-eid-link-challenge", "en"), headers={"X-Requested-With": "XMLHttpRequest"}
        )
        assert refusal.status_code == 403
        assert refusal.json()["url"].startswith(at("reauthenticate", "en"))
    text = client.post(at("web-eid-link-challenge", "en")).json()["challenge"]
    response = answer(client, text, card)

    assert response.url == at("security", "en")
    assert ExternalIdentity.objects.get().user == user
    assert number_of(user) == NUMBER


def test_too_many_challenges_are_refused(client, monkeypatch):
    monkeypatch.setattr("eservices.views.providers.TRIES", 2)
    challenge(client)
    challenge(client)

    refusal = client.post(at("web-eid-challenge", "en"))

    assert (refusal.status_code, refusal.json()["code"]) == (429, "too_many")
