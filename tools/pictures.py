"""Pictures for the help, taken from a running demo: each screen in four languages, with its places.

`./dev pictures` starts it inside the environment of the tests. A place is what the page marks with
`data-help`; the files of the help name the places they show. Each picture is cut around them and
stored as site/portal/demo/shots/<screen>.<language>.png, with a .json of {place: [left, top, width,
height]} in percent of the picture. A screen without one of its places stops the command.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import django
import yaml
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Page as Tab

from tests.e2e.pages import Page, ask_for_code, first_chapter
from tools.browser import launch
from tools.places import ROOT
from tools.shots import log_in, mails
from tools.steps import say

DEMO = ROOT / "site" / "portal" / "demo"
LANGUAGES = ("fr", "nl", "de", "en")
WIDTH, HEIGHT = 1280, 900
MARGIN = 20  # px around the places
SMALLEST = (760, 320)  # px: about as wide as the help shows it, so that words keep their size
HEADER = 60  # px: a cut through the head of the page shows it whole
EDGE = 6  # px between a place and its box
COLOURS = 96
INVITED = "eva.lejeune@example.org"


@dataclass(frozen=True)
class Screen:
    """A screen: its address, who looks at it, and what brings it into the state to show."""

    page: Page
    prepare: Callable[[Tab], None] | None = field(default=None)


def open_account_menu(tab: Tab) -> None:
    """Open the menu behind the name."""
    tab.locator("[data-help=name]:visible").click()
    tab.locator("[data-help=logout]:visible").wait_for()


def type_half_a_password(tab: Tab) -> None:
    """Show criteria that are met beside one that is not."""
    with tab.expect_response(re.compile("crit|password|passwor|wachtwoord|mot-de-passe")):
        tab.locator("[data-help=password] input").press_sequentially("velorouge", delay=20)
    tab.wait_for_timeout(800)


def open_sent_file(tab: Tab) -> None:
    """Open a file that the municipality examines; its answers would part the places too far."""
    rows = tab.locator("main table tbody tr a").all()
    for path in dict.fromkeys(str(row.get_attribute("href")) for row in rows):
        tab.goto(urljoin(tab.url, path))
        if tab.locator("#next").count():
            break
    tab.add_style_tag(content="section:has(> #answers, > #annexes) { display: none }")


SCREENS = {
    "home": Screen(Page("home", path="/{lang}/")),
    "login": Screen(Page("login", route="login")),
    "login-code": Screen(Page("login-code", route="login"), ask_for_code),
    "activation": Screen(Page("activation", route="invitation"), type_half_a_password),
    "reset": Screen(Page("reset", route="password-reset")),
    "security": Screen(Page("security", route="security", user="citizen")),
    "details": Screen(Page("details", route="details", user="parent")),
    "dashboard": Screen(Page("dashboard", route="dashboard", user="citizen"), open_account_menu),
    "procedures": Screen(Page("procedures", route="procedures")),
    "procedure": Screen(
        Page("procedure", route="procedure", values={"code": "tree"}, user="citizen")
    ),
    "form": Screen(Page("form", route="dashboard", user="citizen"), first_chapter),
    "file": Screen(Page("file", route="dashboard", user="citizen"), open_sent_file),
}


def main() -> None:
    """Take all pictures, or those of the screens named."""
    django.setup()  # the addresses of the pages are translated: ask the routes
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--out", type=Path, default=DEMO / "shots")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    named = named_places()
    if unknown := (set(options.names) | named.keys()) - SCREENS.keys():
        sys.exit(f"No screen {', '.join(sorted(unknown))}. There are: {', '.join(SCREENS)}.")
    wanted = {screen: named[screen] for screen in options.names or named if screen in named}
    with sync_playwright() as playwright:
        browser = launch(playwright)
        camera = Camera(browser, options.base_url, options.out)
        for screen, places in wanted.items():
            for language in LANGUAGES:
                camera.take(screen, language, places)
        browser.close()
    size = sum(path.stat().st_size for path in options.out.glob("*.png"))
    say(f"{len(wanted) * len(LANGUAGES)} pictures; {options.out} holds {size // 1024} kB.")


def named_places() -> dict[str, set[str]]:
    """The places that the files of the help name, by screen."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted([*DEMO.glob("faq/*.yaml"), *DEMO.glob("help/*.yaml")]):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for node in data.get("answer") or data["body"]:
            if node["type"] == "screenshot":
                found[node["screen"]] |= {box["anchor"] for box in node["boxes"]}
    return found


class Camera:
    """Opens screens of one demo and takes pictures of them."""

    def __init__(self, browser: Browser, base: str, out: Path) -> None:
        self.browser, self.base, self.out = browser, base, out
        self.states: dict[str, Any] = {}

    def take(self, screen: str, language: str, places: set[str]) -> None:
        """Take the picture of a screen in a language and store it with its places."""
        shown = SCREENS[screen]
        tab = self.tab(language, self.state(shown.page.user))
        if screen == "activation":
            self.open_invitation(tab, language)
        else:
            tab.goto(self.base + shown.page.address(language))
        if shown.prepare:
            shown.prepare(tab)
        tab.add_style_tag(content=".eg-demo { display: none }")
        tab.evaluate("document.activeElement?.blur()")
        # A window as high as the page: what sticks to its edges covers nothing.
        height = tab.evaluate("document.documentElement.scrollHeight")
        tab.set_viewport_size({"width": WIDTH, "height": height})
        boxes = {name: box_of(tab, name, f"{screen} ({language})") for name in sorted(places)}
        cut = region([*boxes.values(), *heading(tab, list(boxes.values()))], height)
        whole = Image.open(io.BytesIO(tab.screenshot()))
        tab.context.close()
        left, top, width, height = cut
        picture = whole.crop((left, top, left + width, top + height)).convert("RGB")
        target = self.out / f"{screen}.{language}.png"
        small = picture.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
        percents = {name: within(box, cut) for name, box in boxes.items()}
        text = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(percents[name])}" for name in percents
        )
        target.with_suffix(".json").write_text(f"{{\n{text}\n}}\n", encoding="utf-8")

    def tab(self, language: str, state: Any) -> Tab:
        """A window that may hide the banner of the demo, which the page's policy would refuse."""
        context = self.browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT},
            color_scheme="light",
            locale=language,
            reduced_motion="reduce",
            storage_state=state,
            bypass_csp=True,
        )
        return context.new_page()

    def state(self, user: str | None) -> Any:
        """The cookies of a demo user, who logs in once for all pictures."""
        if user is None:
            return None
        if user not in self.states:
            tab = self.tab("fr", None)
            log_in(tab, self.base, "fr", f"{user}@example.org")
            self.states[user] = tab.context.storage_state()
            tab.context.close()
        return self.states[user]

    def open_invitation(self, tab: Tab, language: str) -> None:
        """Let an agent invite somebody, and open the link of the mail."""
        earlier = len(mails(self.base, INVITED))
        desk = self.tab("fr", self.state("agent"))
        desk.goto(f"{self.base}/admin/invitations/new/")
        desk.locator("#id_email").fill(INVITED)
        desk.locator("#id_first_name").fill("Eva")
        desk.locator("#id_last_name").fill("Lejeune")
        desk.locator("main form:has(#id_email) button[type=submit]").last.click()
        desk.wait_for_load_state()
        desk.context.close()
        for _ in range(100):
            found = mails(self.base, INVITED)
            if len(found) > earlier:
                break
            tab.wait_for_timeout(200)
        else:
            sys.exit(f"No invitation arrived for {INVITED} within 20 s.")
        link = re.search(r"https?://[^/\s]+(/\S{20,})", found[0]["text"])
        tab.goto(self.base + link.group(1) if link else "about:blank")
        tab.goto(self.base + SCREENS["activation"].page.address(language))


Box = tuple[float, float, float, float]


def box_of(tab: Tab, name: str, place: str) -> Box:
    """Where a place is on the whole page, in px with a thin edge: left, top, width, height."""
    found = tab.locator(f"[data-help={name}]:visible").first
    box = found.bounding_box() if found.count() else None
    if box is None:
        sys.exit(f"{place} has no place “{name}”.")
    left, top = max(0, box["x"] - EDGE), max(0, box["y"] - EDGE)
    right = min(WIDTH, box["x"] + box["width"] + EDGE)
    return left, top, right - left, box["y"] + box["height"] + EDGE - top


def heading(tab: Tab, boxes: list[Box]) -> list[Box]:
    """The title of the page, where it stands close above the places: it says which page this is."""
    title = tab.locator("main h1").first.bounding_box()
    if title is None:
        return []
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    near = title["x"] > left - MARGIN and 0 < top - title["y"] < HEIGHT / 3
    return [(max(left, title["x"]), title["y"], 1, title["height"])] if near else []


def region(boxes: list[Box], page_height: int) -> tuple[int, int, int, int]:
    """The part of the page to show: all boxes, a margin, and never less than the smallest size."""
    left = max(0, min(box[0] for box in boxes) - MARGIN)
    top = max(0, min(box[1] for box in boxes) - MARGIN)
    right = min(WIDTH, max(box[0] + box[2] for box in boxes) + MARGIN)
    bottom = min(page_height, max(box[1] + box[3] for box in boxes) + MARGIN)
    width, height = max(right - left, SMALLEST[0]), max(bottom - top, SMALLEST[1])
    left, top = min(left, WIDTH - width), max(0, min(top, page_height - height))
    if top < HEADER:
        top, height = 0, height + top
    return round(left), round(top), round(width), round(height)


def within(box: Box, cut: tuple[int, int, int, int]) -> list[float]:
    """A box in percent of the picture."""
    left, top, width, height = cut
    parts = (box[0] - left) / width, (box[1] - top) / height, box[2] / width, box[3] / height
    return [round(part * 100, 2) for part in parts]


if __name__ == "__main__":
    main()
