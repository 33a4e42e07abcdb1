"""Pages worth looking at: `./dev shots` takes pictures of them, tests check them with axe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """A page: a short name, its path with `{lang}`, and who looks at it (None: anyone).

    `prepare` gets Playwright's page and brings it into the state to show, such as a form with
    errors. `statuses` lists answers of 400 and above that are meant.
    """

    name: str
    path: str
    user: str | None = None
    prepare: Callable[[Any], None] | None = None
    statuses: tuple[int, ...] = ()


def send_empty(tab: Any) -> None:
    """Send the page's form without filling it, past the browser's own checks."""
    tab.evaluate("document.querySelectorAll('main form').forEach(form => form.noValidate = true)")
    tab.locator("main form button[type=submit]").first.click()
    tab.wait_for_load_state()


PAGES = [
    Page("start", "/{lang}/"),
    Page("login", "/{lang}/login/"),
    Page("login-errors", "/{lang}/login/", prepare=send_empty),
    Page("not-found", "/{lang}/nothing-here/", statuses=(404,)),
    Page("inbox", "/sandbox/mail/"),
    Page("dashboard", "/{lang}/dashboard/", user="citizen"),
    Page("back-office", "/admin/", user="agent"),
]
