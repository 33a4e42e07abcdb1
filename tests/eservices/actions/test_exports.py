"""Exports of lists: what stands in them, who gets them, and that a killed worker leaves one correct file."""

import csv
import io
import os
import signal
from datetime import timedelta
from unittest import mock

import pytest
from django.core.files.storage import storages
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from eservices.actions import exports, reviews
from eservices.enums import ExportFormat, ExportState, SubmissionState
from eservices.errors import (
    ExportColumnUnknown,
    ExportEmpty,
    ExportNotReady,
    ExportsBusy,
    ExportTooLarge,
    NotFound,
    Refused,
)
from eservices.models import Export, JournalEntry, OutgoingMail, Submission
from eservices.queries.copies import readings
from eservices.queries.journal import broken_entries
from eservices.spreadsheets import FORMULA_STARTS, safe_text
from eservices.worker import Limits, Worker
from tests.factories.eservices import make_user
from tests.factories.submissions import (
    NATIONAL_NUMBER,
    make_file,
    make_procedure,
    make_sent,
    viewer_of,
)
from tests.factories.teams import make_team_agent

QUICK = Limits(beat=0.2, first_wait=0.01, longest_wait=0.01, attempts=4)


def asked(agent, **changes):
    values = {"format": ExportFormat.CSV, "filters": {}, "columns": (), "language": "en"}
    return exports.ask_for_files(user=agent, **(values | changes))


def made(export):
    exports.make.call(str(export.public_id))
    export.refresh_from_db()
    return export


def bytes_of(export):
    with export.file.storage.open(export.file.name) as stored:
        return stored.read()


def csv_rows(export):
    text = bytes_of(export).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def xlsx_rows(export):
    book = load_workbook(io.BytesIO(bytes_of(export)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def stored_files(folder):
    return [path for path in folder.rglob("exports/*") if path.is_file()]


@pytest.mark.django_db
def test_what_the_list_shows_stands_in_the_file_in_the_askers_language():
    first, second = make_sent(), make_sent()
    other = make_file(SubmissionState.IN_REVIEW)
    agent = make_team_agent(first)
    Submission.objects.filter(pk=other.pk).update(assignee=agent)

    export = made(asked(agent, filters={"tab": "unassigned"}, columns=["reference", "state"]))

    assert export.state == ExportState.READY
    assert (export.done, export.total) == (2, 2)
    assert csv_rows(export) == [
        ["Reference", "State"],
        [first.reference, "Submitted"],
        [second.reference, "Submitted"],
    ]
    assert bytes_of(export).startswith(b"\xef\xbb\xbf")


@pytest.mark.django_db
def test_a_spreadsheet_has_real_days_and_no_formula():
    file = make_sent(make_user(first_name="=HYPERLINK(1)", last_name="x"))
    agent = make_team_agent(file)

    export = made(
        asked(agent, format=ExportFormat.XLSX, columns=["introduced_by", "sent", "due", "decided"])
    )

    heading, row = xlsx_rows(export)
    assert heading == ["Introduced by", "Sent", "Deadline", "Decided"]
    assert row[0] == "'=HYPERLINK(1) x"
    assert row[1] == timezone.make_naive(file.submitted_at).replace(microsecond=0, second=0)
    assert row[2].date() == file.due_on
    assert row[3] is None


@given(st.text())
def test_no_text_is_taken_for_a_formula_or_breaks_the_file(text):
    safe = safe_text(text)
    assert not safe.startswith(FORMULA_STARTS)
    assert not any(ord(letter) < 32 and letter not in "\t\n\r" for letter in safe)


@pytest.mark.django_db
def test_answers_are_columns_when_the_list_is_narrowed_to_one_procedure():
    procedure = make_procedure()
    file = make_sent(procedure=procedure, **{"q-garden": "yes", "q-note": "Apples"})
    agent = make_team_agent(file)
    columns = ["reference", "answer.q-name", "answer.q-note"]

    export = made(asked(agent, filters={"procedure": procedure.code}, columns=columns))

    assert csv_rows(export) == [
        ["Reference", "Name of the street (en)", "Tell us about the garden (en)"],
        [file.reference, "Rue Neuve", "Apples"],
    ]
    with pytest.raises(ExportColumnUnknown):
        asked(agent, columns=columns)


@pytest.mark.django_db
def test_sensitive_answers_need_the_right_and_numbers_stay_masked_even_then():
    from django.contrib.auth.models import Permission

    procedure = make_procedure()
    file = make_sent(procedure=procedure, **{"q-nn": NATIONAL_NUMBER})
    agent, chief = make_team_agent(file), make_team_agent(file)
    chief.user_permissions.add(Permission.objects.get(codename="reveal_personidentifier"))
    wanted = {"filters": {"procedure": procedure.code}, "columns": ["answer.q-nn"]}

    with pytest.raises(ExportColumnUnknown):
        asked(agent, **wanted)
    shown = csv_rows(made(asked(chief, **wanted)))[1][0]

    assert shown
    assert NATIONAL_NUMBER not in "".join(letter for letter in shown if letter.isdigit())


@pytest.mark.django_db
def test_each_file_that_leaves_is_written_into_its_journal_once():
    file = make_sent()
    agent = make_team_agent(file)
    reviews.record_reading(submission=file, by=agent)
    export = asked(agent)

    made(export)
    Export.objects.update(state=ExportState.RUNNING)
    made(export)

    entries = JournalEntry.objects.filter(subject_id=file.public_id, event="exported")
    assert [(entry.actor, entry.data) for entry in entries] == [
        (agent, {"export": str(export.public_id)})
    ]
    assert broken_entries(file) == []
    with translation.override("en"):
        told = [reading.what for reading in readings(file.acting_user)]
        title = file.procedure.title
    assert told == [f"{title}: in an exported list", title]


@pytest.mark.django_db
def test_only_its_owner_gets_it_and_only_with_the_right_to_the_list():
    file = make_sent()
    agent, colleague = make_team_agent(file), make_team_agent(file)
    export = made(asked(agent))
    take = {"public_id": export.public_id, "slug": "files"}

    assert exports.file_of(user=agent, **take) == export
    with pytest.raises(NotFound):
        exports.file_of(user=colleague, **take)
    agent.groups.clear()
    agent = type(agent).objects.get(pk=agent.pk)
    with pytest.raises(Refused):
        exports.file_of(user=agent, **take)


@pytest.mark.django_db
def test_who_lost_the_right_before_the_worker_came_gets_nothing():
    file = make_sent()
    agent = make_team_agent(file)
    export = asked(agent)
    file.team.members.clear()

    export = made(export)

    assert export.state == ExportState.READY
    assert len(csv_rows(export)) == 1, "the heading only"
    assert not JournalEntry.objects.filter(event="exported").exists()


@pytest.mark.django_db
def test_own_files_are_exported_as_the_person_sees_them():
    mine, foreign = make_sent(), make_sent()
    export = made(
        exports.ask_for_own_files(
            viewer=viewer_of(mine.acting_user), format=ExportFormat.CSV, filters={}, language="en"
        )
    )

    rows = csv_rows(export)

    assert [row[0] for row in rows[1:]] == [mine.reference]
    assert foreign.reference not in str(rows)
    assert not JournalEntry.objects.filter(event="exported").exists()
    with pytest.raises(NotFound):
        exports.file_of(user=foreign.acting_user, public_id=export.public_id, slug="my-files")


@pytest.mark.django_db
def test_a_limited_number_of_rows_and_of_exports_at_a_time():
    agent = make_team_agent(make_sent())

    with pytest.raises(ExportEmpty):
        asked(agent, filters={"tab": "done"})
    with mock.patch.object(exports, "MAX_ROWS", 0), pytest.raises(ExportTooLarge):
        asked(agent)
    for _number in range(exports.MAX_OPEN):
        asked(agent)
    with pytest.raises(ExportsBusy):
        asked(agent)
    with pytest.raises(Refused):
        asked(make_user())


@pytest.mark.django_db
def test_its_owner_is_told_once():
    agent = make_team_agent(make_sent())
    export = asked(agent)

    made(export)
    made(export)

    mails = OutgoingMail.objects.filter(template="export_ready")
    assert [mail.to_user for mail in mails] == [agent]


@pytest.mark.django_db
def test_after_a_week_the_bytes_go_and_a_month_later_the_row(own_files):
    agent = make_team_agent(make_sent())
    export = made(asked(agent))
    week = timezone.now() + timedelta(days=7, minutes=1)
    assert len(stored_files(own_files)) == 1

    assert exports.tidy(now=week - timedelta(minutes=5)) == 0
    with pytest.raises(ExportNotReady):
        exports.file_of(user=agent, public_id=export.public_id, slug="files", now=week)
    assert exports.tidy(now=week) == 1

    assert stored_files(own_files) == []
    export.refresh_from_db()
    assert (export.state, bool(export.file)) == (ExportState.EXPIRED, False)
    exports.tidy(now=week + timedelta(days=31))
    assert not Export.objects.exists()


@pytest.mark.django_db
def test_one_that_was_deleted_while_it_was_written_leaves_no_bytes(own_files):
    agent = make_team_agent(make_sent())
    export = asked(agent)
    real = exports.table_writer

    def deleted_meanwhile(*args, **kwargs):
        Export.objects.all().delete()
        return real(*args, **kwargs)

    with mock.patch.object(exports, "table_writer", deleted_meanwhile):
        exports.make.call(str(export.public_id))

    assert stored_files(own_files) == []


@pytest.mark.django_db
def test_an_error_is_told_and_the_next_try_succeeds():
    agent = make_team_agent(make_sent())
    export = asked(agent)

    with mock.patch.object(exports, "table_writer", side_effect=OSError), pytest.raises(OSError):  # noqa: PT011
        exports.make.call(str(export.public_id))
    export.refresh_from_db()
    assert export.state == ExportState.FAILED

    assert made(export).state == ExportState.READY


def die_at(place):
    """Be a worker that is killed at a place in the work."""

    def killed(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    with mock.patch.object(*place, killed):
        Worker(interval=0.02, limits=QUICK).run()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", ["rows", "bytes", "end"])
def test_killed_in_the_middle_it_begins_anew_and_ends_with_one_correct_file(place, own_files):
    from tests.eservices.test_worker import process, wait_until

    file = make_sent()
    agent = make_team_agent(file)
    export = asked(agent, columns=["reference"])
    places = {
        "rows": (exports.journal, "record_many"),
        "bytes": (exports, "_put_in_place"),
        "end": (exports, "notify"),
    }
    with process(die_at, places[place]) as child:
        child.join(20)
        assert child.exitcode == -signal.SIGKILL
    from tests.eservices.test_worker import work

    with process(work):
        wait_until(lambda: Export.objects.get().state == ExportState.READY)

    export.refresh_from_db()
    assert csv_rows(export) == [["Reference"], [file.reference]]
    assert len(stored_files(own_files)) == 1
    assert JournalEntry.objects.filter(event="exported").count() == 1
    assert OutgoingMail.objects.filter(template="export_ready").count() == 1
    assert storages["private"].exists(export.file.name)
