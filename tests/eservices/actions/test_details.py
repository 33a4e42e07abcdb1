"""Official values that are wrong: reported by the person, answered and corrected by the administration."""

import pytest

from eservices.actions import details
from eservices.enums import FieldSource, MembershipRole, MembershipState, ProfileKind
from eservices.errors import (
    CorrectionMissing,
    FieldLocked,
    FieldNotLocked,
    Invalid,
    NotAdministrator,
    ReasonRequired,
    Refused,
    ReportAnswered,
    ReportAnswerMissing,
    ReportMessageMissing,
    ReportOpen,
    TooMany,
)
from eservices.models import JournalEntry, OutgoingMail, RateLimit
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db

WORDS = "My name is written with two t."


@pytest.fixture
def claire():
    return make_user(
        "claire@example.org",
        first_name="Claire",
        last_name="Dumont",
        locked_fields={"last_name": "eid"},
    )


def journal_of(user):
    rows = JournalEntry.objects.filter(subject_id=user.public_id).order_by("sequence")
    return [(row.event, row.data.get("field")) for row in rows]


def test_report_is_stored_and_the_mailbox_gets_no_word_of_it(claire, monkeypatch):
    monkeypatch.setattr(details, "municipality", lambda language: {"email": "hall@example.org"})

    row = details.report(user=claire, field="last_name", message=f" {WORDS} ")

    assert (row.message, row.source, row.profile) == (WORDS, FieldSource.EID, None)
    mail = OutgoingMail.objects.get(template="details_report")
    assert (mail.address, mail.to_user, mail.context) == (
        "hall@example.org",
        None,
        {"field": "last_name"},
    )
    assert journal_of(claire) == [("details_reported", "last_name")]


def test_without_a_mailbox_the_report_waits_in_the_back_office(claire, monkeypatch):
    monkeypatch.setattr(details, "municipality", lambda language: {})

    details.report(user=claire, field="last_name", message=WORDS)

    assert claire.details_reports.count() == 1
    assert not OutgoingMail.objects.filter(template="details_report").exists()


@pytest.mark.parametrize(
    ("field", "message", "refusal"),
    [
        ("first_name", WORDS, FieldNotLocked),
        ("is_staff", WORDS, FieldNotLocked),
        ("last_name", "  ", ReportMessageMissing),
    ],
)
def test_report_that_makes_no_sense_is_refused(claire, field, message, refusal):
    with pytest.raises(refusal):
        details.report(user=claire, field=field, message=message)

    assert claire.details_reports.count() == 0


def test_one_report_at_a_time_for_one_value(claire):
    first = details.report(user=claire, field="last_name", message=WORDS)
    with pytest.raises(ReportOpen):
        details.report(user=claire, field="last_name", message=WORDS)

    details.answer(report=first, by=make_team_agent(), answer="It is right now.")

    again = details.report(user=claire, field="last_name", message=WORDS)
    assert again.handled_at is None


def test_ten_reports_a_day_are_enough(claire):
    for _number in range(details.REPORTS_PER_DAY):
        details.report(user=claire, field="last_name", message=WORDS)
        claire.details_reports.all().delete()

    with pytest.raises(TooMany):
        details.report(user=claire, field="last_name", message=WORDS)
    assert RateLimit.objects.filter(bucket="details-report").exists()


def test_answer_closes_once_and_a_mail_says_so(claire):
    agent = make_team_agent()
    row = details.report(user=claire, field="last_name", message=WORDS)
    with pytest.raises(ReportAnswerMissing):
        details.answer(report=row, by=agent, answer=" ")
    with pytest.raises(Refused):
        details.answer(report=row, by=make_user(), answer="No.")

    done = details.answer(report=row, by=agent, answer=" We asked the register. ")

    assert (done.answer, done.handled_by) == ("We asked the register.", agent)
    mail = OutgoingMail.objects.get(template="details_answered")
    assert (mail.to_user, mail.context) == (claire, {"report": str(row.public_id)})
    with pytest.raises(ReportAnswered):
        details.answer(report=row, by=agent, answer="Again.")


@pytest.mark.feature("A7")
def test_correction_makes_the_administration_the_source(claire):
    agent = make_team_agent()

    details.correct(
        user=claire, field="last_name", value=" Dumontt ", by=agent, reason="Identity card seen"
    )

    claire.refresh_from_db()
    assert (claire.last_name, claire.locked_fields) == ("Dumontt", {"last_name": "agent"})
    assert claire.citizen_profile.name == "Claire Dumontt"
    entry = JournalEntry.objects.get(subject_id=claire.public_id, event="details_corrected")
    assert (entry.actor, entry.reason, entry.data) == (
        agent,
        "Identity card seen",
        {"field": "last_name"},
    )
    assert OutgoingMail.objects.get(template="details_corrected").to_user == claire


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, ReasonRequired),
        ({"value": " "}, CorrectionMissing),
        ({"value": "Dumont"}, CorrectionMissing),
        ({"field": "first_name"}, FieldNotLocked),
        ({"field": "national_number"}, Invalid),
        ({"field": "is_staff"}, Invalid),
    ],
)
def test_correction_is_refused(claire, change, refusal):
    values = {"field": "last_name", "value": "Dumontt", "reason": "Seen", **change}

    with pytest.raises(refusal):
        details.correct(user=claire, by=make_team_agent(), **values)

    claire.refresh_from_db()
    assert (claire.display_name, claire.locked_fields) == ("Claire Dumont", {"last_name": "eid"})


def test_nobody_corrects_without_the_right_or_for_oneself(claire):
    agent = make_team_agent(last_name="Old", locked_fields={"last_name": "eid"})

    for person, by in ((claire, make_user()), (claire, claire), (agent, agent)):
        with pytest.raises(Refused):
            details.correct(user=person, field="last_name", value="New", by=by, reason="Seen")
    agent.refresh_from_db()
    assert agent.last_name == "Old"


def test_values_of_an_organisation_are_reported_and_corrected(claire):
    organisation = make_organisation("Harmonie", locked_fields={"name": "kbo"})
    membership = make_membership(claire, organisation)

    row = details.report(user=claire, field="name", message=WORDS, membership=membership)
    details.correct_organisation(
        organisation=organisation,
        value="Harmonie royale",
        by=make_team_agent(),
        reason="Statutes seen",
        person=claire,
    )

    assert (row.profile, row.source) == (organisation.profile, FieldSource.KBO)
    organisation.refresh_from_db()
    assert (organisation.profile.name, organisation.locked_fields) == (
        "Harmonie royale",
        {"name": "agent"},
    )


def test_administrators_change_what_the_organisation_declares(claire):
    membership = make_membership(claire, role=MembershipRole.ADMIN)
    values = {"name": "New name", "kind": ProfileKind.ENTERPRISE, "is_vat_liable": True}

    details.update_organisation(membership=membership, values=values, by=claire)

    membership.refresh_from_db()
    profile = membership.profile
    assert (profile.name, profile.kind, profile.organisation.is_vat_liable) == (
        "New name",
        "enterprise",
        True,
    )


@pytest.mark.parametrize(
    ("fields", "values", "refusal"),
    [
        ({"role": MembershipRole.MEMBER}, {"name": "X"}, NotAdministrator),
        ({"state": MembershipState.DECLARED}, {"name": "X"}, NotAdministrator),
        ({}, {"name": "Forged"}, FieldLocked),
        ({}, {"kind": ProfileKind.CITIZEN}, Invalid),
        ({}, {"bce_number": "0403019261"}, Invalid),
    ],
)
def test_changes_of_an_organisation_are_refused(claire, fields, values, refusal):
    organisation = make_organisation("Club", locked_fields={"name": "kbo"})
    membership = make_membership(claire, organisation, **{"role": MembershipRole.ADMIN, **fields})

    with pytest.raises(refusal):
        details.update_organisation(membership=membership, values=values, by=claire)

    organisation.refresh_from_db()
    assert (organisation.profile.name, organisation.profile.kind) == ("Club", "association")
