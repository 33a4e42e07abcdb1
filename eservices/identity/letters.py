"""What the letters about accounts say beyond their row: codes and links, made at the moment of sending."""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import email_changes, invitations
from eservices.actions.first_logins import code_valid_until, opening_code
from eservices.actions.mails import language_of, mail_extra
from eservices.enums import AuthenticationEventKind, Method
from eservices.identity.methods import NAMES
from eservices.identity.providers import name_of
from eservices.models import AuthenticationEvent, EmailChange, Invitation, OutgoingMail


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


@mail_extra("space_looked_at")
def space_looked_at(mail: OutgoingMail) -> dict[str, Any]:
    """Return the way to the page that tells who looked and why."""
    return {"privacy_path": reverse("privacy")}


@mail_extra("security_changed")
@mail_extra("backup_code_used")
def security_changed(mail: OutgoingMail) -> dict[str, Any]:
    """Return in words what was changed and when, and the ways to undo it."""
    kind, method = mail.context.get("change"), mail.context.get("method")
    return {
        "what": AuthenticationEventKind(kind).label if kind else "",
        "method_name": NAMES.get(Method(method), Method(method).label) if method else "",
        "changed_at": timezone.localtime(datetime.fromisoformat(mail.context["at"])),
        "link_path": reverse("sessions"),
        "reset_path": reverse("password-reset"),
    }


@mail_extra("new_device")
def new_device(mail: OutgoingMail) -> dict[str, Any]:
    """Return from where and how somebody logged in, as the security log tells it, and the ways to react."""
    event = AuthenticationEvent.objects.filter(
        user=mail.to_user, session=mail.context["session"], kind=AuthenticationEventKind.LOGIN
    ).first()
    return {
        "logged_in_at": timezone.localtime(event.at if event else mail.created_at),
        "where": ", ".join(part for part in (event.browser, event.network) if part)
        if event
        else "",
        "method_name": event.get_method_display() if event else "",
        "link_path": reverse("sessions"),
        "reset_path": reverse("password-reset"),
    }


@mail_extra("identity_code")
def identity_code(mail: OutgoingMail) -> dict[str, Any]:
    """Return the code that proves the mailbox of a new account; none once its time is over."""
    until = code_valid_until(datetime.fromisoformat(mail.context["sent_at"]))
    code = opening_code(mail.context["round"]) if until > timezone.now() else ""
    return {"code": code, "valid_until": until}


@mail_extra("identity_linked")
@mail_extra("identity_removed")
def identity_changed(mail: OutgoingMail) -> dict[str, Any]:
    """Return the provider's name and the way to the page "Security"."""
    return {
        "provider_name": name_of(mail.context["provider"]) or mail.context["provider"],
        "link_path": reverse("security"),
    }
