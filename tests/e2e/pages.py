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


def summary(tab: Any) -> None:
    """Open the page that checks a draft: what is missing stands first."""
    first_chapter(tab)
    tab.locator("main a[href$='/check/']").first.click()
    tab.wait_for_load_state()


def draft_to_delete(tab: Any) -> None:
    """Ask to delete the first draft."""
    first_chapter(tab)
    tab.locator("main a.eg-linklike--danger").first.click()
    tab.wait_for_load_state()


def chapter(number: int) -> Callable[[Any], None]:
    """Open a chapter of the first draft by its place in the side list."""

    def go(tab: Any) -> None:
        first_chapter(tab)
        tab.goto(tab.locator(".eg-chapters a").nth(number - 1).evaluate("link => link.href"))

    return go


def help_page(tab: Any) -> None:
    """Open the first help page."""
    tab.locator("main ul.eg-columns--3 a").last.click()
    tab.wait_for_load_state()


def waiting_file(tab: Any) -> None:
    """Open a file that nobody has taken, and take it in charge."""
    tab.locator("main table a").first.click()
    tab.locator("form[action$='/claim/'] button").click()
    tab.wait_for_load_state()


def refusal(tab: Any) -> None:
    """Go as far as the words of a refusal."""
    waiting_file(tab)
    tab.locator("a[href$='/reject/']").click()
    tab.wait_for_load_state()


PAGES = [
    Page("start", path="/{lang}/"),
    Page("procedures", route="procedures"),
    Page("procedure", route="procedure", values={"code": "tree"}),
    Page("help", route="faq"),
    Page("help-answer", route="faq", prepare=first_question),
    Page("help-page", route="faq", prepare=help_page),
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
    Page("form-table", route="dashboard", user="citizen", prepare=chapter(4)),
    Page("form-files", route="dashboard", user="citizen", prepare=chapter(6)),
    Page("summary", route="dashboard", user="citizen", prepare=summary),
    Page("draft-delete", route="dashboard", user="citizen", prepare=draft_to_delete),
    Page("file", route="dashboard", user="citizen", prepare=last_file),
    Page("start-again", route="submission-start", values={"code": "tree"}, user="citizen"),
    Page("account", route="details", user="citizen"),
    Page("security", route="security", user="citizen"),
    Page("password", route="account-password", user="citizen"),
    Page("password-errors", route="account-password", user="citizen", prepare=send_empty),
    Page("email", route="account-email", user="citizen"),
    Page("agent-files", route="agent-files", user="agent"),
    Page("agent-file", route="agent-files", user="agent", prepare=last_file),
    Page("agent-refusal", route="agent-files", user="agent", prepare=refusal),
    Page("editor-home", path="/admin/", user="editor"),
]
