"""Answers about the eBox: who has activated it, which official documents lie in it, and who may open them."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from eservices import pdf
from eservices.contract import Viewer, registry
from eservices.enums import EboxState, Level, NoticeKind, ProfileKind
from eservices.errors import NotFound
from eservices.letterhead import municipality
from eservices.models import EboxActivation, EboxMessage, Notice, OutgoingMail, Profile, User
from eservices.models.procedures import in_language
from eservices.queries.profiles import confirmed_members
from eservices.queries.requirements import Asking, asking_for_reading, asking_of_service

SERVICE = "ebox"


def is_offered() -> bool:
    """Whether this installation has the eBox."""
    return SERVICE in registry


def activation_of(user: User) -> EboxActivation | None:
    """Return the eBox that a person uses; None before the address is confirmed and after it was ended."""
    return EboxActivation.objects.filter(
        user=user, confirmed_at__isnull=False, ended_at=None
    ).first()


def bounce_words(user: User) -> str:
    """Return what somebody must know whose address for announcements sends mails back; empty when it works.

    It works again once it is confirmed anew, or another one is. The address of the account has its own warning
    (queries.notices).
    """
    returned = OutgoingMail.objects.filter(
        to_user=OuterRef("user"), address=OuterRef("email"), bounced_at__gt=OuterRef("confirmed_at")
    )
    row = (
        EboxActivation.objects.filter(Exists(returned), user=user, ended_at=None)
        .exclude(email=user.email)
        .first()
    )
    if row is None or not is_offered():
        return ""
    return _(
        "Our last e-mail to %(address)s came back. Give another address for your eBox, otherwise you do not hear of "
        "new official documents."
    ) % {"address": row.email}


def receivers_of(profile: Profile) -> list[User]:
    """Return who is told of a document for a profile: its person, or the confirmed members of the organisation."""
    if profile.kind == ProfileKind.CITIZEN:
        return [profile.user] if profile.user is not None and profile.user.is_active else []
    return [row.user for row in confirmed_members(profile) if row.user.is_active]


def messages_for(viewer: Viewer) -> QuerySet[EboxMessage]:
    """Return the documents of the profile that the viewer acts for, newest first.

    Declared members of an organisation see none: nobody has confirmed their right yet.
    """
    if viewer.profile is None or not viewer.sees_whole_profile:
        return EboxMessage.objects.none()
    rows = EboxMessage.objects.filter(profile=viewer.profile).exclude(state=EboxState.PREPARED)
    return rows.select_related("team", "submission__procedure", "opened_by").order_by(
        "-published_at", "-pk"
    )


def message_for(viewer: Viewer, public_id: UUID) -> EboxMessage:
    """Return one of these documents; raises NotFound for others and for what does not exist."""
    row = messages_for(viewer).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def unopened_count(viewer: Viewer) -> int:
    """Return how many documents wait to be opened by who has activated the eBox; none for who only looks."""
    if viewer.user is None or viewer.agent is not None:
        return 0
    rows = messages_for(viewer).filter(state=EboxState.PUBLISHED).order_by()
    active = EboxActivation.objects.filter(user=viewer.user, ended_at=None).exclude(
        confirmed_at=None
    )
    return rows.filter(Exists(active)).count()


def asking_for(message: EboxMessage) -> Asking:
    """Return what opening a document asks: what the eBox asks, or its file where that asks for more."""
    asked = asking_of_service(registry[SERVICE])
    if message.submission is None:
        return asked
    file = asking_for_reading(message.submission)
    return file if file.requirement.level > asked.requirement.level else asked


def title_in(message: EboxMessage, language: str | None = None) -> str:
    """Return the title of a document in a language (default: the active one)."""
    return in_language(message.titles, language) if language else in_language(message.titles)


def announced_by_ebox(notice: Notice) -> bool:
    """Whether the eBox has delivered the decision that a notice tells, and has announced it to this person by mail."""
    file = notice.submission
    if file is None or notice.kind != NoticeKind.DECISION or file.decided_at is None:
        return False
    delivered = EboxMessage.objects.filter(
        submission=file, profile=notice.profile_id, published_at__gte=file.decided_at
    )
    return activation_of(notice.user) is not None and delivered.exists()


def receipt_pdf(message: EboxMessage, language: str) -> bytes:
    """Return the receipt of a document as PDF/UA-1: names and hashes of its files, times, who opened it."""
    with translation.override(language):
        context = {
            "language": language,
            "title": _("Receipt of an official document"),
            "message": message,
            "name": title_in(message),
            "documents": [part.annex for part in message.documents.select_related("annex")],
            "receiver": message.profile.name,
            "municipality": municipality(language),
            "reference": message.submission.reference if message.submission else "",
            "font_dir": pdf.font_folder().as_uri() if pdf.font_folder().is_dir() else "",
        }
        return pdf.to_pdf(render_to_string("print/ebox_receipt.html", context))


def own_messages(user: User) -> QuerySet[EboxMessage]:
    """Return the documents for a person as a citizen, oldest first."""
    rows = EboxMessage.objects.filter(profile__user=user).exclude(state=EboxState.PREPARED)
    return rows.prefetch_related("documents__annex").order_by("published_at", "pk")


def ebox_copy(user: User) -> dict[str, Any]:
    """Return the activation and the documents of a person, for the copy of their data."""
    activation = EboxActivation.objects.filter(user=user).first()
    return {
        "activation": activation
        and {
            "email": activation.email,
            "confirmed_at": activation.confirmed_at,
            "ended_at": activation.ended_at,
        },
        "documents": [
            {
                "title": title_in(row),
                "published_at": row.published_at,
                "opened_at": row.opened_at,
                "reminded_at": row.reminded_at,
                "level": Level(row.required_level).name.lower(),
                "files": [
                    {"name": part.annex.name, "sha256": part.annex.sha256}
                    for part in row.documents.all()
                ],
            }
            for row in own_messages(user)
        ],
    }
