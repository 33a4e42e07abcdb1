"""Documents of decisions: written in versions, filled without running anything, made once, read by the citizen."""

import io

import pikepdf
import pytest
from django.urls import reverse

from eservices.actions import decision_documents, reviews
from eservices.enums import AnnexPurpose, Outcome
from eservices.errors import (
    TemplateAppealMissing,
    TemplatePlaceholderUnknown,
    TemplateTextMissing,
)
from eservices.models import DocumentTemplate, EboxMessage, OutgoingMail
from eservices.queries.decision_documents import filled, template_for
from tests.eservices.actions.test_requests import in_review
from tests.factories.ebox import activate
from tests.factories.eservices import log_in
from tests.factories.submissions import make_procedure

pytestmark = pytest.mark.django_db

LANGUAGES = ("fr", "nl", "de", "en")


def words(
    title="Décision {{ reference }}",
    body="Bonjour {{name}}. {{ reason }}",
    closing="Conseil d’État",
):
    return {code: {"title": title, "body": body, "closing": closing} for code in LANGUAGES}


def make_template(outcome=Outcome.REFUSED, procedure=None, code="refusal", **parts):
    template = DocumentTemplate.objects.create(code=code, outcome=outcome, procedure=procedure)
    decision_documents.write_version(template=template, texts=words(**parts), by=None)
    return template


def test_each_change_makes_a_version_and_the_same_words_make_none():
    template = make_template()

    same = decision_documents.write_version(template=template, texts=words(), by=None)
    other = decision_documents.write_version(template=template, texts=words(body="x"), by=None)

    assert (same.number, other.number) == (1, 2)
    assert "Bonjour" in same.texts["fr"]["body"]


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"body": ""}, TemplateTextMissing),
        ({"body": "{{ settings.SECRET_KEY }}"}, TemplatePlaceholderUnknown),
        ({"title": "{{ person }}"}, TemplatePlaceholderUnknown),
        ({"closing": " "}, TemplateAppealMissing),
    ],
)
def test_what_a_template_cannot_say(parts, error):
    with pytest.raises(error):
        make_template(**parts)


def test_a_decision_that_grants_needs_no_appeal_notice():
    assert make_template(Outcome.GRANTED, closing="").versions.count() == 1


def test_the_template_of_the_procedure_comes_before_the_general_one():
    file, _agent = in_review()
    make_template(code="a-general")
    own = make_template(code="z-own", procedure=file.procedure)
    make_template(code="b-other", procedure=make_procedure())

    assert template_for(file, Outcome.REFUSED).template == own
    assert template_for(file, Outcome.GRANTED) is None


def test_values_are_text_and_never_run():
    version = make_template().versions.get()
    values = {"reference": "R", "name": "{{ reason }} <b>", "reason": "{{ reference }}"}

    printed = filled(version, values, "fr")

    assert printed.title == "Décision R"
    assert printed.body == "Bonjour {{ reason }} <b>. {{ reference }}"


@pytest.mark.feature("E7")
def test_the_worker_makes_the_document_once_and_the_citizen_reads_it(client):
    file, agent = in_review()
    version = make_template().versions.get()

    reviews.reject(submission=file, by=agent, reason="L’arbre est sain.")
    assert not file.annexes.exists()
    arguments = (str(file.public_id), version.pk, file.decided_at.isoformat())
    decision_documents.make_decision.func(*arguments)
    decision_documents.make_decision.func(*arguments)

    annex = file.annexes.get(purpose=AnnexPurpose.DECISION)
    assert annex.template_version == version
    with annex.file.open("rb") as stored, pikepdf.open(io.BytesIO(stored.read())) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "fr"
    log_in(client, file.acting_user)
    page = client.get(reverse("submission", args=[file.reference])).content.decode()
    assert reverse("annex", args=[file.reference, annex.public_id]) in page


def test_a_decision_that_was_taken_back_is_not_printed():
    file, agent = in_review()
    version = make_template().versions.get()
    reviews.reject(submission=file, by=agent, reason="Non.")
    before = file.decided_at.isoformat()
    type(file).objects.filter(pk=file.pk).update(decided_at=None)

    decision_documents.make_decision.func(str(file.public_id), version.pk, before)

    assert not file.annexes.exists()


def test_the_agent_looks_at_the_document_before_deciding(client):
    file, agent = in_review()
    make_template()
    log_in(client, agent)

    answer = client.post(
        reverse("agent-reject", args=[file.reference]), {"reason": "Non.", "preview": "1"}
    )

    assert answer["Content-Type"] == "application/pdf"
    file.refresh_from_db()
    assert file.decided_at is None


@pytest.mark.feature("C5")
@pytest.mark.parametrize("has_ebox", [True, False])
def test_the_document_lies_in_the_ebox_once_and_is_announced_to_who_uses_it(has_ebox):
    file, agent = in_review()
    version = make_template().versions.get()
    if has_ebox:
        activate(file.acting_user, "letters@example.org")
    reviews.reject(submission=file, by=agent, reason="L’arbre est sain.")
    arguments = (str(file.public_id), version.pk, file.decided_at.isoformat())

    decision_documents.make_decision.func(*arguments)
    decision_documents.make_decision.func(*arguments)

    message = EboxMessage.objects.get()
    assert [part.annex for part in message.documents.all()] == list(file.annexes.all())
    assert set(message.titles) == set(LANGUAGES)
    assert message.titles["en"].startswith("Decision: ")
    assert "sain" not in str(message.titles)
    assert OutgoingMail.objects.filter(template="ebox_published").count() == has_ebox
    assert not OutgoingMail.objects.filter(template="ebox_document").exists()
