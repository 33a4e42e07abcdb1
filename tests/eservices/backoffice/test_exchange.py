"""Procedures as files in the back office."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from eservices.models import ProcedurePage
from tests.eservices.backoffice.test_procedures import editor  # noqa: F401  fixture
from tests.factories.eservices import log_in, make_agent
from tests.factories.procedures import LANGUAGES, make_page, publish_everywhere

pytestmark = pytest.mark.django_db


def upload(client, content):
    file = SimpleUploadedFile("x.json", content, "application/json")
    return client.post(reverse("procedure-import"), {"file": file, "section": "", "team": ""})


@pytest.mark.feature("X3")
def test_an_editor_downloads_a_procedure_and_takes_it_over_again(client, editor):  # noqa: F811
    page = publish_everywhere(title="Fell a tree")
    log_in(client, editor)
    index = client.get(reverse("procedure_pages:index")).content.decode()
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("procedure-import") in index
    assert reverse("procedure-export", args=[page.pk]) in edit

    answer = client.get(reverse("procedure-export", args=[page.pk]))
    taken = upload(client, answer.content)

    assert answer["Content-Disposition"] == f'attachment; filename="{page.slug}.json"'
    new = ProcedurePage.objects.filter(title="Fell a tree", live=False).get()
    assert taken.status_code == 302
    assert str(new.pk) in taken["Location"]
    assert ProcedurePage.objects.filter(translation_key=new.translation_key).count() == len(
        LANGUAGES
    )


def test_a_bad_file_is_refused_with_the_place_of_each_problem(client, editor):  # noqa: F811
    page = publish_everywhere()
    log_in(client, editor)
    document = json.loads(client.get(reverse("procedure-export", args=[page.pk])).content)
    document["texts"]["fr"]["title"] = ""

    answer = upload(client, json.dumps(document).encode())

    assert answer.status_code == 422
    assert "/texts/fr/title" in answer.content.decode()
    assert client.post(reverse("procedure-import"), {}).status_code == 422
    assert ProcedurePage.objects.count() == len(LANGUAGES)


def test_who_may_not_edit_neither_exports_nor_imports(client):
    page = make_page()
    log_in(client, make_agent())

    for address in (
        reverse("procedure-export", args=[page.pk]),
        reverse("procedure-import"),
    ):
        assert client.get(address).status_code in (302, 403)
