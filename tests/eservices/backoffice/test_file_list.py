"""The agents' list in the browser's eyes: few queries, saved lists, columns, batches told row by row, exports."""

import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from eservices.actions import exports, lists, reviews
from eservices.backoffice import file_lists
from eservices.enums import ExportState, SubmissionState
from eservices.errors import ListNameMissing, ListsFull, NotFound
from eservices.models import Export, SavedList, Submission
from eservices.queries.inbox import DueFilter, Order, Tab
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_file, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db
#: What a page of the list may cost, sign-in and rights included.
MOST = 12


def text(answer):
    return answer.content.decode()


def listed(client, **query):
    return client.get(reverse("agent-files"), query)


def address(name, **query):
    return f"{reverse(name)}?{'&'.join(f'{key}={value}' for key, value in query.items())}"


def test_a_page_costs_the_same_with_one_file_and_with_three_whatever_the_filter(
    client, monkeypatch
):
    """What filters offer is read once a minute: here once, however slow the machine."""
    monkeypatch.setattr(file_lists, "REMEMBERED", 3600)
    file = make_sent()
    agent = make_team_agent(file, language="en")
    log_in(client, agent)
    listed(client)
    combinations = [
        {"tab": tab, "due": due, "order": order, "q": q, "unread": unread}
        for tab, (due, order), q, unread in itertools.product(
            Tab,
            itertools.zip_longest(["", *DueFilter], ["", *Order], fillvalue=""),
            ["", "renard"],
            ["", "1"],
        )
    ][::5]

    def costs():
        found = []
        for query in combinations:
            with CaptureQueriesContext(connection) as queries:
                assert listed(client, **query).status_code == 200
            found.append(len(queries))
        return found

    one = costs()
    make_sent(), make_file(SubmissionState.IN_REVIEW, assignee=agent)
    three = costs()

    assert max(three) <= MOST, max(three)
    assert max(one) <= MOST
    with CaptureQueriesContext(connection) as queries:
        shown = text(listed(client, tab="all"))
    assert shown.count('name="file"') == 3
    assert len(queries) <= MOST


def test_what_is_new_is_said_in_a_word(client):
    file = make_sent()
    agent = make_team_agent(file, language="en")
    Submission.objects.update(last_citizen_act_at=timezone.now())
    log_in(client, agent)

    assert "1 new" in text(listed(client))
    assert "eg-bo-unread" in text(listed(client))


def test_an_address_gives_a_colleague_the_same_list(client):
    late, other = make_sent(), make_sent()
    Submission.objects.filter(pk=late.pk).update(due_on="2020-01-01")
    for _colleague in range(2):
        log_in(client, make_team_agent(late))
        shown = text(listed(client, tab="all", due="late"))
        assert late.reference in shown
        assert other.reference not in shown


def test_filters_are_saved_by_name_and_forgotten(client):
    agent = make_team_agent(make_sent(), language="en")
    log_in(client, agent)
    save = address("agent-files-save", tab="all", due="late")

    client.post(save, {"name": "  Late  ones "})
    row = SavedList.objects.get()
    assert (row.name, row.filters) == ("Late ones", {"tab": "all", "due": "late"})
    shown = text(listed(client, tab="all", due="late"))
    assert "Late ones" in shown
    assert 'aria-current="true"' in shown

    assert client.post(save, {"name": " "}).status_code == 302
    assert SavedList.objects.count() == 1
    client.post(save, {"act": "delete", "name": "Late ones"})
    assert not SavedList.objects.exists()


def test_saving_has_limits_and_touches_nobody_elses():
    agent, colleague = make_user(), make_user()
    with pytest.raises(ListNameMissing):
        lists.save(user=agent, list="files", name="x" * 61, filters={})
    for number in range(lists.MAX_SAVED):
        lists.save(user=agent, list="files", name=str(number), filters={})
    with pytest.raises(ListsFull):
        lists.save(user=agent, list="files", name="one more", filters={})
    lists.save(user=agent, list="files", name="0", filters={"tab": "mine"})
    with pytest.raises(NotFound):
        lists.delete(user=colleague, list="files", name="0")


def test_each_agent_chooses_columns(client):
    file = make_sent()
    agent, colleague = make_team_agent(file, language="en"), make_team_agent(file, language="en")
    log_in(client, agent)

    client.post(reverse("agent-files-columns"), {"column": ["sent", "team", "nonsense"]})

    shown = text(listed(client))
    assert 'data-label="Sent"' in shown
    assert 'data-label="Deadline"' not in shown
    assert SavedList.objects.get().columns == ["team", "sent"]
    log_in(client, colleague)
    assert 'data-label="Deadline"' in text(listed(client))


def test_a_batch_tells_row_by_row_what_was_done_and_what_not(client):
    free, taken = make_sent(), make_sent()
    agent, colleague = make_team_agent(free, language="en"), make_team_agent(free)
    reviews.claim(submission=taken, by=colleague)
    log_in(client, agent)

    answer = client.post(
        reverse("agent-files-batch"),
        {"act": "claim", "file": [free.reference, taken.reference, "SUB-0000-NONE"]},
    )

    shown = text(answer)
    assert shown.count('data-result="done"') == 1
    assert 'data-result="submissions.move_refused"' in shown
    assert 'data-result="not_found"' in shown
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.assignee, taken.assignee) == (agent, colleague)


def test_files_go_to_a_colleague_by_the_same_rule_as_one_file(client):
    mine, foreign = make_sent(), make_sent()
    agent, colleague = make_team_agent(mine, language="en"), make_team_agent(mine)
    reviews.claim(submission=mine, by=agent)
    reviews.claim(submission=foreign, by=colleague)
    log_in(client, agent)

    answer = client.post(
        reverse("agent-files-batch"),
        {
            "act": "assign",
            "to": str(colleague.public_id),
            "file": [mine.reference, foreign.reference],
        },
    )

    assert 'data-result="done"' in text(answer)
    assert 'data-result="submissions.not_yours"' in text(answer)
    mine.refresh_from_db()
    assert mine.assignee == colleague


@pytest.mark.parametrize("act", ["accept", "", "delete", "assign"])
def test_a_batch_does_nothing_that_it_does_not_offer(client, act):
    file = make_sent()
    log_in(client, make_team_agent(file))

    answer = client.post(reverse("agent-files-batch"), {"act": act, "file": [file.reference]})

    assert answer.status_code == 302
    assert Submission.objects.get(pk=file.pk).state == SubmissionState.SUBMITTED


def test_an_export_is_asked_followed_and_taken_from_pages_that_need_no_script(client):
    file, other = make_sent(), make_sent()
    agent = make_team_agent(file, language="en")
    log_in(client, agent)
    ticked = client.post(
        reverse("agent-files-batch"), {"act": "export", "file": [file.reference]}
    ).url
    assert file.reference in ticked
    assert "1 file as the list" in text(client.get(ticked))

    page = client.post(ticked, {"format": "csv", "column": ["reference", "state"]}).url
    waiting = text(client.get(page))
    assert "<progress" in waiting
    assert 'href=""' in waiting
    export = Export.objects.get()
    assert client.get(f"{page}file/").status_code == 409
    exports.make.call(str(export.public_id))
    assert f"{page}file/" in text(client.get(page))
    answer = client.get(f"{page}file/")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")

    assert file.reference in content
    assert other.reference not in content
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert reverse("agent-export", args=[export.public_id]) in text(
        client.get(reverse("agent-exports"))
    )
    client.post(f"{page}delete/")
    assert not Export.objects.exists()


def test_exports_of_colleagues_do_not_exist(client):
    file = make_sent()
    agent, colleague = make_team_agent(file), make_team_agent(file)
    export = Export.objects.create(
        user=colleague, list="files", format="csv", language="en", state=ExportState.READY
    )
    log_in(client, agent)

    for name in ("agent-export", "agent-export-file"):
        assert client.get(reverse(name, args=[export.public_id])).status_code == 404
    answer = client.post(reverse("agent-export-delete", args=[export.public_id]))
    assert answer.status_code == 404
    assert Export.objects.exists()


def test_a_refused_export_says_why(client):
    agent = make_team_agent(make_sent(), language="en")
    log_in(client, agent)

    answer = client.post(address("agent-export-new", tab="done"), {"format": "xlsx"})

    assert answer.status_code == 422
    assert "nothing to export" in text(answer)
