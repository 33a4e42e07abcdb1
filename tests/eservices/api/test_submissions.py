"""Files by API: the same acts and the same refusals as the pages."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from eservices.actions import drafts
from eservices.enums import Level, ProcedureState, SubmissionState
from eservices.models import Annex, Submission
from tests.eservices.actions.test_annexes import picture
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import (
    COMPLETE,
    NATIONAL_NUMBER,
    given,
    make_draft,
    make_procedure,
    make_sent,
)

pytestmark = pytest.mark.django_db
FILES = "/api/v1/submissions/"


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def api(client, user):
    return log_in(client, user)


def call(client, method, url, body=None):
    if method == "get":
        return client.get(url)
    data = json.dumps(body) if body is not None else ""
    return getattr(client, method)(url, data, content_type="application/json")


def url_of(file, *parts) -> str:
    return "/".join([f"{FILES}{file.reference}", *parts, ""])


@pytest.mark.feature("A11")
def test_file_is_started_filled_in_checked_sent_and_withdrawn(api):
    procedure = make_procedure()

    draft = call(api, "post", FILES, {"procedure": procedure.code}).json()
    here = f"{FILES}{draft['reference']}/"
    answers = COMPLETE | {"q-nn": NATIONAL_NUMBER}
    gaps = call(api, "post", f"{here}validate/").json()
    saved = call(
        api, "patch", here, {"answers": answers, "base_revision": draft["revision"]}
    ).json()
    sent = call(api, "post", f"{here}send/", {"revision": saved["revision"]}).json()
    again = call(api, "post", f"{here}send/", {"revision": saved["revision"]}).json()
    listed = api.get(FILES).json()
    gone = call(api, "post", f"{here}withdraw/", {}).json()

    assert [error["pointer"] for error in gaps["errors"]] == [
        "/answers/q-name",
        "/answers/q-people",
        "/answers/q-agree",
    ]
    assert saved["answers"] == answers
    assert (sent["state"], sent["turn"], sent["status"]) == ("submitted", "us", "received")
    assert again == sent
    assert (listed["count"], listed["results"][0]["reference"]) == (1, draft["reference"])
    assert gone["state"] == "withdrawn"


def test_null_takes_an_answer_out(api, user):
    draft = make_draft(user, answers={"q-name": "Rue Neuve", "q-people": "12"})

    body = {"answers": {"q-name": None}, "base_revision": draft.revision}
    saved = call(api, "patch", url_of(draft), body).json()

    assert saved["answers"] == {"q-people": "12"}


@pytest.mark.parametrize(
    ("answers", "pointer", "code"),
    [
        ({"q-name": ["a"]}, "/answers/q-name", "type"),
        ({"q-people": {"a": 1}}, "/answers/q-people", "type"),
        ({"q-unknown": "a"}, "/answers/q-unknown", "unknown"),
        ({"q-name": "a\0b"}, "/answers/q-name", "character"),
        ({"q-trees": [{"k-kind": 3}]}, "/answers/q-trees/0/k-kind", "type"),
        ({"q-photo": [str(uuid4())]}, "/answers/q-photo", "annex"),
        ({"q-nn": "85031499702"}, "/answers/q-nn", None),
    ],
)
def test_malformed_answer_is_refused_with_its_place_and_nothing_is_stored(
    api, user, answers, pointer, code
):
    draft = make_draft(user)
    body = {"answers": answers, "base_revision": draft.revision}

    refusal = call(api, "patch", url_of(draft), body)

    assert refusal.status_code == 422
    assert refusal["Content-Type"] == "application/problem+json"
    problem = refusal.json()
    assert problem["code"] == "submissions.answer_malformed"
    assert problem["errors"][0]["pointer"] == pointer
    assert code in (None, problem["errors"][0]["code"])
    draft.refresh_from_db()
    assert draft.answers == {}


def test_clash_answers_both_values_and_the_revision(api, user):
    draft = make_draft(user)
    drafts.save(
        submission=draft,
        result=given({"q-name": "Rue Neuve"}),
        base_revision=draft.revision,
        by=user,
    )
    body = {"answers": {"q-name": "Rue Haute"}, "base_revision": draft.revision}

    clash = call(api, "patch", url_of(draft), body)

    assert clash.status_code == 409
    assert clash.json()["code"] == "submissions.draft_clash"
    assert clash.json()["clashes"] == {"q-name": {"mine": "Rue Haute", "theirs": "Rue Neuve"}}
    assert clash.json()["revision"] == draft.revision + 1


def test_documents_are_added_read_and_deleted(api, user):
    draft = make_draft(user)

    added = api.post(url_of(draft, "annexes"), {"question": "q-photo", "file": picture()})
    here = url_of(draft, "annexes", added.json()["id"])
    read = api.get(here)
    content = b"".join(read.streaming_content)

    assert added.status_code == 201
    assert content.startswith(b"\x89PNG")
    assert api.get(url_of(draft)).json()["annexes"][0]["name"] == "garden.png"
    assert api.delete(here).status_code == 204
    assert api.get(here).status_code == 404


def test_draft_is_deleted_and_gone(api, user):
    draft = make_draft(user)

    assert api.delete(url_of(draft)).status_code == 204
    assert api.get(url_of(draft)).status_code == 404


@pytest.mark.parametrize(
    ("method", "parts"),
    [
        ("get", ()),
        ("patch", ()),
        ("delete", ()),
        ("post", ("validate",)),
        ("post", ("send",)),
        ("post", ("withdraw",)),
        ("get", ("pdf",)),
    ],
)
@pytest.mark.parametrize("reference", ["foreign", "SUB-2026-XXXXXX", "%00", "é"])
def test_foreign_and_unknown_files_do_not_exist(api, method, parts, reference):
    foreign = make_draft()
    name = foreign.reference if reference == "foreign" else reference
    body = {"answers": {}, "base_revision": 1, "revision": 1}

    answer = call(api, method, "/".join([f"{FILES}{name}", *parts, ""]), body)

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("body", ["", "{", "[]", '"a"', '{"answers": []}', '{"answers": {}}'])
def test_malformed_body_is_told_so(api, user, body):
    draft = make_draft(user)

    answer = api.patch(url_of(draft), body, content_type="application/json")

    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_nobody_gets_in_without_login(client):
    draft = make_draft()

    answer = client.get(url_of(draft))

    assert answer.status_code == 403
    assert answer.json()["code"] == "accounts.login_required"


def test_token_against_forged_requests_is_asked_for(user):
    client = log_in(Client(enforce_csrf_checks=True), user)

    answer = call(client, "post", FILES, {"procedure": make_procedure().code})

    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf"
    assert not Submission.objects.exists()


# The same refusal by page and by API


def closed(user):
    return make_procedure(state=ProcedureState.CLOSED)


def other_kind(user):
    return make_procedure(kinds=["association"])


def too_low(user):
    return make_procedure(required_level=Level.HIGH)


def with_draft(user):
    return make_draft(user).procedure


@pytest.mark.parametrize(
    ("given_procedure", "code"),
    [
        (closed, "procedures.closed"),
        (other_kind, "procedures.profile_kind_refused"),
        (with_draft, "submissions.draft_exists"),
    ],
)
def test_start_is_refused_alike_by_page_and_api(api, user, given_procedure, code):
    procedure = given_procedure(user)
    count = Submission.objects.count()

    page = api.post(reverse("submission-start", args=[procedure.code]))
    answer = call(api, "post", FILES, {"procedure": procedure.code})

    assert answer.json()["code"] == code
    assert answer.status_code == page.status_code
    assert Submission.objects.count() == count


def test_start_by_page_leads_to_what_the_api_names(api, user):
    procedure = too_low(user)

    page = api.post(reverse("submission-start", args=[procedure.code]))
    answer = call(api, "post", FILES, {"procedure": procedure.code})

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_required")
    assert page.status_code == 302
    assert page.url.startswith(f"{answer.json()['url']}&next=")
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("act", "body"),
    [("submission-check", {"confirm": "on"}), ("submission-withdraw", {})],
)
def test_act_on_a_draft_is_refused_alike_by_page_and_api(api, user, act, body):
    draft = make_draft(user)
    word = {"submission-check": "send", "submission-withdraw": "withdraw"}[act]

    page = api.post(reverse(act, args=[draft.reference]), {"revision": draft.revision, **body})
    answer = call(api, "post", url_of(draft, word), {"revision": draft.revision})

    assert page.status_code == answer.status_code
    assert answer.status_code in (409, 422)
    draft.refresh_from_db()
    assert draft.state == SubmissionState.DRAFT


def test_document_is_refused_alike_by_page_and_api(api, user):
    draft = make_draft(user)

    page = api.post(
        reverse("annex-add", args=[draft.reference, "q-photo"]), {"file": picture("a" * 300)}
    )
    answer = api.post(url_of(draft, "annexes"), {"question": "q-photo", "file": picture("a" * 300)})

    assert page.status_code == answer.status_code == 422
    assert page.json()["code"] == answer.json()["code"] == "uploads.name_refused"
    assert not Annex.objects.exists()


def test_sent_file_keeps_its_answers(api, user):
    file = make_sent(user)
    body = {"answers": {"q-name": "Rue Haute"}, "base_revision": file.revision}

    refusal = call(api, "patch", url_of(file), body)

    assert refusal.status_code == 409
    assert refusal.json()["code"] == "submissions.move_refused"
    file.refresh_from_db()
    assert file.answers["q-name"] == "Rue Neuve"


def test_list_has_the_same_number_of_queries_for_one_and_for_many(
    api, user, django_assert_max_num_queries
):
    procedure = make_procedure()
    make_sent(user, procedure)
    with django_assert_max_num_queries(20) as few:
        api.get(FILES)
    for _number in range(4):
        make_draft(user, procedure)

    with django_assert_max_num_queries(20) as many:
        assert api.get(FILES).json()["count"] == 5

    assert len(many) == len(few)


@pytest.mark.feature("A11")
def test_what_was_sent_is_changed_read_again_and_sent(api, user):
    sent = make_sent(user)
    here = url_of(sent, "correction")
    assert call(api, "get", here).status_code == 404
    assert call(api, "patch", here, {"answers": {}, "base_revision": 0}).status_code == 409

    assert call(api, "post", here).status_code == 201
    body = {"answers": {"q-people": "80"}, "base_revision": 0}
    saved = call(api, "patch", here, body).json()
    assert saved["differences"] == [
        {
            "question": "q-people",
            "label": saved["differences"][0]["label"],
            "before": "120",
            "after": "80",
        }
    ]
    assert call(api, "get", url_of(sent)).json()["answers"]["q-people"] == "120"
    done = call(api, "post", url_of(sent, "correction", "send"), {"revision": saved["revision"]})

    assert done.json()["answers"]["q-people"] == "80"
    assert call(api, "get", here).status_code == 404


def test_documents_are_not_changed_by_a_correction(api, user):
    sent = make_sent(user)
    call(api, "post", url_of(sent, "correction"))
    body = {"answers": {"q-photo": [str(uuid4())]}, "base_revision": 0}

    refused = call(api, "patch", url_of(sent, "correction"), body)

    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "locked")
    assert call(api, "delete", url_of(sent, "correction")).status_code == 204


def test_a_former_file_is_copied_into_a_new_draft(api, user):
    sent = make_sent(user)

    draft = call(api, "post", url_of(sent, "copy"), {})

    assert draft.status_code == 201
    assert draft.json()["answers"]["q-name"] == "Rue Neuve"
    again = call(api, "post", url_of(sent, "copy"), {})
    assert (again.status_code, again.json()["reference"]) == (409, draft.json()["reference"])
