"""The list of one's own files: filters, search, paging, what is new, export without scripts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import exports
from eservices.enums import SubmissionState
from eservices.models import Export, ReadMark, Submission
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_draft, make_file, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user(language="en")


@pytest.fixture
def page(client, user):
    log_in(client, user)

    def get(**query):
        return client.get(reverse("own-files"), query).content.decode()

    return get


def rows_of(html):
    return html.split("<tbody>")[1].split("</tbody>")[0]


@pytest.mark.feature("B2")
def test_started_sent_waiting_and_decided_stand_under_their_tabs(page, user):
    files = {
        "draft": make_draft(user),
        "waiting": make_file(SubmissionState.AWAITING_CITIZEN, user),
        "progress": make_sent(user),
        "decided": make_file(SubmissionState.REJECTED, user),
    }
    foreign = make_sent()

    for tab, file in files.items():
        html = page(tab=tab)
        assert [one.reference in html for one in files.values()].count(True) == 1
        assert file.reference in html
    assert all(file.reference in page() for file in files.values())
    assert foreign.reference not in page()


def test_a_word_finds_the_title_without_accents_and_a_part_of_a_reference(page, user):
    first, second = make_sent(user), make_sent(user)

    assert first.reference in page(q=first.procedure.title.lower())
    assert second.reference not in page(q=first.reference[-4:].lower())
    assert "eg-empty" in page(q="nothing like this")


def test_what_the_municipality_did_since_the_last_look_is_new(page, user):
    file = make_sent(user)
    new = 'utrecht-badge-counter">'
    assert new not in rows_of(page())
    Submission.objects.filter(pk=file.pk).update(last_agent_act_at=timezone.now())
    assert new in rows_of(page())
    ReadMark.objects.create(submission=file, user=user, read_at=timezone.now())
    assert new not in rows_of(page())


def test_the_number_of_queries_does_not_grow(page, user):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(q="permit")
        return len(queries)

    make_sent(user)
    page()
    one = cost()
    make_sent(user), make_sent(user)
    assert cost() == one


@pytest.mark.feature("B8")
def test_the_list_is_exported_by_its_owner_and_nobody_else(client, page, user):
    file, draft = make_sent(user), make_draft(user)

    progress = client.post(f"{reverse('export-new')}?tab=progress", {"format": "csv"}).url
    assert "<progress" in client.get(progress).content.decode()
    export = Export.objects.get()
    exports.make.call(str(export.public_id))
    content = b"".join(client.get(f"{progress}file/").streaming_content).decode()

    assert file.reference in content
    assert draft.reference not in content
    log_in(client, make_user())
    assert client.get(progress).status_code == 404
    assert client.get(f"{progress}file/").status_code == 404
    assert client.post(f"{progress}delete/").status_code == 404


def test_an_empty_list_is_not_exported(client, page):
    with translation.override("en"):
        asked = reverse("export-new")

    answer = client.post(asked, {"format": "xlsx"}, follow=True)

    assert "nothing to export" in answer.content.decode()
