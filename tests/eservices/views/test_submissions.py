"""Pages of files, without script: start, fill in, send, follow."""

import re
from html import unescape

import pytest
from django.urls import reverse

from eservices.actions import drafts
from eservices.enums import SubmissionState
from eservices.models import Annex, Submission
from eservices.queries.submissions import content_of
from tests.eservices.actions.test_annexes import picture
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import (
    COMPLETE,
    STRUCTURE,
    given,
    make_draft,
    make_file,
    make_procedure,
    make_sent,
    make_version,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def page(client, user):
    return log_in(client, user)


def chapter(draft, name="c-1") -> str:
    return reverse("submission-chapter", args=[draft.reference, name])


def of(name, file) -> str:
    return reverse(name, args=[file.reference])


@pytest.mark.feature("A11")
def test_form_is_filled_in_saved_and_sent(page, user):
    procedure = make_procedure()

    first = page.post(reverse("submission-start", args=[procedure.code]))["Location"]
    draft = Submission.objects.get()
    answers = {"q-name": "Rue Neuve", "q-people": "120", "go": "next"}
    second = page.post(first, {"revision": draft.revision, **answers})["Location"]
    draft.refresh_from_db()
    third = page.post(second, {"revision": draft.revision, "q-agree": "on", "go": "next"})
    draft.refresh_from_db()
    sent = page.post(third["Location"], {"revision": draft.revision, "confirm": "on"})

    draft.refresh_from_db()
    assert second == chapter(draft, "c-2")
    assert third["Location"] == of("submission-check", draft)
    assert sent["Location"] == of("submission", draft)
    assert draft.state == SubmissionState.SUBMITTED
    assert content_of(draft).answers == COMPLETE
    assert "Rue Neuve" in page.get(sent["Location"]).content.decode()


def test_start_with_an_open_draft_offers_it_first(page, user):
    draft = make_draft(user)
    url = reverse("submission-start", args=[draft.procedure.code])

    offer = page.post(url)
    another = page.post(url, {"another": "yes"})

    assert offer.status_code == 409
    assert draft.reference in offer.content.decode()
    assert another.status_code == 302
    assert Submission.objects.count() == 2


@pytest.mark.feature("A14")
def test_errors_come_first_with_links_and_nothing_typed_is_lost(page, user):
    draft = make_draft(user)

    answer = page.post(
        chapter(draft),
        {"revision": draft.revision, "q-name": "Rue Neuve", "q-people": "a lot", "go": "next"},
    )

    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert re.search(r'role="alert".*href="#id_q-people".*id="id_q-people"', html, re.DOTALL)
    assert 'value="a lot"' in html
    draft.refresh_from_db()
    assert (draft.answers, draft.unfinished) == ({"q-name": "Rue Neuve"}, {"q-people": "a lot"})


def test_draft_is_continued_where_it_was_left(page, user):
    draft = make_draft(user)
    page.post(chapter(draft, "c-2"), {"revision": draft.revision, "go": "stay"})

    assert page.get(of("submission", draft))["Location"] == chapter(draft, "c-2")


def test_question_under_a_condition_is_hidden_until_the_answers_ask_it(page, user):
    draft = make_draft(user)

    def note() -> str:
        html = page.get(chapter(draft)).content.decode()
        return re.search(r'<div data-field="q-note"( hidden)?>', html)[1]

    assert note() == " hidden"
    page.post(chapter(draft), {"revision": draft.revision, "q-garden": "yes", "go": "refresh"})
    assert note() is None


def test_rows_are_added_and_removed_without_script(page, user):
    draft = make_draft(user)
    rows = {
        "q-trees-TOTAL_FORMS": "2",
        "q-trees-INITIAL_FORMS": "0",
        "q-trees-0-k-kind": "Oak",
        "q-trees-1-k-kind": "Beech",
    }

    added = page.post(
        chapter(draft, "c-2"), {"revision": draft.revision, **rows, "add_row": "q-trees"}
    )
    assert 'name="q-trees-2-k-kind"' in page.get(added["Location"]).content.decode()

    draft.refresh_from_db()
    page.post(
        chapter(draft, "c-2"), {"revision": draft.revision, **rows, "remove_row": "q-trees-0"}
    )
    draft.refresh_from_db()
    assert draft.answers["q-trees"] == [{"k-kind": "Beech"}]


def test_documents_come_and_go_with_the_form_without_script(page, user):
    draft = make_draft(user)
    url = chapter(draft, "c-2")

    page.post(url, {"revision": draft.revision, "file-q-photo": picture(), "go": "stay"})
    annex = Annex.objects.get()
    assert "garden.png" in page.get(url).content.decode()
    draft.refresh_from_db()
    page.post(url, {"revision": draft.revision, "delete_annex": str(annex.public_id)})

    draft.refresh_from_db()
    assert draft.answers == {}


@pytest.mark.parametrize("wanted", ["x", "", "00000000-0000-4000-8000-000000000000"])
def test_button_of_an_unknown_document_is_no_server_error(page, user, wanted):
    draft = make_draft(user)

    answer = page.post(chapter(draft, "c-2"), {"revision": draft.revision, "delete_annex": wanted})

    assert answer.status_code == 404


def test_refused_document_is_told_at_its_question_and_the_rest_is_saved(page, user):
    draft = make_draft(user)

    answer = page.post(
        chapter(draft, "c-2"),
        {
            "revision": draft.revision,
            "q-agree": "on",
            "file-q-photo": picture("a" * 300 + ".png"),
            "go": "next",
        },
    )

    assert answer.status_code == 422
    assert "#id_q-photo" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.answers == {"q-agree": True}


def test_two_windows_see_both_values_and_saving_again_keeps_mine(page, user):
    draft = make_draft(user)
    base = draft.revision
    drafts.save(
        submission=draft, result=given({"q-name": "Rue Neuve"}), base_revision=base, by=user
    )

    clash = page.post(chapter(draft), {"revision": base, "q-name": "Rue Haute", "go": "next"})

    html = clash.content.decode()
    assert clash.status_code == 409
    assert "Rue Neuve" in html
    assert 'value="Rue Haute"' in html
    shown = re.search(r'name="revision" value="(\d+)"', html)[1]
    page.post(chapter(draft), {"revision": shown, "q-name": "Rue Haute", "go": "stay"})
    draft.refresh_from_db()
    assert draft.answers == {"q-name": "Rue Haute"}


def test_autosave_answers_the_new_revision_and_409_on_a_clash(page, user):
    draft = make_draft(user)
    url = reverse("submission-autosave", args=[draft.reference, "c-1"])

    saved = page.post(url, {"revision": draft.revision, "q-name": "Rue Neuve"})
    clash = page.post(url, {"revision": draft.revision, "q-name": "Rue Haute"})

    assert saved.status_code == 200
    assert saved.json()["revision"] == draft.revision + 1
    assert clash.status_code == 409
    assert clash.json()["clashes"]["q-name"] == {"mine": "Rue Haute", "theirs": "Rue Neuve"}


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "١"])
def test_broken_revision_is_no_server_error(page, user, revision):
    draft = make_draft(user, answers={"q-name": "Rue Neuve"})

    answer = page.post(chapter(draft), {"revision": revision, "q-name": "Rue Haute"})

    assert answer.status_code == 409


def test_changed_form_tells_what_changed_until_it_is_put_away(page, user):
    draft = make_draft(user, answers={"q-name": "Rue Neuve"})
    changed = {"format": 1, "chapters": [dict(chapter) for chapter in STRUCTURE["chapters"]]}
    new = {"id": "q-new", "type": "text"}
    changed["chapters"][0]["fields"] = [new, *STRUCTURE["chapters"][0]["fields"]]
    make_version(draft.procedure, changed, {"q-new": {"label": "A new question"}})

    before = page.get(chapter(draft)).content.decode()
    page.post(of("submission-changes", draft))
    after = page.get(chapter(draft)).content.decode()

    assert 'id="changes-title"' in before
    assert 'id="changes-title"' not in after
    assert "Rue Neuve" in after


def test_check_page_lists_what_is_missing_with_links(page, user):
    draft = make_draft(user)

    html = page.get(of("submission-check", draft)).content.decode()

    assert f'href="{chapter(draft)}?check=1#id_q-name"' in html
    assert f'href="{chapter(draft, "c-2")}?check=1#id_q-agree"' in html


def test_incomplete_draft_cannot_be_sent(page, user):
    draft = make_draft(user)

    answer = page.post(of("submission-check", draft), {"revision": draft.revision, "confirm": "on"})

    assert answer.status_code == 422
    draft.refresh_from_db()
    assert draft.is_draft


def test_sent_file_has_no_more_form(page, user):
    file = make_sent(user)

    assert page.get(chapter(file))["Location"] == of("submission", file)
    assert page.post(chapter(file), {"q-name": "x"})["Location"] == of("submission", file)


@pytest.mark.feature("X1")
@pytest.mark.parametrize("state", [s for s in SubmissionState if s not in ("draft", "discarded")])
def test_file_page_says_the_state_and_whose_turn_it_is(page, user, state):
    file = make_file(state, user)

    html = page.get(of("submission", file)).content.decode()

    for anchor in ("status", "turn", "date", "history"):
        assert f'data-help="{anchor}"' in html
    assert "aria-current" in html or "eg-is-done" in html


def test_refusal_is_read_with_its_reason_and_without_the_words_for_grants(page, user):
    file = make_file(SubmissionState.REJECTED, user, decision_reason="The oak is protected.")
    Submission.objects.filter(pk=file.pk).update(decided_at=file.submitted_at)

    html = page.get(of("submission", file)).content.decode()

    assert "The oak is protected." in html


def test_withdrawing_asks_first(page, user):
    file = make_sent(user)
    url = of("submission-withdraw", file)

    asked = page.get(url)
    page.post(url, {"reason": "I moved."})
    again = page.post(url)

    file.refresh_from_db()
    assert asked.status_code == 200
    assert file.state == SubmissionState.WITHDRAWN
    assert again.status_code == 409


def test_draft_is_deleted_after_asking(page, user):
    draft = make_draft(user)

    page.post(of("submission-discard", draft))

    assert page.get(of("submission", draft)).status_code == 404


PAGES = ("submission", "submission-check", "submission-withdraw", "submission-discard")


@pytest.mark.parametrize("name", [*PAGES, "submission-pdf", "submission-changes"])
def test_foreign_file_does_not_exist(page, name):
    foreign = make_draft(make_user())

    assert page.get(of(name, foreign)).status_code == 404
    assert page.post(of(name, foreign)).status_code in (404, 405)


def test_foreign_document_does_not_exist(page, user):
    other = make_user()
    foreign = make_draft(other)
    mine = make_draft(user)
    log_in(page, other)
    page.post(chapter(foreign, "c-2"), {"revision": foreign.revision, "file-q-photo": picture()})
    annex = Annex.objects.get()
    seen = page.get(reverse("annex", args=[foreign.reference, annex.public_id]))
    assert b"".join(seen.streaming_content).startswith(b"\x89PNG")

    log_in(page, user)

    for reference in (foreign.reference, mine.reference):
        assert page.get(reverse("annex", args=[reference, annex.public_id])).status_code == 404


def test_document_is_handed_out_as_a_locked_download(page, user):
    draft = make_draft(user)
    page.post(
        reverse("annex-add", args=[draft.reference, "q-photo"]), {"file": picture("jardin é.png")}
    )
    annex = Annex.objects.get()

    answer = page.get(reverse("annex", args=[draft.reference, annex.public_id]))

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["Cache-Control"] == "private, no-store"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        ("bytes=0-3", 206, b"\x89PNG"),
        ("bytes=1-3", 206, b"PNG"),
        ("bytes=-4", 206, b"\xaeB`\x82"),
        ("bytes=3-1", 200, None),
        ("bytes=-", 200, None),
        ("bytes=0-1,3-4", 200, None),
        ("lines=1-2", 200, None),
    ],
)
def test_broken_download_goes_on_where_it_stopped(page, user, wanted, status, content):
    draft = make_draft(user)
    page.post(reverse("annex-add", args=[draft.reference, "q-photo"]), {"file": picture()})
    annex = Annex.objects.get()

    answer = page.get(
        reverse("annex", args=[draft.reference, annex.public_id]), headers={"Range": wanted}
    )

    got = answer.content if status == 206 else b"".join(answer.streaming_content)
    assert answer.status_code == status
    assert answer["Content-Disposition"] == 'attachment; filename="garden.png"'
    assert got == content if content else len(got) == annex.size


@pytest.mark.feature("A19")
def test_a_part_behind_the_end_or_of_another_content_is_not_made_up(page, user):
    draft = make_draft(user)
    page.post(reverse("annex-add", args=[draft.reference, "q-photo"]), {"file": picture()})
    annex = Annex.objects.get()
    url = reverse("annex", args=[draft.reference, annex.public_id])

    behind = page.get(url, headers={"Range": "bytes=999999-"})
    assert (behind.status_code, behind.content) == (416, b"")
    assert behind["Content-Range"] == f"bytes */{annex.size}"
    whole = page.get(url)
    tag = whole["ETag"]
    assert len(b"".join(whole.streaming_content)) == annex.size
    same = page.get(url, headers={"Range": "bytes=0-3", "If-Range": tag})
    assert (same.status_code, same.content) == (206, b"\x89PNG")
    other = page.get(url, headers={"Range": "bytes=0-3", "If-Range": '"another"'})
    assert other.status_code == 200
    assert len(b"".join(other.streaming_content)) == annex.size


@pytest.mark.parametrize(
    ("way", "header", "value"),
    [
        ("x-accel", "X-Accel-Redirect", r"/private-files/annexes/../\w{32}"),
        ("x-sendfile", "X-Sendfile", r"/.+/annexes/../\w{32}"),
    ],
)
def test_the_proxy_sends_the_bytes_of_what_we_authorised(page, user, settings, way, header, value):
    draft = make_draft(user)
    page.post(reverse("annex-add", args=[draft.reference, "q-photo"]), {"file": picture()})
    annex = Annex.objects.get()
    settings.FILES_SERVE = way

    answer = page.get(reverse("annex", args=[draft.reference, annex.public_id]))

    assert re.fullmatch(value, answer[header])
    assert answer.content == b""
    assert answer["Content-Disposition"] == 'attachment; filename="garden.png"'
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", PAGES)
def test_nobody_sees_a_file_without_login(client, name):
    draft = make_draft()

    answer = client.get(of(name, draft))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.feature("A11")
def test_two_windows_that_save_by_themselves_do_not_undo_each_other(page, user):
    draft = make_draft(user)
    url = reverse("submission-autosave", args=[draft.reference, "c-1"])
    start = draft.revision
    first = page.post(url, {"revision": start, "q-name": "Rue Neuve", "q-people": ""}).json()
    second = page.post(url, {"revision": start, "q-name": "", "q-people": "80"}).json()

    assert "values" not in first
    assert second["values"] == {"q-name": ["Rue Neuve"]}, "the page must show it from now on"
    third = {"revision": second["revision"], "q-people": "90", "q-name": second["values"]["q-name"]}
    page.post(url, third)
    draft.refresh_from_db()
    assert content_of(draft).answers == {"q-name": "Rue Neuve", "q-people": "90"}


@pytest.mark.feature("A11")
def test_a_new_request_begins_with_former_answers(page, user):
    sent = make_sent(user)
    url = of("submission-copy", sent)
    assert url in page.get(of("submission", sent)).content.decode()
    assert page.get(url).status_code == 200

    place = page.post(url)["Location"]

    draft = Submission.objects.get(copied_from=sent)
    assert draft.reference in place
    assert 'value="Rue Neuve"' in page.get(place).content.decode()
    assert draft.reference in page.get(url).content.decode(), "the open draft is offered first"


def test_a_draft_is_not_copied(page, user):
    draft = make_draft(user)

    assert page.get(of("submission-copy", draft)).status_code == 302
    assert Submission.objects.count() == 1
