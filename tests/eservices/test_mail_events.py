"""Mails that come back: what mail services post, and what people and agents then see."""

import hashlib
import hmac
import json
import time
from base64 import b64encode

import pytest
from django.core import mail as outbox
from django.urls import include, path

import eservices.mail_events  # noqa: F401  connects itself, as it does where ANYMAIL is set
import portal.urls
from eservices.actions import bounces, mails, sessions
from eservices.actions.notices import notify
from eservices.contract import Proof
from eservices.enums import DeliveryState, Level, MailState, Method, NoticeKind
from eservices.errors import TooMany
from eservices.models import Delivery, Notice, OutgoingMail, User
from eservices.queries.notices import deliveries_of
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("B4")]

urlpatterns = [path("hooks/mail/", include("anymail.urls")), *portal.urls.urlpatterns]
handler400 = portal.urls.handler400

SIGNING_KEY = "key-of-the-tests"


@pytest.fixture
def hooks(settings):
    """The addresses that exist where a mail service is set."""
    settings.ROOT_URLCONF = __name__
    settings.ANYMAIL = {
        "MAILGUN_API_KEY": "unused",
        "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY,
        "WEBHOOK_SECRET": "guichet:secret",
    }


@pytest.fixture
def file():
    return make_sent(user=make_user(language="en"))


def decision_mail(file):
    return notify(
        kind=NoticeKind.DECISION,
        profile=file.profile,
        to_user=file.acting_user,
        template="submission_decided",
        key=f"decided:{file.reference}",
        context={"submission": str(file.public_id)},
    )


def mailgun(mail, *, event="failed", severity="permanent", key=SIGNING_KEY):
    """What Mailgun posts (its documentation of webhooks, "Permanent failure"), signed with HMAC-SHA256."""
    stamp, token = str(int(time.time())), hashlib.sha256(str(mail.pk).encode()).hexdigest()[:50]
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "id": f"G9Bn5sl1TC6nu79C8C0{mail.pk}",
            "timestamp": time.time(),
            "log-level": "error",
            "severity": severity,
            "reason": "suppress-bounce" if event == "failed" else "",
            "delivery-status": {
                "code": 550,
                "message": f"5.1.1 <{mail.to_user.email}> unknown",
                "description": "",
                "attempt-no": 1,
                "mx-host": "mx.example.org",
            },
            "message": {
                "headers": {
                    "to": mail.to_user.email,
                    "message-id": mail.message_id.strip("<>"),
                    "from": "guichet@example.org",
                    "subject": "x",
                },
                "attachments": [],
                "size": 111,
            },
            "recipient": mail.to_user.email,
            "user-variables": {"mail": str(mail.public_id)},
            "tags": [],
        },
    }


def post(client, payload, secret="guichet:secret"):
    return client.post(
        "/hooks/mail/mailgun/tracking/",
        json.dumps(payload),
        content_type="application/json",
        headers={"authorization": f"Basic {b64encode(secret.encode()).decode()}"},
    )


def test_a_returned_mail_is_seen_by_the_person_and_by_the_agents_of_the_file(client, hooks, file):
    agent = make_team_agent(file)
    mail = decision_mail(file)
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT)

    assert post(client, mailgun(mail)).status_code == 200
    assert post(client, mailgun(mail)).status_code == 200

    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED
    assert mail.bounced_at is not None
    assert mail.to_user.email not in mail.error
    assert Delivery.objects.get(mail=mail).state == DeliveryState.BOUNCED
    assert User.objects.get(pk=file.acting_user.pk).mail_bounced_at is not None
    told = Notice.objects.get(user=agent, kind=NoticeKind.TEAM)
    assert (told.event, told.submission) == ("mail_returned", file)
    newest = deliveries_of(file)[0]
    assert (newest.delivery.state, newest.receiver) == ("bounced", file.acting_user.display_name)


@pytest.mark.parametrize("wrong", ["signature", "secret"])
def test_what_the_service_did_not_sign_is_refused(client, hooks, file, wrong):
    mail = decision_mail(file)
    payload = mailgun(mail, key="another key" if wrong == "signature" else SIGNING_KEY)

    answer = post(client, payload, secret="x:y" if wrong == "secret" else "guichet:secret")

    assert answer.status_code == 400
    mail.refresh_from_db()
    assert mail.state == MailState.TO_SEND


def test_a_passing_trouble_and_a_complaint_change_nothing(client, hooks, file):
    mail = decision_mail(file)

    post(client, mailgun(mail, severity="temporary"))
    post(client, mailgun(mail, event="complained"))

    mail.refresh_from_db()
    assert mail.state == MailState.TO_SEND
    assert User.objects.get(pk=file.acting_user.pk).mail_bounced_at is None


def test_a_mail_of_somebody_else_is_no_trouble(client, hooks, file):
    mail = decision_mail(file)
    payload = mailgun(mail)
    mail.delete()

    assert post(client, payload).status_code == 200


def test_a_mail_is_found_by_its_message_id_too(client, hooks, file):
    mail = decision_mail(file)
    payload = mailgun(mail)
    del payload["event-data"]["user-variables"]

    post(client, payload)

    mail.refresh_from_db()
    assert mail.state == MailState.BOUNCED


def test_a_returned_mail_never_leaves_again(file, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail = decision_mail(file)
    bounces.returned(mail=mail, address=file.acting_user.email, reason="bounced")

    mails.deliver_mail(mail=OutgoingMail.objects.get(pk=mail.pk))

    assert not outbox.outbox


def test_a_mail_to_an_older_address_says_nothing_about_the_present_one(file):
    mail = decision_mail(file)

    bounces.returned(mail=mail, address="former@example.org", reason="bounced")

    assert User.objects.get(pk=file.acting_user.pk).mail_bounced_at is None


@pytest.mark.parametrize("how", ["a code that came by mail", "a mail that arrived"])
def test_the_warning_goes_when_the_address_works(client, file, how):
    claire = file.acting_user
    mail = decision_mail(file)
    bounces.returned(mail=mail, address=claire.email, reason="bounced")
    claire.refresh_from_db()
    log_in(client, claire, method=Method.PASSKEY)
    assert "eg-bounced" in client.get(at("dashboard", "en")).content.decode()

    if how == "a mail that arrived":
        bounces.delivered(mail=mail, address=claire.email)
    else:
        proof = Proof(method=Method.MAIL_CODE, level=Level.LOW, at=mail.created_at)
        sessions.begin(user=claire, proof=proof)

    assert "eg-bounced" not in client.get(at("dashboard", "en")).content.decode()


def test_metadata_names_the_mail_and_nothing_else(file):
    mail = decision_mail(file)

    assert mails.compose(mail).metadata == {"mail": str(mail.public_id)}


def test_test_mails_are_limited_and_tell_how_they_fared(client):
    claire = make_user(language="en")
    log_in(client, claire)

    client.post(at("test-mail", "en"))
    text = client.get(at("preferences", "en")).content.decode()
    assert "is about to leave" in text
    mail = OutgoingMail.objects.get(template="test_mail")
    assert mails.compose(mail).subject == "Test mail: your address works"
    bounces.returned(mail=mail, address=claire.email, reason="bounced")
    assert "came back" in client.get(at("preferences", "en")).content.decode()
    bounces.send_test(user=claire), bounces.send_test(user=claire)
    with pytest.raises(TooMany):
        bounces.send_test(user=claire)

    over = client.post(at("test-mail", "en"), follow=True).content.decode()
    assert "several test mails" in over
    assert client.post("/api/v1/account/test-mail/").status_code == 429
    assert client.get("/api/v1/account/test-mail/").json()["state"] == "to_send"
