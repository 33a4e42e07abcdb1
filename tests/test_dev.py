"""The command `./dev` itself: stamps, template rules, feature list, the sum of the suite."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools.features import features
from tools.places import ROOT, Places
from tools.serve import check_port
from tools.steps import Failed, Stamps, Steps, digest
from tools.suite import Suite, counts
from tools.templates import findings
from tools.texts import open_texts


def test_step_is_done_again_when_its_input_changes(tmp_path):
    steps, lock, result = Steps(Places(tmp_path)), tmp_path / "lock", tmp_path / "result"
    done = []
    for text in ("one", "one", "two"):
        lock.write_text(text)
        with steps.once("install", "packages", [lock], result) as needed:
            result.touch()
            done.append(needed)

    assert done == [True, False, True]


def test_step_is_done_again_when_its_result_is_gone(tmp_path):
    stamps, result = Stamps(Places(tmp_path)), tmp_path / "result"
    result.touch()
    stamps.write("install", "key", result)
    assert stamps.current("install", "key", result)

    result.unlink()

    assert not stamps.current("install", "key", result)


def test_step_that_fails_leaves_no_stamp(tmp_path):
    steps = Steps(Places(tmp_path))
    with pytest.raises(Failed), steps.once("x", "breaks", ["key"], tmp_path):
        raise Failed("no")

    with steps.once("x", "breaks", ["key"], tmp_path) as needed:
        assert needed


def test_digest_sees_contents_names_and_new_files(tmp_path):
    seen = set()
    for change in ({"a": "1"}, {"a": "2"}, {"b": "2"}, {"b": "2", "c": "3"}):
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        for name, text in change.items():
            (folder / name).write_text(text)
        seen.add(digest(*sorted(folder.iterdir())))

    assert len(seen) == 4


def test_failed_command_shows_what_it_said(tmp_path):
    program = "import sys; print('the disk is full'); sys.exit(3)"

    with pytest.raises(Failed, match="the disk is full") as failure:
        Steps(Places(tmp_path)).run(sys.executable, "-c", program)

    assert "status 3" in str(failure.value)


def test_environment_needs_no_home_and_writes_below_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("HOME", raising=False)

    env = Places(tmp_path).environment()

    caches = [v for k, v in env.items() if "CACHE" in k.upper() or k in {"HOME", "GUICHET_DATA"}]
    assert len(caches) >= 8
    assert all(value.startswith(str(tmp_path)) for value in caches)
    assert "PYTHONDONTWRITEBYTECODE" not in env


def test_taken_port_is_refused_in_a_plain_sentence():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(Failed, match=f"Port {port} on 127.0.0.1 cannot be used"):
            check_port(port)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('<p style="color: red">', ["inline style"]),
        ("<style>p { color: red }</style>", ["inline style"]),
        ("<script>alert(1)</script>", ["inline script"]),
        ('<button type="button" onclick="go()">', ["event handler attribute"]),
        ('<a href="javascript:go()">', ["javascript: address"]),
        ("{% blocktranslate %}\n Hello {% endblocktranslate %}", ["untrimmed blocktranslate"]),
        ('{% trans "Hello" %}', ["old translation tag"]),
        ('<script src="{% static "portal.js" %}" type="module"></script>', []),
        ('<script type="application/ld+json">{{ data }}</script>', []),
        (
            '{# never <p style=""> #}<p class="on" data-on="x">{% if a %}one = two{% endif %}</p>',
            [],
        ),
    ],
)
def test_template_rules_find_what_the_policy_would_block(tmp_path, template, found):
    page = tmp_path / "site" / "templates" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(template)

    assert findings(tmp_path) == [f"site/templates/page.html:1: {what}" for what in found]


def test_mail_templates_may_style_inline(tmp_path):
    mail = tmp_path / "site" / "templates" / "mail" / "hello.html"
    mail.parent.mkdir(parents=True)
    mail.write_text('<p style="margin: 0">')

    assert findings(tmp_path) == []


def test_features_lists_marks_of_functions_and_modules_and_gaps(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "features.txt").write_text("A2 Second factor\nA10 Sections\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(
        "import pytest\n"
        'pytestmark = [pytest.mark.e2e, pytest.mark.feature("X1")]\n'
        '@pytest.mark.feature("A10", "A11")\n'
        "def test_sections(): ...\n"
    )

    assert features(tmp_path) == {
        "A2": [],
        "A10": ["tests/test_one.py::test_sections"],
        "A11": ["tests/test_one.py::test_sections"],
        "X1": ["tests/test_one.py::(all)"],
    }


def test_counts_add_errors_to_failures(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>'
    )

    assert counts(report) == (4, 3, 3)
    assert counts(tmp_path / "missing.xml") == (0, 0, 0)


@pytest.mark.parametrize(
    ("results", "last_line", "status"),
    [
        ([("a", 5, 0, 1), ("b", 2, 0, 0)], "7 passed, 0 failed", 0),
        ([("a", 5, 1, 0), ("b", 2, 0, 0)], "7 passed, 1 failed", 1),
        ([], "0 passed, 0 failed", 1),
    ],
)
def test_summary_ends_with_the_sum(tmp_path, capsys, results, last_line, status):
    suite = Suite(Steps(Places(tmp_path)), paths=[], keyword=None, fast=False, results=results)

    assert suite.summary(1.0) == status
    assert capsys.readouterr().out.splitlines()[-1] == last_line


def test_help_names_all_commands_without_any_installed_package():
    command = [sys.executable, "-S", str(ROOT / "dev"), "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    for name in (
        "run",
        "test",
        "bench",
        "lock",
        "features",
        "shots",
        "pictures",
        "manage",
        "messages",
    ):
        assert f"\n    {name} " in shown


def test_lock_files_name_no_registry():
    for path in [*ROOT.glob("requirements*.txt"), ROOT / "package-lock.json"]:
        text = path.read_text()
        assert "--index-url" not in text, path
        assert '"resolved"' not in text, path


def test_requirements_are_all_hashed():
    for path in ROOT.glob("requirements*.txt"):
        pins = [line for line in path.read_text().splitlines() if "==" in line and "#" not in line]
        assert pins, path
        assert all(line.endswith(" \\") for line in pins), path


def test_ci_runs_the_same_command():
    assert Path(ROOT / ".ci" / "run").read_text().endswith("exec ./dev test\n")


def test_open_texts_are_the_untranslated_and_the_doubtful(tmp_path):
    po = tmp_path / "django.po"
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Done"\nmsgstr "Fait"\n\n'
        'msgid "New"\nmsgstr ""\n\n'
        '#, fuzzy\nmsgid "Doubtful"\nmsgstr "Douteux"\n'
    )

    assert open_texts(Steps(Places(tmp_path)), po) == ['"New"', '"Doubtful"']
