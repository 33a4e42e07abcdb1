"""Backup codes: ten codes on paper for the day when every other method is lost."""

import re
import secrets
import unicodedata
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices import keyring
from eservices.actions import mails
from eservices.actions.code_tries import count_wrong, forget_wrong, refusal_now
from eservices.actions.login_methods import tell_change
from eservices.enums import AuthenticationEventKind, Method
from eservices.errors import BackupCodeWrong, DomainError, MethodUnknown
from eservices.models import BackupCode, BackupCodes, PortalSession, User

#: So many codes are made at once.
CODES = 10
#: Without letters and digits that look alike on paper: 31 signs, ten of them hold 49 bits.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
HALF = 5


def make_backup_codes(
    *,
    user: User,
    browser: str = "",
    session: PortalSession | None = None,
    now: datetime | None = None,
) -> list[str]:
    """Make ten new codes and return them: the only time that anybody sees them. The codes before are void."""
    now = now or timezone.now()
    codes = [new_code() for _number in range(CODES)]
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        BackupCodes.objects.filter(user=locked).delete()
        device = BackupCodes.objects.create(user=locked, name="backup", confirmed=True)
        BackupCode.objects.bulk_create(
            BackupCode(codes=device, code_hash=_hashes(locked, code)[0]) for code in codes
        )
        kind = AuthenticationEventKind.CODES_MADE
        tell_change(
            user=locked,
            kind=kind,
            method=Method.BACKUP_CODE,
            browser=browser,
            session=session,
            now=now,
        )
    return codes


def new_code() -> str:
    """Return a code as it is printed: XXXXX-XXXXX."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(2 * HALF))
    return f"{signs[:HALF]}-{signs[HALF:]}"


def normal_code(typed: str) -> str:
    """Return what somebody typed as it is printed, whatever its case, spaces and hyphens."""
    signs = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()
    return f"{signs[:HALF]}-{signs[HALF:]}"


def are_own_codes(*, user: User, codes: list[str]) -> bool:
    """Whether all of these are unused codes of the person: only such a list is given out as a file."""
    unused = set(_unused(user).values_list("code_hash", flat=True))
    return bool(codes) and all(unused & set(_hashes(user, code)) for code in codes)


def use_backup_code(
    *, user: User, code: str, browser: str = "", now: datetime | None = None
) -> int:
    """Use up one code; returns how many are left, and tells the person by mail.

    Raises BackupCodeWrong with the tries that are left, TooMany with the seconds to wait, MethodTriesOver after five
    wrong codes, MethodUnknown for somebody without codes. Two requests with one code: one of them is refused.
    """
    now = now or timezone.now()
    refusal: DomainError | None
    left = 0
    with transaction.atomic():
        device = BackupCodes.objects.select_for_update().filter(user=user).first()
        if device is None:
            raise MethodUnknown(field="backup_code")
        refusal = refusal_now([device], field="backup_code", now=now)
        if refusal is None:
            used = _unused(user).filter(code_hash__in=_hashes(user, code)).update(used_at=now)
            if used:
                forget_wrong([device])
                device.last_used_at = now
                device.save(update_fields=["last_used_at"])
                left = _unused(user).count()
                _tell_use(user=user, left=left, browser=browser, now=now)
            else:
                tries = count_wrong([device], now=now)
                refusal = BackupCodeWrong(field="backup_code", tries=tries)
    if refusal:  # raised here: inside, it would undo the counting
        raise refusal
    return left


def _tell_use(*, user: User, left: int, browser: str, now: datetime) -> None:
    mails.send(
        template="backup_code_used",
        to_user=user,
        key=f"backup-code-used:{user.public_id}:{now.timestamp():.6f}",
        context={"left": left, "browser": browser, "at": now.isoformat()},
        priority=30,
    )


def _unused(user: User) -> QuerySet[BackupCode]:
    return BackupCode.objects.filter(codes__user=user, used_at=None)


def _hashes(user: User, code: str) -> list[str]:
    """Return the keyed hashes of a code, newest key first; they differ from person to person."""
    return keyring.lookups(normal_code(code), kind=f"backup-code:{user.public_id}")
