"""In whose name files were introduced, as agents must read it: what was declared is never taken for confirmed."""

from collections.abc import Collection
from dataclasses import dataclass

from eservices.enums import MembershipRole, MembershipState, ProfileKind
from eservices.models import Membership, Submission, User
from eservices.queries.profiles import confirmed_members


@dataclass(frozen=True, kw_only=True)
class Introducer:
    """The name on a file; `state` is "declared" while nobody confirmed the right to act, else empty."""

    name: str
    state: str = ""

    @property
    def note(self) -> str:
        """The state in a word, for lists."""
        return str(MembershipState(self.state).label) if self.state else ""


def introducers_of(files: Collection[Submission]) -> dict[int, Introducer]:
    """Return who introduced each file, by its primary key, with one query at most.

    A file of an organisation carries the name that its sender knows it by (see Membership.shown_name): a number is
    public, and two people who declared it may each have typed another name.
    """
    ours = [file for file in files if file.profile.kind != ProfileKind.CITIZEN]
    rows: dict[tuple[int, int], Membership] = {}
    if ours:
        found = Membership.objects.filter(
            profile__in={file.profile_id for file in ours},
            user__in={file.acting_user_id for file in ours},
        )
        for row in found.select_related("profile__organisation").order_by("created_at", "pk"):
            rows[row.user_id, row.profile_id] = row
    return {
        file.pk: _introducer(file, rows.get((file.acting_user_id, file.profile_id)))
        for file in files
    }


def _introducer(file: Submission, membership: Membership | None) -> Introducer:
    if membership is None:
        return Introducer(name=file.profile.name)
    declared = "" if membership.confirmed_how else MembershipState.DECLARED.value
    return Introducer(name=membership.shown_name, state=declared)


def receiver_of(file: Submission) -> User | None:
    """Return who gets the letters about a file: who introduced it or, once that account is erased, a confirmed member.

    Administrators come first; None when nobody acts for the organisation any more. Erased accounts have an address
    below `.invalid`, where nothing can be delivered (RFC 2606).
    """
    if not file.acting_user.email.endswith("@invalid"):
        return file.acting_user
    members = list(confirmed_members(file.profile))
    members.sort(key=lambda member: member.role != MembershipRole.ADMIN)
    return members[0].user if members else None
