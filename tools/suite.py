"""The whole test suite: static checks, then Python on two databases, then a real browser."""

from __future__ import annotations

import os
import re
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tools import setup, templates, texts
from tools.places import ROOT
from tools.postgres import throwaway_cluster
from tools.steps import Failed, Steps, say

PRODUCTION = {  # dummies: enough for `check --deploy` to import the production settings
    "SECRET_KEY": "a-dummy-of-enough-letters-for-the-deployment-check-0123456789",
    "ALLOWED_HOSTS": "guichet.example.org",
    "PUBLIC_BASE_URL": "https://guichet.example.org",
    "CLAMD_ADDRESS": "127.0.0.1:3310",
    "FIELD_ENCRYPTION_KEYS": "check:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "LOOKUP_HMAC_KEYS": "check:OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg=",
}
NOTHING_COLLECTED = 5


@dataclass
class Suite:
    """One call of `./dev test`, and what came of each part."""

    steps: Steps
    paths: list[str]
    keyword: str | None
    fast: bool
    results: list[tuple[str, int, int, int]] = field(
        default_factory=list
    )  # name, passed, failed, skipped

    @property
    def narrowed(self) -> bool:
        """Whether only some tests were asked for: then the static checks are left out."""
        return bool(self.paths or self.keyword)

    def run(self) -> int:
        """Run all parts, tell the sum in the last line, return the exit status."""
        began = time.monotonic()
        with self.steps.alone():
            setup.everything(self.steps, tests=True)
        (self.steps.places.data / "reports").mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            postgres = "" if self.fast else stack.enter_context(throwaway_cluster(self.steps))
            if not self.narrowed:
                self.static_checks(postgres)
                self.node_tests()
            # A part of the suite reads only the files that it needs: reading all takes each worker long.
            unit = [] if self.paths else ["--ignore=tests/e2e"]
            self.pytest("unit tests on SQLite", "not e2e and not postgres_only", *unit, workers=2)
            if postgres:
                self.pytest(
                    "database tests on PostgreSQL",
                    "not e2e and not sqlite_only",
                    "--database-only",
                    *unit,
                    workers=3,  # they wait for the server
                    DATABASE_URL=postgres,
                )
                browser = [] if self.paths else ["tests/e2e"]
                self.pytest(
                    "browser tests", "e2e", *browser, workers=3
                )  # they wait for the browser
        return self.summary(time.monotonic() - began)

    def summary(self, seconds: float) -> int:
        """Print one line for each part and the sum."""
        say("")
        for name, passed, failed, skipped in self.results:
            extra = f", {skipped} skipped" if skipped else ""
            say(f"  {name:<44} {passed} passed, {failed} failed{extra}")
        passed = sum(result[1] for result in self.results)
        failed = sum(result[2] for result in self.results)
        say(f"  in {seconds:.0f} s\n\n{passed} passed, {failed} failed")
        return 1 if failed or not passed else 0

    def static_checks(self, postgres: str) -> None:
        """Make the template databases and run linters and type checks, two at a time; each is one passed or failed.

        The longest stand first, so that both cores have something to do until the end.
        """
        say("Template databases and static checks")
        with ThreadPoolExecutor(2) as pool:
            for name, output, failed, seconds in pool.map(
                _timed, [*self.demos(postgres), *self.checks()]
            ):
                say(f"  {name:<44}{' FAILED' if failed else ''}{seconds:7.1f} s")
                if failed:
                    say(_indent(self.kept(name, output)))
                self.results.append((name, int(not failed), int(failed), 0))

    def demos(self, postgres: str) -> Iterable[tuple[str, Callable[[], str]]]:
        """Migrate and fill the template databases: tests find them, none waits for another."""
        env = self.environment() | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"}
        make: list[str | Path] = [self.steps.places.python, "-m", "tests.template_database"]
        if postgres:
            urls = {"DATABASE_URL": postgres}
            yield "demo on PostgreSQL", lambda: self.steps.run(*make, env=env | urls)
        yield "demo on SQLite", lambda: self.steps.run(*make, env=env)

    def kept(self, name: str, output: str) -> str:
        """Keep a long output in a file and return its beginning."""
        lines = output.strip().splitlines()
        if len(lines) <= 40:
            return output
        file = self.steps.places.data / "reports" / f"{name.split(' (')[0].replace(' ', '-')}.txt"
        file.write_text(output)
        return "\n".join([*lines[:40], f"... {len(lines) - 40} more lines in {file}"])

    def checks(self) -> Iterable[tuple[str, Callable[[], str]]]:
        """The static checks: a name and what to run; `Failed` is a failed check."""
        run, tool, cache = self.steps.run, self.steps.places.tool, self.steps.places.data / "cache"
        manage = [self.steps.places.python, ROOT / "manage.py"]
        test = self.environment()
        production = self.steps.places.environment("portal.settings.production") | PRODUCTION
        found = sorted(
            str(p.relative_to(ROOT)) for p in ROOT.glob("**/templates") if "var" not in p.parts
        )
        yield "types (mypy)", lambda: run(tool("mypy"), env=test)
        yield "ruff check", lambda: run(tool("ruff"), "check", "--quiet", ".")
        yield "ruff format", lambda: run(tool("ruff"), "format", "--check", ".")
        yield (
            "layers (import-linter)",
            lambda: run(
                tool("lint-imports"),
                "--no-logo",
                "--cache-dir",
                cache / "imports",
                env=test | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"},
            ),
        )
        yield "templates (djlint)", lambda: run(tool("djlint"), "--lint", "--quiet", *found)
        yield "templates (nothing inline)", _template_rules
        if texts.catalogues():
            yield "texts are translated", lambda: texts.check(self.steps)
        yield (
            "migrations are complete",
            lambda: run(*manage, "makemigrations", "--check", "--dry-run", env=test),
        )
        yield (
            "deployment check",
            lambda: run(*manage, "check", "--deploy", "--fail-level=WARNING", env=production),
        )

    def node_tests(self) -> None:
        """Run the tests of the scripts, if there are any."""
        folder = ROOT / "static" / "tests"
        files = sorted(folder.glob("**/*.test.*js"))
        if not files:
            return
        say("\nscript tests")
        node = self.steps.places.node_home() / "bin" / "node"
        done = subprocess.run(
            [str(node), "--test", "--test-reporter=tap", *map(str, files)],
            cwd=ROOT,
            text=True,
            env=self.steps.places.environment(),
            capture_output=True,
            check=False,
        )
        count = {
            word: int(n)
            for word, n in re.findall(r"^# (pass|fail|skipped) (\d+)$", done.stdout, re.MULTILINE)
        }
        failed = max(count.get("fail", 0), int(done.returncode != 0))
        say(_indent(done.stdout + done.stderr) if failed else f"  {count.get('pass', 0)} passed")
        self.results.append(("script tests", count.get("pass", 0), failed, count.get("skipped", 0)))

    def environment(self) -> dict[str, str]:
        """The environment of tests: data of their own, so that a served demo is left alone."""
        env = self.steps.places.environment("portal.settings.test")
        for name in ("DATABASE_URL", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
            env.pop(name, None)
        return env | {"GUICHET_DATA": str(self.steps.places.data / "test"), "PYTHONHASHSEED": "0"}

    def pytest(self, name: str, marks: str, *options: str, workers: int, **extra: str) -> None:
        """Run pytest once and add its counts; finding no test is a failure, unless narrowed."""
        say(f"\n{name}")
        report = self.steps.places.data / "reports" / f"{name.replace(' ', '-')}.xml"
        report.unlink(missing_ok=True)
        command = [
            self.steps.places.tool("pytest"),
            "-q",
            "-m",
            marks,
            "-n",
            str(workers),
            "--dist",
            "loadgroup",
            f"--junit-xml={report}",
            *options,
            *(["-k", self.keyword] if self.keyword else []),
            *self.paths,
        ]
        status = subprocess.run(
            command, cwd=ROOT, env=self.environment() | extra, check=False
        ).returncode
        if status == NOTHING_COLLECTED and self.narrowed:
            return
        passed, failed, skipped = counts(report)
        self.results.append((name, passed, max(failed, int(status != 0)), skipped))


def counts(report: Path) -> tuple[int, int, int]:
    """Passed, failed (with errors) and skipped tests of a JUnit report, zeros without one."""
    if not report.exists():
        return 0, 0, 0
    total, failed, skipped = 0, 0, 0
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314  (our own pytest wrote it)
        total += int(suite.get("tests", 0))
        failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped += int(suite.get("skipped", 0))
    return max(0, total - failed - skipped), failed, skipped


def _timed(check: tuple[str, Callable[[], str]]) -> tuple[str, str, bool, float]:
    name, run = check
    began = time.monotonic()
    try:
        output, failed = run(), False
    except Failed as error:
        output, failed = str(error), True
    return name, output, failed, time.monotonic() - began


def _template_rules() -> str:
    found = templates.findings()
    if found:
        raise Failed("\n".join(found))
    return ""


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
