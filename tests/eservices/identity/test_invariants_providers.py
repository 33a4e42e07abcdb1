"""What must always hold about identity providers (research on identity, invariants I3, I4, I5 and I14)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Error
from django.test import Client

from eservices.actions.identifiers import record_number
from eservices.enums import AuthenticationEventKind, FieldSource, Level
from eservices.identity.checks import identity_providers
from eservices.identity.id_tokens import level_of
from eservices.identity.providers import Provider, described, provider
from eservices.models import AuthenticationEvent, ExternalIdentity, PortalSession
from eservices.queries.identifiers import number_of
from portal.identity_providers import complete
from tests.eservices.identity.forging import Forger
from tests.eservices.identity.oidc_flow import set_out
from tests.factories.eservices import log_in, make_user

NUMBER = "85073003328"
OTHER = "78110599882"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.django_db
@pytest.mark.parametrize("claims", [{}, {"email_verified": True}], ids=["unsaid", "verified"])
def test_i3_a_mail_address_links_nothing(client: Client, forger: Forger, claims: dict[str, Any]):
    owner = make_user("margaux@example.org")
    forger.details.update({"email": "margaux@example.org", **claims})

    response = set_out(client, forger).back()

    assert response.headers["Location"].endswith("/identity/complete/")
    assert not ExternalIdentity.objects.exists()
    assert not PortalSession.objects.exists()
    owner.refresh_from_db()
    assert owner.locked_fields == {}


@pytest.mark.django_db
def test_i3_a_number_that_was_only_typed_links_nothing():
    typed = make_user()

    with pytest.raises(ValueError, match="declared"):
        record_number(user=typed, number=NUMBER, source=FieldSource.DECLARED)

    assert number_of(typed) == ""


@pytest.mark.django_db
def test_i3_a_number_of_a_weak_login_links_nothing(client: Client, forger: Forger):
    owner = make_user()
    record_number(user=owner, number=NUMBER, source=FieldSource.EID)
    forger.claims["amr"] = ["urn:be:fedict:iam:fas:Level100"]

    response = set_out(client, forger).back()

    assert response.headers["Location"].endswith("/identity/complete/")
    assert not owner.identities.exists()


@pytest.mark.django_db
def test_i3_one_number_belongs_to_one_account(client: Client, forger: Forger):
    owner, other = make_user(), make_user()
    record_number(user=owner, number=NUMBER, source=FieldSource.EID)
    log_in(client, other)

    way = set_out(client, forger, purpose="step_up")
    page = client.get(way.back().headers["Location"])

    assert page.context["code"] == "identity.other_person"
    assert number_of(other) == ""


def csam(**changes: Any) -> Provider:
    """CSAM as it is set up, with changes."""
    row = complete({"csam": {"kind": "csam", "discovery": "https://x.example/y", **changes}})
    return described("csam", row["csam"])


@pytest.mark.parametrize(
    ("claims", "level"),
    [
        ({"amr": ["urn:be:fedict:iam:fas:Level500"]}, Level.HIGH),
        ({"amr": ["pwd", "urn:be:fedict:iam:fas:Level400"]}, Level.SUBSTANTIAL),
        ({"amr": "urn:be:fedict:iam:fas:Level400"}, Level.SUBSTANTIAL),
        ({"amr": ["urn:be:fedict:iam:fas:Level9999"]}, Level.ANONYMOUS),
        ({"amr": ["urn:be:fedict:iam:fas:level500"]}, Level.ANONYMOUS),
        ({"amr": [500, None, {}]}, Level.ANONYMOUS),
        ({"amr": {"urn:be:fedict:iam:fas:Level500": True}}, Level.ANONYMOUS),
        ({"acr": "urn:be:fedict:iam:fas:Level500"}, Level.ANONYMOUS),
        ({}, Level.ANONYMOUS),
    ],
)
def test_i4_an_unknown_word_is_worth_nothing(claims: dict[str, Any], level: Level):
    assert level_of(csam(), claims)[0] == level


def test_i4_the_municipality_decides_what_a_word_is_worth():
    stricter = csam(levels={"urn:be:fedict:iam:fas:Level450": ["high", "itsme"]})

    assert level_of(stricter, {"amr": ["urn:be:fedict:iam:fas:Level450"]})[0] == Level.HIGH
    assert level_of(stricter, {"amr": ["urn:be:fedict:iam:fas:Level500"]})[0] == Level.ANONYMOUS


@pytest.mark.django_db
def test_i4_a_session_has_the_level_that_was_proved_not_the_one_that_was_asked(
    client: Client, forger: Forger
):
    person = make_user()
    record_number(user=person, number=NUMBER, source=FieldSource.EID)
    forger.claims["amr"] = ["urn:be:fedict:iam:fas:Level400"]

    set_out(client, forger, level="2").back()

    assert [proof["level"] for proof in PortalSession.objects.get().proofs] == [Level.SUBSTANTIAL]


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", ["step_up", "link"])
def test_i5_another_persons_identity_changes_nothing(client: Client, forger: Forger, purpose: str):
    person, owner = make_user(), make_user()
    record_number(user=person, number=OTHER, source=FieldSource.EID)
    record_number(user=owner, number=NUMBER, source=FieldSource.EID)
    log_in(client, person)
    before = PortalSession.objects.get().proofs
    name, key = person.get_full_name(), client.session.session_key

    way = set_out(client, forger, purpose="step_up")
    if purpose == "link":
        flows = client.session["identity_flows"]
        flows[way.parameters["state"]]["purpose"] = "link"
        session = client.session
        session["identity_flows"] = flows
        session.save()
    page = client.get(way.back().headers["Location"])

    assert page.status_code in (403, 409)
    assert page.wsgi_request.user == person
    assert PortalSession.objects.get().proofs == before
    assert client.session.session_key == key
    person.refresh_from_db()
    assert (person.get_full_name(), number_of(person)) == (name, OTHER)
    assert not ExternalIdentity.objects.exists()
    event = AuthenticationEvent.objects.get(kind=AuthenticationEventKind.STEP_UP_REFUSED)
    assert event.user == person


@pytest.mark.django_db
def test_i5_an_answer_for_the_session_before_changes_nothing(client: Client, forger: Forger):
    first, second = make_user(), make_user()
    log_in(client, first)
    way = set_out(client, forger, purpose="step_up")
    flows = client.session["identity_flows"]
    log_in(client, second)
    session = client.session
    session["identity_flows"] = flows
    session.save()

    page = client.get(way.back().headers["Location"])

    assert page.context["code"] == "identity.state_invalid"
    assert not ExternalIdentity.objects.exists()
    assert number_of(second) == ""


@pytest.mark.parametrize(
    "discovery",
    [
        "http://127.0.0.1:9401/.well-known/openid-configuration",
        "https://127.0.0.1/.well-known/openid-configuration",
        "https://localhost/.well-known/openid-configuration",
        "https://[::1]/.well-known/openid-configuration",
        "https://sandbox.example.org/.well-known/openid-configuration",
        "http://idp.example.org/.well-known/openid-configuration",
    ],
)
def test_i14_no_sandbox_serves_real_people(settings: Any, discovery: str):
    settings.SANDBOX = False
    settings.IDENTITY_PROVIDERS = complete({"csam": {"kind": "csam", "discovery": discovery}})

    found = identity_providers()

    assert [message.id for message in found if isinstance(message, Error)]


def test_i14_a_real_provider_may_serve_them(settings: Any):
    settings.SANDBOX = False
    settings.IDENTITY_PROVIDERS = complete(
        {
            "csam": {
                "kind": "csam",
                "discovery": "https://idp.example.org/.well-known/openid-configuration",
            }
        }
    )

    assert identity_providers() == []
    assert provider("csam").highest_level == Level.HIGH


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IDENTITY_SANDBOX_CSAM", "http://127.0.0.1:9401"),
        (
            "IDENTITY_PROVIDERS",
            '{"csam": {"kind": "csam", "discovery": "http://127.0.0.1:9401/x"}}',
        ),
    ],
)
def test_i14_production_does_not_start_with_a_sandbox(name: str, value: str):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "portal.example.org",
        "PUBLIC_BASE_URL": "https://portal.example.org",
        "FIELD_ENCRYPTION_KEYS": "a:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
        "LOOKUP_HMAC_KEYS": "b:" + "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=",
    }
    command = [sys.executable, "-c", "from django.conf import settings; settings.SECRET_KEY"]

    good = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    bad = subprocess.run(
        command, env={**environment, name: value}, capture_output=True, text=True, check=False
    )

    assert good.returncode == 0, good.stderr
    assert bad.returncode != 0
    assert name.removesuffix("_CSAM") in bad.stderr
