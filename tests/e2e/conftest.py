"""A real browser against a live server with the demo's content."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from eservices.actions.accounts import ensure_device
from eservices.identity import sessions
from eservices.models import User
from eservices.views.login import mail_code_proof
from eservices.worker import Worker
from portal.identity_providers import sandbox
from sandbox.mail import InboxMail, inbox
from tests.e2e.identity import Identities
from tests.sandbox.providers import Providers, running
from tools.browser import launch

PASSWORD = "Guichet-demo-2026"


@dataclass
class Portal:
    """The portal as one person meets it: a browser window, and the mails that arrive."""

    base: str
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)

    def tab(self) -> Page:
        """Open a tab; what the browser complains about makes the test fail at its end."""
        tab = self.context.new_page()
        tab.on("pageerror", lambda error: self.complaints.append(f"{tab.url}: {error}"))
        tab.on("console", lambda message: self._listen(tab, message))
        return tab

    def _listen(self, tab: Page, message: Any) -> None:
        refused = "Content Security Policy" in message.text
        if refused or (message.type == "error" and "Failed to load resource" not in message.text):
            self.complaints.append(f"{tab.url}: {message.text}")

    def work(self) -> None:
        """Do the background work that is ready, as the worker would."""
        Worker().drain()

    def mails(self, address: str) -> list[InboxMail]:
        """The mails to an address, newest first, after doing the work that sends them."""
        self.work()
        return list(inbox(address))

    def code(self, address: str) -> str:
        """The six figures of the newest mail to an address that has some."""
        return self._newest(address, r"\b\d{6}\b")

    def link(self, address: str, part: str) -> str:
        """The newest link mailed to an address whose own address has this part, on this server."""
        found = self._newest(address, rf"https?://[^\s<>\"]*{re.escape(part)}[^\s<>\"]*")
        return self.base + re.sub(r"^https?://[^/]+", "", found)

    def _newest(self, address: str, pattern: str) -> str:
        mails = self.mails(address)
        found = [match for mail in mails if (match := re.search(pattern, mail.text))]
        assert found, [mail.text for mail in mails]
        return found[0].group()

    def enter(self, address: str) -> None:
        """Give the window the cookie of somebody who has logged in; for tests of what comes then."""
        user = User.objects.get(email=address)
        request = HttpRequest()
        request.session, request.user = SessionStore(), user
        ensure_device(user)
        sessions.begin(request, user=user, proof=mail_code_proof())
        request.session.save()
        self.context.add_cookies(
            [{"name": "sessionid", "value": request.session.session_key, "url": self.base}]
        )

    def log_out(self, tab: Page) -> None:
        """Open the account menu behind the name and log out."""
        tab.locator("button[popovertarget=account]").click()
        tab.locator("#account form button").click()
        tab.wait_for_load_state()

    def address(self, route: str, language: str = "fr", **values: str) -> str:
        """The full address of a page in a language."""
        with translation.override(language):
            return self.base + reverse(route, kwargs=values)

    def log_in(self, address: str, password: str = PASSWORD, language: str = "fr") -> Page:
        """Log in with password and mailed code; returns the tab after it."""
        tab = self.tab()
        tab.goto(self.address("login", language))
        tab.locator("main input[type=email], main input[name$=username]").first.fill(address)
        tab.locator("main input[type=password]").first.fill(password)
        tab.locator("main form:has(input[type=password]) button[type=submit]").click()
        code = tab.locator("input[autocomplete=one-time-code], input[name$=otp_token]").first
        code.wait_for()
        code.fill(self.code(address))
        tab.locator("main form button[type=submit]").first.click()
        tab.wait_for_load_state()
        return tab


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once for each test process."""
    # Playwright keeps an event loop in this thread; Django's guard would take it for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts; a test that asks for it runs both ways."""
    return bool(request.param)


@pytest.fixture
def portal(
    request: pytest.FixtureRequest,
    browser: Browser,
    live_server: LiveServer,
    demo: None,
    settings: Any,
) -> Iterator[Portal]:
    """The live portal with the demo's content, and a fresh browser window."""
    settings.EMAIL_BACKEND = "sandbox.mail.InboxBackend"
    settings.PUBLIC_BASE_URL = live_server.url
    asked = "scripts" in request.fixturenames
    context = browser.new_context(
        java_script_enabled=request.getfixturevalue("scripts") if asked else True,
        locale="fr-BE",
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(15_000)
    portal = Portal(base=live_server.url, context=context)
    yield portal
    context.close()
    assert portal.complaints == []


@pytest.fixture(scope="session")
def test_providers(
    live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Providers]:
    """Both test identity providers, started once for each test process."""
    with running(live_server.url, tmp_path_factory.mktemp("identity") / "log") as providers:
        yield providers


@pytest.fixture
def identities(portal: Portal, test_providers: Providers, settings: Any) -> Identities:
    """The portal's login with CSAM and itsme, and the way through their pages."""
    settings.IDENTITY_PROVIDERS = sandbox(
        {
            "IDENTITY_SANDBOX_CSAM": test_providers.csam,
            "IDENTITY_SANDBOX_ITSME": test_providers.itsme,
        }
    )
    return Identities(providers=test_providers, portal=portal.base)
