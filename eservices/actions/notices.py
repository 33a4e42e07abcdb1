"""Telling people about their files: a row in the space always, a letter by the channel that they chose.

In the space a notice is read whatever was chosen; its words are made when it is read (queries.notices). A choice may
keep the letter from leaving, never the row. Several happenings of one kind in one file within ten minutes, of which
the first was not read yet, are one notice and one letter.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from eservices.actions import mails
from eservices.enums import LEGAL_NOTICES, Channel, DeliveryState, NoticeKind
from eservices.models import Delivery, Notice, OutgoingMail, Profile, Submission, User
from eservices.queries.ebox import announced_by_ebox
from eservices.queries.preferences import channel_for, chosen_channel

#: Happenings within this time of the first are one burst.
BURST = timedelta(minutes=10)
#: Notices are kept so long, read or not.
KEEP = timedelta(days=365)
#: A burst that counts higher says no more.
MOST = 999


@transaction.atomic
def notify(
    *,
    kind: NoticeKind,
    profile: Profile | None,
    to_user: User,
    template: str,
    key: str,
    context: dict[str, Any] | None = None,
    submission: Submission | None = None,
    path: str = "",
    facts: Mapping[str, Any] | None = None,
    burst: bool = False,
    address: str = "",
    now: datetime | None = None,
) -> OutgoingMail | None:
    """Write a notice for one person, and its letter where the person wants one, in the caller's transaction.

    `template` names the words in the space and the letter; `context` is that of the letter, and its "submission" names
    the file when `submission` is not given. `path` is where the notice leads when that is not the file's page, below no
    language (/admin/…). `facts` hold counts and references, never names or texts. A second call with one `key` changes
    nothing. With `burst` the notice joins an unread one of the same kind, words and file that is younger than ten
    minutes. `address` is where the letter goes, whatever was chosen: the one that a person gave for the eBox.

    Returns the letter; None when the person reads this kind in the space only or once a day. Decisions and questions
    (LEGAL_NOTICES) always leave at once, unless the eBox has announced the document itself.
    """
    now = now or timezone.now()
    submission = submission or _file_named(context)
    old = Notice.objects.filter(key=key).first()
    if old is None and burst:
        old = _join(key=key, to_user=to_user, kind=kind, event=template, file=submission, now=now)
    if old is not None:
        return _letter_of(old)
    try:
        with transaction.atomic():
            notice = Notice.objects.create(
                user=to_user,
                profile=profile,
                submission=submission,
                kind=kind,
                event=template,
                key=key,
                path=path,
                facts=dict(facts or {}),
                created_at=now,
            )
    except IntegrityError:  # another process was faster
        return _letter_of(Notice.objects.get(key=key))
    Delivery.objects.create(
        notice=notice, channel=Channel.SPACE, state=DeliveryState.SENT, created_at=now
    )
    return _send(notice, context, address)


def _send(notice: Notice, context: dict[str, Any] | None, address: str) -> OutgoingMail | None:
    """Write the letter of a new notice, or down why there is none."""
    channel, mail = Channel.MAIL if address else _channel(notice), None
    if channel == Channel.MAIL:
        mail = mails.send(
            template=notice.event,
            to_user=notice.user,
            address=address or None,
            key=notice.key,
            context=context,
        )
    kept_back = channel == Channel.SPACE
    Delivery.objects.create(
        notice=notice,
        channel=Channel.DIGEST if channel == Channel.DIGEST else Channel.MAIL,
        state=DeliveryState.SUPPRESSED if kept_back else DeliveryState.QUEUED,
        mail=mail,
        created_at=notice.created_at,
    )
    if mail is not None:  # a letter with this key may have left already
        mails.follow(mail)
    return mail


def _channel(notice: Notice) -> Channel:
    kind = NoticeKind(notice.kind)
    if kind in LEGAL_NOTICES and announced_by_ebox(notice):
        return chosen_channel(user=notice.user, profile=notice.profile, kind=kind)
    return channel_for(user=notice.user, profile=notice.profile, kind=kind)


def _join(
    *,
    key: str,
    to_user: User,
    kind: NoticeKind,
    event: str,
    file: Submission | None,
    now: datetime,
) -> Notice | None:
    """Count one more happening in the burst that is going on; None when there is none.

    Keys of what was joined are kept with the notice, so that telling twice counts once.
    """
    open_ones = Notice.objects.select_for_update().filter(
        user=to_user, kind=kind, event=event, submission=file, created_at__gt=now - BURST
    )
    row = open_ones.order_by("-created_at").first()
    if row is None:
        return None
    joined = row.facts.get("joined", [])
    if key in joined:
        return row
    if row.read_at is not None:
        return None
    row.facts = {**row.facts, "joined": [*joined, key]}
    row.count = min(row.count + 1, MOST)
    row.save(update_fields=["facts", "count"])
    return row


def _file_named(context: Mapping[str, Any] | None) -> Submission | None:
    name = (context or {}).get("submission")
    return Submission.objects.filter(public_id=name).first() if name else None


def _letter_of(notice: Notice) -> OutgoingMail | None:
    row = notice.deliveries.filter(channel=Channel.MAIL).select_related("mail").first()
    return row.mail if row else None


def notify_team(
    *,
    submission: Submission,
    event: str,
    key: str,
    by: User | None = None,
    path: str = "",
    context: dict[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> list[OutgoingMail]:
    """Tell who handles a file: its agent or, while nobody has it in charge, every member of its team.

    `event` is the template of the letter and of the words in the space. `by` is not told of their own act. Bursts are
    one notice for each reader. Returns the letters.
    """
    readers = (
        [submission.assignee]
        if submission.assignee is not None and submission.assignee.is_active
        else list(submission.team.members.filter(is_active=True).order_by("pk"))
    )
    letters = [
        notify(
            kind=NoticeKind.TEAM,
            profile=None,
            to_user=reader,
            template=event,
            key=f"{key}:{reader.public_id}",
            context={"submission": str(submission.public_id), **(context or {})},
            submission=submission,
            path=path,
            facts=facts,
            burst=True,
            now=now,
        )
        for reader in readers
        if by is None or reader.pk != by.pk
    ]
    return [letter for letter in letters if letter is not None]


def mark_read(*, notices: QuerySet[Notice], now: datetime | None = None) -> int:
    """Mark notices as read; returns how many were not. Those that wait for the daily letter stay out of it."""
    return notices.filter(read_at=None).update(read_at=now or timezone.now())


def mark_file_read(*, submission: Submission, user: User, now: datetime | None = None) -> int:
    """Mark all notices of one person about a file as read: whoever has the file open has seen what they tell."""
    return mark_read(notices=Notice.objects.filter(user=user, submission=submission), now=now)


def forget_old(*, now: datetime | None = None) -> int:
    """Delete notices that are older than a year; returns how many."""
    limit = (now or timezone.now()) - KEEP
    return Notice.objects.filter(created_at__lt=limit).delete()[1].get(Notice._meta.label, 0)
