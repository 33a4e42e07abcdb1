"""In whose name: opening a space, switching, colleagues, confirmation, preferences and locked details in a browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from eservices.models import DetailsReport, Membership, Submission, User
from tests.addresses import at

ANNA, CLAIRE, PIETER = "club@example.org", "citizen@example.org", "parent@example.org"
BAND, BREWERY, FRIENDS = "1999990144", "1999990243", "1999990342"
ACTIVE = "header button.eg-profile[aria-current]"


@pytest.fixture
def language(scripts: bool) -> str:
    """Those who browse without scripts do it in German: both languages are walked."""
    return "fr" if scripts else "de"


def enter(portal, address: str) -> Page:
    """Be somebody else from now on."""
    portal.context.clear_cookies()
    portal.enter(address)
    return portal.tab()


def press(tab: Page) -> None:
    """Press the one filled button of the page."""
    with tab.expect_navigation():
        tab.locator("main button.utrecht-button--primary-action[type=submit]").first.click()


def invalid(tab: Page) -> list[str]:
    """The names of the fields that the page refuses."""
    expect(tab.locator("main .eg-errors")).to_be_visible()
    fields = tab.locator("main .utrecht-form-field--invalid [name]").all()
    return [field.get_attribute("name") for field in fields]


def act_for(tab: Page, name: str) -> None:
    """Switch in the header."""
    with tab.expect_navigation():
        tab.locator("header button.eg-profile", has_text=name).click()


def right(address: str, number: str) -> Membership:
    """Somebody's right to act for the organisation with this number."""
    return Membership.objects.get(
        user__email=address, profile__organisation__bce_number=number, ended_at=None
    )


def type_number(portal, tab: Page, language: str) -> None:
    """Walk to the number of the wizard, and past it with the right one."""
    tab.goto(portal.address("space-new", language))
    tab.locator("input[name=kind][value=association]").check()
    press(tab)
    tab.locator("#id_number").fill("BE 1999.990.342")
    tab.locator("#id_terms").check()


@pytest.mark.feature("B1", "B5", "X11")
def test_an_association_gets_its_space_step_by_step(portal, language):
    tab = enter(portal, PIETER)
    type_number(portal, tab, language)
    tab.locator("#id_number").fill("1999.990.343")
    press(tab)
    assert invalid(tab) == ["number"]
    tab.locator("#id_number").fill("BE 1999.990.342")
    tab.locator("#id_terms").uncheck()
    press(tab)
    assert invalid(tab) == ["terms"]
    tab.locator("#id_terms").check()
    press(tab)

    name = {"fr": "Les Amis du Perron", "de": "Freunde des Perron"}[language]
    expect(tab.locator("main .eg-locked").first).to_contain_text(name)
    tab.locator("input[name=vat][value=no]").check()
    press(tab)
    tab.locator("#id_function").select_option("chair")
    press(tab)
    tab.locator("#id_mobile").fill("12")
    press(tab)
    assert invalid(tab) == ["mobile"]
    tab.locator("#id_mobile").fill("0470 12 34 56")
    press(tab)

    row = right(PIETER, FRIENDS)
    assert tab.url == portal.address("space-new-done", language, space=str(row.public_id))
    expect(tab.locator(ACTIVE)).to_have_text("Les Amis du Perron")
    assert (row.state, row.mobile, row.function) == ("declared", "+32470123456", "chair")

    act_for(tab, tab.locator("header button.eg-profile").first.inner_text())
    type_number(portal, tab, language)
    press(tab)
    assert tab.url == portal.address("space-new-access", language)
    press(tab)
    assert tab.url == portal.address("dashboard", language)
    expect(tab.locator(ACTIVE)).to_have_text("Les Amis du Perron")


@pytest.mark.feature("B1", "B5")
def test_a_colleague_is_invited_and_accepts(portal, scripts, language):
    tab = enter(portal, ANNA)
    space = str(right(ANNA, BAND).public_id)
    tab.goto(portal.address("space-colleagues", language, space=space))
    tab.locator("#id_email").fill(CLAIRE)
    tab.locator("#id_function").select_option("secretary")
    press(tab)
    expect(tab.locator("main [aria-labelledby=pending-title]")).to_contain_text(CLAIRE)

    link = portal.link(CLAIRE, at("spaces", "fr"))
    tab = enter(portal, CLAIRE)
    tab.goto(link)
    with tab.expect_navigation():
        tab.locator("main button[name=answer][value=accept]").click()
    row = right(CLAIRE, BAND)
    assert (row.state, row.role, row.confirmed_how) == ("confirmed", "member", "colleague")

    act_for(tab, "Harmonie")
    tab.goto(portal.address("dashboard", language))
    expect(tab.locator("h1")).to_have_text("Harmonie Sainte-Cécile")
    files = Submission.objects.filter(profile__name="Harmonie Sainte-Cécile").count()
    assert files > 1
    expect(tab.locator("main table tbody tr")).to_have_count(files)


@pytest.mark.feature("B1", "B5")
def test_a_declared_member_sees_the_files_once_the_municipality_confirms(portal, language):
    row = right(CLAIRE, BREWERY)
    file = Submission.objects.filter(profile__user__email=PIETER).latest("pk")
    Submission.objects.filter(pk=file.pk).update(profile=row.profile)
    tab = enter(portal, CLAIRE)
    tab.goto(portal.address("spaces", language))
    act_for(tab, "Brasserie")
    tab.goto(portal.address("dashboard", language))
    space = at("space", language, space=row.public_id)
    expect(tab.locator(f"main .utrecht-alert a[href='{space}']")).to_be_visible()
    assert file.reference not in tab.content()

    office = enter(portal, "agent@example.org")
    office.goto(portal.base + "/admin/memberships/")
    office.locator(f"a[href*='{row.public_id}']").click()
    office.locator("input[name=how][value=mandate]").check()
    with office.expect_navigation():
        office.locator("form[action$='/confirm/'] button[type=submit]").click()

    tab = enter(portal, CLAIRE)
    tab.goto(portal.address("spaces", language))
    act_for(tab, "Brasserie")
    tab.goto(portal.address("dashboard", language))
    expect(tab.locator(f"main a[href='{space}']")).to_have_count(0)
    expect(tab.locator("main table tbody")).to_contain_text(file.reference)
    assert right(CLAIRE, BREWERY).confirmed_how == "mandate"


@pytest.mark.feature("B1")
def test_a_procedure_for_others_leads_to_the_fitting_space_and_back(portal, scripts, language):
    tab = enter(portal, CLAIRE)
    tab.goto(portal.address("procedures", language))
    act_for(tab, "Brasserie")
    assert tab.url == portal.address("procedures", language)
    tab.locator("main form:has(input[name=next]) button").first.wait_for()
    tab.goto(portal.address("procedure", language, code="grant"))
    page = tab.url
    start = tab.locator(f"form[action='{at('submission-start', language, code='grant')}']")
    expect(start).to_have_count(0)

    press(tab)

    assert tab.url == page
    expect(tab.locator(ACTIVE)).not_to_contain_text("Brasserie")
    expect(start).to_have_count(1)


@pytest.mark.feature("B6")
@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_preferred_space_opens_at_the_next_login(portal, language):
    tab = enter(portal, ANNA)
    tab.goto(portal.address("preferences", language))
    wanted = right(ANNA, BAND).profile.public_id
    tab.locator(f"input[name=space][value='{wanted}']").check()
    press(tab)

    portal.context.clear_cookies()
    tab = portal.log_in(ANNA, language=language)

    assert re.sub(r"/(fr|de)/.*", "", tab.url) == portal.base
    expect(tab.locator(ACTIVE)).to_have_text("Harmonie Sainte-Cécile")
    expect(tab.locator("h1")).to_have_text("Harmonie Sainte-Cécile")


@pytest.mark.feature("A7", "B4")
def test_a_locked_detail_is_reported_as_wrong(portal, language):
    tab = enter(portal, PIETER)
    tab.goto(portal.address("details", language))
    expect(tab.locator("main input[name=last_name]")).to_have_count(0)
    tab.locator(f"a[href='{at('details-report', language, field='last_name')}']").click()
    tab.locator("main textarea").fill("Claes-Janssens, siehe Heiratsurkunde.")
    press(tab)

    assert tab.url == portal.address("details", language)
    report = DetailsReport.objects.get(user=User.objects.get(email=PIETER))
    assert (report.field, report.handled_at) == ("last_name", None)
    expect(
        tab.locator(f"a[href*='{at('details-report', language, field='last_name')}']")
    ).to_have_count(0)
