"""The eBox for tests: an active one, and documents that lie in it."""

import hashlib
from datetime import datetime
from itertools import count

from django.core.files.base import ContentFile
from django.utils import timezone

from eservices.actions import ebox
from eservices.enums import AnnexPurpose, ScanState, Side
from eservices.models import Annex, EboxActivation, EboxMessage, Profile, Submission, User
from tests.factories.submissions import make_sent

PDF = b"%PDF-1.7 a decision\n%%EOF"

_numbers = count(1)


def activate(user: User, email: str = "") -> EboxActivation:
    """An eBox with a confirmed address."""
    row, _made = EboxActivation.objects.update_or_create(
        user=user,
        defaults={
            "email": email or user.email,
            "confirmed_at": timezone.now(),
            "ended_at": None,
        },
    )
    return row


def make_document(file: Submission, content: bytes = PDF) -> Annex:
    """A decision as a document of a file."""
    annex = Annex(
        submission=file,
        side=Side.AGENT,
        purpose=AnnexPurpose.DECISION,
        scan=ScanState.CLEAN,
        name="decision.pdf",
        media_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    annex.file.save("decision.pdf", ContentFile(content), save=True)
    return annex


def make_message(
    user: User,
    *,
    key: str = "",
    profile: Profile | None = None,
    file: Submission | None = None,
    now: datetime | None = None,
) -> EboxMessage:
    """A decision about a tree in somebody's eBox."""
    file = file or make_sent(user=user)
    message = ebox.publish(
        key=key or f"decision:{next(_numbers)}",
        profile=profile or user.citizen_profile,
        titles={"fr": "Décision : abattage d’un arbre", "en": "Decision: felling of a tree"},
        annexes=[make_document(file)],
        submission=file,
        now=now,
    )
    assert message is not None
    return message
