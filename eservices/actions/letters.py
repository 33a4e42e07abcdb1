"""Letters about requests, opinions and assignments: that there is something and where, never what."""

from typing import Any

from django.urls import reverse

from eservices import formats
from eservices.actions import mails
from eservices.actions.notices import notify
from eservices.enums import NoticeKind
from eservices.models import OutgoingMail, Submission, User


def tell_agent(row: Submission, agent: User, *, template: str, key: str) -> None:
    """Tell one agent about a file, in the caller's transaction; telling twice with one `key` tells once."""
    notify(
        kind=NoticeKind.TEAM,
        profile=None,
        to_user=agent,
        template=template,
        key=f"{key}:{agent.public_id}",
        context={"submission": str(row.public_id)},
        path=reverse("agent-file", args=[row.reference]),
    )


@mails.mail_extra("request_asked")
@mails.mail_extra("request_reminder")
@mails.mail_extra("request_closed")
def citizen_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return which file waits and until when; what is asked is read in the file."""
    row = _file(mail)
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "due": formats.date_time(row.answer_due_at) if row.answer_due_at else "",
        "button_path": reverse("submission", args=[row.reference]),
    }


@mails.mail_extra("request_answered")
@mails.mail_extra("opinion_asked")
@mails.mail_extra("opinion_given")
@mails.mail_extra("file_assigned")
def agent_letter(mail: OutgoingMail) -> dict[str, Any]:
    """Return which file it is; nothing of its content leaves by mail."""
    row = _file(mail)
    return {
        "reference": row.reference,
        "title": row.procedure.title,
        "button_path": reverse("agent-file", args=[row.reference]),
    }


def _file(mail: OutgoingMail) -> Submission:
    return Submission.objects.select_related("procedure").get(public_id=mail.context["submission"])
