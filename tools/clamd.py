"""The virus scanner of the demo: where it listens and how it starts (see site/sandbox/clamd.py)."""

from __future__ import annotations

from pathlib import Path

#: How far above the portal's port it listens: 9403 beside 8000.
OFFSET = 1403


def port(portal_port: int) -> int:
    """The port beside a portal's; below it where the numbers would end."""
    return portal_port + (OFFSET if portal_port + OFFSET <= 65535 else -OFFSET)


def environment(portal_port: int) -> dict[str, str]:
    """What the portal reads: where its scanner is."""
    return {"CLAMD_ADDRESS": f"127.0.0.1:{port(portal_port)}"}


def command(python: Path, root: Path, number: int) -> list[str]:
    """The program that listens on this port."""
    return [str(python), str(root / "site" / "sandbox" / "clamd.py"), str(number)]
