"""What agents write for each other reaches no citizen: not by page, API, document, copy of data or mail."""

import io
import json
import zipfile

import pypdf
import pytest
from django.urls import get_resolver, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eservices.actions import discussions, notes, privacy
from eservices.actions.mails import compose
from eservices.api import submissions as api
from eservices.enums import Side, SubmissionState
from eservices.models import InternalNote, OutgoingMail, Submission
from eservices.queries import copies
from eservices.queries.documents import pdf_of
from tests.factories.documents import letter
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("A13")]

PLANT = "Quetsche-4711"


@pytest.fixture
def file():
    """A file with a message, a document and the note that must stay inside."""
    file = make_sent(make_user())
    agent = make_team_agent(file)
    discussions.post(
        submission=file, by=agent, side=Side.AGENT, body="Hello", key="a", uploads=[letter()]
    )
    discussions.post(
        submission=file, by=file.acting_user, side=Side.CITIZEN, body="Good day", key="c"
    )
    notes.write(submission=file, by=agent, body=f"Careful: {PLANT}")
    file.agent = agent
    return file


def addresses(file) -> list[str]:
    """Every address of a citizen's file that can be read, with pages and API, as the resolver knows them."""
    annex = file.annexes.first()
    message = file.messages.get(side=Side.CITIZEN)
    values = {
        "reference": file.reference,
        "annex_id": annex.public_id,
        "message_id": message.public_id,
        "chapter": "c-1",
        "question": "q-photo",
        "wanted": "a-plan",
    }
    found = []
    for name in get_resolver().reverse_dict:
        if not isinstance(name, str) or name.startswith(("agent-", "api-agent-")):
            continue
        for possibility, _pattern, _defaults, _converters in get_resolver().reverse_dict.getlist(
            name
        ):
            _template, needed = possibility[0]
            if "reference" in needed and set(needed) <= set(values):
                found.append(reverse(name, kwargs={key: values[key] for key in needed}))
    return sorted(set(found))


def body_of(answer) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="replace")


def test_the_agents_page_and_api_show_the_note(client, file):
    """The control: there is something to hide."""
    log_in(client, file.agent)
    page = client.get(reverse("agent-file", args=[file.reference]))
    assert PLANT in body_of(page)
    assert PLANT in body_of(client.get(reverse("api-agent-notes", args=[file.reference])))


def test_no_page_and_no_answer_of_the_api_holds_it(client, file):
    log_in(client, file.acting_user)
    read = 0
    for state in (SubmissionState.IN_REVIEW, SubmissionState.REJECTED):
        Submission.objects.filter(pk=file.pk).update(state=state)
        for address in addresses(file):
            answer = client.get(address)
            assert PLANT not in body_of(answer), address
            assert PLANT not in str(answer.headers), address
            read += answer.status_code == 200
        for name in ("dashboard", "privacy", "api-submissions", "api-privacy"):
            assert PLANT not in body_of(client.get(reverse(name))), name
    assert read >= 10, "the walk read pages, not only refusals"


def test_no_document_copy_or_mail_holds_it(file):
    pages = pypdf.PdfReader(io.BytesIO(pdf_of(file))).pages
    text = " ".join(page.extract_text() for page in pages)
    assert file.reference in text
    assert PLANT not in text
    with zipfile.ZipFile(privacy.export(user=file.acting_user)) as archive:
        texts = [archive.read(name) for name in archive.namelist()]
    assert any(b"Good day" in text for text in texts), "the copy holds the discussion"
    assert all(PLANT.encode() not in text for text in texts)
    assert all(b"note_written" not in text for text in texts)
    mails = [compose(mail) for mail in OutgoingMail.objects.all()]
    assert mails
    for mail in mails:
        assert PLANT not in f"{mail.subject}{mail.body}{mail.alternatives[0][0]}"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(categories=("Lu", "Nd")), min_size=12, max_size=60))
def test_no_serialiser_holds_whatever_is_written(file, text):
    InternalNote.objects.filter(submission=file).update(body=text)
    file.refresh_from_db()

    for kind in (api.FullFileSerializer, api.FileSerializer):
        assert text not in json.dumps(kind(file).data, default=str)
    assert text not in json.dumps(copies.file_copies(file.acting_user), default=repr)
