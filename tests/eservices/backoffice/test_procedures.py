"""What editors can do with procedures in the back office, and what they cannot."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from eservices.models import Procedure, ProcedurePage, Submission, Team
from tests.factories.eservices import log_in, make_agent, make_user
from tests.factories.procedures import (
    SIMPLE_STRUCTURE,
    builder_from,
    make_index,
    make_page,
    make_team,
    publish,
    publish_everywhere,
    words_in_all_languages,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    user = make_user(is_staff=True, language="en")
    group = Group.objects.get_or_create(name="Editors")[0]
    group.permissions.add(
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    )
    user.groups.add(group)
    for codename in ("add_page", "change_page", "publish_page", "bulk_delete_page"):
        GroupPagePermission.objects.get_or_create(
            group=group,
            page=Page.get_first_root_node(),
            permission=Permission.objects.get(
                codename=codename, content_type__app_label="wagtailcore"
            ),
        )
    return user


def add_file(procedure):
    person = make_user()
    return Submission.objects.create(
        reference=f"SUB-TEST-{Submission.objects.count()}",
        procedure=procedure,
        version=procedure.current,
        profile=person.citizen_profile,
        acting_user=person,
        team=procedure.team,
        locale="fr",
    )


def messages_of(response):
    return [str(message) for message in response.context["messages"]]


def test_editors_find_the_list_and_its_one_button(client, editor):
    publish_everywhere(title="Fell a tree")

    html = log_in(client, editor).get(reverse("procedure_pages:index")).content.decode()

    assert "Fell a tree" in html
    assert "New procedure" in html


def test_agents_see_no_pages(client):
    page = publish_everywhere()
    log_in(client, make_agent())

    for address in (
        reverse("procedure_pages:index"),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
    ):
        assert client.get(address).status_code == 302
    assert reverse("procedure_pages:index") not in client.get("/admin/").content.decode()


@pytest.mark.feature("X3")
def test_the_editor_shows_what_people_get(client, editor):
    page = publish_everywhere()
    add_file(Procedure.objects.get())

    html = (
        log_in(client, editor)
        .get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        .content.decode()
    )

    assert "People get version 1, in use since" in html
    assert Procedure.objects.get().current.sha256[:12] in html


def test_the_editor_shows_what_is_missing_and_wrong(client, editor):
    page = publish(make_page())
    log_in(client, editor)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (
        "Words are missing in: Nederlands, Deutsch, English."
        in client.get(address).content.decode()
    )
    structure = deepcopy(SIMPLE_STRUCTURE)
    structure["chapters"][0]["fields"][1]["key"] = "name"
    words = words_in_all_languages({})["fr"]

    publish(page, chapters=builder_from(structure, words))

    assert "The last publication was not taken over" in client.get(address).content.decode()


@pytest.mark.feature("X3")
def test_a_page_with_files_cannot_be_deleted(client, editor):
    page = publish_everywhere()
    add_file(Procedure.objects.get())
    log_in(client, editor)

    for doomed in (page, make_index()):
        response = client.post(reverse("wagtailadmin_pages:delete", args=[doomed.pk]), follow=True)
        assert any("1 file depends on it" in text for text in messages_of(response))
    assert ProcedurePage.objects.filter(pk=page.pk, live=True).exists()


def test_many_pages_at_once_neither(client, editor):
    page = publish_everywhere()
    add_file(Procedure.objects.get())
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])

    log_in(client, editor).post(f"{address}?id={page.pk}&next=/admin/")

    assert ProcedurePage.objects.filter(pk=page.pk).exists()


def test_a_page_without_files_can_be_deleted(client, editor):
    page = publish_everywhere()

    log_in(client, editor).post(reverse("wagtailadmin_pages:delete", args=[page.pk]))

    assert not ProcedurePage.objects.filter(pk=page.pk).exists()
    assert not Procedure.objects.get().is_open


def test_teams_have_a_name_in_each_language(client):
    log_in(client, make_user(is_staff=True, is_superuser=True))
    data = {
        "code": "roads",
        "phone": "04 000 00 50",
        "name_fr": "Voirie",
        "name_nl": "Wegen",
        "name_de": "Straßen",
        "name_en": "Roads",
    }

    client.post(reverse("team:add"), data)

    team = Team.objects.get(code="roads")
    assert team.names == {"fr": "Voirie", "nl": "Wegen", "de": "Straßen", "en": "Roads"}
    client.post(
        reverse("team:edit", args=[team.pk]), {**data, "code": "other", "name_fr": "Routes"}
    )
    team.refresh_from_db()
    assert (team.code, team.names["fr"]) == ("roads", "Routes")


def test_a_team_without_a_name_in_some_language_is_refused(client):
    log_in(client, make_user(is_staff=True, is_superuser=True))

    response = client.post(reverse("team:add"), {"code": "roads", "name_fr": "Voirie"})

    assert response.status_code == 200
    assert not Team.objects.filter(code="roads").exists()


def test_a_team_with_procedures_stays(client):
    publish_everywhere(team=make_team("roads"))
    log_in(client, make_user(is_staff=True, is_superuser=True, language="en"))

    response = client.post(
        reverse("team:delete", args=[Team.objects.get(code="roads").pk]), follow=True
    )

    assert any("still use it" in text for text in messages_of(response))
    assert Team.objects.filter(code="roads").exists()
