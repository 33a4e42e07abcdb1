"""An identity that waits for the person to go on: to open an account with it, or to say that it shall be linked.

It is kept encrypted in the session for half an hour.
"""

import base64
import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from eservices import keyring
from eservices.contract import VerifiedIdentity
from eservices.enums import FieldSource, Level, Method
from eservices.errors import IdentityForgotten

PENDING_KEY = "pending_identity"
LASTS = timedelta(minutes=30)
_PLACE = "pending-identity"


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A verified identity, why the person came, where to go afterwards, and what was typed since.

    `hint` is the signed ID token, for logging out at the provider.
    """

    identity: VerifiedIdentity
    purpose: str
    goal: str
    hint: str = field(default="", repr=False)
    answers: dict[str, Any] = field(default_factory=dict, repr=False)


def keep(request: HttpRequest, pending: Pending) -> None:
    """Keep what waits; what waited before is forgotten."""
    row = asdict(pending)
    sealed = keyring.seal(json.dumps(row, default=str), place=_PLACE)
    request.session[PENDING_KEY] = base64.b64encode(sealed).decode()


def waiting(request: HttpRequest, *, now: datetime | None = None) -> Pending:
    """Return what waits in this session; raises IdentityForgotten after half an hour, or when nothing does."""
    kept = request.session.get(PENDING_KEY)
    if not kept:
        raise IdentityForgotten
    row = json.loads(keyring.unseal(base64.b64decode(kept), place=_PLACE))
    identity = _identity(row.pop("identity"))
    if (now or timezone.now()) - identity.at > LASTS:
        forget(request)
        raise IdentityForgotten
    return Pending(identity=identity, **row)


def forget(request: HttpRequest) -> None:
    """Forget what waits."""
    request.session.pop(PENDING_KEY, None)


def _identity(row: dict[str, Any]) -> VerifiedIdentity:
    born = row.pop("birth_date")
    return VerifiedIdentity(
        **{
            **row,
            "method": Method(row["method"]),
            "level": Level(row["level"]),
            "source": FieldSource(row["source"]),
            "at": datetime.fromisoformat(row["at"]),
            "birth_date": date.fromisoformat(born) if born else None,
        }
    )
