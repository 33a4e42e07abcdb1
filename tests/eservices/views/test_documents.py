"""Forms as PDF, at any time: empty, as a draft, as sent."""

import io

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import make_draft, make_procedure, make_sent

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


@pytest.mark.feature("A12")
def test_form_is_downloaded_as_it_was_filled_in(client):
    user = make_user()
    log_in(client, user)
    for file in (make_draft(user, answers={"q-name": "Rue Neuve"}), make_sent(user)):
        answer = client.get(reverse("submission-pdf", args=[file.reference]))

        assert answer["Content-Disposition"] == f'attachment; filename="{file.reference}.pdf"'
        assert answer["Cache-Control"] == "private, no-store"
        assert "Rue Neuve" in text_of(answer)


@pytest.mark.feature("A12")
def test_empty_form_is_for_everybody_and_in_the_readers_language(client):
    procedure = make_procedure()

    with translation.override("de"):
        url = reverse("procedure-pdf", args=[procedure.code])
    answer = client.get(url)

    assert answer.status_code == 200
    assert "Name of the street (de)" in " ".join(text_of(answer).split())


def test_form_of_an_unknown_procedure_does_not_exist(client):
    assert client.get(reverse("procedure-pdf", args=["unknown"])).status_code == 404


@pytest.mark.feature("A12")
def test_the_page_of_a_procedure_offers_a_form_to_fill_in_on_a_screen(client):
    procedure = make_procedure()

    with translation.override("de"):
        url = reverse("procedure-fillable", args=[procedure.code])
        shown = client.get(reverse("procedure", args=[procedure.code])).content.decode()
    answer = client.get(url)
    by_api = client.get(f"/api/v1/procedures/{procedure.code}/form.pdf", {"fields": "1"})

    assert url in shown
    assert "q-name" in PdfReader(io.BytesIO(answer.content)).get_fields()
    assert "q-name" in PdfReader(io.BytesIO(by_api.content)).get_fields()
