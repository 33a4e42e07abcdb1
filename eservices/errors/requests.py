"""Refusals about what agents ask: of citizens item by item, of colleagues, of other teams."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid, Refused


class RequestsMissing(Invalid):
    """Asking needs at least one thing that is asked for, and at most twenty."""

    code = "requests.missing"
    message = _("Say what you ask for: between one and twenty things.")


class RequestTextMissing(Invalid):
    """A request or a question to colleagues needs words."""

    code = "requests.text_missing"
    message = _("Write what you ask, in words that the reader understands.")


class RequestDayRefused(Invalid):
    """The day until which an answer is awaited lies in the past or too far away."""

    code = "requests.day_refused"
    message = _("Choose a day between tomorrow and one year from now.")


class RequestQuestionUnknown(Invalid):
    """A correction concerns a question that the form does not ask."""

    code = "requests.question_unknown"
    message = _("Choose the question to correct.")


class RequestAmountMissing(Invalid):
    """A payment needs an amount above zero."""

    code = "requests.amount_missing"
    message = _("Give the amount to pay, in euros.")


class RequestNotOffered(Invalid):
    """What is asked needs a service that is not installed (signatures)."""

    code = "requests.not_offered"
    message = _("This cannot be asked here: the service for it is not installed.")


class RequestEnded(Conflict):
    """The request was answered, withdrawn or lapsed already."""

    code = "requests.ended"
    message = _("This request is no longer open. Reload the page to see what is still awaited.")


class RequestAnswerMissing(Invalid):
    """An answer needs words, a requested document needs a file."""

    code = "requests.answer_missing"
    message = _("Give your answer, or choose the document, before you send.")


class RequestElsewhere(Conflict):
    """The request is answered in another way: at the counter, by signing or by sending a correction."""

    code = "requests.elsewhere"
    message = _("This request cannot be answered here: read in it what to do.")


class RoleTooLow(Refused):
    """The agent's role in the team does not include this act."""

    code = "agents.role_too_low"
    message = _("Your role in this team does not include this. Ask a supervisor of the team.")


class AssigneeRefused(Invalid):
    """A file can be given only to an active colleague who handles files of its team."""

    code = "agents.assignee_refused"
    message = _("Choose a colleague who handles files of this team.")


class TeamRefused(Invalid):
    """A file goes to, or a question is asked of, another team than its own."""

    code = "agents.team_refused"
    message = _("Choose another team.")


class OpinionOpen(Conflict):
    """This team was asked already and has not answered yet."""

    code = "opinions.open"
    message = _("This team was asked already. Wait for its opinion, or cancel the question.")


class AmountDiffers(Invalid):
    """What was paid at the counter is not the amount that is due."""

    code = "amounts.differs"
    message = _("%(amount)s is due. Check the file and the amount.")
