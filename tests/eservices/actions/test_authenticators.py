"""Authenticator apps, judged by pyotp: another implementation of RFC 6238."""

import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.db import connection

from eservices.actions import authenticators
from eservices.actions.authenticators import add_app, check_app_code, new_secret
from eservices.errors import (
    AppCodeUsed,
    AppCodeWrong,
    MethodsFull,
    MethodTriesOver,
    MethodUnknown,
    TooMany,
)
from eservices.models import AuthenticationEvent, AuthenticatorApp, OutgoingMail
from tests.factories.eservices import make_user
from tests.factories.login_methods import make_app

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, 0, 7, tzinfo=UTC)
STEP = timedelta(seconds=30)


def wrong_for(secret, now=NOW):
    """Six digits that the app shows at no moment near `now`."""
    near = {pyotp.TOTP(secret).at(now + offset * STEP) for offset in range(-2, 3)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def test_the_vectors_of_the_rfc_are_right():
    """RFC 6238, appendix B, SHA-1: the last six of its eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for seconds, code in ((59, "287082"), (1111111109, "081804"), (20000000000, "353130")):
        at = datetime.fromtimestamp(seconds, tz=UTC)
        assert authenticators._step_of(secret, code, now=at) == seconds // 30


def test_a_new_secret_has_160_bits_and_differs():
    assert len(new_secret()) == 32
    assert new_secret() != new_secret()


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_clock_may_differ_by_one_step(seconds):
    user = make_user()
    app, secret = make_app(user)

    found = check_app_code(
        user=user, code=pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds)), now=NOW
    )

    assert found == app
    assert found.last_used_at == NOW


@pytest.mark.parametrize("seconds", [-90, -60, 60, 90])
def test_a_clock_may_not_differ_more(seconds):
    user = make_user()
    _app, secret = make_app(user)

    with pytest.raises(AppCodeWrong):
        check_app_code(
            user=user, code=pyotp.TOTP(secret).at(NOW + timedelta(seconds=seconds)), now=NOW
        )


def test_a_code_works_once_and_so_do_older_ones():
    user = make_user()
    _app, secret = make_app(user)
    code, before = pyotp.TOTP(secret).at(NOW), pyotp.TOTP(secret).at(NOW - timedelta(seconds=30))
    check_app_code(user=user, code=code, now=NOW)

    for late in (code, before):
        with pytest.raises(AppCodeUsed):
            check_app_code(user=user, code=late, now=NOW + timedelta(seconds=1))
    after = NOW + timedelta(seconds=30)
    assert check_app_code(user=user, code=pyotp.TOTP(secret).at(after), now=after)


def test_each_of_several_apps_proves_its_person():
    user = make_user()
    _first, one = make_app(user, "Phone")
    second, two = make_app(user, "Tablet")
    assert one != two

    assert check_app_code(user=user, code=pyotp.TOTP(two).at(NOW), now=NOW) == second


def test_wrong_codes_double_the_wait_and_the_fifth_closes_the_method():
    user = make_user()
    make_app(user, "Tablet")  # a second app gives no second count
    _app, secret = make_app(user)
    right, wrong = pyotp.TOTP(secret), wrong_for(secret)
    now, left = NOW, []

    for wait in (1, 2, 4, 8):
        with pytest.raises(AppCodeWrong) as refused:
            check_app_code(user=user, code=wrong, now=now)
        left.append(refused.value.params["tries"])
        with pytest.raises(TooMany) as early:  # a right code too: else one could try on
            check_app_code(user=user, code=right.at(now), now=now)
        assert early.value.params["seconds"] == wait
        now += timedelta(seconds=wait)
    with pytest.raises(AppCodeWrong) as last:
        check_app_code(user=user, code=wrong_for(secret, now), now=now)
    with pytest.raises(MethodTriesOver) as closed:
        check_app_code(user=user, code=right.at(now), now=now + timedelta(seconds=20))

    assert left == [4, 3, 2, 1]
    assert last.value.params["tries"] == 0
    assert closed.value.params["minutes"] == 15
    later = now + timedelta(minutes=15)
    assert check_app_code(user=user, code=right.at(later), now=later)
    assert set(AuthenticatorApp.objects.values_list("throttling_failure_count", flat=True)) == {0}


def test_somebody_without_app_or_with_an_unconfirmed_one_is_refused():
    user = make_user()
    app, secret = make_app(user)
    AuthenticatorApp.objects.filter(pk=app.pk).update(confirmed=False)

    with pytest.raises(MethodUnknown):
        check_app_code(user=user, code=pyotp.TOTP(secret).at(NOW), now=NOW)


def test_another_persons_code_proves_nothing():
    user = make_user()
    make_app(user)
    _foreign, secret = make_app(make_user())

    with pytest.raises(AppCodeWrong):
        check_app_code(user=user, code=pyotp.TOTP(secret).at(NOW), now=NOW)


def test_an_app_is_added_by_a_right_code_which_is_used_up():
    user = make_user()
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW)

    with pytest.raises(AppCodeWrong):
        add_app(user=user, secret=secret, code=wrong_for(secret), name="Phone", now=NOW)
    assert not AuthenticatorApp.objects.exists()
    app = add_app(user=user, secret=secret, code=code, name="Phone", browser="Firefox", now=NOW)

    assert secret.encode() not in bytes(app.sealed_secret)
    with pytest.raises(AppCodeUsed):
        check_app_code(user=user, code=code, now=NOW)
    event = AuthenticationEvent.objects.get()
    assert (event.kind, event.method, event.browser) == (
        "method_added",
        "authenticator",
        "Firefox",
    )
    mail = OutgoingMail.objects.get()
    assert mail.template == "security_changed"
    assert "Phone" not in str(mail.context)


def test_an_account_has_at_most_ten_apps():
    user = make_user()
    for _number in range(10):
        make_app(user)
    secret = new_secret()

    with pytest.raises(MethodsFull):
        add_app(user=user, secret=secret, code=pyotp.TOTP(secret).at(NOW), name="x", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_one_code_one_is_refused():
    user = make_user()
    _app, secret = make_app(user)
    code = pyotp.TOTP(secret).at(NOW)
    start, results = threading.Barrier(2), []

    def run():
        start.wait()
        try:
            check_app_code(user=user, code=code, now=NOW)
            results.append("in")
        except AppCodeUsed:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["in", "refused"]
