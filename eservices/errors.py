"""Refusals that people can meet: one class each, a stable code, a message that says what to do next.

`views/base.py` maps them to pages and `api/errors.py` to `application/problem+json` (RFC 9457) with the same code.
Every code is listed in docs/errors.md; a test fails otherwise.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class DomainError(Exception):
    """A refusal by a rule. `field` names the input it belongs to; `params` fill the message's placeholders."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 409
    message: ClassVar[str | Promise] = _("This is not possible.")

    def __init__(self, *, field: str | None = None, **params: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.params = params

    def __str__(self) -> str:
        return str(self.message) % self.params if self.params else str(self.message)


class Refused(DomainError):
    """The person may not do this (403)."""

    code = "refused"
    status = 403
    message = _(
        "You do not have the right to do this. Ask the municipality if you think you should."
    )


class NotFound(DomainError):
    """There is no such thing, or not for this person (404)."""

    code = "not_found"
    status = 404
    message = _("This page or file does not exist, or it is not yours.")


class Conflict(DomainError):
    """Something changed meanwhile (409)."""

    code = "conflict"
    status = 409
    message = _("This was changed meanwhile. Reload the page and look again.")


class Invalid(DomainError):
    """What was sent cannot be accepted as it is (422)."""

    code = "invalid"
    status = 422
    message = _("Some answers need to be put right.")


class TooMany(DomainError):
    """Too many tries in a short time (429); `seconds` says how long to wait."""

    code = "too_many"
    status = 429
    message = _("There were too many tries. Try again in %(seconds)s seconds.")


class Unavailable(DomainError):
    """A service that we depend on does not answer (503)."""

    code = "unavailable"
    status = 503
    message = _("The service does not answer. Nothing is lost: try again in a few minutes.")


# Accounts


class InvitationInvalid(Invalid):
    """The invitation was used, withdrawn, replaced or is too old."""

    code = "accounts.invitation_invalid"
    message = _("This invitation is no longer valid. Ask for a new one.")


class TermsNotAccepted(Invalid):
    """An account needs the current terms of use to be accepted (GDPR art. 7: the version is recorded)."""

    code = "accounts.terms_not_accepted"
    message = _("Tick the box to accept the terms of use.")


class PasswordWrong(Invalid):
    """The current password does not match."""

    code = "accounts.password_wrong"
    message = _("This is not your current password.")


class PasswordRefused(Invalid):
    """The new password does not meet the criteria; `reasons` says which."""

    code = "accounts.password_refused"
    message = _("Choose another password: %(reasons)s")


class ResetLinkInvalid(Invalid):
    """The reset link was used or is too old."""

    code = "accounts.reset_link_invalid"
    message = _("This link is no longer valid. Ask for a new one.")


class FieldLocked(Refused):
    """The value comes from an authoritative source and cannot be changed here, by any route."""

    code = "accounts.field_locked"
    message = _(
        "This comes from an official source and cannot be changed here. Contact us if it is wrong."
    )


class StaffAccount(Refused):
    """Accounts of people who work for the municipality are closed by the administration."""

    code = "accounts.staff_account"
    message = _("Your account belongs to your work. Ask the municipal administration to close it.")


class CodeTooSoon(TooMany):
    """A new login code was asked before the waiting time was over."""

    code = "accounts.code_too_soon"
    message = _("A code was sent a moment ago. You can ask for a new one in %(seconds)s seconds.")


class CodeWrong(Invalid):
    """The six digits are not those of the last code; `tries` says how many tries are left."""

    code = "accounts.code_wrong"

    def __str__(self) -> str:
        return ngettext(
            "This code is not right. You have %(tries)s try left.",
            "This code is not right. You have %(tries)s tries left.",
            self.params["tries"],
        ) % {"tries": self.params["tries"]}


class CodeTooOld(Invalid):
    """The code was used, replaced or its time is over."""

    code = "accounts.code_too_old"
    message = _("This code is no longer valid. Ask for a new one.")


class CodeTriesOver(Invalid):
    """The code was typed wrongly too often and is dead (five tries)."""

    code = "accounts.code_tries_over"
    message = _("There were too many tries with this code. Ask for a new one.")


class SecondFactorRequired(Refused):
    """The session has not proved a second factor yet."""

    code = "accounts.second_factor_required"
    message = _("Confirm your login with the six-digit code first.")


class LoginRequired(Refused):
    """Nobody is logged in (API answer 403 with the address of the login page)."""

    code = "accounts.login_required"
    message = _("Log in first.")


# Procedures and files


class ProcedureClosed(Conflict):
    """No new file can be started for this procedure."""

    code = "procedures.closed"
    message = _("This procedure is closed at the moment.")


class ProfileKindRefused(Refused):
    """The procedure is not meant for this kind of profile."""

    code = "procedures.profile_kind_refused"
    message = _("This procedure is not open to the profile that you are using.")


class LevelTooLow(Refused):
    """The procedure asks for a stronger identification than this session has."""

    code = "step_up_required"
    message = _("This procedure asks for a stronger identification. Your answers are kept.")


class VersionIncomplete(Invalid):
    """A version of a form cannot become current: words are missing in a language."""

    code = "procedures.version_incomplete"
    message = _("The form cannot be published yet: words are missing in %(languages)s.")


class DraftExists(Conflict):
    """The profile has an open draft for this procedure already; `reference` says which."""

    code = "submissions.draft_exists"
    message = _("You already have a draft for this procedure. Continue it, or ask for another one.")


class DraftClash(Conflict):
    """Two tabs or devices changed the same question of a draft; both values are kept and shown."""

    code = "submissions.draft_clash"
    message = _("This file was changed meanwhile. Your answers are kept: read again, then save.")


class AnswersIncomplete(Invalid):
    """Sending needs complete and correct answers; `errors` lists them by question."""

    code = "submissions.answers_incomplete"
    message = _("Some answers are missing or need to be put right before you can send.")


class AnswerMalformed(Invalid):
    """An answer has a form that its question cannot take (API)."""

    code = "submissions.answer_malformed"
    message = _("An answer does not have the form that its question expects.")


class MoveRefused(Conflict):
    """The file is not in a state that allows this act, or somebody else was faster."""

    code = "submissions.move_refused"
    message = _(
        "This is no longer possible: the file has moved on. Reload the page to see its state."
    )


class ReasonRequired(Invalid):
    """A refusal needs a reason in words (motivation of administrative acts, law of 29 July 1991)."""

    code = "submissions.reason_required"
    message = _("Give the reason: the citizen will read it.")


class NotYourFile(Refused):
    """An agent acts on a file that somebody else has taken in charge."""

    code = "submissions.not_yours"
    message = _("Take the file in charge before you decide.")


# Uploads


class UploadRefused(Invalid):
    """A file that cannot be taken; subclasses say why."""

    code = "uploads.refused"
    message = _("This file cannot be accepted.")


class UploadEmpty(UploadRefused):
    """Zero bytes."""

    code = "uploads.empty"
    message = _("This file is empty. Choose another one.")


class UploadTooLarge(UploadRefused):
    """Larger than the limit."""

    code = "uploads.too_large"
    message = _(
        "This file is %(size)s; the limit is %(limit)s. Make it smaller or send it in parts."
    )


class UploadTypeRefused(UploadRefused):
    """The content is not of a kind that is accepted here, whatever its name says."""

    code = "uploads.type_refused"
    message = _("This kind of file is not accepted here. Send one of: %(accepted)s.")


class UploadNameRefused(UploadRefused):
    """The name cannot be used."""

    code = "uploads.name_refused"
    message = _("The name of this file cannot be used. Give it a shorter and simpler name.")


class UploadActive(UploadRefused):
    """The document holds scripts or actions that would run when it is opened."""

    code = "uploads.active_content"
    message = _(
        "This document contains active content (a script). Print it to a new PDF and send that."
    )


class UploadTooMany(UploadRefused):
    """More files than the question takes."""

    code = "uploads.too_many"
    message = _("You can send at most %(limit)s files here. Delete one first.")


# Outside services


class MailUnavailable(Unavailable):
    """The mail relay refused or did not answer."""

    code = "mails.unavailable"
    message = _("We could not send the e-mail. Nothing is lost: try again in a few minutes.")
