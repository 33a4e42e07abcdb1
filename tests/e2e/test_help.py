"""Help in a real browser: answers open by their address, data for search engines passes the strict policy."""

import json

import pytest

pytestmark = pytest.mark.e2e

CATEGORY = "/fr/aide/mon-compte/"
ANSWER = "details[open] .eg-disclosure__body"


@pytest.mark.feature("A25")
def test_a_link_to_a_question_opens_it_and_its_reader_is_thanked(portal, scripts):
    tab = portal.tab()
    tab.goto(f"{portal.base}{CATEGORY}#activer-mon-compte")

    assert tab.locator("details[open] > summary h2").all_inner_texts() == [
        "Comment activer mon compte\u00a0?"
    ]
    tab.locator(f"{ANSWER} button[value=yes]").click()
    tab.locator(f"{ANSWER} [role=status]").wait_for()
    assert tab.url.startswith(f"{portal.base}{CATEGORY}?thanks=")


@pytest.mark.feature("A25")
def test_json_ld_is_data_that_the_policy_lets_through(portal):
    tab = portal.tab()
    answer = tab.goto(portal.base + CATEGORY)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    found = tab.locator("script[type='application/ld+json']").text_content()
    assert json.loads(found)["@type"] == "FAQPage"  # a complaint of the browser fails the test too


@pytest.mark.feature("E3")
def test_the_search_puts_a_typing_error_right(portal, scripts):
    tab = portal.tab()
    tab.goto(f"{portal.base}/fr/")
    field = tab.locator("input[type=search]").first
    field.fill("mot de pase oublié")
    field.press("Enter")

    tab.locator("main h1").wait_for()
    assert "mot de passe" in tab.locator(".eg-rows").inner_text().lower()
