"""The security log of a person: one line for each act that concerns the way in."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from eservices.enums import AuthenticationEventKind, Level, Method
from eservices.models import AuthenticationEvent, User


def record_event(
    *,
    kind: AuthenticationEventKind,
    user: User | None,
    method: Method | None = None,
    provider: str = "",
    level: Level | None = None,
    code: str = "",
    browser: str = "",
    network: str = "",
    session: UUID | None = None,
    now: datetime | None = None,
) -> AuthenticationEvent:
    """Write one line. `code` is the stable code of a refusal; nothing that somebody typed comes here."""
    return AuthenticationEvent.objects.create(
        kind=kind,
        user=user,
        method=method or "",
        provider=provider,
        level=level,
        code=code,
        browser=browser,
        network=network,
        session=session,
        at=now or timezone.now(),
    )
