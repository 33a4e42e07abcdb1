"""The pages of the rooms worth looking at; see tests/e2e/pages.py."""

from typing import Any


def choose(tab: Any) -> None:
    """Choose the first free time of the third week from now, and extend it by one."""
    for _week in range(3):
        tab.locator(".eg-weeknav a").last.click()
        tab.wait_for_load_state()
    for _click in range(2):
        tab.locator("a.eg-slot--free").first.click()
        tab.wait_for_load_state()


def ask(tab: Any) -> None:
    """Go on to the request."""
    choose(tab)
    tab.locator("#request .utrecht-button-link--primary-action").click()
    tab.wait_for_load_state()


def fill(tab: Any) -> None:
    """Say what a request needs."""
    ask(tab)
    tab.locator("#id_purpose").fill("Assemblée générale")
    tab.locator("#id_attendees").fill("40")
    tab.locator("#id_terms").check()


def go_on(tab: Any) -> None:
    """Press the main button of the request."""
    tab.locator("button[name=go]").first.click()
    tab.wait_for_load_state()


def ask_in_vain(tab: Any) -> None:
    """Send the request without a word."""
    ask(tab)
    go_on(tab)


def check(tab: Any) -> None:
    """Come to the page that shows everything once more."""
    fill(tab)
    go_on(tab)


def plan(tab: Any) -> None:
    """Come to the dates of a series."""
    fill(tab)
    tab.locator("[name=repeat][value=week]").check()
    day = tab.locator("input[name=time]").first.get_attribute("value")[:10]
    year, month, number = map(int, day.split("-"))
    last = f"{year + (month == 12)}-{month % 12 + 1:02d}-{min(number, 28):02d}"
    tab.locator("#id_until").fill(last)
    go_on(tab)


def booking(state: str) -> Any:
    """Return how to open the first booking whose badge has an icon."""

    def go(tab: Any) -> None:
        rows = tab.locator("main table tbody tr", has=tab.locator(f"use[href$='#{state}']"))
        rows.first.locator("a").first.click()
        tab.wait_for_load_state()

    return go


def cancel(tab: Any) -> None:
    """Open the page that asks before the first booking is cancelled."""
    tab.locator("main table tbody a").first.click()
    tab.wait_for_load_state()
    tab.locator("aside .eg-linklike--danger").click()
    tab.wait_for_load_state()


def first_request(tab: Any) -> None:
    """Open the first booking of an agent's list."""
    tab.locator("main table tbody a").first.click()
    tab.locator(".eg-bo-bar").first.wait_for()


def act(name: str, *, tab_of_list: str = "", wrong: bool = False) -> Any:
    """Return how to open an act on the first booking of a tab of the list; `wrong` sends it empty."""

    def go(tab: Any) -> None:
        if tab_of_list:
            tab.goto(f"{tab.url.partition('?')[0]}?tab={tab_of_list}")
        first_request(tab)
        tab.locator(f".eg-bo-bar a[href$='/{name}/']").click()
        tab.wait_for_load_state()
        if wrong:
            tab.locator("main form[method=post] button[type=submit]").last.click()
            tab.wait_for_load_state()

    return go


def at_counter(tab: Any) -> None:
    """Come to the booking for somebody at the counter."""
    tab.locator("main input[name=q]").last.fill("citizen")
    tab.locator("main form[method=get] button[type=submit]").last.click()
    tab.wait_for_load_state()
    tab.locator("main .eg-bo-log a").first.click()
    tab.wait_for_load_state()
