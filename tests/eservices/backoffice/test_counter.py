"""Pages at the counter: a form for a person, sent by an agent; who may not gets no page."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.enums import TeamRoleKind
from eservices.models import Submission
from tests.eservices.actions.test_counter import make_clerk
from tests.eservices.actions.test_requests import plan
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_procedure
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
TABLE = {"q-trees-TOTAL_FORMS": "1", "q-trees-INITIAL_FORMS": "0", "q-trees-0-k-kind": ""}
TYPED = {"q-name": "Rue Neuve", "q-people": "120", "q-agree": "on", **TABLE}


@pytest.fixture
def claire():
    return make_user("claire@example.org", first_name="Claire", last_name="Dumont", language="en")


@pytest.fixture
def procedure():
    return make_procedure()


@pytest.fixture
def agent(client, procedure):
    user = make_clerk(procedure, language="en", first_name="Alex", last_name="Office")
    log_in(client, user)
    return user


def form_at(person, procedure):
    return reverse("agent-counter-form", args=[person.public_id, procedure.code])


def post(client, person, procedure, **changes):
    data = {"key": str(uuid4()), "go": "send", **TYPED, **changes}
    return client.post(form_at(person, procedure), data)


@pytest.mark.feature("E7")
def test_agent_goes_from_the_person_to_a_sent_file(client, agent, claire, procedure):
    page = client.get(reverse("agent-person", args=[claire.public_id])).content.decode()
    choice = reverse("agent-counter", args=[claire.public_id])
    assert choice in page
    assert form_at(claire, procedure) in client.get(choice).content.decode()
    shown = client.get(form_at(claire, procedure)).content.decode()
    assert "Name of the street (en)" in shown
    assert "Proofs (en)" in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)[1]

    answer = post(client, claire, procedure, key=key)
    post(client, claire, procedure, key=key)

    file = Submission.objects.get()
    assert (file.acting_user, file.entered_by) == (claire, agent)
    assert answer.url == reverse("agent-file", args=[file.reference])
    text = client.get(answer.url).content.decode()
    assert "Entered at the counter by" in text
    assert "Alex Office" in text
    assert file.reference in client.get(reverse("agent-files")).content.decode()


def test_person_reads_that_the_file_was_entered_at_the_counter(client, agent, claire, procedure):
    post(client, claire, procedure)
    file = Submission.objects.get()
    log_in(client, claire)

    text = client.get(reverse("submission", args=[file.reference])).content.decode()

    assert "Entered at the counter by" in text
    assert "Alex Office" not in text


def test_what_is_missing_is_said_and_what_was_typed_stays(client, agent, claire, procedure):
    answer = post(
        client,
        claire,
        procedure,
        **{"q-people": "many", "q-garden": "yes", "q-trees-0-k-kind": "Oak"},
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in text
    assert 'href="#id_q-people"' in text
    assert 'href="#id_q-note"' in text
    for typed in ("Rue Neuve", "many", "Oak"):
        assert f'value="{typed}"' in text
    assert not Submission.objects.exists()


def test_another_row_keeps_what_was_typed_and_sends_nothing(client, agent, claire, procedure):
    answer = post(
        client, claire, procedure, go="", add_row="q-trees", **{"q-trees-0-k-kind": "Oak"}
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="Oak"' in text
    assert 'name="q-trees-1-k-kind"' in text
    assert 'role="alert"' not in text
    removed = post(
        client, claire, procedure, go="", remove_row="q-trees-0", **{"q-trees-0-k-kind": "Oak"}
    )
    assert 'value="Oak"' not in removed.content.decode()
    assert not Submission.objects.exists()


def test_who_does_not_handle_the_procedure_gets_no_form(client, claire, procedure):
    for agent, status in (
        (make_team_agent(), 404),
        (make_clerk(procedure, TeamRoleKind.READER), 403),
    ):
        log_in(client, agent)
        assert client.get(form_at(claire, procedure)).status_code == status
        assert post(client, claire, procedure).status_code == status
        choice = client.get(reverse("agent-counter", args=[claire.public_id]))
        assert procedure.code not in choice.content.decode()
    assert not Submission.objects.exists()


def test_own_file_is_refused(client, agent, procedure):
    assert client.get(form_at(agent, procedure)).status_code == 403
    page = client.get(reverse("agent-person", args=[agent.public_id])).content.decode()
    assert reverse("agent-counter", args=[agent.public_id]) not in page


def test_people_are_found_only_with_that_right(client, agent, claire, procedure):
    group = agent.groups.get()
    group.permissions.remove(Permission.objects.get(codename="view_profile"))

    assert client.get(form_at(claire, procedure)).status_code in (302, 403)
    assert post(client, claire, procedure).status_code in (302, 403)
    assert not Submission.objects.exists()


def test_unknown_key_enters_nothing(client, agent, claire, procedure):
    assert post(client, claire, procedure, key="nonsense").status_code == 404
    assert not Submission.objects.exists()


@pytest.mark.feature("E7")
def test_a_draft_is_kept_with_a_document_found_again_and_sent(client, agent, claire, procedure):
    start = reverse("agent-counter-start")
    assert start in client.get(reverse("agent-files")).content.decode()
    found = client.get(start, {"q": "dumont"}).content.decode()
    assert reverse("agent-counter", args=[claire.public_id]) in found

    kept = post(
        client, claire, procedure, go="keep", **{"q-people": "many", "file-q-photo": plan()}
    )

    file = Submission.objects.get()
    assert (file.state, file.entered_by, file.acting_user) == ("draft", agent, claire)
    assert str(file.public_id) in client.get(start).content.decode()
    shown = client.get(kept.url).content.decode()
    for typed in ("Rue Neuve", "many", "plan.pdf"):
        assert typed in shown
    changes = {"key": file.public_id, "revision": Submission.objects.get().revision}
    sent = post(client, claire, procedure, **changes)
    assert sent.url == reverse("agent-file", args=[file.reference])
    assert "plan.pdf" in client.get(sent.url + "?view=annexes").content.decode()
    assert Submission.objects.get().state == "submitted"


def test_what_is_refused_keeps_the_rest_of_the_draft(client, agent, claire, procedure):
    bad = SimpleUploadedFile("page.html", b"<html></html>", "text/html")

    answer = post(client, claire, procedure, **{"file-q-photo": [bad, plan()], "q-people": ""})

    shown = client.get(answer.url).content.decode()
    assert "page.html" in shown
    assert "plan.pdf" in shown
    assert "Rue Neuve" in shown
    assert Submission.objects.get().state == "draft"


def test_a_stale_page_never_overwrites_what_a_colleague_saved(client, agent, claire, procedure):
    post(client, claire, procedure, go="keep")
    file = Submission.objects.get()
    base = {"go": "keep", "key": file.public_id, "revision": file.revision}
    post(client, claire, procedure, **base, **{"q-name": "Rue Haute"})

    stale = post(client, claire, procedure, **base, **{"q-name": "Rue Basse"})

    assert stale.status_code == 409
    assert "Rue Basse" in stale.content.decode()
    file.refresh_from_db()
    assert file.answers["q-name"] == "Rue Haute"


def test_the_person_reads_in_the_draft_that_it_was_begun_at_the_counter(
    client, agent, claire, procedure
):
    post(client, claire, procedure, go="keep")
    file = Submission.objects.get()
    log_in(client, claire)

    page = client.get(reverse("submission", args=[file.reference]), follow=True).content.decode()

    assert "Begun with you at the counter" in page
    assert "Alex Office" not in page


def test_a_draft_for_the_wrong_person_is_deleted(client, agent, claire, procedure):
    post(client, claire, procedure, go="keep")
    file = Submission.objects.get()

    client.post(reverse("agent-counter-discard", args=[claire.public_id, file.public_id]))

    file.refresh_from_db()
    assert file.state == "discarded"
