"""The core's own e-service: procedures and the files that people start from them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.actions import drafts, housekeeping, privacy, procedures, submissions
from eservices.contract import (
    ErasureReport,
    EService,
    HeldData,
    Job,
    NavItem,
    PersonalData,
    Reading,
    Tile,
    Viewer,
)
from eservices.enums import SubmissionState
from eservices.models import Submission, User
from eservices.queries import copies
from eservices.queries.dashboard import waiting_files


class Procedures(EService):
    """Procedures: list, fill in, send, follow."""

    slug = "procedures"
    verbose_name = gettext_lazy("Procedures")
    icon = "file-pen-line"

    def tiles(self, viewer: Viewer) -> Iterable[Tile]:
        """The files in which the person must act next."""
        return [_tile(submission) for submission in waiting_files(viewer)]

    def navigation(self, viewer: Viewer) -> Iterable[NavItem]:
        """The personal space and the list of procedures."""
        items = [
            NavItem(key="procedures", label=_("Procedures"), url=reverse("procedures"), position=20)
        ]
        if viewer.is_authenticated:
            items.append(
                NavItem(key="dashboard", label=_("My space"), url=reverse("dashboard"), position=10)
            )
        return items

    def jobs(self) -> Sequence[Job]:
        """Drafts that nobody finishes, files whose time is over, and the core's housekeeping."""
        day = timedelta(days=1)
        return [
            Job(name="procedures.expire_drafts", every=day, run=expire_drafts),
            Job(name="procedures.purge_files", every=day, run=purge_files),
            Job(name="procedures.verify_versions", every=day, run=verify_versions),
            Job(name="core.finish_erasures", every=day, run=privacy.finish_erasures),
            *housekeeping.jobs(),
        ]

    def held_personal_data(self, user: User) -> Iterable[HeldData]:
        """Drafts, requests and documents."""
        return copies.held(user)

    def readings(self, user: User) -> Iterable[Reading]:
        """When teams read the person's files."""
        return copies.readings(user)

    def export_personal_data(self, user: User) -> Iterable[PersonalData]:
        """All files with answers, history and documents."""
        return [copies.file_copies(user)]

    def plan_erasure(self, user: User) -> ErasureReport:
        """Drafts go, sent files stay until their day."""
        return copies.erasure_plan(user)

    def erase_personal_data(self, user: User, by: User | None) -> ErasureReport:
        """Erase drafts with their documents."""
        return privacy.erase_files(user, by)


def expire_drafts() -> None:
    """Delete the content of drafts that nobody finished in time."""
    drafts.expire_old()


def purge_files() -> None:
    """Delete files whose time of keeping is over."""
    submissions.purge_old()


def verify_versions() -> None:
    """Recompute the hashes of all frozen forms; a difference is an alarm in the log."""
    procedures.verify_versions()


def _tile(submission: Submission) -> Tile:
    title, url = submission.procedure.title, reverse("submission", args=[submission.reference])
    if submission.state == SubmissionState.DRAFT:
        due = None
        if submission.purge_on:
            due = timezone.make_aware(datetime.combine(submission.purge_on, time(23, 59)))
        return Tile(
            key=submission.reference,
            title=_("%(procedure)s: your draft") % {"procedure": title},
            text=_("Not sent yet. After this date the draft is deleted."),
            url=url,
            action=_("Continue"),
            icon="pencil-line",
            waiting=True,
            due=due,
        )
    return Tile(
        key=submission.reference,
        title=title,
        text=_("The municipality waits for you in this file."),
        url=url,
        action=_("Open the file"),
        icon="circle-alert",
        waiting=True,
    )
