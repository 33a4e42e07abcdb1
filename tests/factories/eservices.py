"""People for tests: accounts with profile and device, invitations, sessions with a second factor."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_email.models import EmailDevice

from eservices.actions import sessions
from eservices.contract import Proof
from eservices.enums import Level, Method, ProfileKind
from eservices.identity.sessions import PORTAL_SESSION_KEY
from eservices.identity.tokens import token_hash
from eservices.models import Invitation, Profile, TermsVersion, User

#: Meets the criteria.
PASSWORD = "Guichet-test-2026"

_numbers = count(1)


def make_user(email: str = "", password: str = PASSWORD, **fields: Any) -> User:
    """An active account in French with a citizen profile and a device for mailed codes."""
    number = next(_numbers)
    values = {"first_name": "Amélie", "last_name": f"Renard {number}", "language": "fr", **fields}
    user = User.objects.create_user(email or f"person{number}@example.org", password, **values)
    Profile.objects.create(kind=ProfileKind.CITIZEN, user=user, name=user.display_name)
    EmailDevice.objects.create(user=user, name="default", confirmed=True)
    return user


def make_agent(email: str = "", **fields: Any) -> User:
    """Somebody who works for the municipality and may enter the back office."""
    user = make_user(email, is_staff=True, **fields)
    agents, _made = Group.objects.get_or_create(name="Agents")
    agents.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    )
    user.groups.add(agents)
    return user


def log_in(
    client: Client,
    user: User,
    *,
    method: Method = Method.MAIL_CODE,
    level: Level = Level.LOW,
    profile: Profile | None = None,
) -> Client:
    """Give the client a session of `user` that has proved `level` just now, in the name of `profile`."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    proof = Proof(method=method, level=level, at=timezone.now())
    begun = sessions.begin(user=user, proof=proof, profile=profile)
    session = client.session
    session[PORTAL_SESSION_KEY] = str(begun.public_id)
    session.set_expiry(timezone.now() + timedelta(hours=9))  # as sessions.begin does
    session.save()
    return client


def make_invitation(email: str = "", token: str = "", **fields: Any) -> Invitation:
    """A pending invitation; its link holds `token`."""
    number = next(_numbers)
    return Invitation.objects.create(
        email=email or f"invited{number}@example.org",
        token_hash=token_hash(token or f"token-{number}"),
        expires_at=fields.pop("expires_at", timezone.now() + timedelta(days=14)),
        sent_count=1,
        **fields,
    )


def make_terms(number: int = 1) -> TermsVersion:
    """Terms of use in four languages."""
    texts = {code: f"<p>Terms {number} ({code})</p>" for code in ("fr", "nl", "de", "en")}
    return TermsVersion.objects.create(number=number, texts=texts, sha256=f"{number:064d}")
