"""The invariants of login methods, one test each: numbers as in the research on identity, chapter 8."""

import io
import re
import zipfile
from datetime import timedelta

import pyotp
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp import devices_for_user
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import email_changes, passwords, privacy
from eservices.actions.accounts import register
from eservices.actions.backup_codes import use_backup_code
from eservices.actions.login_methods import choose_first, remove_method
from eservices.contract import registry
from eservices.enums import Method, SessionEnd
from eservices.errors import BackupCodeWrong, NotFound
from eservices.identity.tokens import token_hash
from eservices.models import (
    AuthenticatorApp,
    BackupCode,
    BackupCodes,
    LoginPreference,
    Passkey,
    PortalSession,
    User,
)
from eservices.queries.login_methods import login_methods_of, methods_copy
from tests.addresses import at
from tests.eservices.identity.conftest import give_password, link_in
from tests.eservices.identity.test_security_page import add_app, codes_on
from tests.factories.eservices import PASSWORD, log_in, make_user
from tests.factories.login_methods import make_app

pytestmark = pytest.mark.django_db

NEW = "Another-password-2026"


def is_in(client: Client) -> bool:
    return bool(client.get("/api/v1/session/").json()["authenticated"])


def test_i2_every_account_has_a_confirmed_device_and_one_default(client):
    user = register(email="claire@example.org", password=PASSWORD)
    log_in(client, user)
    add_app(client)
    app = AuthenticatorApp.objects.get()
    choose_first(user=user, method=Method.AUTHENTICATOR)
    remove_method(user=user, method=Method.AUTHENTICATOR, public_id=app.public_id)
    bare = make_user("bare@example.org")
    EmailDevice.objects.filter(user=bare).delete()

    give_password(Client(), "bare@example.org")  # asked for the code all the same
    with pytest.raises(NotFound):
        remove_method(user=user, method=Method.MAIL_CODE, public_id=app.public_id)

    for person in (user, bare):
        confirmed = list(devices_for_user(person, confirmed=True))
        assert [device.name for device in confirmed] == ["default"]
        assert EmailDevice.objects.filter(user=person, name="default").count() == 1
        assert login_methods_of(person).preferred == Method.MAIL_CODE
        assert Method.MAIL_CODE in login_methods_of(person).ways
    assert LoginPreference.objects.filter(user=user).count() == 0


def test_i6_codes_and_secrets_are_in_no_row_and_work_once(client, letters):
    user = make_user("claire@example.org")
    log_in(client, user)
    secret, _answer = add_app(client)
    codes = codes_on(client.post(at("backup-codes")).content.decode())
    letters()
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump, exclude=["wagtailsearch", "contenttypes"])
    written = dump.getvalue()
    first = Client()
    give_password(first, "claire@example.org")
    url = f"{at('login-code')}?way={Method.BACKUP_CODE.value}"
    opened = first.post(url, {"token-backup_code": codes[0]})

    assert len(codes) == 10
    assert "claire@example.org" in written  # the dump holds what there is
    for text in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert text not in written
        assert text not in "".join(letter.body for letter in letters())
    assert pyotp.TOTP(secret).now()
    assert opened.status_code == 302
    assert BackupCode.objects.filter(used_at=None).count() == 9
    with pytest.raises(BackupCodeWrong):
        use_backup_code(user=user, code=codes[0])


def test_i9_a_changed_password_ends_all_other_sessions(client):
    user = make_user("claire@example.org")
    log_in(client, user)
    others = [log_in(Client(), user) for _number in range(2)]
    assert all(is_in(other) for other in others)

    client.post(at("account-password"), {"current": PASSWORD, "password": NEW})

    assert is_in(client)
    assert [is_in(other) for other in others] == [False, False]
    ended = PortalSession.objects.filter(user=user, end_reason=SessionEnd.PASSWORD)
    assert ended.count() == 2


def test_i9_a_reset_password_ends_every_session_and_keeps_the_second_step(client, letters):
    user = make_user("claire@example.org")
    app, _secret = make_app(user)
    log_in(client, user)
    passwords.request_reset(email=user.email)
    stranger = Client()
    stranger.get(link_in(letters()[-1]))

    answer = stranger.post(at("password-reset-set"), {"password": NEW})

    assert answer.url == at("login")
    assert not is_in(client)
    assert not is_in(stranger)
    assert PortalSession.objects.get(user=user).end_reason == SessionEnd.PASSWORD
    assert AuthenticatorApp.objects.get() == app
    assert login_methods_of(user).ways[0] == Method.MAIL_CODE


def test_an_undone_address_takes_away_what_the_stranger_added(client):
    user = make_user("claire@example.org")
    old_app, _secret = make_app(user, "Phone of Claire")
    AuthenticatorApp.objects.update(created_at=timezone.now() - timedelta(days=1))
    log_in(client, user)
    change = email_changes.ask_for_change(
        user=user, new_email="stranger@example.org", password=PASSWORD
    )
    email_changes.confirm_change(hashed=token_hash(email_changes.token_of(change)))
    user.refresh_from_db()
    make_app(user, "Phone of the stranger")
    Passkey.objects.create(
        user=user, name="x", credential_id=b"x", credential_hash="x", public_key=b"x"
    )
    client.post(at("backup-codes"))
    assert BackupCodes.objects.exists()

    email_changes.undo_change(hashed=token_hash(email_changes.undo_token_of(change)))

    assert list(AuthenticatorApp.objects.all()) == [old_app]
    assert not Passkey.objects.exists()
    assert not BackupCodes.objects.exists()
    assert not PortalSession.objects.filter(user=user, ended_at=None).exists()


def test_the_copy_lists_methods_without_secrets_and_erasure_removes_them(client):
    user = make_user("claire@example.org")
    log_in(client, user)
    secret, _answer = add_app(client, "Phone of Claire")
    choose_first(user=user, method=Method.AUTHENTICATOR)
    codes = codes_on(client.post(at("backup-codes")).content.decode())
    assert len(list(registry)) > 0

    copy = methods_copy(user)
    with privacy.export(user=user) as archive:
        text = "".join(
            whole.read(name).decode()
            for whole in [zipfile.ZipFile(archive)]
            for name in whole.namelist()
            if name.endswith(".json")
        )
    privacy.erase(user=user, by=user)

    assert [row["method"] for row in copy] == ["authenticator", "backup_code"]
    assert "Phone of Claire" in text
    assert re.search(r'"codes_left": 10', text)
    assert not any(hidden in text for hidden in (secret, *codes))
    for model in (AuthenticatorApp, BackupCodes, BackupCode, LoginPreference, EmailDevice):
        assert not model.objects.exists(), model
    assert not User.objects.get(pk=user.pk).is_active
