"""The command line of `./dev`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from tools import setup
from tools.locks import lock
from tools.places import ROOT, Places
from tools.serve import check_port, serve
from tools.steps import Failed, Steps, say


def main() -> None:
    """Parse the arguments and run one command; every refusal is one plain text and status 1."""
    arguments = parser().parse_args()
    places = Places(arguments.data.absolute())
    places.data.mkdir(parents=True, exist_ok=True)
    try:
        sys.exit(arguments.command(Steps(places), arguments))
    except Failed as error:
        sys.exit(f"\n{error}")
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

    run = commands.add_parser("run", parents=[common], help="set everything up and serve the demo")
    run.add_argument("--port", type=int, default=8000)
    run.set_defaults(command=run_demo)

    lock = commands.add_parser("lock", parents=[common], help="re-pin all dependencies with hashes")
    lock.add_argument("--upgrade", action="store_true", help="take the newest allowed versions")
    lock.set_defaults(command=run_lock)

    manage = commands.add_parser("manage", parents=[common], help="run a management command")
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    manage.set_defaults(command=run_manage)
    return top


def run_demo(steps: Steps, arguments: argparse.Namespace) -> int:
    """Set everything up and serve until someone stops it."""
    began = time.monotonic()
    check_port(arguments.port)
    setup.everything(steps, tests=False)
    setup.demo_data(steps)
    setup.static_files(steps)
    say(f"Set up in {time.monotonic() - began:.1f} s. Starting.")
    serve(steps.places, arguments.port)
    return 0


def run_lock(steps: Steps, arguments: argparse.Namespace) -> int:
    """Re-make the lock files."""
    setup.python_environment(steps, tests=False)
    return lock(steps, upgrade=arguments.upgrade)


def run_manage(steps: Steps, arguments: argparse.Namespace) -> int:
    """Run manage.py with the given arguments in the environment of the data folder."""
    command = [steps.places.python, ROOT / "manage.py", *arguments.arguments]
    return subprocess.run(command, env=steps.places.environment(), check=False).returncode
