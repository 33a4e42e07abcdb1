"""Refusals about what people say of themselves, and how they want to be told things."""

from django.utils.translation import gettext_lazy as _

from eservices.errors.base import Conflict, Invalid


class FieldNotLocked(Conflict):
    """A value that the person can change is reported as wrong."""

    code = "details.field_not_locked"
    message = _("You can change this yourself, in your details.")


class ReportMessageMissing(Invalid):
    """A report of a wrong value does not say what is wrong."""

    code = "details.message_missing"
    message = _("Write what is wrong and what would be right.")


class ReportOpen(Conflict):
    """The same value was reported before and nobody has answered yet."""

    code = "details.report_open"
    message = _("You have told us about this already. We will answer by e-mail.")


class ReportAnswered(Conflict):
    """A colleague has answered the report meanwhile."""

    code = "details.report_answered"
    message = _("A colleague has answered this report already. Reload the page to read it.")


class ReportAnswerMissing(Invalid):
    """A report of a wrong value is closed without a word to the person."""

    code = "details.answer_missing"
    message = _("Write an answer: the person will read it.")


class CorrectionMissing(Invalid):
    """A correction does not change the value, or leaves nothing of it."""

    code = "details.correction_missing"
    message = _("Enter the right value; it must differ from the present one.")


class NoticeAlwaysByMail(Invalid):
    """Notices with legal effect leave by a channel that reaches the person, whatever was chosen."""

    code = "preferences.always_by_mail"
    message = _(
        "Decisions and questions about your files always come by e-mail: they set time limits."
    )


class NoticeNotThere(Invalid):
    """A channel is chosen for notices that never come in that space, such as a team's for who is in none."""

    code = "preferences.notice_not_there"
    message = _("Such notices do not come in this space.")


class SpaceNotUsable(Invalid):
    """The space is not, or no longer, one that the person may use."""

    code = "preferences.space_not_usable"
    message = _("You cannot use this space. Reload the page and choose another one.")
