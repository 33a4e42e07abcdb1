"""Answers about notices: whose they are, how many are unread, and their words in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from eservices.contract import EService, Viewer, registry
from eservices.enums import Channel, DeliveryState, NoticeKind
from eservices.errors import NotFound
from eservices.models import Delivery, Notice, OutgoingMail, Submission, User
from eservices.queries.ebox import is_offered
from eservices.queries.profiles import memberships_of
from eservices.queries.submissions import HEAVY

#: What a notice says, by the name of its words; what is not here is said by its kind.
_TITLES = {
    "submission_received": gettext_lazy("We have received your request"),
    "submission_decided": gettext_lazy("The decision is in your file"),
    "draft_expires": gettext_lazy("Your draft will soon be deleted"),
    "file_expires": gettext_lazy("Your file will soon be deleted"),
    "correction_unsent": gettext_lazy("Your changes are not sent yet"),
    "export_ready": gettext_lazy("Your list is ready"),
    "document_from_us": gettext_lazy("A document of the municipality is in your file"),
    "annex_infected": gettext_lazy("A document with a virus was deleted"),
    "annex_infected_team": gettext_lazy("A document with a virus was deleted"),
    "ebox_document": gettext_lazy("A new official document"),
    "ebox_published": gettext_lazy("A new official document in your eBox"),
    "ebox_reminder": gettext_lazy("An official document waits to be opened"),
    "test_mail": gettext_lazy("A test mail"),
    "mail_returned": gettext_lazy("A mail to the citizen came back"),
    "delivery_failed": gettext_lazy("An official document could not be delivered electronically"),
}
#: The same for what can happen several times in a burst.
_COUNTED = {
    "message_to_citizen": ngettext_lazy(
        "A new message from the municipality", "%(n)s new messages from the municipality", "n"
    ),
    "message_to_team": ngettext_lazy(
        "A new message from the citizen", "%(n)s new messages from the citizen", "n"
    ),
}
_KINDS = {
    NoticeKind.RECEIPT: gettext_lazy("We have received your request"),
    NoticeKind.PROGRESS: gettext_lazy("Something has moved in your file"),
    NoticeKind.QUESTION: gettext_lazy("The municipality asks something of you"),
    NoticeKind.REMINDER: gettext_lazy("A date is coming nearer"),
    NoticeKind.DECISION: gettext_lazy("The decision is in your file"),
    NoticeKind.DOCUMENT: gettext_lazy("A new official document"),
    NoticeKind.TEAM: gettext_lazy("Something has happened in a file of your team"),
}
_ICONS = {
    NoticeKind.RECEIPT: "circle-check",
    NoticeKind.PROGRESS: "refresh-cw",
    NoticeKind.QUESTION: "message-square",
    NoticeKind.REMINDER: "clock",
    NoticeKind.DECISION: "landmark",
    NoticeKind.DOCUMENT: "mailbox",
    NoticeKind.TEAM: "users-round",
}


@dataclass(frozen=True, kw_only=True)
class ShownNotice:
    """A notice as it is read: title, the procedure it is about, how often, and where it leads."""

    notice: Notice
    title: str
    about: str
    reference: str
    icon: str
    space: str
    path: str

    @property
    def is_unread(self) -> bool:
        """Whether it was not opened yet."""
        return self.notice.read_at is None


def notices_of(user: User) -> QuerySet[Notice]:
    """Return what a person may read today, newest first: a right that has ended takes its notices with it."""
    usable = memberships_of(user).values("profile")
    allowed = Q(profile=None) | Q(profile__user=user) | Q(profile__in=usable)
    return (
        Notice.objects.filter(allowed, user=user)
        .select_related("submission__procedure", "profile")
        .defer(*(f"submission__{name}" for name in HEAVY))
    )


def unread_count(viewer: Viewer) -> int:
    """Return how many notices a person has not read, over all spaces; none for who only looks."""
    if viewer.user is None or viewer.agent is not None:
        return 0
    usable = memberships_of(viewer.user).values("profile").order_by()
    allowed = Q(profile=None) | Q(profile__user=viewer.user) | Q(profile__in=usable)
    return Notice.objects.filter(allowed, user=viewer.user, read_at=None).count()


def notice_named(user: User, public_id: UUID) -> Notice:
    """Return one of a person's notices; raises NotFound for others and for what does not exist."""
    row = notices_of(user).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def shown(notices: Iterable[Notice], user: User) -> list[ShownNotice]:
    """Return notices in words of the active language, with one query for the names of all spaces."""
    rows = list(notices)
    foreign = any(row.profile is not None and row.profile.user_id is None for row in rows)
    names = {m.profile_id: m.shown_name for m in memberships_of(user)} if foreign else {}
    return [
        ShownNotice(
            notice=row,
            title=title_of(row),
            about=row.submission.procedure.title if row.submission else "",
            reference=_reference_of(row),
            icon=_ICONS.get(NoticeKind(row.kind), "bell"),
            space=names.get(row.profile_id or 0, ""),
            path=path_of(row),
        )
        for row in rows
    ]


def title_of(notice: Notice) -> str:
    """Return what a notice says, in the active language."""
    if notice.event in _COUNTED:
        return str(_COUNTED[notice.event] % {"n": notice.count})
    service = _service_of(notice)
    words = service.notice_titles.get(notice.event) if service else _TITLES.get(notice.event)
    words = str(words or _KINDS[NoticeKind(notice.kind)])
    if notice.count == 1:
        return words
    more = notice.count - 1
    return ngettext("%(words)s, and once more", "%(words)s, and %(n)s times more", more) % {
        "words": words,
        "n": more,
    }


def path_of(notice: Notice) -> str:
    """Return where a notice leads: its own path, else the page of its file for its side, else the list."""
    if notice.path:
        return notice.path
    if (message := notice.facts.get("ebox")) and is_offered():
        return reverse("ebox-message", args=[message])
    if notice.submission is None:
        service = _service_of(notice)
        return (service.notice_path(notice) if service else "") or reverse("notices")
    if notice.kind == NoticeKind.TEAM:
        return reverse("agent-file", args=[notice.submission.reference])
    return reverse("submission", args=[notice.submission.reference])


def _reference_of(notice: Notice) -> str:
    return notice.submission.reference if notice.submission else notice.facts.get("reference", "")


def _service_of(notice: Notice) -> EService | None:
    """Return the service that wrote a notice about something of its own; None for notices about files."""
    return registry.get(notice.facts.get("service", ""))


def waiting_for_digest() -> QuerySet[Delivery]:
    """Return the deliveries that wait for the daily letter and whose notices were not read yet."""
    waiting = Delivery.objects.filter(channel=Channel.DIGEST, state=DeliveryState.QUEUED, mail=None)
    return waiting.filter(notice__read_at=None, notice__user__is_active=True)


@dataclass(frozen=True, kw_only=True)
class ShownDelivery:
    """How the letter of one notice about a file fared, for the agents of the file."""

    delivery: Delivery
    title: str
    receiver: str
    error: str


def deliveries_of(submission: Submission) -> list[ShownDelivery]:
    """Return how the citizen's notices about a file have left, newest first; with one query."""
    rows = (
        Delivery.objects.filter(notice__submission=submission)
        .exclude(notice__kind=NoticeKind.TEAM)
        .exclude(channel=Channel.SPACE)
        .select_related("notice__user", "mail")
    )
    return [
        ShownDelivery(
            delivery=row,
            title=title_of(row.notice),
            receiver=row.notice.user.display_name,
            error=row.mail.error if row.mail else "",
        )
        for row in rows[:20]
    ]


def notices_copy(user: User) -> list[dict[str, object]]:
    """Return all notices of a person in words, for the copy of their data."""
    rows = Notice.objects.filter(user=user).select_related("submission__procedure", "profile")
    rows = rows.defer(*(f"submission__{name}" for name in HEAVY)).prefetch_related("deliveries")
    return [
        {
            "at": row.created_at,
            "kind": row.kind,
            "words": title_of(row),
            "file": _reference_of(row),
            "times": row.count,
            "read_at": row.read_at,
            "deliveries": [
                {"channel": way.channel, "state": way.state, "at": way.changed_at}
                for way in row.deliveries.all()
            ],
        }
        for row in rows
    ]


def test_mail_of(user: User) -> OutgoingMail | None:
    """Return the last test mail that a person asked for."""
    return OutgoingMail.objects.filter(to_user=user, template="test_mail").first()


def bounce_words(user: User) -> str:
    """Return what somebody must know whose address sends mails back; empty when it works."""
    if user.mail_bounced_at is None:
        return ""
    return _(
        "Our last e-mail to %(address)s came back. Correct your address, otherwise decisions and questions do not "
        "reach you."
    ) % {"address": user.email}
