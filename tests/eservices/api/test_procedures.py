"""The API of procedures, open to anyone."""

import jsonschema
import pytest
from django.utils import timezone

from eservices.enums import ProcedureState
from eservices.models import Procedure
from tests.factories.procedures import (
    SIMPLE_ANSWERS,
    SIMPLE_STRUCTURE,
    SIMPLE_WORDS,
    add_version,
    procedure_from_yaml,
    simple_procedure,
    words_in_all_languages,
)

pytestmark = pytest.mark.django_db


@pytest.mark.feature("A10")
def test_the_list_speaks_the_language_asked_for(client):
    procedure_from_yaml("tree")

    answer = client.get("/api/v1/procedures/?locale=nl").json()

    assert answer["count"] == 1
    tree = answer["results"][0]
    assert (tree["code"], tree["level"], tree["is_open"]) == ("tree", "low", True)
    assert tree["title"] == "Toelating om een boom te vellen of te snoeien"
    assert tree["kinds"] == ["citizen", "association", "enterprise"]


def test_one_procedure_tells_what_to_know(client):
    procedure_from_yaml("tree")

    answer = client.get("/api/v1/procedures/tree/?locale=en").json()

    assert len(answer["at_hand"]) == 5
    assert answer["version"] == 1
    assert answer["answer_by"]
    assert client.get(answer["schema_url"]).status_code == 200


def test_the_schema_is_valid_and_takes_a_complete_answer(client):
    simple_procedure(code="simple")

    schema = client.get("/api/v1/procedures/simple/schema/?locale=en").json()

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(SIMPLE_ANSWERS, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**SIMPLE_ANSWERS, "people": ["many"]}, schema)


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/procedures/?locale=xx",
        "/api/v1/procedures/unknown/",
        "/api/v1/procedures/unknown/schema/",
        "/api/v1/procedures/simple/?locale=",
    ],
)
def test_what_does_not_exist_is_a_problem_document(client, address):
    simple_procedure(code="simple")

    response = client.get(address)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_a_closed_procedure_is_readable_and_not_listed(client):
    simple_procedure(code="simple")
    Procedure.objects.update(state=ProcedureState.CLOSED)

    assert client.get("/api/v1/procedures/").json()["count"] == 0
    assert client.get("/api/v1/procedures/simple/").json()["is_open"] is False


def test_nothing_can_be_written(client):
    assert client.post("/api/v1/procedures/", {}).status_code == 405


def test_the_list_costs_the_same_with_one_and_with_thirty(client, django_assert_num_queries):
    simple_procedure()
    client.get("/api/v1/procedures/")
    for _number in range(29):
        simple_procedure()

    with django_assert_num_queries(2):
        assert client.get("/api/v1/procedures/").json()["count"] == 30


@pytest.mark.feature("X3")
def test_fee_period_and_documents_are_told(client):
    procedure = simple_procedure(code="simple", fee_cents=1250, closes_at=timezone.now())
    structure = {**SIMPLE_STRUCTURE, "annexes": [{"id": "a-1", "required": True, "max_files": 2}]}
    words = words_in_all_languages({**SIMPLE_WORDS, "a-1": {"label": "Plan"}})
    add_version(procedure, structure, words)

    answer = client.get("/api/v1/procedures/simple/?locale=en").json()

    assert (answer["fee"], answer["payment_days"], answer["is_open"]) == ("12.50", 14, False)
    assert answer["closes_at"]
    assert answer["opens_at"] is None
    (annex,) = answer["annexes"]
    assert (annex["label"], annex["required"], annex["max_files"]) == ("Plan", True, 2)
