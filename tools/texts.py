"""Texts to translate: collecting them for translators, and checking that none is missing."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tools.places import ROOT
from tools.steps import Failed, Steps

LANGUAGES = ("fr", "nl", "de")  # the texts in the code are English
IGNORED = shutil.ignore_patterns("migrations", "static", "demo", "__pycache__")


def folders() -> list[Path]:
    """The folders with catalogues of their own: each app, and site/ for the project."""
    return sorted({path.parent for path in ROOT.glob("*/apps.py")} | {ROOT / "site"})


def catalogues() -> list[Path]:
    """The catalogues that translators work on."""
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po"))


def collect(steps: Steps, folder: Path) -> None:
    """Bring the catalogues of a folder up to date with its texts."""
    env = steps.places.environment()
    env["GUICHET_BUILD"] = str(steps.places.data / "none")  # else compiled ones would be updated
    (folder / "locale").mkdir(exist_ok=True)
    languages = [part for language in LANGUAGES for part in ("--locale", language)]
    options = ["--no-location", "--no-wrap", "--no-obsolete", "--verbosity=0"]
    manage = str(ROOT / "manage.py")
    steps.run(
        steps.places.python, manage, "makemessages", *languages, *options, env=env, cwd=folder
    )


def check(steps: Steps) -> str:
    """Collect into a copy and refuse texts that are new, doubtful or wrongly filled in."""
    found = []
    with tempfile.TemporaryDirectory(dir=steps.places.data) as temporary:
        for folder in folders():
            copy = Path(temporary) / folder.name
            shutil.copytree(folder, copy, ignore=IGNORED)
            collect(steps, copy)
            for po in sorted(copy.glob("locale/*/LC_MESSAGES/django.po")):
                found += [
                    f"{folder.name}, {po.parts[-3]}: {text}" for text in open_texts(steps, po)
                ]
                steps.run("msgfmt", "--check-format", "--output-file=/dev/null", po)
    if found:
        raise Failed("\n".join([f"{len(found)} texts wait for a translation:", *found]))
    return ""


def open_texts(steps: Steps, po: Path) -> list[str]:
    """The texts of a catalogue that have no translation, or one to be looked at again."""
    texts = []
    for kind in ("--untranslated", "--only-fuzzy"):
        listed = steps.run("msgattrib", kind, "--no-obsolete", "--no-wrap", po)
        texts += [line[6:] for line in listed.splitlines() if line.startswith("msgid ")]
    return [text for text in texts if text != '""']
