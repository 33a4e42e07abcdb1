"""Answers of identity providers that are not believed, and identities that cannot be used.

The codes tell the help desk and the log which check failed; people read what to do next. None of them quotes what a
provider sent.
"""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid, Refused, Unavailable


class IdentityRefused(Refused):
    """An answer of an identity provider failed a check; subclasses say which."""

    code = "identity.refused"
    message = _(
        "We could not verify the answer of the identity provider, so nobody was logged in. Try again, or choose "
        "another way."
    )


class IdentityStateInvalid(IdentityRefused):
    """The answer belongs to no login that this browser began, or to one that was answered already."""

    code = "identity.state_invalid"
    message = _("This login was begun elsewhere, was used already or took too long. Begin again.")


class IdentityIssuerMismatch(IdentityRefused):
    """The answer or its token names another issuer (RFC 9207; OpenID Connect Core 3.1.3.7)."""

    code = "identity.issuer_mismatch"


class IdentityAudience(IdentityRefused):
    """The token was made for somebody else (`aud`)."""

    code = "identity.audience"


class IdentityAuthorisedParty(IdentityRefused):
    """The token was asked by somebody else (`azp`)."""

    code = "identity.azp"


class IdentityNonceMismatch(IdentityRefused):
    """The token answers another request (`nonce`)."""

    code = "identity.nonce_mismatch"


class IdentityExpired(IdentityRefused):
    """The token is no longer valid, or not yet (`exp`, `iat`, `nbf`)."""

    code = "identity.expired"


class IdentityUnsigned(IdentityRefused):
    """The token has no signature."""

    code = "identity.unsigned"


class IdentitySignature(IdentityRefused):
    """The signature is wrong, or of a kind that was not agreed."""

    code = "identity.signature"


class IdentityNotEncrypted(IdentityRefused):
    """The token is not encrypted although encryption was agreed."""

    code = "identity.not_encrypted"


class IdentityUndecryptable(IdentityRefused):
    """The token is encrypted for another key, or in a way that was not agreed."""

    code = "identity.undecryptable"


class IdentityMalformed(IdentityRefused):
    """A part of the answer is missing or has not the agreed form."""

    code = "identity.malformed"


class IdentitySubjectMismatch(IdentityRefused):
    """The details are about somebody else than the token (`sub` of userinfo)."""

    code = "identity.subject_mismatch"


class IdentityStale(IdentityRefused):
    """The person was asked too long ago, or the provider does not say when (`auth_time`)."""

    code = "identity.stale"
    message = _("The identity provider did not ask you again who you are. Try again.")


class IdentityLevelTooLow(IdentityRefused):
    """The provider proved less than was asked; an unknown level counts as none."""

    code = "identity.level_too_low"
    message = _("This way of identifying is not sure enough here. Choose a stronger one.")


class IdentityCancelled(Refused):
    """The person stopped at the identity provider (`access_denied`)."""

    code = "identity.refused_by_person"
    message = _("You stopped at the identity provider. Nothing was changed.")


class IdentityProviderError(IdentityRefused):
    """The identity provider answered with an error."""

    code = "identity.provider_error"
    message = _(
        "The identity provider reported a problem. Try again in a few minutes, or choose another way."
    )


class IdentityUnavailable(Unavailable):
    """The identity provider does not answer in time."""

    code = "identity.unavailable"
    message = _(
        "The identity provider does not answer. Try again in a few minutes, or choose another way."
    )


class IdentityOtherPerson(Refused):
    """Identifying again was done by somebody else than the person who is logged in."""

    code = "identity.other_person"
    message = _(
        "This digital identity belongs to somebody else than the person who is logged in. Nothing was changed."
    )


class IdentityBelongsToOther(Conflict):
    """The identity, or its national number, belongs to another account."""

    code = "identity.belongs_to_other"
    message = _(
        "This digital identity is linked to another account. Log in with it to open that account."
    )


class IdentityAccountClosed(Refused):
    """The account of this identity is closed."""

    code = "identity.account_closed"
    message = _(
        "The account of this digital identity is closed. Contact us if you think it should not be."
    )


class IdentityLastWay(Conflict):
    """An account without a password keeps its last digital identity."""

    code = "identity.last_way"
    message = _("This is your only way to log in. Choose a password first.")


class IdentityForgotten(Invalid):
    """The identity waited too long for the person to go on."""

    code = "identity.forgotten"
    message = _("Too much time has passed. Identify yourself again.")
