"""Letters about a file to those who follow it: its agent or, while nobody has it in charge, its team."""

from django.conf import settings
from django.urls import reverse

from eservices.actions import mails
from eservices.actions.notices import notify_team
from eservices.models import Submission


def tell_team(*, submission: Submission, template: str, key: str, view: str) -> None:
    """Send a letter without content, in the caller's transaction; telling twice with one `key` tells once.

    Without an agent in charge it goes to the address of the team if there is one, else to each of its members. `view`
    is the part of the file's page in the back office to which the notice leads.
    """
    if submission.assignee is None and submission.team.email:
        mails.send(
            template=template,
            key=f"{key}:team",
            address=submission.team.email,
            language=settings.LANGUAGE_CODE,
            context={"submission": str(submission.public_id)},
        )
        return
    path = f"{reverse('agent-file', args=[submission.reference])}?view={view}"
    notify_team(submission=submission, event=template, key=key, path=path)
