"""The first login by an identity provider: a mailbox is proved by a code, then the account opens.

No account exists before the right code. The code is derived from a secret round, so that neither the mail's row nor the
session holds it. An address that has an account already gets a mail that says so, in place of the code: whoever typed
it sees the same pages (invariant I12).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from eservices.actions import journal, mails, ratelimits
from eservices.actions.accounts import accept_terms, ensure_device
from eservices.actions.identities import check, link, person_for
from eservices.contract import VerifiedIdentity
from eservices.enums import InvitationState, Level, ProfileKind, Side
from eservices.errors import CodeTooOld, CodeTriesOver, CodeWrong, Conflict, TooMany
from eservices.identifiers import normal_email
from eservices.models import Profile, TermsVersion, User

#: So many wrong tries kill a code, as at every login.
TRIES = 5
#: So many mails an hour go to one address.
MAILS_PER_HOUR = 5
#: Codes leave before every other mail.
URGENT = 50


def opening_code(round_id: str) -> str:
    """Return the six digits of one round; only who knows the round and the secret key can."""
    digest = salted_hmac("eservices.opening-code", round_id, algorithm="sha256").digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def send_opening_code(*, email: str, language: str, round_id: str, browser: str = "") -> None:
    """Mail the code of a round to an address, or that it has an account already.

    The caller learns nothing. Raises TooMany when one address is asked for too often, known or not.
    """
    address = normal_email(email)
    ratelimits.allow(
        bucket="opening-mail", key=address, limit=MAILS_PER_HOUR, window=timedelta(hours=1)
    )
    with transaction.atomic():
        known = User.objects.filter(email=address).first()
        if known is not None and not _is_waiting(known):
            if known.is_active:
                mails.send(
                    template="account_exists",
                    to_user=known,
                    key=f"account-exists:{round_id}",
                    priority=URGENT,
                )
            return
        mails.send(
            template="identity_code",
            address=address,
            language=language,
            key=f"identity-code:{round_id}",
            context={"round": round_id, "browser": browser, "sent_at": timezone.now().isoformat()},
            priority=URGENT,
        )


def code_valid_until(sent_at: datetime) -> datetime:
    """Return until when a code can be typed in (OTP_EMAIL_TOKEN_VALIDITY seconds)."""
    return sent_at + timedelta(seconds=settings.OTP_EMAIL_TOKEN_VALIDITY)


def check_opening_code(
    *, round_id: str, code: str, sent_at: datetime, tries: int, now: datetime | None = None
) -> None:
    """Raise CodeWrong, CodeTooOld or CodeTriesOver unless `code` is the one of the round.

    `tries` says how many were made before, for the words; the limit itself is counted in the database, so that many
    requests at once get no more tries than one.
    """
    if (now or timezone.now()) >= code_valid_until(sent_at):
        raise CodeTooOld(field="otp_token")
    try:
        ratelimits.allow(
            bucket="opening-code", key=round_id, limit=TRIES, window=timedelta(hours=1)
        )
    except TooMany as error:
        raise CodeTriesOver(field="otp_token") from error
    if not constant_time_compare(opening_code(round_id), code):
        left = TRIES - tries - 1
        if left <= 0:
            raise CodeTriesOver(field="otp_token")
        raise CodeWrong(field="otp_token", tries=left)


@transaction.atomic
def open_account(
    *,
    identity: VerifiedIdentity,
    email: str,
    language: str,
    accepted_terms: bool,
    terms: TermsVersion | None,
    first_name: str = "",
    last_name: str = "",
    now: datetime | None = None,
) -> User:
    """Open the account of somebody who proved an identity and a mailbox; it has no password.

    Names that the identity vouches for win over typed ones. Returns the account that another browser opened meanwhile
    with the same identity. Somebody who was invited and stopped before the code gets the account that was waiting.
    Raises Conflict when the address has an account, TermsNotAccepted, and what `identities.link` raises.
    """
    now = now or timezone.now()
    check(identity)
    person = person_for(identity=identity, now=now)
    if person is not None:
        return person
    address = normal_email(email)
    user = User.objects.select_for_update().filter(email=address).first()
    if user is not None and not _is_waiting(user):
        raise Conflict(field="email")
    user = user or User(email=address)
    vouched = identity.level >= Level.SUBSTANTIAL
    user.first_name = ((vouched and identity.first_name) or first_name).strip()[:150]
    user.last_name = ((vouched and identity.last_name) or last_name).strip()[:150]
    user.language, user.is_active = language, True
    user.set_unusable_password()
    user.save()
    Profile.objects.update_or_create(
        user=user, defaults={"kind": ProfileKind.CITIZEN, "name": user.display_name}
    )
    ensure_device(user)
    data = {"provider": identity.provider}
    journal.record(subject=user, event="account_opened", actor=user, side=Side.CITIZEN, data=data)
    user.invitations.filter(state=InvitationState.PENDING).update(state=InvitationState.ACCEPTED)
    accept_terms(user=user, version=terms, accepted=accepted_terms, language=language)
    link(user=user, identity=identity, notice=False, now=now)
    user.refresh_from_db()
    return user


def _is_waiting(user: User) -> bool:
    """Whether an account was begun after an invitation and never activated: nobody has ever been inside."""
    return not user.is_active and user.invitations.filter(state=InvitationState.PENDING).exists()
