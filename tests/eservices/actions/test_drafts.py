"""Drafts: started, merged, carried over, deleted; nothing that somebody typed is lost."""

import copy
import re
import threading

import pytest
from django.db import connections

from eservices.actions import drafts
from eservices.actions.identifiers import record_number
from eservices.enums import FieldSource, Level, ProcedureState, RevisionKind, SubmissionState
from eservices.errors import (
    DraftClash,
    DraftExists,
    MoveRefused,
    ProcedureClosed,
    ProfileKindRefused,
    StepUpRequired,
)
from eservices.models import AnswerRevision, ChapterReach, JournalEntry, Submission
from eservices.queries.submissions import content_of
from tests.factories.eservices import make_user
from tests.factories.submissions import (
    NATIONAL_NUMBER,
    STRUCTURE,
    given,
    make_draft,
    make_procedure,
    make_sent,
    make_version,
    viewer_of,
)

pytestmark = pytest.mark.django_db


def save(draft, base, *, unfinished=None, **answers):
    named = {name.replace("_", "-"): value for name, value in answers.items()}
    return drafts.save(
        submission=draft,
        result=given(named, unfinished),
        base_revision=base,
        by=draft.acting_user,
    )


def test_start_pins_the_current_version_and_gives_a_reference():
    procedure, user = make_procedure(), make_user()

    draft = drafts.start(procedure=procedure, viewer=viewer_of(user), locale="de")

    assert draft.version == procedure.current
    assert draft.state == SubmissionState.DRAFT
    assert draft.profile == user.citizen_profile
    assert re.fullmatch(r"SUB-20\d\d-[2-9A-HJKMNP-TW-Z]{6}", draft.reference)
    assert JournalEntry.objects.filter(subject_id=draft.public_id, event="start").count() == 1


def test_start_with_an_open_draft_says_which_and_starts_another_only_when_asked():
    draft = make_draft()
    ask = {"procedure": draft.procedure, "viewer": viewer_of(draft.acting_user), "locale": "fr"}

    with pytest.raises(DraftExists) as refusal:
        drafts.start(**ask)

    assert refusal.value.params["reference"] == draft.reference
    assert drafts.start(**ask, another=True).pk != draft.pk


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"state": ProcedureState.CLOSED}, ProcedureClosed),
        ({"kinds": ["association"]}, ProfileKindRefused),
        ({"required_level": Level.SUBSTANTIAL}, StepUpRequired),
    ],
)
def test_start_is_refused_and_leaves_nothing(change, error):
    procedure = make_procedure(**change)

    with pytest.raises(error):
        drafts.start(procedure=procedure, viewer=viewer_of(make_user()), locale="fr")

    assert not Submission.objects.exists()


def test_reference_that_is_taken_is_drawn_again(monkeypatch):
    first = make_draft()
    taken = first.reference[-6:]
    letters = iter(taken + "222222")
    monkeypatch.setattr("eservices.actions.references.secrets.choice", lambda _a: next(letters))

    second = make_draft(first.acting_user)

    assert second.reference.endswith("-222222")


def test_save_keeps_what_is_well_formed_and_what_is_not():
    draft = make_draft()

    saved = save(draft, draft.revision, q_name="Rue Neuve", unfinished={"q-people": "a lot"})

    assert saved.answers == {"q-name": "Rue Neuve"}
    assert saved.unfinished == {"q-people": "a lot"}


def test_sensitive_answers_are_stored_only_sealed():
    draft = make_draft()

    saved = save(draft, draft.revision, q_nn=NATIONAL_NUMBER)

    saved.refresh_from_db()
    revision = saved.revisions.get(number=saved.revision)
    assert content_of(saved).answers == {"q-nn": NATIONAL_NUMBER}
    for row in (saved, revision):
        assert row.answers == {}
        assert NATIONAL_NUMBER.encode() not in bytes(row.sealed_answers)


def test_two_tabs_with_different_questions_are_merged():
    draft = make_draft()
    base = draft.revision

    save(draft, base, q_name="Rue Neuve")
    merged = save(draft, base, q_people="12")

    assert merged.answers == {"q-name": "Rue Neuve", "q-people": "12"}


def test_two_tabs_with_the_same_question_clash_and_nothing_is_written():
    draft = make_draft()
    base = draft.revision
    first = save(draft, base, q_name="Rue Neuve")

    with pytest.raises(DraftClash) as refusal:
        save(draft, base, q_name="Rue Haute", q_people="12")

    clash = refusal.value.params["clashes"]["q-name"]
    assert (clash.mine, clash.theirs) == ("Rue Haute", "Rue Neuve")
    assert refusal.value.params["content"].answers == {"q-name": "Rue Haute", "q-people": "12"}
    draft.refresh_from_db()
    assert (draft.answers, draft.revision) == ({"q-name": "Rue Neuve"}, first.revision)


def test_clash_is_solved_by_saving_on_the_shown_revision():
    draft = make_draft()
    base = draft.revision
    save(draft, base, q_name="Rue Neuve")
    with pytest.raises(DraftClash) as refusal:
        save(draft, base, q_name="Rue Haute")

    solved = save(draft, refusal.value.params["revision"], q_name="Rue Haute")

    assert solved.answers == {"q-name": "Rue Haute"}


def test_base_that_is_no_longer_kept_overwrites_no_answer():
    draft = make_draft(answers={"q-name": "Rue Neuve"})

    added = save(draft, 9999, q_people="12")
    with pytest.raises(DraftClash):
        save(draft, 9999, q_name="Rue Haute")

    assert added.answers == {"q-name": "Rue Neuve", "q-people": "12"}


def test_saving_the_same_again_makes_no_revision():
    draft = make_draft(answers={"q-name": "Rue Neuve"})

    again = save(draft, draft.revision, q_name="Rue Neuve")

    assert again.revision == draft.revision


def test_only_the_last_twenty_revisions_are_kept():
    draft = make_draft()
    for number in range(30):
        draft = save(draft, draft.revision, q_name=f"Rue {number}")

    numbers = list(draft.revisions.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(draft.revision - 19, draft.revision + 1))


def test_saving_a_sent_file_is_refused():
    file = make_sent()

    with pytest.raises(MoveRefused):
        save(file, file.revision, q_name="Rue Haute")


def test_draft_is_carried_over_and_tells_what_changed():
    draft = make_draft(answers={"q-name": "Rue Neuve", "q-people": "12"})
    changed = copy.deepcopy(STRUCTURE)
    fields = changed["chapters"][0]["fields"]
    fields[1] = {"id": "q-people", "type": "date"}
    fields.append({"id": "q-new", "type": "text", "required": True})
    version = make_version(draft.procedure, changed)
    draft.refresh_from_db()

    carried = drafts.carry_over(submission=draft, by=draft.acting_user, locale="fr")

    assert carried.version == version
    assert content_of(carried).answers == {"q-name": "Rue Neuve"}
    assert content_of(carried).set_aside == {"q-people": "12"}
    told = {(change["question"], change["kind"]) for change in carried.changes}
    assert {("q-people", "type"), ("q-new", "added")} <= told
    assert carried.revisions.get(number=carried.revision).kind == RevisionKind.REBASE
    assert drafts.dismiss_changes(submission=carried).changes == []


def test_current_draft_is_not_carried_over():
    draft = make_draft()

    again = drafts.carry_over(submission=draft, by=draft.acting_user, locale="fr")

    assert again.revision == draft.revision


def test_discarded_draft_holds_nothing_any_more():
    draft = make_draft(answers={"q-name": "Rue Neuve", "q-nn": NATIONAL_NUMBER})

    drafts.discard(submission=draft, by=draft.acting_user)

    draft.refresh_from_db()
    assert draft.state == SubmissionState.DISCARDED
    assert (draft.answers, bytes(draft.sealed_answers), draft.search_name) == ({}, b"", "")
    assert not AnswerRevision.objects.filter(submission=draft).exists()


WRITERS, SAVES = 8, 25


@pytest.mark.django_db(transaction=True)
def test_eight_tabs_that_save_at_once_lose_nothing():
    fields = [
        {"id": f"q-{writer}-{number}", "type": "text"}
        for writer in range(WRITERS)
        for number in range(SAVES)
    ]
    structure = {"format": 1, "chapters": [{"id": "c-1", "fields": fields}]}
    draft = make_draft(procedure=make_procedure(structure))
    failures: list[Exception] = []

    def write(writer: int) -> None:
        revision = draft.revision
        try:
            for number in range(SAVES):
                saved = drafts.save(
                    submission=draft,
                    result=given({f"q-{writer}-{number}": "kept"}),
                    base_revision=revision,
                    by=draft.acting_user,
                )
                revision = saved.revision
        except Exception as error:  # noqa: BLE001  told by the assertion below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    draft.refresh_from_db()
    assert len(draft.answers) == WRITERS * SAVES


NUMBER_FORM = {
    "format": 1,
    "chapters": [
        {
            "id": "c-1",
            "fields": [
                {"id": "q-nn", "type": "national_number", "prefill": "user.national_number"},
                {
                    "id": "q-born",
                    "type": "date",
                    "sensitive": True,
                    "prefill": "user.birth_date",
                },
                {"id": "q-open-born", "type": "date", "prefill": "user.birth_date"},
                {"id": "q-text", "type": "text", "prefill": "user.national_number"},
                {
                    "id": "q-sealed-text",
                    "type": "text",
                    "sensitive": True,
                    "prefill": "user.national_number",
                },
            ],
        }
    ],
}


@pytest.mark.parametrize("level", [Level.LOW, Level.SUBSTANTIAL])
def test_a_verified_number_is_filled_in_where_it_stays_sealed_and_after_a_sure_login(level):
    words = {"c-1": {"title": "You"}} | {
        field["id"]: {"label": field["id"]} for field in NUMBER_FORM["chapters"][0]["fields"]
    }
    procedure = make_procedure()
    make_version(procedure, NUMBER_FORM, words)
    user = make_user()
    record_number(user=user, number="85073003328", source=FieldSource.EID)

    draft = drafts.start(procedure=procedure, viewer=viewer_of(user, level=level), locale="fr")

    row = Submission.objects.get(pk=draft.pk)
    expected = {"q-nn": "85073003328", "q-born": "1985-07-30"}
    assert content_of(row).answers == (expected if level >= Level.SUBSTANTIAL else {})
    assert row.answers == {}
    assert set(row.prefilled) == set(content_of(row).answers)


@pytest.mark.feature("A11")
def test_a_former_file_gives_its_answers_to_a_new_draft_without_documents_and_consents():
    structure = copy.deepcopy(STRUCTURE)
    sent = make_sent(**{"q-nn": NATIONAL_NUMBER, "q-garden": True, "q-note": "An oak"})
    structure["chapters"][0]["fields"][1]["type"] = "text"
    current = make_version(sent.procedure, structure)
    viewer = viewer_of(sent.acting_user)

    draft = drafts.copy(submission=sent, viewer=viewer, locale="fr")

    draft.refresh_from_db()
    assert draft.reference != sent.reference
    assert (draft.state, draft.version, draft.copied_from) == ("draft", current, sent)
    answers = content_of(draft).answers
    assert answers["q-name"] == "Rue Neuve"
    assert answers["q-nn"] == NATIONAL_NUMBER
    assert "q-agree" not in answers, "nobody agrees by copying"
    assert "q-nn" not in draft.answers
    entry = JournalEntry.objects.get(subject_id=draft.public_id, event="start")
    assert entry.data["copied_from"] == sent.reference


def test_a_copy_asks_about_open_drafts_and_copies_no_draft():
    sent = make_sent()
    viewer = viewer_of(sent.acting_user)
    draft = drafts.copy(submission=sent, viewer=viewer, locale="fr")

    with pytest.raises(DraftExists):
        drafts.copy(submission=sent, viewer=viewer, locale="fr")
    with pytest.raises(MoveRefused):
        drafts.copy(submission=draft, viewer=viewer, locale="fr")
    assert drafts.copy(submission=sent, viewer=viewer, locale="fr", another=True) != draft


def test_a_chapter_counts_once_for_each_draft():
    draft = make_draft()
    stale = Submission.objects.get(pk=draft.pk)
    other = make_draft(procedure=draft.procedure)

    drafts.reach_chapter(submission=draft, chapter="c-1")
    drafts.reach_chapter(submission=draft, chapter="c-1")
    drafts.reach_chapter(submission=stale, chapter="c-1")
    drafts.reach_chapter(submission=other, chapter="c-1")
    drafts.reach_chapter(submission=other, chapter="c-2")

    counts = {row.chapter_id: row.reached for row in ChapterReach.objects.all()}
    assert counts == {"c-1": 2, "c-2": 1}
    sent = make_sent(procedure=draft.procedure)
    drafts.reach_chapter(submission=sent, chapter="c-1")
    assert ChapterReach.objects.get(chapter_id="c-1").reached == 2
