"""The six-digit codes of the second step: sending them, checking them."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import journal, mails, ratelimits
from eservices.actions.accounts import ensure_device
from eservices.enums import Side
from eservices.errors import CodeTooOld, CodeTooSoon, CodeTriesOver, CodeWrong, TooMany
from eservices.models import User
from eservices.queries.people import seconds_until_next_code

#: So many wrong tries kill a code (NIST SP 800-63B 5.2.2 asks for a limit; 5 of a million is 1 in 200 000).
TRIES = 5
#: So many codes an hour; each wait and each mail costs the person's patience, not only the attacker's.
CODES_PER_HOUR = 12
#: Codes leave before every other mail.
URGENT = 50


def send_login_code(*, user: User, browser: str = "", now: datetime | None = None) -> EmailDevice:
    """Mail a new six-digit code to the account's address; the code before it is dead.

    `browser` is told in the mail, so that a stranger's attempt is recognised. The code itself is in no mail row: the
    letter takes it from the device when it leaves. Raises CodeTooSoon within the waiting time (60 seconds), TooMany
    above twelve codes an hour.
    """
    now = now or timezone.now()
    wait = seconds_until_next_code(ensure_device(user), now=now)
    if wait:
        raise CodeTooSoon(seconds=wait)
    ratelimits.allow(
        bucket="login-code",
        key=str(user.public_id),
        limit=CODES_PER_HOUR,
        window=timedelta(hours=1),
    )
    with transaction.atomic():
        device = EmailDevice.objects.select_for_update().get(user=user, name="default")
        if wait := seconds_until_next_code(device, now=now):  # another tab was faster
            raise CodeTooSoon(seconds=wait)
        device.generate_token(valid_secs=settings.OTP_EMAIL_TOKEN_VALIDITY, commit=False)
        device.last_generated_timestamp = now
        device.throttle_reset(commit=False)
        device.save()
        mails.send(
            template="login_code",
            to_user=user,
            key=f"login-code:{device.pk}:{now.timestamp():.6f}",
            context={"browser": browser},
            priority=URGENT,
        )
    return device


def check_login_code(*, user: User, code: str, now: datetime | None = None) -> EmailDevice:
    """Return the device when `code` is the last one mailed; it works once.

    Raises CodeWrong with the tries that are left, CodeTooOld, CodeTriesOver after five wrong tries, and TooMany with
    the seconds to wait: each wrong try doubles the wait (1, 2, 4… seconds). Counting happens under a lock, so that
    many requests at once get no more tries than one.
    """
    now = now or timezone.now()
    refusal: CodeWrong | CodeTooOld | CodeTriesOver | TooMany | None = None
    with transaction.atomic():
        device = EmailDevice.objects.select_for_update().get(user=user, name="default")
        allowed, why = device.verify_is_allowed()
        if device.throttling_failure_count >= TRIES:
            refusal = CodeTriesOver(field="otp_token")
        elif not device.token or now >= device.valid_until:
            refusal = CodeTooOld(field="otp_token")
        elif not allowed:
            seconds = math.ceil((why["locked_until"] - now).total_seconds())
            refusal = TooMany(field="otp_token", seconds=max(1, seconds))
        elif constant_time_compare(device.token, code):
            device.token = None
            device.valid_until = now
            device.throttle_reset(commit=False)
            device.cooldown_reset(commit=False)
            device.set_last_used_timestamp(commit=False)
            device.save()
        else:
            device.throttle_increment()
            tries = TRIES - device.throttling_failure_count
            if tries > 0:
                refusal = CodeWrong(field="otp_token", tries=tries)
            else:
                refusal = CodeTriesOver(field="otp_token")
                journal.record(subject=user, event="code_tries_over", actor=None, side=Side.SYSTEM)
    if refusal:  # raised here: inside, it would undo the counting
        raise refusal
    return device
