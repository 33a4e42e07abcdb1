"""Refusals about enterprises, associations and who acts for them."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid, NotFound, Refused


class EnterpriseNumberInvalid(Invalid):
    """The enterprise number has not ten digits, or its check digits are wrong."""

    code = "organisations.number_invalid"
    message = _(
        "This is not an enterprise number. It has ten digits, for example 0403.019.261: check it "
        "on your documents or in the Crossroads Bank for Enterprises."
    )


class EstablishmentNumberInvalid(Invalid):
    """The number of the establishment unit has not ten digits from 2 to 8, or its check digits are wrong."""

    code = "organisations.establishment_invalid"
    message = _(
        "This is not the number of an establishment unit. It has ten digits and begins with 2 to 8, "
        "for example 2.000.000.339. You may leave it empty."
    )


class EnterpriseInactive(Conflict):
    """The register of enterprises says that this number has stopped."""

    code = "organisations.inactive"
    message = _(
        "According to the register of enterprises, this number is no longer active, so no space can "
        "be opened for it. If this is wrong, contact the municipality."
    )


class SpaceTermsNotAccepted(Invalid):
    """A space needs its terms to be accepted: who declares to act for an organisation answers for it."""

    code = "organisations.terms_not_accepted"
    message = _("Tick the box to accept the terms of the space.")


class InOtherSpace(NotFound):
    """It belongs to another space of the same person, who may switch; `profile` is its public id."""

    code = "organisations.in_other_space"
    message = _("This belongs to the space of %(name)s. Switch to that space to open it.")

    def __init__(self, *, name: str, profile: UUID) -> None:
        super().__init__(name=name)
        self.profile = profile


class SpaceExists(Conflict):
    """The person acts for this organisation already."""

    code = "organisations.already_member"
    message = _("You already have access to this space.")


class OrganisationNameMissing(Invalid):
    """The register does not know the number and no name was given."""

    code = "organisations.name_missing"
    message = _("Enter the name as it stands in the statutes or in the register.")


class FunctionWordsMissing(Invalid):
    """The function is "other" and nobody said which."""

    code = "memberships.function_words_missing"
    message = _("Say in a few words what your function is.")


class ValidityOver(Invalid):
    """The last day of a right to act lies in the past."""

    code = "memberships.validity_over"
    message = _("This date is over. Enter a date that is still to come, or leave it empty.")


class MembershipSettled(Conflict):
    """The membership was confirmed or ended already, or its validity is over."""

    code = "memberships.settled"
    message = _("This was settled meanwhile. Reload the page to see how.")


class OwnMembership(Refused):
    """Somebody of the municipality tries to confirm an own membership."""

    code = "memberships.own"
    message = _("You cannot confirm a right of your own. Ask a colleague.")


class LastAdministrator(Conflict):
    """Without this administrator nobody could manage a space that others use."""

    code = "memberships.last_administrator"
    message = _(
        "This is the last administrator of the space. Make somebody else an administrator first."
    )


class NotAdministrator(Refused):
    """Only confirmed administrators of a space manage its members."""

    code = "memberships.not_administrator"
    message = _("Only an administrator of this space can do this.")


class ColleagueIsMember(Conflict):
    """The invited person acts for the organisation already, confirmed."""

    code = "colleagues.already_member"
    message = _("This person is a member of the space already.")


class ColleagueInvited(Conflict):
    """An invitation to the same address is still open."""

    code = "colleagues.already_invited"
    message = _("This address is invited already. Withdraw that invitation to send a new one.")


class ColleagueInvitationInvalid(Conflict):
    """The invitation was withdrawn, answered or is too old."""

    code = "colleagues.invitation_invalid"
    message = _("This invitation is no longer valid. Ask for a new one.")
