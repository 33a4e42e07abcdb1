"""A package of a third party, as docs/plugins.md shows it: built, installed, and at work in a process of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r"^```\w+\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
USE = """
import json, os, django
django.setup()
from django.conf import settings
from django.test import Client
from django.test.utils import setup_test_environment
from eservices.contract import registry
from tests.factories.eservices import log_in, make_user
setup_test_environment()
found = {"installed": "bulky-waste" in registry}
if found["installed"]:
    from guichet_bulky import service
    visitor, person = Client(), Client()
    log_in(person, make_user("bulky@example.org"))
    {job.name: job for one in registry for job in one.jobs()}["bulky.collect"].run()
    found |= {
        "page": visitor.get("/fr/bulky-waste/").content.decode(),
        "api": visitor.get("/api/v1/bulky-waste/rounds/").json(),
        "dashboard": "Next round: 1 March" in person.get("/fr/mon-espace/").content.decode(),
        "navigation": 'href="/fr/bulky-waste/"' in visitor.get("/fr/demarches/").content.decode(),
        "job": service.collected,
        "privacy": "Rounds asked for" in person.get("/api/v1/privacy/").content.decode(),
    }
print("FOUND" + json.dumps(found))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package of the documentation as a wheel (binary distribution format 1.0), installed into a folder."""
    files = dict(FILE.findall((ROOT / "docs" / "plugins.md").read_text()))
    assert sorted(files) == [
        "guichet_bulky-1.0.dist-info/entry_points.txt",
        "guichet_bulky/apps.py",
        "guichet_bulky/service.py",
    ]
    files["guichet_bulky/__init__.py"] = ""
    info = "guichet_bulky-1.0.dist-info"
    files[f"{info}/METADATA"] = "Metadata-Version: 2.1\nName: guichet-bulky\nVersion: 1.0\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    wheel = tmp_path / "guichet_bulky-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    target = tmp_path / "packages"
    uv = Path(sys.executable).with_name("uv")
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--offline", "--target", target, wheel],
        check=True,
    )
    return target


def start(folder: Path, database: Path, **environment: str) -> dict:
    """Use the suite with the packages of a folder, in a new process; returns what it found."""
    path = os.pathsep.join([str(folder), str(ROOT), str(ROOT / "site")])
    env = {**os.environ, "PYTHONPATH": path, "DATABASE_URL": f"sqlite:///{database}", **environment}
    done = subprocess.run(
        [sys.executable, "-c", USE], env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.rpartition("FOUND")[2])


@pytest.mark.feature("X13")
@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_an_installed_package_adds_its_service_and_the_operator_may_refuse_it(
    installed, template_database, tmp_path
):
    assert connection.vendor == "sqlite"
    database = tmp_path / "portal.sqlite3"
    shutil.copy(template_database.plain, database)

    assert start(installed, database) == {
        "installed": True,
        "page": "<h1>Bulky waste</h1>",
        "api": {"next": "2027-03-01"},
        "dashboard": True,
        "navigation": True,
        "job": [True],
        "privacy": True,
    }
    assert start(installed, database, PLUGINS_DISABLED="bulky-waste") == {"installed": False}
