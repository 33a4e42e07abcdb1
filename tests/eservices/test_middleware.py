"""Refusals that no view shows become pages with the refusal's words; the back office speaks the agent's language."""

import pytest
from django.urls import reverse

from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_draft, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def test_a_foreign_file_answers_404_in_words(client):
    draft = make_draft()
    log_in(client, make_user())

    answer = client.get(reverse("submission", args=[draft.reference]))

    assert answer.status_code == 404
    assert "or it is not yours" in client.get(f"/en/files/{draft.reference}/").content.decode()


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_the_back_office_speaks_the_language_of_the_account(client, language):
    agent = make_team_agent(make_sent(), language=language)
    log_in(client, agent)

    page = client.get(reverse("agent-files"), headers={"accept-language": "it"}).content.decode()

    assert f'<html lang="{language}"' in page
