"""What the letters about accounts say beyond their row: codes and links, made at the moment of sending."""

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import email_changes, invitations
from eservices.actions.mails import language_of, mail_extra
from eservices.models import EmailChange, Invitation, OutgoingMail


@mail_extra("login_code")
def login_code(mail: OutgoingMail) -> dict[str, Any]:
    """Return the last code of the person's device; an older letter that leaves late carries the last code too."""
    device = EmailDevice.objects.get(user=mail.to_user, name="default")
    code = device.token if device.token and device.valid_until > timezone.now() else ""
    return {
        "code": code,
        "valid_until": device.valid_until,
    }


@mail_extra("invitation")
def invitation(mail: OutgoingMail) -> dict[str, Any]:
    """Return the link of the invitation's last round."""
    row = Invitation.objects.get(public_id=mail.context["invitation"])
    token = invitations.token_of(row)
    return {
        "invitation": row,
        "link_path": reverse("invitation-open", args=[token]),
        "valid_until": row.expires_at,
    }


@mail_extra("password_reset")
def password_reset(mail: OutgoingMail) -> dict[str, Any]:
    """Return a link that lives for one hour from now and dies with the present password."""
    user = mail.to_user
    token = default_token_generator.make_token(user)
    return {"link_path": reverse("password-reset-open", args=[user.public_id, token])}


@mail_extra("new_address")
def new_address(mail: OutgoingMail) -> dict[str, Any]:
    """Return the link that confirms a new address."""
    change = EmailChange.objects.select_related("user").get(public_id=mail.context["change"])
    token = email_changes.token_of(change)
    return {
        "receiver": change.user,
        "link_path": reverse("email-change-open", args=[token]),
        "valid_until": change.expires_at,
    }


@mail_extra("address_changed")
def address_changed(mail: OutgoingMail) -> dict[str, Any]:
    """Return the link that undoes the change of an address."""
    change = EmailChange.objects.select_related("user").get(public_id=mail.context["change"])
    token = email_changes.undo_token_of(change)
    return {"receiver": change.user, "link_path": reverse("email-undo-open", args=[token])}


@mail_extra("password_changed")
@mail_extra("account_exists")
def ways_in(mail: OutgoingMail) -> dict[str, Any]:
    """Return the way to a new password, and to the login page."""
    return {
        "link_path": reverse("login"),
        "reset_path": reverse("password-reset"),
        "language": language_of(mail),
    }
