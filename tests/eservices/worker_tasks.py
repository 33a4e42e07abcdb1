"""Tasks for the tests of the worker; each leaves a file as its effect."""

import os
import time
from pathlib import Path

from eservices.errors import MoveRefused, Unavailable
from eservices.models import User
from eservices.tasks import task
from eservices.worker import Permanent


@task()
def leave(folder: str, name: str, seconds: float = 0.0) -> str:
    """Begin, take some time, leave the effect."""
    Path(folder, f"{name}.begun").touch()
    time.sleep(seconds)
    Path(folder, f"{name}.done").touch()
    return name


@task()
def fail(kind: str) -> None:
    """Raise an error; the message must not be kept."""
    errors = {
        "bug": ValueError("about amelie@example.org"),
        "permanent": Permanent("no"),
        "refused": MoveRefused(),
        "away": Unavailable(),
        "gone": User.DoesNotExist(),
    }
    raise errors[kind]


@task()
def die() -> None:
    """Take the whole process down, as a crash in C code would."""
    os._exit(9)
