"""Keeping a draft from the mail that announces its deletion, and the report of what was deleted."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core import mail as outbox
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import retention
from eservices.enums import SubmissionState
from eservices.worker import Worker
from tests.factories.eservices import log_in, make_agent, make_user
from tests.factories.submissions import make_draft, make_file

pytestmark = pytest.mark.django_db


@pytest.mark.feature("X10")
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_announcement_leads_to_the_page_that_keeps_the_draft(client, language):
    user = make_user(language=language)
    draft = make_draft(user)
    draft.purge_on = timezone.localdate() + timedelta(days=7)
    draft.save()
    retention.announce()
    Worker().drain()
    letter = next(m for m in outbox.outbox if m.to == [user.email])
    path = re.search(r"https?://[^/]+(/\S+)", letter.body)[1]
    log_in(client, user)

    shown = client.get(path)
    draft.refresh_from_db()
    unchanged = draft.purge_on
    client.post(path)

    draft.refresh_from_db()
    assert path.startswith(f"/{language}/")
    assert shown.status_code == 200
    assert unchanged == timezone.localdate() + timedelta(days=7), "opening a link changes nothing"
    assert draft.purge_on == timezone.localdate() + timedelta(days=draft.procedure.draft_days)


def test_strangers_find_no_draft_to_keep(client):
    draft = make_draft()

    answer = log_in(client, make_user()).post(reverse("submission-keep", args=[draft.reference]))

    assert answer.status_code == 404


def test_a_draft_is_kept_by_api(client):
    user = make_user()
    draft = make_draft(user)
    draft.purge_on = timezone.localdate()
    draft.save()
    sent = make_file(SubmissionState.SUBMITTED)

    kept = log_in(client, user).post(f"/api/v1/submissions/{draft.reference}/keep/")
    foreign = client.post(f"/api/v1/submissions/{sent.reference}/keep/")

    draft.refresh_from_db()
    assert (kept.status_code, foreign.status_code) == (200, 404)
    assert draft.purge_on > timezone.localdate()


@pytest.mark.feature("X10")
def test_archivists_read_what_was_deleted_and_agents_do_not(client):
    gone = make_file(SubmissionState.CLOSED)
    gone.purge_on = timezone.localdate() - timedelta(days=1)
    gone.save()
    retention.purge()
    agent, archivist = make_agent(), make_agent()
    archivist.user_permissions.add(Permission.objects.get(codename="view_purgedfile"))

    refused = log_in(client, agent).get(reverse("purged-files"))
    log_in(client, archivist)
    with translation.override("en"):
        shown = client.get(reverse("purged-files")).content.decode()
    sheet = client.get(reverse("purged-files"), {"export": "csv"})

    assert refused.status_code == 302
    assert gone.reference in shown
    assert gone.reference in b"".join(sheet.streaming_content).decode()
