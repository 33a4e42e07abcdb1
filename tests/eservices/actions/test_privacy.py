"""A person's own copy and erasure: everything of the person, nothing of anybody else."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.utils import timezone, translation

from eservices.actions import drafts, email_changes, mails, privacy, retention, submissions
from eservices.contract import (
    ErasureReport,
    EService,
    ExportDocument,
    HeldItem,
    PersonalData,
    registry,
)
from eservices.enums import InvitationState, SubmissionState
from eservices.errors import PasswordWrong, StaffAccount, TooMany
from eservices.models import (
    Annex,
    EmailChange,
    Invitation,
    JournalEntry,
    OutgoingMail,
    Submission,
    TermsAcceptance,
    User,
)
from eservices.queries.journal import broken_entries
from eservices.queries.privacy import privacy_summary
from tests.eservices.actions.test_annexes import add as add_annex
from tests.eservices.actions.test_annexes import picture, stored_files
from tests.factories.eservices import (
    PASSWORD,
    log_in,
    make_agent,
    make_invitation,
    make_terms,
    make_user,
)
from tests.factories.submissions import COMPLETE, NATIONAL_NUMBER, make_draft, make_sent

pytestmark = pytest.mark.django_db
MARK = "xyzzymark"


def person(**fields) -> User:
    """Somebody whose every detail holds the mark."""
    user = make_user(f"{MARK}@example.org", first_name=MARK, last_name=f"{MARK}-last", **fields)
    user.citizen_profile.phone = "+32470998877"
    user.citizen_profile.save()
    TermsAcceptance.objects.create(user=user, version=make_terms(), language="fr")
    make_invitation(f"{MARK}@example.org", first_name=MARK, user=user, state="accepted")
    return user


def marked_draft(user: User) -> Submission:
    """A draft whose answers and document hold the mark."""
    draft = make_draft(user, answers={"q-name": f"{MARK} street", "q-nn": NATIONAL_NUMBER})
    add_annex(draft, picture(f"{MARK}-photo.png"))
    return draft


def unpacked(user: User) -> dict[str, bytes]:
    """The export by name."""
    with privacy.export(user=user) as copy, zipfile.ZipFile(io.BytesIO(copy.read())) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def traces(*marks: str) -> set[str]:
    """Where a mark stands: every text, JSON and binary column of every table."""
    found = set()
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        names = [f.attname for f in model._meta.concrete_fields if isinstance(f, kinds)]
        for row in model._base_manager.values_list(*names) if names else ():
            for name, value in zip(names, row, strict=True):
                text = bytes(value).decode("latin-1") if isinstance(value, memoryview) else value
                if any(mark in str(text) for mark in marks):
                    found.add(f"{model._meta.label}.{name}")
    return found


@pytest.mark.feature("X10")
def test_copy_holds_all_of_the_person_and_nothing_of_others():
    user, other = person(), make_user("other@example.org", first_name="Foreign")
    draft = marked_draft(user)
    sent = make_sent(user, **{"q-name": "Rue de la Preuve", "q-nn": NATIONAL_NUMBER})
    make_sent(other, **{"q-name": "Foreign street"})
    mails.send(template="password_changed", to_user=user, key="a")
    mails.send(template="submission_received", to_user=other, key="b")

    files = unpacked(user)

    with translation.override("fr"):
        name = str(registry["procedures"].verbose_name)
    assert set(files) == {
        *(n for n in files if n.endswith(".json")),
        f"{name}/{draft.reference}/{MARK}-photo.png",
    }
    assert len([n for n in files if n.endswith(".json")]) == 2
    account = next(json.loads(v) for n, v in files.items() if n.endswith(".json") and name not in n)
    assert account["account"]["email"] == user.email
    assert account["profile"]["phone"] == "+32470998877"
    assert [row["version"] for row in account["terms_accepted"]] == [1]
    assert account["security_events"][-1]["event"] == "data_exported"
    assert [row["first_name"] for row in account["invitations"]] == [MARK]
    assert {row["template"] for row in account["mails"]} >= {"password_changed"}
    copies = json.loads(files[f"{name}.json"])["files"]
    assert [copy["reference"] for copy in copies] == [draft.reference, sent.reference]
    answers = {row["question"]: row for row in copies[1]["answers"]}
    number = answers["National register number (fr)"]
    assert number["stored"] == NATIONAL_NUMBER
    assert number["answer"].endswith("997-01") or "997" in number["answer"]
    assert answers["Name of the street (fr)"]["answer"] == "Rue de la Preuve"
    assert copies[0]["documents"][0]["file"] == f"{draft.reference}/{MARK}-photo.png"
    text = b"".join(files[n] for n in files if n.endswith(".json")).decode()
    assert "Foreign" not in text
    assert "other@example.org" not in text


def test_copy_holds_no_internal_ids():
    user = person()
    draft = marked_draft(user)
    annex = Annex.objects.get()

    text = b"".join(v for n, v in unpacked(user).items() if n.endswith(".json")).decode()

    for inner in (user.public_id, draft.public_id, annex.public_id, annex.file.name, "q-name"):
        assert str(inner) not in text
    assert user.password not in text


def test_documents_keep_their_names_and_leave_no_folder():
    user = person()
    draft = make_draft(user)
    add_annex(draft)
    add_annex(draft)
    Annex.objects.update(name="..\\../secret/garden.png")

    names = [n for n in unpacked(user) if n.endswith(".png")]

    assert [n.rpartition("/")[2] for n in names] == ["garden.png", "garden (2).png"]
    assert all(".." not in n for n in names)


def test_copies_are_limited_by_the_hour():
    user = person()
    for _time in range(privacy.COPIES_PER_HOUR):
        privacy.export(user=user).close()

    with pytest.raises(TooMany):
        privacy.export(user=user)


@pytest.mark.feature("X10")
def test_erasure_leaves_no_trace_where_nothing_must_stay(django_capture_on_commit_callbacks):
    user = person()
    marked_draft(user)
    old = marked_draft(user)
    with django_capture_on_commit_callbacks(execute=True):
        drafts.discard(submission=old, by=user)
    email_changes.ask_for_change(user=user, new_email=f"new-{MARK}@example.org", password=PASSWORD)
    client = log_in(Client(), user)
    AccessAttempt.objects.create(
        username=user.email, ip_address="192.0.2.7", failures_since_start=1
    )
    AccessFailureLog.objects.create(username=user.email.upper(), ip_address="192.0.2.7")
    AccessLog.objects.create(username=user.email, ip_address="192.0.2.7")
    mails.send(template="password_changed", to_user=user, key="letter")
    assert traces(MARK, "470998877")
    assert stored_files(old)

    with django_capture_on_commit_callbacks(execute=True):
        report = privacy.erase(user=user, by=user)

    assert (len(report.erased), len(report.kept)) == (2, 0)
    assert traces(MARK, "470998877", NATIONAL_NUMBER) == set()
    assert not traces(MARK.upper())
    assert stored_files(old) == []
    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()
    assert user.email.startswith("erased-")
    assert not user.emaildevice_set.exists()
    assert not Session.objects.filter(session_key=client.session.session_key).exists()
    assert OutgoingMail.objects.filter(to_user=user).count() == 0
    assert JournalEntry.objects.filter(event="account_erased", actor=user).count() == 1
    for subject in (user, *Submission.objects.all()):
        assert broken_entries(subject) == []


def test_the_walk_through_the_tables_sees_what_is_planted():
    user = person()
    marked_draft(user)

    assert traces(MARK) >= {
        "eservices.User.email",
        "eservices.Profile.name",
        "eservices.Invitation.email",
        "eservices.Submission.answers",
        "eservices.AnswerRevision.answers",
        "eservices.Annex.name",
    }


def test_erasing_one_person_touches_nobody_else():
    user, other = person(), make_user()
    file, draft = make_sent(other), make_draft(other, answers={"q-name": "Other"})
    make_invitation("third@example.org")
    log_in(Client(), other)

    privacy.erase(user=user, by=user)

    other.refresh_from_db()
    assert other.is_active
    assert other.emaildevice_set.count() == 1
    assert Session.objects.count() == 1
    assert Invitation.objects.filter(state=InvitationState.PENDING).count() == 1
    assert Submission.objects.get(pk=draft.pk).answers == {"q-name": "Other"}
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.SUBMITTED


@pytest.mark.feature("X10")
def test_sent_files_stay_with_reason_and_day_and_so_does_the_account():
    user = person()
    draft, file = marked_draft(user), make_sent(user)
    make_invitation(user.email)
    email_changes.ask_for_change(user=user, new_email="new@example.org", password=PASSWORD)

    report = privacy.erase(user=user, by=user)

    kept = {item.reference: item for item in report.kept}
    assert set(kept) == {file.reference, ""}
    assert "1955" in kept[file.reference].reason
    assert kept[file.reference].rule
    assert [item.reference for item in report.erased] == [draft.reference]
    user.refresh_from_db()
    assert (user.is_active, user.first_name) == (True, MARK)
    assert user.check_password(PASSWORD)
    assert EmailChange.objects.count() == 0
    assert Invitation.objects.filter(state=InvitationState.PENDING).count() == 0
    assert OutgoingMail.objects.filter(template="new_address").count() == 0
    assert "eservices.Annex.name" not in traces(MARK)
    assert Submission.objects.get(pk=file.pk).answers == COMPLETE
    assert JournalEntry.objects.get(event="erasure_asked").data == {"erased": 1, "kept": 2}


def test_account_goes_with_the_last_file_that_was_kept():
    user, bystander = person(), make_user()
    file = make_sent(user)
    privacy.erase(user=user, by=user)
    submissions.withdraw(submission=file, by=user)
    assert privacy.finish_erasures() == 0
    day = timezone.localdate() + timedelta(days=file.procedure.retention_days + 1)
    assert retention.purge(today=day).counts["files"] == 1

    assert privacy.finish_erasures() == 1
    assert privacy.finish_erasures() == 0

    user.refresh_from_db()
    bystander.refresh_from_db()
    assert (user.is_active, bystander.is_active) == (False, True)
    assert traces(MARK) == set()
    assert broken_entries(user) == []


def test_account_waits_for_what_was_begun_after_the_request():
    user = person()
    file = make_sent(user)
    privacy.erase(user=user, by=user)
    Submission.objects.filter(pk=file.pk).delete()
    make_draft(user)

    assert privacy.finish_erasures() == 0


def test_erasure_asks_for_the_password():
    user = person()

    with pytest.raises(PasswordWrong):
        privacy.erase_own(user=user, password="something else")

    user.refresh_from_db()
    assert user.is_active


def test_accounts_of_the_municipality_are_refused():
    agent = make_agent()

    with pytest.raises(StaffAccount):
        privacy.erase_own(user=agent, password=PASSWORD)

    agent.refresh_from_db()
    assert agent.is_active


class Library(EService):
    """A service that a test adds: one loan that goes, one fine that may stay."""

    slug = "library"
    verbose_name = "Library"

    def __init__(self, *, fine: bool = False, fails: bool = False) -> None:
        self.fine, self.fails, self.loans = fine, fails, ["A book"]

    def export_personal_data(self, user):
        letter = ExportDocument(name="letter.txt", open=lambda: io.BytesIO(b"Dear reader"))
        return [PersonalData(name="loans", content=self.loans, documents=[letter])]

    def plan_erasure(self, user):
        kept = [HeldItem(what="A fine", reason="Accounts")] if self.fine else []
        return ErasureReport(erased=[HeldItem(what=loan) for loan in self.loans], kept=kept)

    def erase_personal_data(self, user, by):
        if self.fails:
            raise RuntimeError("library")
        report = self.plan_erasure(user)
        self.loans = []
        return report


def test_every_service_of_the_registry_takes_part():
    user, library = person(), Library(fine=True)
    with registry.temporarily(library):
        files = unpacked(user)
        plan = privacy_summary(user).plan
        report = privacy.erase(user=user, by=user)

    assert json.loads(files["Library.json"]) == {"loans": ["A book"]}
    assert files["Library/letter.txt"] == b"Dear reader"
    assert [item.what for item in plan.kept] == ["A fine"]
    assert [item.what for item in report.erased] == ["A book"]
    assert library.loans == []
    user.refresh_from_db()
    assert user.is_active


def test_a_service_that_fails_stops_the_whole_erasure():
    user = person()
    draft = marked_draft(user)

    with registry.temporarily(Library(fails=True)), pytest.raises(RuntimeError):
        privacy.erase(user=user, by=user)

    user.refresh_from_db()
    draft.refresh_from_db()
    assert (user.first_name, draft.state) == (MARK, SubmissionState.DRAFT)


def test_sessions_lie_in_the_database_where_erasure_finds_them():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
