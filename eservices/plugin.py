"""The core's own e-service: procedures and the files that people start from them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.actions import (
    amounts,
    annexes,
    corrections,
    digests,
    housekeeping,
    mandates,
    memberships,
    notices,
    privacy,
    procedures,
    requests,
    retention,
    scans,
)
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
from eservices.models import Correction, Submission, User
from eservices.queries import copies
from eservices.queries.acting import looks_at
from eservices.queries.corrections import unsent_corrections
from eservices.queries.dashboard import waiting_files
from eservices.queries.identifiers import number_looks


class Procedures(EService):
    """Procedures: list, fill in, send, follow."""

    slug = "procedures"
    verbose_name = gettext_lazy("Procedures")
    icon = "file-pen-line"

    def tiles(self, viewer: Viewer) -> Iterable[Tile]:
        """The files in which the person must act next, and changes that the person has not sent."""
        files = [_tile(submission) for submission in waiting_files(viewer)]
        return [*files, *map(_unsent_tile, unsent_corrections(viewer))]

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
            Job(name="procedures.announce_deletions", every=day, run=announce_deletions),
            Job(name="procedures.purge", every=day, run=purge),
            Job(name="amounts.remind_unpaid", every=day, run=remind_unpaid),
            Job(name="amounts.time_out_unpaid", every=timedelta(hours=1), run=time_out_unpaid),
            Job(name="procedures.remind_unsent", every=timedelta(hours=1), run=remind_unsent),
            Job(name="requests.remind", every=timedelta(hours=1), run=remind_of_requests),
            Job(name="requests.close", every=timedelta(minutes=15), run=close_unanswered),
            Job(name="procedures.verify_versions", every=day, run=verify_versions),
            Job(name="core.finish_erasures", every=day, run=privacy.finish_erasures),
            Job(name="spaces.end_lapsed", every=day, run=end_lapsed),
            Job(name="spaces.forget_mandates", every=day, run=mandates.forget_pending),
            Job(name="annexes.drop_staged", every=day, run=drop_staged),
            *scans.jobs(),
            Job(name="notices.send_digests", every=timedelta(minutes=15), run=digests.send_due),
            Job(name="notices.forget_old", every=day, run=notices.forget_old),
            *housekeeping.jobs(),
        ]

    def held_personal_data(self, user: User) -> Iterable[HeldData]:
        """Drafts, requests and documents."""
        return copies.held(user)

    def readings(self, user: User) -> Iterable[Reading]:
        """When teams read the person's files, and agents looked at the space."""
        return [*copies.readings(user), *looks_at(user), *number_looks(user)]

    def export_personal_data(self, user: User) -> Iterable[PersonalData]:
        """All files with answers, history and documents."""
        return [copies.file_copies(user)]

    def plan_erasure(self, user: User) -> ErasureReport:
        """Drafts go, sent files stay until their day."""
        return copies.erasure_plan(user)

    def erase_personal_data(self, user: User, by: User | None) -> ErasureReport:
        """Erase drafts with their documents."""
        return privacy.erase_files(user, by)


def announce_deletions() -> None:
    """Tell people which drafts and files are deleted soon."""
    retention.announce()


def remind_unpaid() -> None:
    """Remind people whose time to pay ends soon."""
    amounts.remind_unpaid()


def time_out_unpaid() -> None:
    """Cancel files that were not paid in time."""
    amounts.time_out_unpaid()


def remind_unsent() -> None:
    """Remind people of changes that they have not sent."""
    corrections.remind_unsent()


def end_lapsed() -> None:
    """End rights to act for organisations whose last day is over."""
    memberships.end_lapsed()


def purge() -> None:
    """Delete drafts that nobody finished and files whose time of keeping is over."""
    retention.purge()


def drop_staged() -> None:
    """Delete documents that were uploaded for a message and never sent with one."""
    annexes.drop_staged()


def remind_of_requests() -> None:
    """Remind citizens of what they are asked for."""
    requests.remind()


def close_unanswered() -> None:
    """Close the files whose citizen did not answer in time."""
    requests.close_unanswered()


def verify_versions() -> None:
    """Recompute the hashes of all frozen forms; a difference is an alarm in the log."""
    procedures.verify_versions()


def _unsent_tile(correction: Correction) -> Tile:
    submission = correction.submission
    return Tile(
        key=f"{submission.reference}-correction",
        title=_("%(procedure)s: your changes") % {"procedure": submission.procedure.title},
        text=_("Not sent yet. The service still sees the answers that you sent before."),
        url=reverse("correction-check", args=[submission.reference]),
        action=_("Check and send my changes"),
        icon="pencil-line",
        waiting=True,
    )


def _tile(submission: Submission) -> Tile:
    title, url = submission.procedure.title, reverse("submission", args=[submission.reference])
    if submission.state == SubmissionState.DRAFT:
        due = None
        if submission.purge_on:
            due = timezone.make_aware(datetime.combine(submission.purge_on, time(23, 59)))
        begun = _("Begun with you at the counter, not sent yet. After this date it is deleted.")
        own = _("Not sent yet. After this date the draft is deleted.")
        return Tile(
            key=submission.reference,
            title=_("%(procedure)s: your draft") % {"procedure": title},
            text=begun if submission.entered_by_id else own,
            url=url,
            action=_("Continue"),
            icon="pencil-line",
            waiting=True,
            due=due,
        )
    if submission.state == SubmissionState.AWAITING_PAYMENT:
        return Tile(
            key=submission.reference,
            title=title,
            text=_("To pay at the counter. After this date the file is cancelled."),
            url=url,
            action=_("See the amount"),
            icon="banknote",
            waiting=True,
            due=submission.answer_due_at,
        )
    return Tile(
        key=submission.reference,
        title=title,
        text=_("The municipality waits for you in this file."),
        url=url,
        action=_("Open the file"),
        icon="circle-alert",
        waiting=True,
        due=submission.answer_due_at,
    )
