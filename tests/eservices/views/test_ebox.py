"""The pages and the API of the eBox: activated, opened at the level that is asked, with a receipt."""

import re

import pytest

from eservices.actions import bounces, ebox, mails
from eservices.enums import Level, Method
from eservices.models import OutgoingMail
from tests.addresses import at
from tests.factories.ebox import PDF, activate, make_message
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]

API = "/api/v1/ebox/"


@pytest.fixture
def claire():
    return make_user(language="en")


def sure(client, user, **more):
    return log_in(client, user, method=Method.ITSME, level=Level.SUBSTANTIAL, **more)


def test_activation_by_the_pages(client, claire):
    log_in(client, claire)
    assert "Activate my eBox" in client.get(at("ebox", "en")).content.decode()
    assert client.get(at("ebox-code", "en")).url == at("ebox-activate", "en")

    sent = client.post(at("ebox-activate", "en"), {"email": "letters@example.org"})
    assert sent.url == at("ebox-code", "en")
    wrong = client.post(at("ebox-code", "en"), {"otp_token": "000000"})
    assert wrong.status_code == 422
    mail = OutgoingMail.objects.get(template="ebox_code")
    code = re.search(r"\b\d{6}\b", mails.compose(mail).body)[0]
    done = client.post(at("ebox-code", "en"), {"otp_token": code})

    assert done.url == at("ebox", "en")
    text = client.get(at("ebox", "en")).content.decode()
    assert "letters@example.org" in text
    assert "No documents yet" in text


@pytest.mark.feature("B4")
def test_a_returned_announcement_is_told_on_every_page_until_an_address_is_confirmed(
    client, claire
):
    activation = activate(claire, email="letters@example.org")
    mail = mails.send(
        template="ebox_published", to_user=claire, address=activation.email, key="announced"
    )
    log_in(client, claire)
    assert "eg-bounced" not in client.get(at("dashboard", "en")).content.decode()

    bounces.returned(mail=mail, address="", reason="bounced")

    claire.refresh_from_db()
    assert claire.mail_bounced_at is None  # another address than that of the account
    page = client.get(at("dashboard", "en")).content.decode()
    assert "Our last e-mail to letters@example.org came back." in page
    assert f'href="{at("ebox-activate", "en")}"' in page

    asked = ebox.ask(user=claire, email="letters@example.org")
    ebox.confirm(user=claire, code=ebox.code_of(asked))

    assert "eg-bounced" not in client.get(at("dashboard", "en")).content.decode()


def test_a_document_is_opened_after_identifying_and_gives_a_receipt(client, claire):
    activate(claire)
    message = make_message(claire)
    page = at("ebox-message", "en", message=message.public_id)
    log_in(client, claire)
    listed = client.get(at("ebox", "en")).content.decode()
    assert "Decision: felling of a tree" in listed
    assert 'eBox <span class="utrecht-badge-counter">1</span>' in listed
    asked = client.get(page)
    assert "service=ebox" in asked.url
    assert at("step-up", "en") in asked.url

    sure(client, claire)
    before = client.get(page).content.decode()
    assert "Open the document" in before
    assert "decision.pdf" not in before
    file = at("ebox-document", "en", message=message.public_id, position=0)
    receipt = at("ebox-receipt", "en", message=message.public_id)
    assert client.get(file).status_code == 409
    assert client.get(receipt).status_code == 409

    client.post(page)

    after = client.get(page).content.decode()
    assert "decision.pdf" in after
    assert claire.display_name in after
    assert b"".join(client.get(file).streaming_content) == PDF
    answer = client.get(receipt)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert (
        'eBox <span class="utrecht-badge-counter">'
        not in client.get(at("ebox", "en")).content.decode()
    )


def test_foreign_documents_do_not_exist(client, claire):
    other = make_user()
    activate(claire), activate(other)
    foreign = make_message(other)
    sure(client, claire)

    for route in ("ebox-message", "ebox-receipt"):
        assert client.get(at(route, "en", message=foreign.public_id)).status_code == 404
    assert client.post(at("ebox-message", "en", message=foreign.public_id)).status_code == 404
    assert client.post(f"{API}{foreign.public_id}/open/").status_code == 404


def test_organisation_s_documents_are_in_its_space(client, claire):
    activate(claire)
    membership = make_membership(claire)
    make_message(claire, profile=membership.profile)
    sure(client, claire)
    assert "felling" not in client.get(at("ebox", "en")).content.decode()

    sure(client, claire, profile=membership.profile)

    assert "felling" in client.get(at("ebox", "en")).content.decode()


def test_ending_asks_first(client, claire):
    activate(claire)
    log_in(client, claire)
    assert "End my eBox?" in client.get(at("ebox-end", "en")).content.decode()

    client.post(at("ebox-end", "en"))

    assert "Activate my eBox" in client.get(at("ebox", "en")).content.decode()
    assert client.get(at("ebox-end", "en")).url == at("ebox", "en")


def test_the_api_does_what_the_pages_do(client, claire):
    sure(client, claire)
    assert client.get(API).json()["code"] == "ebox.not_active"
    put = {"content_type": "application/json"}
    asked = client.put(f"{API}activation/", {"email": "l@example.org"}, **put)
    assert (asked.status_code, asked.json()["pending_email"]) == (202, "l@example.org")
    mail = OutgoingMail.objects.get(template="ebox_code")
    code = re.search(r"\b\d{6}\b", mails.compose(mail).body)[0]
    active = client.post(f"{API}activation/confirm/", {"code": code}, **put).json()
    assert (active["active"], active["email"]) == (True, "l@example.org")
    message = make_message(claire)

    row = client.get(API, headers={"accept-language": "en"}).json()["results"][0]
    assert (row["id"], row["state"], row["level"]) == (
        str(message.public_id),
        "published",
        "substantial",
    )
    one = f"{API}{row['id']}/"
    assert client.get(one).json()["files"] == []
    assert client.get(f"{one}documents/0/").json()["code"] == "ebox.not_opened"
    opened = client.post(f"{one}open/").json()
    assert [file["name"] for file in opened["files"]] == ["decision.pdf"]
    assert b"".join(client.get(f"{one}documents/0/").streaming_content) == PDF
    assert client.delete(f"{API}activation/").status_code == 204
    assert client.get(one).json()["code"] == "ebox.not_active"


def test_the_api_asks_for_the_level(client, claire):
    activate(claire)
    message = make_message(claire)
    log_in(client, claire)

    answer = client.post(f"{API}{message.public_id}/open/")

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")


def test_queries_of_the_list_do_not_grow(client, claire, django_assert_max_num_queries):
    activate(claire)
    log_in(client, claire)

    def count():
        with django_assert_max_num_queries(60) as seen:
            client.get(at("ebox", "en"))
        return len(seen.captured_queries)

    make_message(claire)
    one = count()
    make_message(claire), make_message(claire)
    assert count() == one
