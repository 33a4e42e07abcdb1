"""The test identity providers of the demo: where they listen and how they start (see site/sandbox/identity)."""

from __future__ import annotations

from pathlib import Path

#: How far above the portal's port the two listen: 9401 and 9402 beside 8000.
OFFSETS = {"csam": 1401, "itsme": 1402}
#: Where their issuers begin, as at the real ones.
PATHS = {"csam": "/fas/oauth2", "itsme": "/v2"}


def ports(portal_port: int) -> dict[str, int]:
    """The ports of the providers beside a portal's; below it where the numbers would end."""
    sign = 1 if portal_port + max(OFFSETS.values()) <= 65535 else -1
    return {kind: portal_port + sign * offset for kind, offset in OFFSETS.items()}


def issuers(ports: dict[str, int]) -> dict[str, str]:
    """The addresses of the providers that listen on these ports."""
    return {kind: f"http://127.0.0.1:{port}{PATHS[kind]}" for kind, port in ports.items()}


def discovery(issuer: str) -> str:
    """Where a provider describes itself; it answers once it is ready."""
    return f"{issuer}/.well-known/openid-configuration"


def environment(portal: str, ports: dict[str, int]) -> dict[str, str]:
    """What both sides read: the portal where the providers are, they where the portal is."""
    found = {f"IDENTITY_SANDBOX_{kind.upper()}": at for kind, at in issuers(ports).items()}
    return {"IDENTITY_PORTAL": portal, **found}


def command(node_home: Path, root: Path) -> list[str]:
    """The program that serves both; needs `environment` and NODE_PATH."""
    script = root / "site" / "sandbox" / "identity" / "op.mjs"
    return [str(node_home / "bin" / "node"), "--max-old-space-size=128", str(script)]
