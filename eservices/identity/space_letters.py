"""What the letters about spaces say beyond their row: names and days, looked up at the moment of sending."""

from typing import Any

from django.urls import reverse

from eservices.actions.mails import mail_extra
from eservices.enums import MembershipRole
from eservices.models import ColleagueInvitation, Membership, OutgoingMail


@mail_extra("membership_confirmed")
@mail_extra("membership_ended")
@mail_extra("membership_role")
def membership(mail: OutgoingMail) -> dict[str, Any]:
    """Return what a letter about somebody's right to act says; the link leads to "My spaces"."""
    row = Membership.objects.select_related("profile__organisation").get(
        public_id=mail.context["membership"]
    )
    return {
        "space": row.shown_name,
        "is_admin": row.role == MembershipRole.ADMIN,
        "valid_until": row.valid_until,
        "reason": row.end_reason,
        "link_path": reverse("spaces"),
    }


@mail_extra("colleague_invited")
@mail_extra("colleague_answered")
def colleague(mail: OutgoingMail) -> dict[str, Any]:
    """Return what the letters between an administrator and an invited colleague say."""
    row = ColleagueInvitation.objects.select_related("profile", "invited_by", "user").get(
        public_id=mail.context["invitation"]
    )
    return {
        "space": row.profile.name,
        "sender": row.invited_by.display_name if row.invited_by else row.profile.name,
        "colleague": row.user.display_name if row.user else row.email,
        "valid_until": row.expires_at,
        "link_path": reverse("spaces"),
    }
