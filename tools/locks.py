"""Locking: exact versions with hashes for Python and npm packages, free of registry addresses."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from tools.places import ROOT
from tools.steps import Failed, Steps, say

GROUPS = {  # file: what it holds, and the file whose versions it must share
    "requirements.txt": (["pyproject.toml"], None),
    "requirements-build.txt": (["--group", "build"], None),
    "requirements-uv.txt": (["--group", "installer"], None),
    "requirements-dev.txt": (
        ["pyproject.toml", "--group", "build", "--group", "dev"],
        ["requirements.txt", "requirements-build.txt"],
    ),
}


def lock(steps: Steps, *, upgrade: bool) -> int:
    """Re-make all lock files, newest versions with `upgrade`, and tell what changed."""
    before = versions()
    for name, (sources, shared) in GROUPS.items():
        with steps.timed(name):
            constraints = [part for file in shared or [] for part in ("-c", file)]
            steps.run(
                steps.places.tool("uv"),
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--generate-hashes",
                "--no-header",
                "--no-emit-index-url",
                "--python-version",
                "3.11",
                "--output-file",
                name,
                *(["--upgrade"] if upgrade else []),
                *constraints,
                *sources,
            )
    with steps.timed("package-lock.json"):
        _lock_npm(steps, upgrade=upgrade)
    _refuse_addresses()
    after = versions()
    for package in sorted(before.keys() | after.keys()):
        old, new = before.get(package, "-"), after.get(package, "-")
        if old != new:
            say(f"  {package}: {old} -> {new}")
    say(
        "Nothing changed."
        if before == after
        else "Read the change log of each, then run ./dev test."
    )
    return 0


def _lock_npm(steps: Steps, *, upgrade: bool) -> None:
    home = steps.places.node_home()
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    with tempfile.TemporaryDirectory(dir=steps.places.data) as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(ROOT / name, folder)
        env = steps.places.environment()
        env["PATH"] = f"{home / 'bin'}{os.pathsep}{env['PATH']}"
        verb = "update" if upgrade else "install"
        steps.run(
            home / "bin" / "node",
            npm,
            verb,
            "--package-lock-only",
            "--ignore-scripts",
            env=env,
            cwd=Path(folder),
        )
        for name in ("package.json", "package-lock.json"):
            shutil.copy(Path(folder) / name, ROOT)


def versions() -> dict[str, str]:
    """The locked version of each package, Python's and npm's."""
    found: dict[str, str] = {}
    for name in GROUPS:
        if (ROOT / name).exists():
            found |= dict(
                re.findall(r"^([a-z0-9][\w.-]*)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
            )
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    found |= {
        f"npm {path.removeprefix('node_modules/')}": about["version"]
        for path, about in packages.items()
        if path
    }
    return found


def _refuse_addresses() -> None:
    for name in (*GROUPS, "package-lock.json"):
        text = (ROOT / name).read_text()
        addresses = re.findall(r'--(?:extra-)?index-url\s+\S+|"resolved":\s*"[^"]+"', text)
        if addresses:
            raise Failed(f"{name} names a registry, which a lock file must not: {addresses[0]}")
