"""The parts on the style guide, in a real browser: accessible in both themes and schemes, and usable by keyboard."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

AXE = Path(settings.BUILD) / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GUIDE = "/sandbox/styleguide/"


@pytest.fixture
def guide(portal):
    """The style guide in a fresh tab."""
    tab = portal.tab()
    tab.goto(portal.base + GUIDE)
    return tab


@pytest.mark.parametrize("theme", ["valmont", "rocheval"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_is_accessible_and_fits(portal, theme, scheme):
    tab = portal.tab()
    tab.emulate_media(color_scheme=scheme)
    for width in (320, 390, 768, 1280):
        tab.set_viewport_size({"width": width, "height": 900})
        assert tab.goto(f"{portal.base}{GUIDE}?theme={theme}").status == 200
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    tab.evaluate(AXE.read_text())
    found = tab.evaluate("rules => axe.run({runOnly: rules})", RULES)
    assert [
        (item["id"], [node["html"] for node in item["nodes"]]) for item in found["violations"]
    ] == []


def test_hovered_buttons_stay_readable(guide):
    guide.evaluate(AXE.read_text())
    for selector in (
        "utrecht-button-link--primary-action",
        "utrecht-button-link--secondary-action",
    ):
        guide.locator(f".{selector}:visible").first.hover()
        found = guide.evaluate("axe.run({runOnly: ['color-contrast']})")
        assert found["violations"] == [], selector


def test_the_first_tab_stop_leads_to_the_content(portal):
    tab = portal.tab()
    tab.goto(portal.base + "/fr/")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.hash") == "#main"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"


def test_the_summary_of_errors_takes_the_focus_and_leads_to_each_question(guide):
    assert guide.evaluate("document.activeElement.className") == "eg-errors"
    guide.locator(".eg-errors a").nth(1).click()
    assert guide.evaluate("document.activeElement.name") == "people"
    assert guide.locator("#id_people").input_value() == "etwa hundert"


def test_questions_follow_the_answers(guide):
    question = guide.locator("[data-field=services]")
    assert question.is_visible()
    guide.locator("input[name=part][value=pavement]").check()
    assert question.is_hidden()
    guide.locator("input[name=part][value=street]").check()
    assert question.is_visible()


def test_what_cannot_be_undone_is_asked_and_escape_leaves_it(guide):
    guide.locator("[data-open]").click()
    dialog = guide.locator("dialog[open]")
    assert dialog.is_visible()
    guide.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_menus_are_sheets_on_a_phone(guide):
    guide.set_viewport_size({"width": 390, "height": 844})
    menu = guide.locator("#menu")
    assert menu.is_hidden()
    guide.locator("[popovertarget=menu]").click()
    assert menu.is_visible()
    guide.keyboard.press("Escape")
    assert menu.is_hidden()


def test_a_chosen_file_is_named(guide):
    guide.locator("#id_plan").set_input_files(
        {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}
    )
    assert guide.locator(".eg-pick__names").inner_text() == "Plan.pdf"


def test_without_script_everything_is_there(browser, portal):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(portal.base + GUIDE)
    assert tab.locator("#id_plan").bounding_box()["width"] > 100
    assert tab.locator("[data-field=services]").is_visible()
    assert tab.locator(".eg-errors").get_attribute("role") == "alert"
    context.close()


def test_the_chosen_radio_button_shows_in_forced_colours(portal, browser):
    context = browser.new_context(forced_colors="active")
    tab = context.new_page()
    tab.goto(portal.base + GUIDE)
    assert (
        tab.evaluate("getComputedStyle(document.querySelector('#id_part_0')).appearance") == "auto"
    )
    context.close()
