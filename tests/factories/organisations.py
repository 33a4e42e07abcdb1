"""Enterprises, associations and their members for tests."""

from itertools import count
from typing import Any

from django.utils import timezone

from eservices.actions import drafts, submissions
from eservices.contract import Proof, Viewer
from eservices.enums import (
    ConfirmedBy,
    Level,
    MembershipFunction,
    MembershipRole,
    MembershipState,
    Method,
    ProfileKind,
)
from eservices.models import (
    DirectoryEntry,
    Membership,
    Organisation,
    Procedure,
    Profile,
    Submission,
    User,
)
from tests.factories.submissions import COMPLETE, given

_numbers = count(1)


def enterprise_number(seed: int = 0) -> str:
    """An enterprise number with right check digits that no real enterprise has (1999.…)."""
    first = f"1999{seed or next(_numbers):04d}"
    return f"{first}{97 - int(first) % 97:02d}"


def make_organisation(name: str = "", **fields: Any) -> Organisation:
    """An association that the register does not know."""
    kind = fields.pop("kind", ProfileKind.ASSOCIATION)
    number = fields.pop("bce_number", "") or enterprise_number()
    profile = Profile.objects.create(kind=kind, name=name or f"Club {number}")
    return Organisation.objects.create(profile=profile, bce_number=number, **fields)


def make_membership(
    user: User,
    organisation: Organisation | None = None,
    *,
    state: MembershipState = MembershipState.CONFIRMED,
    role: MembershipRole = MembershipRole.MEMBER,
    **fields: Any,
) -> Membership:
    """A right of `user` to act for an organisation, confirmed by the administration unless told otherwise."""
    values: dict[str, Any] = {"function": MembershipFunction.SECRETARY, "email": user.email}
    if state == MembershipState.CONFIRMED:
        values |= {"confirmed_how": ConfirmedBy.AGENT, "confirmed_at": timezone.now()}
    organisation = organisation or make_organisation()
    return Membership.objects.create(
        user=user, profile=organisation.profile, state=state, role=role, **{**values, **fields}
    )


def make_entry(number: str = "", name: str = "Harmonie royale", **fields: Any) -> DirectoryEntry:
    """What the register of enterprises says about a number."""
    values = {"kind": ProfileKind.ASSOCIATION, "names": {"fr": name}, **fields}
    return DirectoryEntry.objects.create(number=number or enterprise_number(), **values)


def viewer_in(membership: Membership, level: Level = Level.LOW) -> Viewer:
    """Somebody who is logged in and acts for the organisation."""
    proof = Proof(method=Method.MAIL_CODE, level=level, at=timezone.now())
    return Viewer(
        user=membership.user,
        profile=membership.profile,
        level=level,
        proofs=(proof,),
        membership=membership,
    )


def make_space_file(
    membership: Membership, procedure: Procedure, *, sent: bool = True, **answers: Any
) -> Submission:
    """A file that a member started, and sent unless told otherwise, in the organisation's name."""
    viewer = viewer_in(membership)
    draft = drafts.start(procedure=procedure, viewer=viewer, locale="fr", another=True)
    draft = drafts.save(
        submission=draft,
        result=given(COMPLETE | answers),
        base_revision=draft.revision,
        by=membership.user,
    )
    if not sent:
        return draft
    return submissions.submit(submission=draft, viewer=viewer, revision=draft.revision, locale="fr")
