"""A PostgreSQL cluster for one test run: made, used and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.setup import postgres_binaries
from tools.steps import Failed, Steps

# A lost test database costs nothing, so nothing waits for the disk.
FAST = (
    "fsync=off\nsynchronous_commit=off\nfull_page_writes=off\nautovacuum=off\nmax_connections=60\n"
)


@contextmanager
def throwaway_cluster(steps: Steps) -> Iterator[str]:
    """Yield the DATABASE_URL of a fresh cluster on a port of its own; end and delete it afterwards.

    PostgreSQL refuses to run as root: root hands the cluster to the user `postgres` or `nobody`.
    """
    binaries = postgres_binaries()
    if binaries is None:
        raise Failed("PostgreSQL's initdb was not found.")
    user = _other_user() if os.geteuid() == 0 else None
    run_as = ["runuser", "-u", user, "--"] if user else []
    folder = _folder(steps.places.data, user)
    port = free_port()
    server = [*run_as, str(binaries / "pg_ctl"), "--pgdata", str(folder), "--silent", "--wait"]
    try:
        with steps.timed("throw-away PostgreSQL"):
            steps.run(
                *run_as,
                binaries / "initdb",
                "--pgdata",
                folder,
                "--username=guichet",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                cwd=folder,
            )
            local = f"listen_addresses='127.0.0.1'\nunix_socket_directories=''\nport={port}\n"
            with (folder / "postgresql.conf").open("a") as settings:
                settings.write(local + FAST)
            steps.run(*server, "--log", folder / "server.log", "start", cwd=folder)
        yield f"postgres://guichet@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "postmaster.pid").exists():
            steps.run(*server, "--mode=immediate", "stop", cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


def _folder(data: Path, user: str | None) -> Path:
    """A new folder of the cluster: below the data folder where the other user can get in."""
    reachable = all(path.stat().st_mode & 0o001 for path in (data, *data.parents))
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=data if reachable or not user else None))
    if user:
        shutil.chown(folder, user)
    return folder


def _other_user() -> str:
    import pwd  # not on every platform

    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Failed("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def free_port() -> int:
    """A port on 127.0.0.1 that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
