"""Set-up: from a bare clone to an environment that runs, each part done only when it has to be."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from tools import texts
from tools.browser import BROWSER
from tools.places import ROOT
from tools.steps import Failed, Steps, digest, say

LIBRARIES = {  # shared libraries that Python packages open, and Debian's packages that hold them
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
TEST_LIBRARIES = {"libical.so.3": "libical3"}  # the same, for the tests alone
TEST_PROGRAMS = {  # programs the tests start, and Debian's packages that hold them
    BROWSER: "chromium-headless-shell",
    "pdftotext": "poppler-utils",
    "qpdf": "qpdf",
    "msgfmt": "gettext",
}


def system_packages(steps: Steps, *, tests: bool) -> None:
    """Make sure that the system's libraries and, for the tests, its programs are there."""
    missing = [package for library, package in LIBRARIES.items() if not _opens(library)]
    if not shutil.which("fc-list") or not steps.run("fc-list").strip():
        missing += ["fontconfig", "fonts-dejavu-core"]
    if tests:
        missing += [package for name, package in TEST_LIBRARIES.items() if not _opens(name)]
        missing += [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
        missing += [] if postgres_binaries() else ["postgresql"]
    install_system_packages(steps, missing)


def _opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def postgres_binaries() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL, if one is installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def install_system_packages(steps: Steps, missing: list[str]) -> None:
    """Install Debian packages when we may; otherwise tell the line to run."""
    if not missing:
        return
    line = f"apt-get install --yes --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failed(
            f"These system packages are missing: {', '.join(missing)}.\n"
            f"Run this, then try again:\n  sudo {line}"
        )
    env = steps.places.environment() | {"DEBIAN_FRONTEND": "noninteractive"}
    with steps.timed(f"system packages ({', '.join(missing)})"[:44]):
        try:
            steps.run(*line.split(), env=env)
        except Failed:  # a fresh machine has no package lists yet
            steps.run("apt-get", "update", env=env)
            steps.run(*line.split(), env=env)


def python_environment(steps: Steps, *, tests: bool) -> None:
    """The virtual environment, with exactly the packages whose hashes are locked."""
    places = steps.places
    here = f"{sys.version} {platform.machine()} {sys.base_prefix}"
    if importlib.util.find_spec("ensurepip") is None:  # Debian packs it apart
        install_system_packages(steps, ["python3-venv"])
    with steps.once("venv", "virtual environment", [here], places.venv / "pyvenv.cfg") as needed:
        if needed and not _usable(places.python):
            steps.run(sys.executable, "-m", "venv", "--clear", places.venv)
    pin = ROOT / "requirements-uv.txt"
    with steps.once("uv", "installer", [pin, here], places.venv / "pyvenv.cfg") as needed:
        if needed:
            steps.run(
                places.python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pin
            )
    everything: list[Path | str] = [ROOT / "requirements-dev.txt", here]
    if not tests and steps.stamps.current(
        "dev-packages", digest("dev-packages", *everything), places.venv / "pyvenv.cfg"
    ):
        return  # the packages of the tests contain those of the product
    names = ["requirements-dev.txt"] if tests else ["requirements.txt", "requirements-build.txt"]
    locks = [ROOT / name for name in names]
    with steps.once(
        "dev-packages" if tests else "packages",
        "Python packages",
        [*locks, here],
        places.venv / "pyvenv.cfg",
    ) as needed:
        if needed:
            files = [part for lock in locks for part in ("-r", str(lock))]
            steps.run(
                places.tool("uv"),
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--python",
                places.python,
                *files,
            )


def _usable(python: Path) -> bool:
    if not python.exists():
        return False
    asked = [str(python), "-c", "import sys, pip; print(sys.version)"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.version.strip()


def front_end(steps: Steps) -> None:
    """The npm packages of the lock file, then the bundles of scripts and styles."""
    places = steps.places
    node = places.node_home() / "bin" / "node"
    npm = places.node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    lock = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    with steps.once("node", "npm packages", lock, places.node_modules) as needed:
        if needed:
            places.node_modules.parent.mkdir(parents=True, exist_ok=True)
            for file in lock:
                shutil.copy(file, places.node_modules.parent)
            env = places.environment()
            env["PATH"] = f"{node.parent}{os.pathsep}{env['PATH']}"
            steps.run(node, npm, "ci", "--ignore-scripts", env=env, cwd=places.node_modules.parent)
    sources = [ROOT / "static", *lock]
    with steps.once("assets", "scripts and styles", sources, places.assets) as needed:
        if needed:
            steps.run(node, ROOT / "static" / "build.mjs", "--out", places.assets)


def catalogues(steps: Steps) -> None:
    """Compile the translations into the data folder, one folder per app (site/ is the project)."""
    places = steps.places
    found = texts.catalogues()
    target = places.data / "locale"
    with steps.once("locale", "translations", found, target) as needed:
        if not needed:
            return
        target.mkdir(parents=True, exist_ok=True)
        for po in found:
            app, language = po.parts[-5], po.parts[-3]
            mo = target / app / language / "LC_MESSAGES" / "django.mo"
            mo.parent.mkdir(parents=True, exist_ok=True)
            steps.run(
                places.tool("pybabel"),
                "compile",
                "--input-file",
                po,
                "--output-file",
                mo,
                "--locale",
                language,
            )


def static_files(steps: Steps) -> None:
    """Hash and compress all static files into one folder."""
    places = steps.places
    sources = [ROOT / "requirements.txt", ROOT / "site" / "portal" / "settings", places.assets]
    sources += sorted(ROOT.glob("*/static")) + sorted(ROOT.glob("site/*/static"))
    with steps.once(
        "static", "static files", [p for p in sources if p.exists()], places.data / "static"
    ) as needed:
        if needed:
            shutil.rmtree(places.data / "static", ignore_errors=True)
            manage(steps, "collectstatic", "--no-input", "--verbosity=0")


def demo_data(steps: Steps) -> None:
    """Bring the database up to date and load the demo; on a server's database always ask it."""
    places = steps.places
    (places.data / "data").mkdir(parents=True, exist_ok=True)
    external = os.environ.get("DATABASE_URL", "")
    again = os.urandom(8).hex() if external else ""
    migrations: list[Path | str] = [ROOT / "requirements.txt", again]
    migrations += sorted(ROOT.glob("*/migrations"))
    with steps.once("migrate", "database", migrations, places.database) as needed:
        if needed:
            manage(steps, "migrate", "--no-input", "--verbosity=0")
    portal = ROOT / "site" / "portal"
    content = [*migrations, *sorted(portal.glob("demo*")), portal / "management"]
    with steps.once("demo", "demo content", content, places.database) as needed:
        if needed:
            manage(steps, "load_demo")


def manage(steps: Steps, *arguments: str, settings: str = "portal.settings.demo") -> str:
    """Run a management command in the environment of the data folder."""
    return steps.run(
        steps.places.python, ROOT / "manage.py", *arguments, env=steps.places.environment(settings)
    )


def everything(steps: Steps, *, tests: bool) -> None:
    """All that has to stand before the product can be served or tested, except its data."""
    say(f"Setting up Guichet in {steps.places.data}")
    system_packages(steps, tests=tests)
    python_environment(steps, tests=tests)
    front_end(steps)
    catalogues(steps)
