"""Walking through the pages of the test identity providers in a real browser."""

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.sandbox.providers import Providers


@dataclass(frozen=True)
class Identities:
    """Both providers, as a person meets them after the portal's button; each method ends back at the portal."""

    providers: Providers
    portal: str

    def csam(self, tab: Page, citizen: str, key: str = "eid", answer: str = "") -> None:
        """Choose a digital key (eid, itsme, mail, app, token, password), then the test person.

        `answer` provokes something else than what was asked: lower, server_error, temporarily_unavailable.
        """
        self._at(tab, self.providers.csam)
        tab.locator(f"a[href*='key={key}']").click()
        self._person(tab, citizen, answer)
        self._leave(tab, tab.locator("button[name=confirm]"))

    def itsme(self, tab: Page, citizen: str, code: bool = True, answer: str = "") -> None:
        """Choose the test person and confirm, with the itsme code or with the fingerprint."""
        self._at(tab, self.providers.itsme)
        self._person(tab, citizen, answer)
        self._leave(tab, tab.locator(f"button[name=confirm][value='{2 if code else 1}']"))

    def cancel(self, tab: Page) -> None:
        """Refuse, at either provider."""
        expect(tab.locator(".banner")).to_be_visible()
        self._leave(tab, tab.locator("button[name=cancel]"))

    def _at(self, tab: Page, issuer: str) -> None:
        expect(tab.locator(".banner")).to_be_visible()
        assert tab.url.startswith(issuer), tab.url

    def _person(self, tab: Page, citizen: str, answer: str) -> None:
        tab.locator(f"input[name=citizen][value='{citizen}']").check()
        if answer:
            tab.locator("summary").click()
            tab.locator(f"input[name=answer][value={answer}]").check()

    def _leave(self, tab: Page, button: object) -> None:
        button.click()  # type: ignore[attr-defined]
        tab.wait_for_url(f"{self.portal}/**")
