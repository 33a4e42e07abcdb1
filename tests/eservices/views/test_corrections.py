"""Pages of changes to what was sent, without script."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from eservices.enums import SubmissionState
from eservices.models import Correction, Submission
from eservices.queries.corrections import open_correction_of
from eservices.queries.submissions import content_of
from tests.eservices.actions.test_requests import plan
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_file, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def page(client, user):
    return log_in(client, user)


def of(name, file, *more) -> str:
    with override("en"):
        return reverse(name, args=[file.reference, *more])


@pytest.fixture
def file(user):
    return make_sent(user)


@pytest.fixture
def begun(page, file):
    page.post(of("correction-begin", file))
    return file


@pytest.mark.feature("A11")
def test_an_answer_is_changed_read_again_and_sent(page, file):
    assert "Change my answers" in page.get(of("submission", file)).content.decode()

    first = page.post(of("correction-begin", file))["Location"]
    shown = page.get(first).content.decode()
    assert "You are changing what you sent" in shown
    assert 'value="120"' in shown
    second = page.post(
        first, {"revision": 0, "q-name": "Rue Neuve", "q-people": "80", "go": "next"}
    )
    assert second["Location"].endswith("/c-2/")
    check = page.get(of("correction-check", file)).content.decode()
    assert "What changes" in check
    assert 'data-changed="q-people"' in check
    assert 'data-changed="q-name"' not in check
    waiting = page.get(of("submission", file)).content.decode()
    assert "Your changes are not sent yet" in waiting
    assert "Your changes are not sent yet" not in shown

    page.post(of("correction-check", file), {"revision": 1, "confirm": "on"})

    assert content_of(Submission.objects.get()).answers["q-people"] == "80"
    told = page.get(of("submission", file)).content.decode()
    assert "Answers corrected" in told
    assert "Your changes are not sent yet" not in told


def test_dashboard_tells_of_changes_that_were_not_sent(page, begun):
    with override("en"):
        dashboard = reverse("dashboard")
    assert of("correction-check", begun) not in page.get(dashboard).content.decode()
    page.post(of("correction-chapter", begun, "c-1"), {"revision": 0, "q-people": "80"})

    assert of("correction-check", begun) in page.get(dashboard).content.decode()


def test_what_is_typed_is_saved_by_itself_and_clashes_in_words(page, begun):
    url = of("correction-autosave", begun, "c-1")
    saved = page.post(url, {"revision": 0, "q-people": "80"})
    assert saved.json()["revision"] == 1

    clash = page.post(url, {"revision": 0, "q-people": "90"})

    assert (clash.status_code, clash.json()["code"]) == (409, "submissions.draft_clash")


def test_autosave_after_sending_elsewhere_is_refused_not_lost_silently(page, begun):
    Correction.objects.all().delete()

    answer = page.post(of("correction-autosave", begun, "c-1"), {"revision": 0, "q-people": "80"})

    assert (answer.status_code, answer.json()["code"]) == (409, "submissions.no_correction")


def test_missing_answers_stand_first_and_are_not_sent(page, begun):
    page.post(
        of("correction-chapter", begun, "c-1"),
        {"revision": 0, "q-name": "", "q-people": "80"},
    )

    answer = page.post(of("correction-check", begun), {"revision": 1, "confirm": "on"})

    assert answer.status_code == 422
    assert of("correction-chapter", begun, "c-1") in answer.content.decode()


def test_changes_are_dropped_after_a_question(page, begun):
    assert page.get(of("correction-drop", begun)).status_code == 200

    page.post(of("correction-drop", begun))

    assert open_correction_of(begun) is None
    assert page.get(of("correction-check", begun))["Location"] == of("submission", begun)


@pytest.mark.feature("A11")
def test_a_document_is_added_and_taken_out_among_the_changes(page, begun):
    at = of("correction-chapter", begun, "c-2")

    page.post(at, {"revision": 0, "file-q-photo": plan()})

    annex = begun.annexes.get()
    shown = page.get(at).content.decode()
    assert "plan.pdf" in shown
    assert of("correction-annex-add", begun, "q-photo") in shown
    check = page.get(of("correction-check", begun)).content.decode()
    assert "plan.pdf" in check
    page.post(at, {"revision": 1, "delete_annex": str(annex.public_id)})
    assert "plan.pdf" not in page.get(at).content.decode()
    added = page.post(of("correction-annex-add", begun, "q-photo"), {"file": plan()})
    assert "plan.pdf" in added.json()["html"]


def test_others_do_not_find_the_changes(client, begun):
    stranger = log_in(client, make_user())

    for name, more in (
        ("correction-check", ()),
        ("correction-chapter", ("c-1",)),
        ("correction-drop", ()),
    ):
        assert stranger.get(of(name, begun, *more)).status_code == 404, name
    assert stranger.post(of("correction-begin", begun)).status_code == 404
    answer = stranger.post(of("correction-autosave", begun, "c-1"), {"revision": 0})
    assert answer.status_code == 404


def test_decided_files_offer_no_change(page, user):
    file = make_file(SubmissionState.ACCEPTED, user)

    assert "Change my answers" not in page.get(of("submission", file)).content.decode()
    assert page.post(of("correction-begin", file)).status_code == 409
