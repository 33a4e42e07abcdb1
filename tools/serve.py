"""Serving the demo: web, worker, scheduler and the outside world as children of one supervisor."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from tools import clamd, identity
from tools.places import ROOT, Places
from tools.steps import Failed, say

ROLES = ("citizen", "parent", "club", "agent", "editor", "admin")
PASSWORD = "Guichet-demo-2026"  # noqa: S105  (the demo's, printed for everyone)
PATIENCE = 12  # seconds that a child has to end by itself
_PR_SET_PDEATHSIG = 1


class Stop(Exception):
    """Someone asked the supervisor to end."""


def check_port(port: int, asked: int | None = None) -> None:
    """Refuse early, and in a plain sentence, when another program holds the port; `asked` is that of the web."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failed(
                f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another port: ./dev run --port {(asked or port) + 1}"
            ) from error


def check_ports(port: int) -> None:
    """Check the port of the web and those of its virus scanner and identity providers; raises Failed."""
    for number in (port, clamd.port(port), *identity.ports(port).values()):
        check_port(number, port)


def commands(places: Places, port: int) -> dict[str, list[str]]:
    """The programs that together are the product."""
    python, manage = str(places.python), str(ROOT / "manage.py")
    web = [
        python,
        "-m",
        "gunicorn",
        "portal.wsgi",
        "--pythonpath",
        str(ROOT / "site"),
        "--chdir",
        str(ROOT),
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--workers",
        "1",
        "--threads",
        "8",
        "--graceful-timeout",
        "8",
        "--worker-tmp-dir",
        str(places.data / "run"),
        "--no-control-socket",
    ]
    return {
        "identity": identity.command(places.node_home(), ROOT),
        "clamd": clamd.command(places.python, ROOT, clamd.port(port)),
        "web": web,
        "worker": [python, manage, "run_worker"],
        "scheduler": [python, manage, "run_jobs", "--loop"],
    }


def serve(places: Places, port: int) -> None:
    """Start the children, tell the addresses once the web answers, and wait for the end."""
    check_ports(port)
    for name in ("logs", "run"):
        (places.data / name).mkdir(parents=True, exist_ok=True)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked_to_stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    base = f"http://127.0.0.1:{port}"
    known = identity.environment(base, identity.ports(port)) | clamd.environment(port)
    env = places.environment() | {"PUBLIC_BASE_URL": base} | known
    env.setdefault("MALLOC_ARENA_MAX", "2")  # glibc's arenas for each thread waste memory
    try:
        for name, command in commands(places, port).items():
            children[name] = _start(command, places.data / "logs" / f"{name}.log", env)
        _wait_until_ready("web", f"{base}/health/ready", children, places)
        issuers = identity.issuers(identity.ports(port))
        for issuer in issuers.values():
            _wait_until_ready("identity", identity.discovery(issuer), children, places)
        _tell(base, list(issuers.values()), places)
        while True:
            _check_alive(children, places)
            time.sleep(0.5)
    except Stop:
        say("\nStopping.")
    finally:
        _end(children)


def _asked_to_stop(number: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)  # once is enough; the children get their time
    raise Stop


def _start(command: list[str], log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    libc = ctypes.CDLL(None)

    def die_with_the_supervisor() -> None:
        getattr(libc, "prctl", lambda *_: 0)(_PR_SET_PDEATHSIG, signal.SIGTERM)

    with log.open("wb") as out:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=die_with_the_supervisor,
        )


def _wait_until_ready(
    name: str, address: str, children: dict[str, subprocess.Popen[bytes]], places: Places
) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline, answer = time.monotonic() + 90, "no answer"
    while time.monotonic() < deadline:
        _check_alive(children, places)
        try:
            direct.open(address, timeout=5).close()
            return
        except urllib.error.HTTPError as error:
            answer = f"status {error.code}: {error.read(500).decode(errors='replace')}"
        except OSError as error:
            answer = str(error)
        time.sleep(0.2)
    raise Failed(
        f"The {name} did not get ready in 90 s. Its last answer was: {answer}\n"
        + _last_lines(places, name)
    )


def _check_alive(children: dict[str, subprocess.Popen[bytes]], places: Places) -> None:
    for name, child in children.items():
        if (status := child.poll()) is not None:
            raise Failed(
                f"The {name} ended by itself with status {status}.\n{_last_lines(places, name)}"
            )


def _last_lines(places: Places, name: str) -> str:
    log = places.data / "logs" / f"{name}.log"
    return "\n".join([f"The end of {log}:", *log.read_text(errors="replace").splitlines()[-25:]])


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _tell(base: str, issuers: list[str], places: Places) -> None:
    users = "  ".join(f"{role}@example.org" for role in ROLES)
    say(f"""
Guichet runs at {base}/ (supervisor {os.getpid()}, logs in {places.data / "logs"})

  Demo users   {users}
  Password     {PASSWORD}
  Second step  a code by mail: read it in the demo's inbox
  Inbox        {base}/sandbox/mail/
  Identities   {"  ".join(issuers)}  (test CSAM and itsme: follow “Log in”)
  Back office  {base}/admin/  (agent, editor, admin)

Press Ctrl+C to stop.""")
