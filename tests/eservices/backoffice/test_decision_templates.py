"""The pages of administrators: templates of decisions in versions, roles in teams."""

import pytest
from django.urls import reverse

from eservices.models import DocumentTemplate, TeamRole
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "nl", "de", "en")


def typed(**extra):
    data = {"code": "refusal", "outcome": "refused", "is_active": "on"}
    for code in LANGUAGES:
        data |= {
            f"name_{code}": "Refusal",
            f"title_{code}": "Decision {{ reference }}",
            f"body_{code}": "{{ reason }}",
            f"closing_{code}": "Council of State, sixty days.",
        }
    return data | extra


def boss(client):
    user = make_user(is_staff=True, is_superuser=True)
    log_in(client, user)
    return user


def test_saving_a_template_makes_versions_and_a_sample_can_be_read(client):
    user = boss(client)

    client.post(reverse("decision_documents:add"), typed())
    template = DocumentTemplate.objects.get()
    edit = reverse("decision_documents:edit", args=[template.pk])
    client.post(edit, typed(body_fr="Bonjour. {{ reason }}"))
    page = client.get(edit)

    assert [row.number for row in template.versions.all()] == [2, 1]
    assert template.versions.first().created_by == user
    address = reverse("decision-template-pdf", args=[template.pk, "fr"])
    assert address in page.content.decode()
    assert client.get(address)["Content-Type"] == "application/pdf"


def test_a_refusal_without_appeal_notice_is_not_saved(client):
    boss(client)

    answer = client.post(reverse("decision_documents:add"), typed(closing_de=""))

    assert answer.status_code == 200
    assert not DocumentTemplate.objects.exists()


def test_agents_write_no_templates_and_give_no_roles(client):
    file = make_sent()
    log_in(client, make_team_agent(file))

    for name in ("decision_documents:add", "team_roles:add"):
        assert client.get(reverse(name)).status_code in (302, 403)


def test_roles_go_to_members_of_the_team_only(client):
    file = make_sent()
    boss(client)
    member, stranger = make_team_agent(file), make_user(is_staff=True)

    for person in (stranger, member):
        data = {"team": file.team_id, "user": person.pk, "role": "reader"}
        client.post(reverse("team_roles:add"), data)

    assert TeamRole.objects.get().user == member
