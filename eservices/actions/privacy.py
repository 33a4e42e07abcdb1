"""A person's own copy of everything, and its erasure, over all services (GDPR art. 15, 17 and 20)."""

import json
import shutil
import tempfile
import uuid
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django_otp import devices_for_user
from wagtail.users.models import UserProfile

from eservices.actions import (
    annexes,
    drafts,
    exports,
    idempotency,
    journal,
    memberships,
    ratelimits,
    sessions,
)
from eservices.actions.acting import person_acting
from eservices.actions.submissions import move
from eservices.contract import (
    ErasureReport,
    EService,
    Guarded,
    PersonalData,
    Requirement,
    Viewer,
    registry,
)
from eservices.enums import (
    InvitationState,
    SessionEnd,
    Side,
    SubmissionEvent,
    SubmissionState,
)
from eservices.errors import PasswordWrong, StaffAccount
from eservices.models import (
    Annex,
    EmailChange,
    JournalEntry,
    LoginPreference,
    OutgoingMail,
    PersonIdentifier,
    Profile,
    SpacePreference,
    User,
)
from eservices.queries.copies import erasable_drafts
from eservices.queries.copies import erasure_plan as files_plan
from eservices.queries.privacy import (
    account_copy,
    invitations_of,
    joined,
    mails_to,
    services_plan,
    with_account,
)
from eservices.queries.requirements import is_met

#: Copies are as large as all documents of a person: so many an hour are enough.
COPIES_PER_HOUR = 10
#: A copy up to so many bytes stays in memory, a larger one goes to disk.
IN_MEMORY = 8 * 1024 * 1024
#: The address of an account that was erased; nothing can be delivered there (RFC 2606).
ERASED_ADDRESS = "erased-%s@invalid"


def export(*, user: User, viewer: Viewer | None = None) -> IO[bytes]:
    """Return a zip with all that the portal holds about a person, at its start.

    What asks for a surer identification than the session of `viewer` has is left out, with a sentence that says how to
    get it. Without `viewer` the copy is whole: for whom the municipality itself has identified.

    One JSON for the account and one for each service, in UTF-8, and the documents in a folder of
    the service. Names are in the language of the account. Raises TooMany above ten an hour.
    """
    if viewer is not None:
        person_acting(viewer)
    hour = timedelta(hours=1)
    key = str(user.public_id)
    ratelimits.allow(bucket="privacy-export", key=key, limit=COPIES_PER_HOUR, window=hour)
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        journal.record(subject=locked, event="data_exported", actor=user, side=Side.CITIZEN)
    target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  handed out
    with translation.override(user.language), zipfile.ZipFile(target, "w") as archive:
        _write_json(archive, _("account"), account_copy(user))
        for service in registry:
            parts = list(service.export_personal_data(user))
            if parts:
                _write_service(archive, service, parts, viewer)
    target.seek(0)
    return target


def _write_service(
    archive: zipfile.ZipFile,
    service: EService,
    parts: Iterable[PersonalData],
    viewer: Viewer | None,
) -> None:
    folder = str(service.verbose_name or service.slug)
    if f"{get_valid_filename(folder)}.json" in archive.namelist():
        folder = f"{folder} {service.slug}"
    _write_json(archive, folder, {part.name: part.content for part in parts}, viewer)
    for part in parts:
        for document in part.documents:
            if document.requirement and not _may_have(viewer, document.requirement):
                continue
            now = timezone.localtime().timetuple()[:6]
            info = zipfile.ZipInfo(f"{get_valid_filename(folder)}/{document.name}", date_time=now)
            with document.open() as source, archive.open(info, "w", force_zip64=True) as entry:
                shutil.copyfileobj(source, entry)


class _CopyEncoder(DjangoJSONEncoder):
    """Opens guarded values to those who may have them."""

    def __init__(self, *, viewer: Viewer | None, **options: Any) -> None:
        super().__init__(**options)
        self.viewer = viewer

    def default(self, o: Any) -> Any:
        """Write one value that JSON does not know."""
        if isinstance(o, Guarded):
            return o.value if _may_have(self.viewer, o.requirement) else o.instead
        return super().default(o)


def _may_have(viewer: Viewer | None, requirement: Requirement) -> bool:
    return viewer is None or is_met(viewer, requirement)


def _write_json(
    archive: zipfile.ZipFile, name: str, content: Any, viewer: Viewer | None = None
) -> None:
    text = json.dumps(content, cls=_CopyEncoder, viewer=viewer, ensure_ascii=False, indent=2)
    path = f"{get_valid_filename(name)}.json"
    archive.writestr(path, text, compress_type=zipfile.ZIP_DEFLATED)


def erase_own(*, user: User, password: str) -> ErasureReport:
    """Erase what may go of one's own data, after the password proved who asks.

    Raises PasswordWrong (ten tries an hour, then TooMany) and StaffAccount.
    """
    hour = timedelta(hours=1)
    ratelimits.allow(bucket="privacy-erase", key=str(user.public_id), limit=10, window=hour)
    if not user.check_password(password):
        raise PasswordWrong(field="password")
    return erase(user=user, by=user)


@transaction.atomic
def erase(*, user: User, by: User | None) -> ErasureReport:
    """Erase all that may go: everything or, when a service fails, nothing.

    When nothing must stay the account is made nobody's: its row remains for the journal's hashes
    and holds nothing of the person. Else it stays usable, and goes with the last thing that is kept
    (see `finish_erasures`). Raises StaffAccount.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_staff or user.is_superuser:
        raise StaffAccount
    services = joined([service.erase_personal_data(user, by) for service in registry])
    report = with_account(services)
    _delete_open_links(user)
    idempotency.forget(user=user)
    journal.record(
        subject=user,
        event="erasure_asked" if services.kept else "account_erased",
        actor=by,
        side=Side.CITIZEN if by == user else Side.SYSTEM,
        data={"erased": len(report.erased), "kept": len(report.kept)},
    )
    if not services.kept:
        _make_nobodys(user)
    return report


def finish_erasures() -> int:
    """Erase the accounts that were kept only for files, once the services hold nothing more.

    Returns how many. Somebody who began anew meanwhile keeps the account until that is over too.
    """
    asked = JournalEntry.objects.filter(
        subject_type=User._meta.label_lower, event="erasure_asked"
    ).values("subject_id")
    count = 0
    for user in User.objects.filter(is_active=True, is_staff=False, public_id__in=asked):
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            plan = services_plan(locked)
            if not (plan.kept or plan.erased):
                erase(user=locked, by=None)
                count += 1
    return count


def erase_files(user: User, by: User | None) -> ErasureReport:
    """Erase the person's drafts with the rows of their documents, what was uploaded for a message that was never sent,
    and until when files were read; sent files stay, with the messages in them.

    Names of documents can tell as much as documents: nothing of them is left either.
    """
    report = files_plan(user)
    gone = []
    for draft in erasable_drafts(user):
        gone.append(draft.pk)
        if draft.state != SubmissionState.DRAFT:
            move(submission=draft, event=SubmissionEvent.REOPEN, by=by, side=Side.CITIZEN)
        drafts.discard(submission=draft, by=by or user)
    over = (SubmissionState.DISCARDED, SubmissionState.EXPIRED)
    Annex.objects.filter(submission__profile__user=user, submission__state__in=over).delete()
    Annex.objects.filter(submission__in=gone).delete()
    exports.delete_of(user=user)
    annexes.drop_staged(of=user)
    user.read_marks.all().delete()
    return report


def _delete_open_links(user: User) -> None:
    """Delete invitations and changes of address that wait, with the mails that carry their links."""
    waiting = EmailChange.objects.filter(user=user, used_at=None)
    _mails_about(waiting).delete()
    waiting.delete()
    invitations_of(user).filter(state=InvitationState.PENDING).delete()


def _mails_about(changes: Iterable[EmailChange]) -> Any:
    names = [str(change.public_id) for change in changes]
    keys = [f"{kind}:{name}" for kind in ("new-address", "address-changed") for name in names]
    return OutgoingMail.objects.filter(key__in=keys)


def _make_nobodys(user: User) -> None:
    """Take from an account all that names its person, and every way to log in."""
    changes = EmailChange.objects.filter(user=user)
    old_addresses = list(changes.values_list("old_email", flat=True))
    _mails_about(changes).delete()
    OutgoingMail.objects.filter(Q(address__in=old_addresses), to_user=None).delete()
    mails_to(user).delete()
    changes.delete()
    invitations_of(user).delete()
    user.terms.all().delete()
    user.details_reports.all().delete()
    user.notice_choices.all().delete()
    user.notices.all().delete()
    SpacePreference.objects.filter(user=user).delete()
    memberships.forget(user=user)
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    LoginPreference.objects.filter(user=user).delete()
    PersonIdentifier.objects.filter(user=user).delete()
    user.identities.all().delete()
    for log in (AccessAttempt, AccessFailureLog, AccessLog):
        log.objects.filter(username__iexact=user.email).delete()
    UserProfile.objects.filter(user=user).delete()
    user.groups.clear()
    user.user_permissions.clear()
    Profile.objects.filter(user=user).update(name="", phone="")
    user.email = ERASED_ADDRESS % uuid.uuid4()
    user.first_name = user.last_name = ""
    user.locked_fields = {}
    user.mail_bounced_at = None
    user.last_login = None
    user.is_active = False
    user.set_unusable_password()
    user.save()
    _end_sessions(user)


def _end_sessions(user: User) -> None:
    """End the sessions of an account and delete those of its browsers; they are found by what is in them."""
    sessions.end_all(user=user, reason=SessionEnd.ERASED)
    user.portal_sessions.update(browser="", network="", proofs=[], profile=None)
    user.authentication_events.all().delete()
    wanted = str(user.pk)
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get("_auth_user_id") == wanted:
            session.delete()
