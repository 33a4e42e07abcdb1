"""The demo's mailbox: what people and machines read, and that production has none."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from sandbox import mail as mailbox


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA = tmp_path


def send(to: str = "citizen@example.org", subject: str = "Votre code é", **values) -> None:
    message = EmailMultiAlternatives(subject=subject, body="493817", to=[to], **values)
    message.attach_alternative("<p>493817</p><script>alert(1)</script>", "text/html")
    message.attach("acte.pdf", b"%PDF-1.7", "application/pdf")
    mailbox.InboxBackend().send_messages([message])


def test_machines_read_json_newest_first():
    send(subject="one")
    send("other@example.org")
    send("Citizen@Example.org", subject="two")
    answer = Client().get("/sandbox/mail/", {"to": "citizen@example.org"})
    assert answer.headers["Content-Type"].startswith("application/json")
    two, one = answer.json()
    assert (two["subject"], one["subject"]) == ("two", "one")
    assert set(one) == {"to", "subject", "text", "html", "attachments", "sent_at"}
    assert one["to"] == ["citizen@example.org"]
    assert one["text"].strip() == "493817"
    assert "<p>493817</p>" in one["html"]
    assert one["attachments"] == ["acte.pdf"]
    assert one["sent_at"][:2] == "20"


def test_an_empty_box_is_an_empty_list():
    assert Client().get("/sandbox/mail/").json() == []


@pytest.mark.django_db
def test_people_read_pages():
    send(subject="<b>Votre code</b>")
    page = Client().get("/sandbox/mail/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "&lt;b&gt;Votre code" in page.content.decode()
    key = next(mailbox.inbox()).key
    one = Client().get(f"/sandbox/mail/{key}/", headers={"Accept": "text/html"})
    assert one.status_code == 200


def test_the_frame_of_a_mail_runs_nothing():
    send()
    key = next(mailbox.inbox()).key
    frame = Client().get(f"/sandbox/mail/{key}/html/")
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["1-2-abc", "..%2f..%2fdb", "x"])
def test_unknown_mails_and_paths(key):
    for tail in ("", "html/"):
        assert Client().get(f"/sandbox/mail/{key}/{tail}").status_code == 404


def test_reading_only():
    assert Client().post("/sandbox/mail/").status_code == 405


def test_a_mail_that_is_half_written_is_not_read():
    (mailbox.folder() / ".123-1-abc.eml").write_text("half")
    assert list(mailbox.inbox()) == []
