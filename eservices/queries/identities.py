"""Answers about digital identities: which account one belongs to, which ones a person has."""

from django.db.models import QuerySet

from eservices import keyring
from eservices.contract import VerifiedIdentity
from eservices.models import ExternalIdentity, User

#: Under which name subjects are hashed for look-up (see `keyring.lookup`).
SUBJECT_KIND = "identity-subject"


def subject_text(identity: VerifiedIdentity) -> str:
    """Return what is hashed to find an identity again: a subject means something only at its issuer."""
    return f"{identity.provider}\n{identity.issuer}\n{identity.subject}"


def subject_place_of(row: ExternalIdentity) -> str:
    """Return the place to which a sealed subject is tied (see `keyring.seal`)."""
    return f"external-identity:{row.public_id}"


def identity_of(identity: VerifiedIdentity) -> ExternalIdentity | None:
    """Return the link of an identity, with its account whatever its state; None when it is nobody's."""
    wanted = keyring.lookups(subject_text(identity), kind=SUBJECT_KIND)
    return (
        ExternalIdentity.objects.select_related("user")
        .filter(
            provider=identity.provider,
            issuer=identity.issuer,
            subject_lookup__in=wanted,
            revoked_at=None,
        )
        .first()
    )


def usable_identities(user: User) -> QuerySet[ExternalIdentity]:
    """Return the identities that open a person's account, oldest link first."""
    return user.identities.filter(revoked_at=None)


def identities_of(user: User) -> list[ExternalIdentity]:
    """Return the identities of a person for the security page, oldest link first."""
    return list(usable_identities(user))
