"""Backup codes: shown once, stored as keyed hashes, used once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from eservices.actions.backup_codes import (
    are_own_codes,
    make_backup_codes,
    normal_code,
    use_backup_code,
)
from eservices.errors import BackupCodeWrong, MethodTriesOver, MethodUnknown, TooMany
from eservices.models import BackupCode, BackupCodes, OutgoingMail
from eservices.queries.login_methods import login_methods_of
from tests.factories.eservices import make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_ten_different_codes_are_made_and_none_is_stored():
    user = make_user()

    codes = make_backup_codes(user=user)

    assert len(set(codes)) == 10
    stored = set(BackupCode.objects.values_list("code_hash", flat=True))
    assert all(len(digest) == 64 for digest in stored)
    assert not stored & set(codes)
    assert login_methods_of(user).codes_left == 10


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: code.replace("-", " "), lambda c: f" {c}"]
)
def test_case_spaces_and_hyphens_do_not_matter(change):
    user = make_user()
    code = make_backup_codes(user=user)[3]

    assert use_backup_code(user=user, code=change(code)) == 9


def test_a_code_works_once_and_the_use_is_told_by_mail():
    user = make_user()
    code = make_backup_codes(user=user)[0]

    left = use_backup_code(user=user, code=code, browser="Firefox", now=NOW)
    with pytest.raises(BackupCodeWrong):
        use_backup_code(user=user, code=code, now=NOW)

    assert left == 9
    mail = OutgoingMail.objects.get(template="backup_code_used")
    assert (mail.context["left"], mail.context["browser"]) == (9, "Firefox")
    assert code not in str(mail.context)


def test_new_codes_make_the_old_ones_void():
    user = make_user()
    old = make_backup_codes(user=user)
    new = make_backup_codes(user=user)

    with pytest.raises(BackupCodeWrong):
        use_backup_code(user=user, code=old[0], now=NOW)
    assert use_backup_code(user=user, code=new[0], now=NOW + timedelta(seconds=2)) == 9
    assert BackupCodes.objects.filter(user=user).count() == 1


def test_another_persons_codes_prove_nothing():
    user = make_user()
    make_backup_codes(user=user)
    foreign = make_backup_codes(user=make_user())[0]

    with pytest.raises(BackupCodeWrong):
        use_backup_code(user=user, code=foreign)
    assert not are_own_codes(user=user, codes=[foreign])


def test_somebody_without_codes_is_refused():
    with pytest.raises(MethodUnknown):
        use_backup_code(user=make_user(), code="AAAAA-AAAAA")


def test_five_wrong_codes_close_them_for_a_quarter_of_an_hour():
    user = make_user()
    code = make_backup_codes(user=user)[0]
    now = NOW
    for wait in (1, 2, 4, 8, 16):
        with pytest.raises(BackupCodeWrong):
            use_backup_code(user=user, code="AAAAA-AAAAA", now=now)
        if wait < 16:
            with pytest.raises(TooMany):
                use_backup_code(user=user, code=code, now=now)
        now += timedelta(seconds=wait)

    with pytest.raises(MethodTriesOver):
        use_backup_code(user=user, code=code, now=now)
    assert use_backup_code(user=user, code=code, now=now + timedelta(minutes=15)) == 9


def test_codes_are_found_after_the_keys_of_the_hashes_rotated(settings):
    user = make_user()
    code = make_backup_codes(user=user)[0]

    new = "new:bmV3LWxvb2t1cC1rZXktb2YtdGhpcnR5LTItYnl0ZXM="
    settings.LOOKUP_HMAC_KEYS = [new, *settings.LOOKUP_HMAC_KEYS]

    assert use_backup_code(user=user, code=code) == 9


def test_the_normal_form_is_the_printed_one():
    assert normal_code(" k7m2p qx4rt ") == "K7M2P-QX4RT"


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_code_one_is_refused():
    user = make_user()
    code = make_backup_codes(user=user)[0]
    start, results = threading.Barrier(2), []

    def run():
        start.wait()
        try:
            use_backup_code(user=user, code=code)
            results.append("in")
        except BackupCodeWrong:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["in", "refused"]
