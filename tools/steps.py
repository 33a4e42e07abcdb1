"""Steps of a set-up: each is timed, told, and left out when its stamp says that nothing changed."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tools.places import ROOT, Places


class Failed(Exception):
    """A step could not be done; the text says why and what to do, in plain words."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)  # noqa: T201  (this is a command line tool)


def digest(*sources: Path | str) -> str:
    """Hash texts, files and whole folders (names and contents), to see whether they changed."""
    total = hashlib.sha256()
    for source in sources:
        if isinstance(source, str):
            total.update(source.encode())
            continue
        for path in [source] if source.is_file() else _files(source):
            total.update(
                str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).encode()
            )
            total.update(path.read_bytes())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return iter(sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"))


class Stamps:
    """Remembers with which inputs a step was last done; forgets it when its result is gone."""

    def __init__(self, places: Places) -> None:
        self.folder = places.data / "stamps"

    def current(self, name: str, key: str, result: Path) -> bool:
        """Whether the step was done with these inputs and its result still stands."""
        path = self.folder / name
        return path.is_file() and path.read_text() == f"{key} {_birth(result)}"

    def write(self, name: str, key: str, result: Path) -> None:
        """Remember that the step is done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(f"{key} {_birth(result)}")


def _birth(result: Path) -> str:
    """What tells this result from another one made in its place: its inode, or nothing."""
    return str(result.stat().st_ino) if result.exists() else "gone"


class Steps:
    """Runs the steps one after the other and tells how long each took."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.stamps = Stamps(places)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let one set-up at a time work in the data folder."""
        with (self.places.data / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def timed(self, title: str) -> Iterator[None]:
        """Tell the title, and the time once the block is done."""
        print(f"  {title:<44}", end="", flush=True)  # noqa: T201
        began = time.monotonic()
        try:
            yield
        except BaseException:
            say(f" failed after {time.monotonic() - began:.1f} s")
            raise
        say(f"{time.monotonic() - began:7.1f} s")

    @contextmanager
    def once(
        self, name: str, title: str, inputs: Iterable[Path | str], result: Path
    ) -> Iterator[bool]:
        """Yield True when the step has to be done, and stamp it once the block is through."""
        key = digest(name, *inputs)
        if self.stamps.current(name, key, result):
            yield False
            return
        with self.timed(title):
            yield True
        self.stamps.write(name, key, result)

    def run(
        self, *command: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> str:
        """Run a program quietly; on failure show all that it said."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(env or self.places.environment()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            sys.stdout.flush()
            line = " ".join(str(part) for part in command)
            raise Failed(
                f"{done.stdout.strip()}\n\n"
                f"This command ended with status {done.returncode}:\n  {line}"
            )
        return done.stdout
