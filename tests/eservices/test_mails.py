"""Mail: one row per key, written when it leaves, in the receiver's language, never lost and never
doubled on purpose.
"""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from eservices.actions import mails
from eservices.enums import MailState
from eservices.errors import MailUnavailable
from eservices.models import OutgoingMail
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db

TEMPLATES = {
    "mail/test.subject.txt": "Subject {{ language }}\n  {{ number }}\n",
    "mail/test.txt": "Hello {{ receiver.first_name }} {{ page_url }} {{ extra }}",
    "mail/test.html": "<p>{{ subject }} {{ receiver.first_name }} {{ municipality.name }}</p>",
}


@pytest.fixture(autouse=True)
def _templates(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PUBLIC_BASE_URL = "https://guichet.example"
    settings.MUNICIPALITY_PROVIDER = f"{__name__}.valmont"
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", TEMPLATES)]},
        }
    ]


def valmont(language: str) -> dict[str, str]:
    return {"name": f"Valmont {language}"}


def test_one_row_and_one_task_per_key():
    first = mails.send(template="test", key="a", address="a@example.org")
    again = mails.send(template="test", key="a", address="b@example.org")
    assert first.pk == again.pk
    assert DBTaskResult.objects.count() == 1
    assert not outbox.outbox, "nothing leaves inside the act"


def test_a_mail_to_nobody_is_a_programming_error():
    with pytest.raises(ValueError, match="to_user"):
        mails.send(template="test", key="a")


def test_an_act_that_fails_sends_nothing():
    @transaction.atomic
    def act() -> None:
        mails.send(template="test", key="a", address="a@example.org")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not OutgoingMail.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_the_letter_is_written_when_it_leaves_in_the_accounts_language():
    user = make_user("amelie@example.org", language="fr")
    context = {"page_path": "/fr/x/", "number": 3}
    mail = mails.send(template="test", key="a", to_user=user, language="fr", context=context)
    type(user).objects.filter(pk=user.pk).update(language="de", first_name="Anna")
    mails.deliver.call(str(mail.public_id))
    (letter,) = outbox.outbox
    assert letter.to == ["amelie@example.org"]
    assert letter.subject == "Subject de 3"
    assert letter.body == "Hello Anna https://guichet.example/fr/x/ "
    assert letter.alternatives[0].content == "<p>Subject de 3 Anna Valmont de</p>"
    assert letter.extra_headers["Message-ID"] == mail.message_id
    assert letter.extra_headers["Content-Language"] == "de"
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_without_an_account_the_given_language_then_the_main_one():
    assert mails.language_of(OutgoingMail(address="a@b.be", language="nl")) == "nl"
    assert mails.language_of(OutgoingMail(address="a@b.be")) == "fr"


def test_codes_come_in_at_the_last_moment(monkeypatch):
    monkeypatch.setitem(mails._EXTRAS, "test", lambda mail: {"extra": "493817"})
    mail = mails.send(template="test", key="a", address="a@example.org")
    mails.deliver_mail(mail=mail)
    assert "493817" in outbox.outbox[0].body
    assert "493817" not in str(OutgoingMail.objects.values().get())
    assert "493817" not in str(DBTaskResult.objects.values().get())


def test_a_subject_cannot_carry_headers():
    mail = mails.send(
        template="test", key="a", address="a@example.org", context={"number": "x\r\nBcc: b@b.be"}
    )
    mails.deliver_mail(mail=mail)
    assert "\n" not in outbox.outbox[0].subject
    assert "bcc" not in {name.lower() for name in outbox.outbox[0].message()}


def test_a_sent_mail_is_not_sent_again():
    mail = mails.send(template="test", key="a", address="a@example.org")
    for _time in range(2):
        assert mails.deliver_mail(mail=mail).state == MailState.SENT
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize(
    "error", [SMTPServerDisconnected(), ConnectionRefusedError(), TimeoutError()]
)
def test_a_relay_that_is_away_is_tried_again(monkeypatch, error):
    mail = mails.send(template="test", key="a", address="a@example.org")

    def refuse(message: EmailMessage) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        with pytest.raises(MailUnavailable):
            mails.deliver_mail(mail=mail)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, 1)
    assert mails.deliver_mail(mail=mail).attempts == 2
    assert len(outbox.outbox) == 1


def test_two_workers_do_not_send_at_the_same_time():
    mail = mails.send(template="test", key="a", address="a@example.org")
    sending = OutgoingMail.objects.filter(pk=mail.pk)
    sending.update(state=MailState.SENDING, sent_at=timezone.now())
    with pytest.raises(MailUnavailable):
        mails.deliver_mail(mail=mail)
    assert not outbox.outbox
    sending.update(sent_at=timezone.now() - timedelta(minutes=2))  # that worker died
    mails.deliver_mail(mail=mail)
    assert [letter.extra_headers["Message-ID"] for letter in outbox.outbox] == [mail.message_id]


def test_urgent_mails_go_first():
    mails.send(template="test", key="a", address="a@example.org")
    mails.send(template="test", key="b", address="a@example.org", priority=90)
    first = DBTaskResult.objects.ready().first()
    assert first.args_kwargs["args"] == [str(OutgoingMail.objects.get(key="b").public_id)]
