"""Pictures of the pages of a running demo: two widths, light and dark, one language.

Runs inside the environment of the tests (`./dev shots` starts it), so it may import Playwright.
The pages are listed in tests/e2e/pages.py as PAGES: `Page(name, path, user)`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright
from playwright.sync_api import Page as Tab

from tests.e2e.pages import PAGES, Page
from tools.browser import launch

PASSWORD = "Guichet-demo-2026"  # noqa: S105  (the demo's, printed for everyone)
CODE = re.compile(r"\b(\d{3})\s?(\d{3})\b")
WIDTHS = {390: 844, 1280: 900}


def main() -> None:
    """Take the pictures and tell how many; pages that answer with an error are named."""
    django.setup()  # the addresses of the pages are translated: ask the routes
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    wanted = [page for page in PAGES if not options.names or page.name in options.names]
    broken: list[str] = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for user in sorted({page.user or "" for page in wanted}):
            mine = [page for page in wanted if (page.user or "") == user]
            with logged_in(browser, options, user) as state:
                for page in mine:
                    broken += shoot(browser, options, page, state)
        browser.close()
    print(f"{len(wanted) * 4} pictures in {options.out}", *broken, sep="\n  ")
    sys.exit(1 if broken else 0)


def arguments() -> argparse.Namespace:
    """The options that `./dev shots` passes on."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--lang", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("names", nargs="*")
    return parser.parse_args()


@contextmanager
def logged_in(browser: Browser, options: argparse.Namespace, user: str) -> Iterator[object]:
    """Yield the cookies of a demo user, logged in once with the code from the demo's inbox."""
    context = new_context(browser, options, width=1280, scheme="light", state=None)
    if user:
        log_in(context.new_page(), options.base_url, options.lang, f"{user}@example.org")
    yield context.storage_state()
    context.close()


def log_in(tab: Tab, base: str, language: str, address: str) -> None:
    """Log in with password and mailed code, as a person does."""
    earlier = len(mails(base, address))
    tab.goto(base + Page("login", route="login").address(language))
    tab.locator("input[type=email], input[name$=username]").first.fill(address)
    tab.locator("input[type=password]").first.fill(PASSWORD)
    tab.locator("main form:has(input[type=password]) button[type=submit]").click()
    tab.locator("input[autocomplete=one-time-code], input[name$=otp_token]").first.fill(
        new_code(base, address, earlier)
    )
    tab.locator("main form button[type=submit]").first.click()
    tab.wait_for_load_state()


def mails(base: str, address: str) -> list[dict[str, str]]:
    """What the demo's inbox holds for an address, newest first."""
    query = urllib.parse.urlencode({"to": address})
    request = urllib.request.Request(  # noqa: S310  (the address of the running demo)
        f"{base}/sandbox/mail/?{query}", headers={"Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        found = json.load(answer)
    return list(found["mails"] if isinstance(found, dict) else found)


def new_code(base: str, address: str, earlier: int) -> str:
    """Wait for the mail after the earlier ones and return its six figures."""
    for _ in range(100):
        found = mails(base, address)
        if len(found) > earlier and (code := CODE.search(found[0]["text"])):
            return "".join(code.groups())
        time.sleep(0.2)
    sys.exit(f"No code arrived for {address} within 20 s.")


def new_context(
    browser: Browser, options: argparse.Namespace, *, width: int, scheme: str, state: object
) -> BrowserContext:
    """A browser window of one width, light or dark, in one language."""
    return browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=options.lang,
        reduced_motion="reduce",
        storage_state=state,  # type: ignore[arg-type]
    )


def shoot(
    browser: Browser, options: argparse.Namespace, page: Page, state: object
) -> Iterator[str]:
    """Take the four pictures of a page; yield what went wrong."""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            context = new_context(browser, options, width=width, scheme=scheme, state=state)
            tab = context.new_page()
            try:
                address = page.address(options.lang)
                answer = tab.goto(options.base_url + address, wait_until="load")
                if page.prepare:
                    page.prepare(tab)
                tab.screenshot(
                    path=options.out / f"{page.name}-{options.lang}-{width}-{scheme}.png",
                    full_page=True,
                )
                if answer and answer.status >= 400 and answer.status not in page.statuses:
                    yield f"{page.name}: {address} answered {answer.status}"
            except Error as error:
                yield f"{page.name}: {error.message.splitlines()[0]}"
            finally:
                context.close()


if __name__ == "__main__":
    main()
