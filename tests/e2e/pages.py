"""Pages worth looking at: `./dev shots` takes pictures of them, tests check them with axe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import translation

from tests.e2e import room_pages


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
    """Press the main button of the page's form; beside a password there may be other ways in."""
    within = tab.locator("main form:has(input[type=password]) button[type=submit]:visible")
    button = within if within.count() else tab.locator("button[type=submit]:visible")
    button.last.click()
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
    """Open the form of the first draft."""
    tab.locator("main .eg-tabs a[href='?files=draft']").click()
    tab.locator("main table tbody a").first.click()
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


def session_dialog(tab: Any) -> None:
    """Show the question that comes two minutes before the end of the session."""
    show = "element => element.show ? element.show() : element.querySelector('dialog').showModal()"
    tab.locator("eg-session").evaluate(show)  # without its script the dialog alone


def help_page(tab: Any) -> None:
    """Open the first help page."""
    tab.locator("main ul.eg-columns--3 a").last.click()
    tab.wait_for_load_state()


def counter_form(tab: Any) -> None:
    """Choose the first person found and the first procedure, and keep a draft for that person."""
    tab.locator("main input[name=q]").last.fill("citizen")
    submit(tab)
    for _step in ("person", "procedure"):
        tab.locator("main .eg-bo-log a").first.click()
        tab.wait_for_load_state()
    tab.locator("button[value=keep]").click()
    tab.wait_for_load_state()


def waiting_file(tab: Any) -> None:
    """Open a file that nobody has taken, and take it in charge."""
    tab.locator("main table a").first.click()
    tab.locator("form[action$='/claim/'] button").click()
    tab.wait_for_load_state()


def export(tab: Any) -> None:
    """Ask for an export of the list."""
    tab.locator("main form[method=post][action*='export'] button[type=submit]").first.click()
    tab.wait_for_url("**-**-**-**-*/")


def requests(tab: Any) -> None:
    """Open a file in which the municipality asks for something."""
    tab.locator("main .eg-tabs a[href='?files=waiting']").click()
    tab.locator("main table tbody a").first.click()
    tab.locator(".eg-request__action a").first.wait_for()


def request(tab: Any) -> None:
    """Open the first thing that is asked for."""
    requests(tab)
    tab.locator(".eg-request__action a").first.click()
    tab.wait_for_load_state()


def question(tab: Any) -> None:
    """Go as far as asking the citizen for something."""
    waiting_file(tab)
    tab.locator("a[href$='/ask/']").first.click()
    tab.wait_for_load_state()


def refusal(tab: Any) -> None:
    """Go as far as the words of a refusal."""
    waiting_file(tab)
    tab.locator("a[href*='/reject/']").click()
    tab.wait_for_load_state()


def open_own_space(tab: Any) -> None:
    """Open the page of the first space in the list."""
    tab.locator("main h2 a").first.click()
    tab.wait_for_load_state()


def colleagues(tab: Any) -> None:
    """Open the colleagues of the first space."""
    tab.locator("main a[href$='/colleagues/'], main a:has(use[href$='#users-round'])").first.click()
    tab.wait_for_load_state()


def act_for_organisation(tab: Any) -> None:
    """Switch to the first organisation in the header; it stays so for the pages that follow."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.locator("header button.eg-profile").nth(1).click()
    tab.wait_for_load_state()


def other_space(tab: Any) -> None:
    """Follow a link to a booking of one's own while one acts for the organisation."""
    bookings = tab.url
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.locator("header button.eg-profile").first.click()
    tab.goto(bookings)
    booking = tab.locator("main table tbody a").first.evaluate("link => link.href")
    act_for_organisation(tab)
    tab.goto(booking)


def organisation_details(tab: Any) -> None:
    """From one's own details to those of the organisation for which one acts."""
    act_for_organisation(tab)
    tab.locator("main .utrecht-alert a").first.click()
    tab.wait_for_load_state()


def wizard(step: int, *, errors: bool = False) -> Callable[[Any], None]:
    """Walk to a page of the wizard that opens a space; `errors` sends that page empty."""

    def go(tab: Any) -> None:
        answers: list[Callable[[], None]] = [
            lambda: tab.locator("input[name=kind][value=association]").check(),
            lambda: (
                tab.locator("#id_number").fill("1999990342"),
                tab.locator("#id_terms").check(),
            ),
            lambda: tab.locator("input[name=vat][value=no]").check(),
            lambda: tab.locator("#id_function").select_option("chair"),
        ]
        for answer in answers[: step - 1]:
            answer()
            submit_step(tab)
        if errors:
            submit_step(tab)

    return go


def submit_step(tab: Any) -> None:
    """Press the filled button of the page."""
    tab.locator("main button.utrecht-button--primary-action[type=submit]").first.click()
    tab.wait_for_load_state()


KIOSQUE = {"code": "kiosque"}
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
    Page("register", route="register"),
    Page("register-sent", route="register-sent"),
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
    Page("sessions", route="sessions", user="citizen"),
    Page("security-log", route="security-log", user="citizen"),
    Page("session-dialog", route="sessions", user="citizen", prepare=session_dialog),
    Page("session-ended", route="session-ended"),
    Page("step-up", route="step-up", path="?procedure=household", user="citizen"),
    Page("step-up-stranger", route="step-up", path="?procedure=household"),
    Page("reauthenticate", route="reauthenticate", user="citizen"),
    Page("privacy", route="privacy", user="citizen"),
    Page("account", route="details", user="citizen"),
    Page("security", route="security", user="citizen"),
    Page("password", route="account-password", user="citizen"),
    Page("password-errors", route="account-password", user="citizen", prepare=send_empty),
    Page("email", route="account-email", user="citizen"),
    Page("preferences", route="preferences", user="citizen"),
    Page("notices", route="notices", user="citizen"),
    Page("own-files", route="own-files", user="citizen"),
    Page("export", route="own-files", user="citizen", prepare=export),
    Page("file-requests", route="dashboard", user="club", prepare=requests),
    Page("file-request", route="dashboard", user="club", prepare=request),
    Page("ebox", route="ebox", user="citizen"),
    Page("ebox-activate", route="ebox-activate", user="citizen"),
    Page("details-report", route="details-report", values={"field": "last_name"}, user="parent"),
    Page("details-locked", route="details", user="parent"),
    Page("spaces-invited", route="spaces", user="parent"),
    Page("space-number", route="space-new", user="parent", prepare=wizard(2)),
    Page("spaces", route="spaces", user="citizen"),
    Page("space", route="spaces", user="citizen", prepare=open_own_space),
    Page("space-kind", route="space-new", user="citizen"),
    Page("space-number-errors", route="space-new", user="citizen", prepare=wizard(2, errors=True)),
    Page("space-name", route="space-new", user="citizen", prepare=wizard(3)),
    Page("space-function", route="space-new", user="citizen", prepare=wizard(4)),
    Page("space-contact", route="space-new", user="citizen", prepare=wizard(5)),
    Page("rooms", route="rooms"),
    Page("rooms-errors", route="rooms", path="?start=10:00"),
    Page("room", route="room", values=KIOSQUE, prepare=room_pages.choose),
    Page("room-month", route="room", values=KIOSQUE, path="?month=2027-05"),
    Page("room-request", route="room", values=KIOSQUE, user="citizen", prepare=room_pages.ask),
    Page(
        "room-request-errors",
        route="room",
        values=KIOSQUE,
        user="citizen",
        prepare=room_pages.ask_in_vain,
    ),
    Page("room-plan", route="room", values=KIOSQUE, user="citizen", prepare=room_pages.plan),
    Page("room-check", route="room", values=KIOSQUE, user="citizen", prepare=room_pages.check),
    Page("bookings", route="bookings", user="citizen"),
    Page(
        "booking-to-pay",
        route="bookings",
        user="citizen",
        prepare=room_pages.booking("credit-card"),
    ),
    Page(
        "booking-proposed",
        route="bookings",
        user="citizen",
        prepare=room_pages.booking("circle-alert"),
    ),
    Page("booking-cancel", route="bookings", user="citizen", prepare=room_pages.cancel),
    # From here on the citizen acts for an organisation.
    Page("space-dashboard", route="dashboard", user="citizen", prepare=act_for_organisation),
    Page(
        "space-not-for",
        route="procedure",
        values={"code": "grant"},
        user="citizen",
        prepare=act_for_organisation,
    ),
    Page("space-details", route="details", user="citizen", prepare=organisation_details),
    Page("other-space", route="bookings", user="citizen", prepare=other_space, statuses=(404,)),
    Page("spaces-admin", route="spaces", user="club"),
    Page("space-admin", route="spaces", user="club", prepare=open_own_space),
    Page("space-colleagues", route="spaces", user="club", prepare=colleagues),
    Page("agent-memberships", path="/admin/memberships/", user="agent"),
    Page("rooms-subscribe", route="rooms-subscribe"),
    Page("rooms-embed", route="rooms-embed", path="?room=kiosque-a&view=week"),
    Page("rooms-embed-month", route="rooms-embed", path="?room=kiosque-a&view=month&theme=dark"),
    Page("room-today", route="room-today", values=KIOSQUE),
    Page("rooms-addresses", route="rooms-subscribe", user="club"),
    Page("agent-files", route="agent-files", user="agent"),
    Page("agent-opinions", route="agent-opinions", user="agent"),
    Page("agent-file", route="agent-files", user="agent", prepare=last_file),
    Page("agent-refusal", route="agent-files", user="agent", prepare=refusal),
    Page("agent-ask", route="agent-files", user="agent", prepare=question),
    Page("agent-counter-start", route="agent-counter-start", user="agent"),
    Page("agent-counter-form", route="agent-counter-start", user="agent", prepare=counter_form),
    Page("agent-rooms", route="agent-rooms", user="agent"),
    Page("agent-rooms-all", route="agent-rooms", path="?tab=all", user="agent"),
    Page("agent-rooms-none", route="agent-rooms", path="?q=zzzz", user="agent"),
    Page("agent-rooms-calendar", route="agent-rooms-calendar", user="agent"),
    Page("agent-booking", route="agent-rooms", user="agent", prepare=room_pages.first_request),
    Page(
        "agent-booking-confirm",
        route="agent-rooms",
        user="agent",
        prepare=room_pages.act("confirm"),
    ),
    Page(
        "agent-booking-decline-errors",
        route="agent-rooms",
        user="agent",
        prepare=room_pages.act("decline", wrong=True),
    ),
    Page(
        "agent-booking-propose",
        route="agent-rooms",
        user="agent",
        prepare=room_pages.act("propose"),
    ),
    Page(
        "agent-booking-handover",
        route="agent-rooms",
        user="agent",
        prepare=room_pages.act("handover", tab_of_list="confirmed"),
    ),
    Page("agent-block-new", route="agent-block-new", user="agent"),
    Page("agent-room-person", route="agent-room-person", user="agent"),
    Page(
        "agent-room-counter", route="agent-room-person", user="agent", prepare=room_pages.at_counter
    ),
    Page("agent-room-calendars", route="agent-room-calendars", user="agent"),
    Page("agent-holidays-import", route="agent-holidays-import", user="admin"),
    Page("editor-home", path="/admin/", user="editor"),
]
