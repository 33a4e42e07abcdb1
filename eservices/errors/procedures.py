"""Refusals about procedures and files."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid, Refused


class ProcedureClosed(Conflict):
    """No new file can be started for this procedure."""

    code = "procedures.closed"
    message = _("This procedure is closed at the moment.")


class ProcedureOpensLater(ProcedureClosed):
    """The opening period is still to begin; `date` says when."""

    code = "procedures.opens_later"
    message = _("This procedure opens on %(date)s. Come back then.")


class ProcedureOver(ProcedureClosed):
    """The opening period has ended; drafts that were not sent by then cannot be sent any more."""

    code = "procedures.over"
    message = _("This procedure closed on %(date)s. Nothing more can be sent.")


class ProfileKindRefused(Refused):
    """The procedure is not meant for this kind of profile."""

    code = "procedures.profile_kind_refused"
    message = _("This procedure is not open to the profile that you are using.")


class StepUpRequired(Refused):
    """A procedure or a service asks for another identification than this session has.

    `requirement` (contract.Requirement) says which; `url` is the page that offers it.
    """

    code = "step_up_required"
    message = _("This asks for another identification. Nothing of what you typed is lost.")


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


class AnswersChanged(Conflict):
    """The citizen changed the answers after the agent had read those on which the decision is to stand."""

    code = "submissions.answers_changed"
    message = _(
        "The citizen has changed the answers since you read them: nothing is decided yet. Read them as they are now, "
        "then decide again; your text is kept."
    )


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


class CorrectionNotBegun(Conflict):
    """There are no changes to the answers of this file that wait to be sent."""

    code = "submissions.no_correction"
    message = _("There are no changes that wait to be sent. Begin them on the page of the file.")


class NothingCorrected(Invalid):
    """A correction is sent that changes no answer."""

    code = "submissions.nothing_corrected"
    message = _("You have not changed any answer. Change one, or drop the changes.")
