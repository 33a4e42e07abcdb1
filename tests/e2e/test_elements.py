"""The custom elements that talk to the server or rebuild the page, on small pages of their own."""

import json

import pytest
from playwright.sync_api import expect

PAGE = """<!doctype html><html lang="en"><head><title>Element</title>
<link rel="stylesheet" href="/static/portal.css"><script type="module" src="/static/portal.js"></script>
<script type="module" src="/static/filling.js"></script></head>
<body><main>{body}</main></body></html>"""
TOKEN = '<input type="hidden" name="csrfmiddlewaretoken" value="token-of-the-page">'
AUTOSAVE = f"""<p><span data-autosave-status role="status"></span></p>
<eg-autosave data-url="/save" data-saved="Saved at %(time)s." data-saving="Saving" data-offline="No connection."
 data-restored="Here again." data-merged="Saved at %(time)s, other window shown."
 data-failed="Not saved." data-clash="Changed elsewhere." data-compare="Compare">
<form>{TOKEN}<input name="revision" value="1"><label>Name <input name="name"></label>
<label>Street <input name="street"></label><label><input type="checkbox" name="dog" value="yes"> Dog</label>
<button>Send</button></form></eg-autosave>"""
ROWS = f"""<eg-rows data-prefix="items" data-max="3"><form>{TOKEN}
<input type="hidden" name="items-TOTAL_FORMS" value="1">
<div data-rows><div data-row><label for="id_items-0-name">Name</label>
<input id="id_items-0-name" name="items-0-name"><button data-remove>Remove</button></div></div>
<template><div data-row><label for="id_items-__prefix__-name">Name</label>
<input id="id_items-__prefix__-name" name="items-__prefix__-name"><button data-remove>Remove</button></div></template>
<button data-add>Add</button></form></eg-rows>"""
UPLOAD = f"""<eg-upload data-url="/upload" data-sending="%(percent)s %" data-failed="Failed."
 data-cancel="Cancel">{TOKEN}
<div data-files></div>
<label class="eg-pick"><input class="eg-pick__input" type="file" name="file"></label></eg-upload>"""
CRITERIA = f"""<form>{TOKEN}<input id="password" name="new_password"></form>
<eg-password-criteria data-url="/criteria" data-for="password" data-met="met" data-unmet="not met yet">
<ul><li data-code="length">12 characters</li><li data-code="common">Not common</li></ul></eg-password-criteria>"""
CODE = '<eg-code-input><input id="code" maxlength="6"></eg-code-input>'
FILE = {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}


class Page:
    """A tab with one element; requests below the page are answered by the test and kept."""

    def __init__(self, portal, body):
        self.requests = []
        self.tab = portal.tab()
        self.tab.route(
            "**/element",
            lambda route: route.fulfill(body=PAGE.format(body=body), content_type="text/html"),
        )
        self.tab.goto(portal.base + "/element")
        self.tab.wait_for_function("document.querySelectorAll(':not(:defined)').length === 0")

    def answer(self, path, data, status=200):
        def reply(route):
            self.requests.append(route.request)
            route.fulfill(status=status, body=json.dumps(data), content_type="application/json")

        self.tab.unroute(f"**{path}")
        self.tab.route(f"**{path}", reply)


@pytest.fixture
def page(portal):
    """Open a page with the given HTML in its main part."""
    return lambda body: Page(portal, body)


def test_autosave_keeps_what_was_typed_and_says_when(page):
    it = page(AUTOSAVE)
    it.answer("/save", {"saved_at": "10:14", "revision": "2"})
    it.tab.locator("[name=name]").fill("Amélie")
    it.tab.get_by_text("Saved at 10:14.").wait_for()
    assert "Amélie" in it.requests[0].post_data_buffer.decode()
    assert it.requests[0].headers["x-csrftoken"] == "token-of-the-page"
    assert it.tab.locator("[name=revision]").input_value() == "2"


def test_autosave_stops_when_the_draft_changed_elsewhere(page):
    it = page(AUTOSAVE)
    it.answer("/save", {"url": "/compare"}, status=409)
    it.tab.locator("[name=name]").fill("Amélie")
    assert it.tab.get_by_role("link", name="Compare").get_attribute("href") == "/compare"
    it.tab.locator("[name=name]").fill("Amélie Renard")
    it.tab.wait_for_timeout(3500)
    assert len(it.requests) == 1


def test_what_cannot_be_sent_is_kept_in_the_tab_and_sent_when_the_connection_is_back(page):
    it = page(AUTOSAVE)
    it.tab.route("**/save", lambda route: route.abort())
    it.tab.context.set_offline(True)
    it.tab.locator("[name=name]").fill("Amélie")
    it.tab.locator("[name=dog]").check()
    it.tab.get_by_role("button", name="Send").click()
    it.tab.get_by_text("No connection.").wait_for()
    assert it.tab.url.endswith("/element"), "no error page of the browser"
    it.answer("/save", {"saved_at": "10:14", "revision": "2"})
    it.tab.context.set_offline(False)
    it.tab.get_by_text("Saved at 10:14.").wait_for()
    assert "Amélie" in it.requests[-1].post_data_buffer.decode()
    assert it.tab.evaluate("sessionStorage.length") == 0


def test_a_page_that_is_loaded_again_has_what_could_not_be_sent(page):
    it = page(AUTOSAVE)
    it.tab.route("**/save", lambda route: route.abort())
    it.tab.locator("[name=name]").fill("Amélie")
    it.tab.locator("[name=dog]").check()
    it.tab.get_by_text("No connection.").wait_for()

    it.tab.reload()

    it.tab.get_by_text("No connection.").wait_for()
    assert it.tab.locator("[name=name]").input_value() == "Amélie"
    assert it.tab.locator("[name=dog]").is_checked()
    it.answer("/save", {"saved_at": "10:14", "revision": "2"})
    it.tab.get_by_text("Saved at 10:14.").wait_for(timeout=15000)
    assert it.tab.evaluate("sessionStorage.length") == 0


def test_answers_of_another_window_are_shown_unless_somebody_types_there(page):
    it = page(AUTOSAVE)
    values = {"street": ["Rue Neuve"], "dog": ["yes"]}
    it.answer("/save", {"saved_at": "10:14", "revision": "3", "values": values})
    it.tab.locator("[name=name]").fill("Amélie")
    it.tab.get_by_text("other window shown").wait_for()
    assert it.tab.locator("[name=street]").input_value() == "Rue Neuve"
    assert it.tab.locator("[name=dog]").is_checked()
    assert it.tab.locator("[name=revision]").input_value() == "3"

    it.answer("/save", {"saved_at": "10:15", "revision": "4", "values": {"gone": ["x"]}})
    it.tab.locator("[name=name]").fill("Amélie Renard")
    it.tab.get_by_text("Saved at 10:15.").wait_for()
    assert it.tab.locator("[name=revision]").input_value() == "3", "what is not shown is not known"


def test_rows_are_added_up_to_the_limit_and_numbered_anew(page):
    it = page(ROWS)
    add = it.tab.get_by_role("button", name="Add")
    add.click()
    add.click()
    assert add.is_hidden()
    names = it.tab.locator("[data-row] input")
    names.nth(1).fill("second")
    names.nth(2).fill("third")
    it.tab.get_by_role("button", name="Remove").nth(1).click()
    assert it.tab.locator("[name=items-TOTAL_FORMS]").input_value() == "2"
    assert it.tab.locator("[name=items-1-name]").input_value() == "third"
    assert add.is_visible()


def test_an_upload_starts_at_once_and_becomes_a_row(page):
    it = page(UPLOAD)
    it.answer("/upload", {"html": "<p id='row'>Plan.pdf, received</p>"})
    it.tab.locator("[name=file]").set_input_files(FILE)
    it.tab.locator("#row").wait_for()
    assert it.requests[0].headers["x-csrftoken"] == "token-of-the-page"
    assert "Plan.pdf" in it.requests[0].post_data_buffer.decode()


def test_a_refused_upload_says_why(page):
    it = page(UPLOAD)
    it.answer("/upload", {"title": "This file is 24 MB; the limit is 10 MB."}, status=422)
    it.tab.locator("[name=file]").set_input_files(FILE)
    it.tab.get_by_text("the limit is 10 MB").wait_for()
    expect(it.tab.locator("progress")).to_have_count(0)


def test_password_criteria_are_marked_in_words(page):
    it = page(CRITERIA)
    it.answer("/criteria", {"criteria": {"length": True, "common": False}})
    it.tab.locator("#password").fill("correct horse battery")
    it.tab.get_by_text("12 characters (met)").wait_for()
    expect(it.tab.locator("[data-code=common]")).to_contain_text(
        "(not met yet)", use_inner_text=True
    )


def test_a_pasted_code_loses_its_space(page):
    it = page(CODE)
    it.tab.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "123 456");
          document.querySelector("#code").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    assert it.tab.locator("#code").input_value() == "123456"
