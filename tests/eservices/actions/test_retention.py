"""The end of a file's time: announced, then deleted, never while the municipality has the turn."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from eservices.actions import retention
from eservices.enums import Channel, NoticeKind, SubmissionState, Turn
from eservices.enums.submissions import TURN
from eservices.errors import MoveRefused
from eservices.models import (
    Annex,
    AnswerRevision,
    JournalEntry,
    NoticeChoice,
    OutgoingMail,
    PurgedFile,
    PurgeReport,
    Submission,
)
from eservices.queries.journal import broken_entries
from tests.factories.eservices import make_user
from tests.factories.submissions import make_draft, make_file

pytestmark = pytest.mark.django_db


def ending_in(days: int, row: Submission) -> Submission:
    """A file whose day of deletion is so many days away."""
    row.purge_on = timezone.localdate() + timedelta(days=days)
    row.save(update_fields=["purge_on"])
    return row


def announced(row: Submission) -> list[int]:
    """How many days before the deletion people were told."""
    mails = OutgoingMail.objects.filter(key__startswith=f"deletion:{row.public_id}:")
    return sorted((int(mail.key.rsplit(":", 1)[1]) for mail in mails), reverse=True)


@pytest.mark.parametrize(
    ("days", "told"), [(45, []), (31, []), (30, [30]), (8, [30]), (7, [7]), (1, [1]), (0, [1])]
)
def test_people_are_told_thirty_seven_and_one_days_before(days, told):
    row = ending_in(days, make_file(SubmissionState.CLOSED))

    retention.announce()
    retention.announce()

    assert announced(row) == told


def test_all_three_notices_of_a_draft_leave_as_its_days_go_by():
    draft = ending_in(30, make_draft())
    today = timezone.localdate()

    for passed in range(31):
        retention.announce(today=today + timedelta(days=passed))

    assert announced(draft) == [30, 7, 1]
    assert set(OutgoingMail.objects.values_list("template", flat=True)) == {"draft_expires"}


def test_a_short_term_leaves_no_time_for_an_early_notice():
    draft = make_draft()
    draft.procedure.draft_days = 14
    draft.procedure.save()
    ending_in(14, draft)

    retention.announce()
    retention.announce(today=timezone.localdate() + timedelta(days=7))

    assert announced(draft) == [7]


@pytest.mark.parametrize("state", sorted(state for state, turn in TURN.items() if turn == Turn.US))
def test_a_file_in_our_turn_is_neither_announced_nor_deleted(state):
    row = ending_in(-1, make_file(state))

    retention.announce()
    retention.announce(today=timezone.localdate() - timedelta(days=8))
    report = retention.purge()

    assert announced(row) == []
    assert report.counts["files"] == 0
    assert Submission.objects.filter(pk=row.pk).exists()


def test_who_reads_reminders_in_the_space_only_gets_no_mail():
    draft = ending_in(7, make_draft())
    NoticeChoice.objects.create(
        user=draft.acting_user,
        profile=draft.profile,
        kind=NoticeKind.REMINDER,
        channel=Channel.SPACE,
    )

    retention.announce()

    assert announced(draft) == []


def test_a_draft_that_is_kept_begins_a_new_term_with_new_notices():
    draft = ending_in(7, make_draft())
    retention.announce()

    kept = retention.keep_draft(submission=draft, by=draft.acting_user)
    retention.announce(today=kept.purge_on - timedelta(days=7))

    assert kept.purge_on == timezone.localdate() + timedelta(days=draft.procedure.draft_days)
    assert announced(draft) == [7, 7]
    assert JournalEntry.objects.filter(subject_id=draft.public_id, event="prolonged").count() == 1
    assert broken_entries(draft) == []


def test_a_file_that_was_sent_cannot_be_kept_by_its_sender():
    row = ending_in(7, make_file(SubmissionState.CLOSED))

    with pytest.raises(MoveRefused):
        retention.keep_draft(submission=row, by=row.acting_user)

    row.refresh_from_db()
    assert row.purge_on == timezone.localdate() + timedelta(days=7)


def test_purge_deletes_what_has_served_its_time_and_reports_without_names(
    django_capture_on_commit_callbacks,
):
    over = ending_in(-1, make_file(SubmissionState.REJECTED))
    annex = Annex(submission=over, name="Amélie Renard.pdf", size=3, sha256="0" * 64)
    annex.file.save("x", ContentFile(b"%PD"))
    storage, stored = annex.file.storage, annex.file.name
    waiting = make_file(SubmissionState.IN_REVIEW)
    not_yet = ending_in(0, make_file(SubmissionState.CLOSED))
    old, new = ending_in(-1, make_draft(answers={"q-name": "Rue Neuve"})), make_draft()

    with django_capture_on_commit_callbacks(execute=True):
        report = retention.purge()

    assert report.counts == {"drafts": 1, "files": 1, "documents": 1}
    assert report.finished_at is not None
    left = set(Submission.objects.values_list("pk", flat=True))
    assert left == {waiting.pk, not_yet.pk, old.pk, new.pk}
    assert not storage.exists(stored)
    assert JournalEntry.objects.filter(subject_id=over.public_id, event="purged").exists()
    extract = PurgedFile.objects.get()
    assert (extract.reference, extract.state) == (over.reference, "rejected")
    assert (extract.procedure_code, extract.team_code) == (over.procedure.code, over.team.code)
    old.refresh_from_db()
    assert (old.state, old.answers) == (SubmissionState.EXPIRED, {})
    assert not AnswerRevision.objects.filter(submission=old).exists()


def test_the_empty_row_of_an_expired_draft_goes_without_an_extract():
    draft = ending_in(-1, make_draft())
    retention.purge()

    report = retention.purge(today=timezone.localdate() + timedelta(days=31))

    assert report.counts == {"drafts": 0, "files": 1, "documents": 0}
    assert not Submission.objects.filter(pk=draft.pk).exists()
    assert not PurgedFile.objects.exists()
    assert PurgeReport.objects.count() == 2


def test_erased_accounts_are_told_nothing():
    user = make_user()
    draft = ending_in(7, make_draft(user))
    user.is_active = False
    user.save()

    assert retention.announce() == 0
    assert announced(draft) == []
