"""The command line of `./dev`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from tools import setup, texts
from tools.features import show
from tools.locks import lock
from tools.places import ROOT, Places
from tools.serve import check_ports, serve
from tools.steps import Failed, Steps, say
from tools.suite import Suite


def main() -> None:
    """Parse the arguments and run one command; every refusal is one plain text and status 1."""
    arguments = parser().parse_args()
    places = Places(arguments.data.absolute())
    places.data.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(arguments.command(Steps(places), arguments))
    except Failed as error:
        sys.exit(f"\n{error}")
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit("\nStopped.")


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    top = argparse.ArgumentParser(prog="./dev", description="Set up, run and test Guichet.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data",
        type=Path,
        default=ROOT / "var",
        metavar="DIR",
        help="folder for everything that is written (default: var/)",
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, parents=[common], help=text)
        sub.set_defaults(command=command)
        return sub

    run = add("run", run_demo, "set everything up and serve the demo")
    run.add_argument("--port", type=int, default=8000)
    test = add("test", run_tests, "set everything up and run all checks and tests")
    test.add_argument("-k", dest="keyword", metavar="EXPRESSION", help="only tests that match")
    test.add_argument("--fast", action="store_true", help="no PostgreSQL, no browser")
    test.add_argument("paths", nargs="*", help="only these test files or folders")
    bench = add("bench", run_benchmarks, "measure; prints ratios")
    bench.add_argument("names", nargs="*", help="for example: content (default: all)")
    locking = add("lock", run_lock, "pin all dependencies again, with hashes")
    locking.add_argument("--upgrade", action="store_true", help="take the newest allowed versions")
    add("features", lambda steps, arguments: show(), "list which tests prove which feature")
    shots = add("shots", run_shots, "take pictures of the pages of a running demo")
    shots.add_argument("--base-url", default="http://127.0.0.1:8000")
    shots.add_argument("--lang", default="fr", choices=["fr", "nl", "de", "en"])
    shots.add_argument("--out", type=Path, help="folder of the pictures (default: DIR/shots)")
    shots.add_argument("names", nargs="*", help="only these pages (default: all)")
    pictures = add("pictures", run_pictures, "take the pictures of the help from a running demo")
    pictures.add_argument("--base-url", default="http://127.0.0.1:8000")
    pictures.add_argument("names", nargs="*", help="only these screens (default: all)")
    add("messages", run_messages, "collect the texts to translate (needs gettext)")
    manage = add("manage", run_manage, "run a management command")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    return top


def run_demo(steps: Steps, arguments: argparse.Namespace) -> int:
    """Set everything up and serve until someone stops it."""
    began = time.monotonic()
    check_ports(arguments.port)
    with steps.alone():
        setup.everything(steps, tests=False)
        setup.demo_data(steps)
        setup.static_files(steps)
    say(f"Set up in {time.monotonic() - began:.1f} s. Starting.")
    serve(steps.places, arguments.port)
    return 0


def run_tests(steps: Steps, arguments: argparse.Namespace) -> int:
    """Set everything up and run the suite."""
    return Suite(steps, arguments.paths, arguments.keyword, arguments.fast).run()


def run_benchmarks(steps: Steps, arguments: argparse.Namespace) -> int:
    """Run the benchmarks; each is a script that prints its ratios and fails below its target."""
    folder = ROOT / "tests" / "benchmarks"
    known = {path.stem.removeprefix("bench_"): path for path in sorted(folder.glob("bench_*.py"))}
    if unknown := set(arguments.names) - known.keys():
        raise Failed(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.")
    with steps.alone():
        setup.everything(steps, tests=True)
        setup.demo_data(steps)
        setup.static_files(steps)
    env = steps.places.environment()
    env["PYTHONPATH"] = f"{ROOT}{os.pathsep}{ROOT / 'site'}"
    failed = 0
    for name in arguments.names or known:
        say(f"\nbenchmark {name}")
        command = [str(steps.places.python), str(known[name])]
        failed += bool(subprocess.run(command, cwd=ROOT, env=env, check=False).returncode)
    return 1 if failed else 0


def run_lock(steps: Steps, arguments: argparse.Namespace) -> int:
    """Make the lock files again."""
    setup.python_environment(steps, tests=False)
    return lock(steps, upgrade=arguments.upgrade)


def run_shots(steps: Steps, arguments: argparse.Namespace) -> int:
    """Take pictures with the environment of the tests, which has the browser's driver."""
    out = arguments.out or steps.places.data / "shots"
    options = ["--base-url", arguments.base_url, "--lang", arguments.lang, "--out", str(out)]
    return with_browser(steps, "tools.shots", *options, *arguments.names)


def run_pictures(steps: Steps, arguments: argparse.Namespace) -> int:
    """Take the pictures of the help, which are part of the demo's content."""
    return with_browser(steps, "tools.pictures", "--base-url", arguments.base_url, *arguments.names)


def with_browser(steps: Steps, module: str, *options: str) -> int:
    """Run a module in the environment of the tests, which has the browser's driver."""
    with steps.alone():
        setup.everything(steps, tests=True)
    command = [str(steps.places.python), "-m", module, *options]
    env = steps.places.environment()
    env |= {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


def run_messages(steps: Steps, arguments: argparse.Namespace) -> int:
    """Bring the catalogues up to date with the texts in the code."""
    for folder in texts.folders():
        with steps.timed(f"texts of {folder.name}"):
            texts.collect(steps, folder)
    return 0


def run_manage(steps: Steps, arguments: argparse.Namespace) -> int:
    """Run manage.py with the given arguments in the environment of the data folder."""
    command = [steps.places.python, ROOT / "manage.py", *arguments.arguments]
    return subprocess.run(command, env=steps.places.environment(), check=False).returncode
