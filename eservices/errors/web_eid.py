"""Cards in a reader (Web eID) that are not believed. The codes tell which check failed; nothing quotes the card."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Unavailable
from eservices.errors.providers import IdentityRefused


class WebEidRefused(IdentityRefused):
    """The answer of the card reader failed a check; subclasses say which."""

    code = "web_eid.refused"
    message = _(
        "We could not verify the answer of your card reader, so nobody was logged in. Try again, or choose another way."
    )


class WebEidMalformed(WebEidRefused):
    """The answer has not the form of a Web eID token: a part is missing, unreadable or too large."""

    code = "web_eid.malformed"


class WebEidAlgorithm(WebEidRefused):
    """The algorithm is not one of the agreed, or does not belong to the key of the card."""

    code = "web_eid.algorithm"


class WebEidChallengeMissing(WebEidRefused):
    """No answer of a card is awaited in this session, or it was given already: a challenge works once."""

    code = "web_eid.challenge_missing"
    message = _("This answer of your card was used already. Begin again.")


class WebEidChallengeExpired(WebEidRefused):
    """The card answered later than five minutes after it was asked."""

    code = "web_eid.challenge_expired"
    message = _("Reading the card took too long. Begin again.")


class WebEidSignature(WebEidRefused):
    """The card did not sign our challenge for our address: another address, another challenge, or another key."""

    code = "web_eid.signature"


class WebEidUntrusted(WebEidRefused):
    """No authority that the municipality trusts issued the certificate."""

    code = "web_eid.untrusted"
    message = _("We do not know the authority that issued this card. Choose another way.")


class WebEidExpired(WebEidRefused):
    """The certificate is no longer valid, or not yet."""

    code = "web_eid.expired"
    message = _(
        "The certificate of this card is no longer valid. Ask the counter for a new card, or choose another way."
    )


class WebEidPurpose(WebEidRefused):
    """The certificate is not the one for logging in: a signature certificate signs documents only."""

    code = "web_eid.purpose"
    message = _(
        "This is the certificate for signing. Choose the one for identifying yourself (Authentication)."
    )


class WebEidRevoked(WebEidRefused):
    """The authority says that the certificate is revoked or unknown."""

    code = "web_eid.revoked"
    message = _(
        "This card is blocked. If it is yours and not lost, ask the counter, or choose another way."
    )


class WebEidCountry(WebEidRefused):
    """The certificate is not one of a Belgian card."""

    code = "web_eid.country"
    message = _("Only Belgian identity cards can be used here. Choose another way.")


class WebEidPersonUnknown(WebEidRefused):
    """The certificate names no person: no national number that can exist, or no name."""

    code = "web_eid.person_unknown"
    message = _("This card does not say whose it is. Choose another way.")


class WebEidRevocationUnknown(Unavailable):
    """The authority did not say in time whether the certificate is still good, or said it long ago."""

    code = "web_eid.revocation_unknown"
    message = _(
        "We cannot check at the moment whether your card is still valid. Try again in a few minutes, or choose "
        "another way."
    )
