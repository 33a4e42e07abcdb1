"""Pages worth looking at: `./dev shots` takes pictures of them, tests check them with axe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import translation


@dataclass(frozen=True)
class Page:
    """A page: a short name, its route or path, and who looks at it (None: anyone).

    `prepare` gets Playwright's page and brings it into the state to show, such as a form with
    errors. `statuses` lists answers of 400 and above that are meant.
    """

    name: str
    route: str = ""
    path: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    prepare: Callable[[Any], None] | None = None
    statuses: tuple[int, ...] = ()

    def address(self, language: str) -> str:
        """The path in one language: words of addresses are translated too."""
        with translation.override(language):
            found = reverse(self.route, kwargs=dict(self.values)) if self.route else ""
        return found + self.path.format(lang=language)


def send_empty(tab: Any) -> None:
    """Send the page's form without filling it, past the browser's own checks."""
    tab.evaluate("document.querySelectorAll('main form').forEach(form => form.noValidate = true)")
    submit(tab)


def submit(tab: Any) -> None:
    """Press the main button of the page's form."""
    tab.locator("button[type=submit]:visible").last.click()
    tab.wait_for_load_state()


def first_question(tab: Any) -> None:
    """Open the first question of the help."""
    tab.locator("main section a, main li a").first.click()
    tab.wait_for_load_state()


def ask_for_code(tab: Any) -> None:
    """Log in as far as the second step."""
    tab.locator("main input[type=email]").fill("club@example.org")
    tab.locator("main input[type=password]").fill("Guichet-demo-2026")
    submit(tab)


def last_file(tab: Any) -> None:
    """Open the last file of a list: the oldest, so no draft."""
    tab.locator("main table tbody tr").last.locator("a").first.click()
    tab.wait_for_load_state()


def first_chapter(tab: Any) -> None:
    """Open the form of the first draft that waits."""
    tab.locator("main .eg-turn-card a").first.click()
    tab.wait_for_load_state()


def chapter_with_errors(tab: Any) -> None:
    """Empty the fields of a chapter and save it."""
    first_chapter(tab)
    for box in tab.locator("main form input[type=text]").all():
        box.fill("?")
    send_empty(tab)


PAGES = [
    Page("start", path="/{lang}/"),
    Page("procedures", route="procedures"),
    Page("procedure", route="procedure", values={"code": "tree"}),
    Page("help", route="faq"),
    Page("help-answer", route="faq", prepare=first_question),
    Page("search", route="search", path="?q=code"),
    Page("search-empty", route="search", path="?q=zzzzzz"),
    Page("login", route="login"),
    Page("login-errors", route="login", prepare=send_empty, statuses=(422,)),
    Page("login-code", route="login", prepare=ask_for_code),
    Page("password-reset", route="password-reset"),
    Page("invitation-again", route="invitation-again"),
    Page("not-found", path="/{lang}/nothing-here/", statuses=(404,)),
    Page("inbox", path="/sandbox/mail/"),
    Page("dashboard", route="dashboard", user="citizen"),
    Page("dashboard-empty", route="dashboard", user="parent"),
    Page("form", route="dashboard", user="citizen", prepare=first_chapter),
    Page("form-errors", route="dashboard", user="citizen", prepare=chapter_with_errors),
    Page("file", route="dashboard", user="citizen", prepare=last_file),
    Page("account", route="details", user="citizen"),
    Page("security", route="security", user="citizen"),
    Page("agent-files", route="agent-files", user="agent"),
    Page("agent-file", route="agent-files", user="agent", prepare=last_file),
    Page("editor-home", path="/admin/", user="editor"),
]
