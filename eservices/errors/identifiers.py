"""Refusals around national numbers."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class NationalNumberInvalid(Invalid):
    """What a provider or a card gave is no national or BIS number."""

    code = "identity.number_invalid"
    message = _("The national number that we received cannot exist. Tell us: we will look into it.")


class NationalNumberTaken(Conflict):
    """Another account holds this national number: one person has one account."""

    code = "identity.number_taken"
    message = _(
        "There is already an account for this person. Log in with it, or contact us if it is not yours."
    )


class NationalNumberDiffers(Conflict):
    """The account belongs to a person with another national number."""

    code = "identity.number_differs"
    message = _("This account belongs to somebody else. Log in with your own account.")


class BirthDateDiffers(Invalid):
    """The birth date or the sex that came with a national number is not the number's."""

    code = "identity.birth_date_differs"
    message = _(
        "The national number and the birth date that we received do not fit. Tell us: we will look into it."
    )
