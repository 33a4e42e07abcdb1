"""From the invitation to the decision: one person's whole way, with and without scripts."""

import io
import re
import subprocess

import pikepdf
import pytest
from django_otp.plugins.otp_email.models import EmailDevice
from playwright.sync_api import expect

from eservices.models import Invitation, Submission
from tests.addresses import at
from tests.e2e.filling import TREE, Filler

AGENT = "agent@example.org"
PASSWORD = "Ein-langes-Passwort-42"
# Those who browse without scripts do it in German here: both languages are walked.
LANGUAGES = {True: "fr", False: "de"}
TITLES = {
    "fr": "Autorisation d’abattre ou d’élaguer un arbre",
    "de": "Genehmigung zum Fällen oder Beschneiden eines Baumes",
}


@pytest.fixture
def language(scripts):
    """The language of this person."""
    return LANGUAGES[scripts]


def invite(portal, address, language):
    """Invite somebody in the back office, as an agent does, and leave."""
    portal.context.clear_cookies()
    portal.enter(AGENT)
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/invitations/new/")
    tab.locator("#id_email").fill(address)
    tab.locator("#id_first_name").fill("Amélie")
    tab.locator("#id_last_name").fill("Schmitz")
    tab.locator("#id_language").select_option(language)
    with tab.expect_navigation():
        tab.locator("main form:has(#id_email) button[type=submit]").last.click()
    tab.get_by_text(address).first.wait_for()
    tab.close()
    portal.context.clear_cookies()


def press(tab):
    """Press the one filled button of the page."""
    with tab.expect_navigation():
        tab.locator("main button.utrecht-button--primary-action[type=submit]").first.click()


def send(portal, tab, scripts, language):
    """Start the procedure about trees, fill it in and send it; returns the reference."""
    tab.goto(portal.address("submission-start", language, code="tree"))
    press(tab)
    filler = Filler(tab, scripts=scripts)
    for key, answers in TREE.items():
        filler.is_at(key)
        filler.chapter(answers)
        filler.go_on()
    tab.locator("[name=confirm]").check()
    filler.go_on()
    return re.search(r"SUB-\d{4}-\w{6}", tab.url).group()


def pdf_of(portal, tab, selector):
    """Fetch what a link leads to, as a download does; returns the open document."""
    link = tab.locator(selector).first.get_attribute("href")
    answer = portal.context.request.get(portal.base + link, timeout=60_000)
    assert answer.headers["content-type"] == "application/pdf"
    return pikepdf.open(io.BytesIO(answer.body()))


def saved(content):
    """The bytes of a PDF."""
    held = io.BytesIO()
    content.save(held)
    return held.getvalue()


def forget_waiting_time(address):
    """Let a new code leave at once, as if the minute between two codes were over."""
    EmailDevice.objects.filter(user__email=address).update(last_generated_timestamp=None)


def words_of(content):
    """The text of a PDF."""
    import pypdfium2  # heavy, and needed here only

    document = pypdfium2.PdfDocument(saved(content))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.feature("A1")
@pytest.mark.feature("A2")
@pytest.mark.feature("A3")
def test_an_invitation_becomes_an_account(portal, scripts, language):
    address = "amelie@example.org"
    invite(portal, address, language)

    link = portal.link(address, at("invitation", language))
    assert f"{portal.base}/{language}/" in link
    tab = portal.tab()
    for _again in range(2):  # a scanner of mails opens it too
        tab.goto(link)
        assert Invitation.objects.get(email=address).user is None
    assert tab.url == portal.address("invitation", language)
    assert tab.locator("#id_first_name").input_value() == "Amélie"

    press(tab)  # nothing chosen yet: both mistakes are told, each with the way to its field
    links = tab.locator(".eg-errors a")
    assert [link.get_attribute("href") for link in links.all()] == ["#id_password", "#id_terms"]

    tab.locator("#id_password").fill(PASSWORD)
    tab.locator("#id_terms").check()
    press(tab)
    tab.locator("input[autocomplete=one-time-code]").fill(portal.code(address))
    press(tab)
    assert tab.url == portal.address("dashboard", language)
    expect(tab.locator("html")).to_have_attribute("lang", language)

    other = portal.tab()
    other.goto(link)  # it worked once
    expect(other.locator("#id_password")).to_have_count(0)


@pytest.mark.feature("A10")
@pytest.mark.feature("A11")
@pytest.mark.feature("A14")
@pytest.mark.feature("A5")
def test_a_draft_waits_where_one_stopped_and_says_what_is_missing(portal, scripts, language):
    tab = portal.log_in("club@example.org", language=language)
    tab.goto(portal.address("procedures", "de"))
    tab.get_by_role("link", name=TITLES["de"]).click()
    press(tab)
    filler = Filler(tab, scripts=scripts)
    filler.is_at("check")
    filler.chapter(TREE["check"] | {"girth_cm": "14,5 Meter"})
    filler.go_on()

    # What is wrong is told first and leads to its field; what was typed is still there.
    girth = filler.name("girth_cm")
    link = tab.locator(".eg-errors a").first
    assert link.get_attribute("href") == f"#id_{girth}"
    if scripts:
        expect(tab.locator(".eg-errors")).to_be_focused()
    link.click()
    expect(tab.locator(f"#id_{girth}")).to_be_focused()
    assert tab.locator(f"#id_{girth}").input_value() == "14,5 Meter"
    assert tab.locator(f"#id_{girth}").get_attribute("aria-invalid") == "true"
    filler.answer("girth_cm", "145")
    filler.go_on()

    filler.is_at("applicant")
    owner = tab.locator(f"[data-field='{filler.name('owner')}']").first
    assert owner.locator("legend .eg-required, legend abbr, legend").first.inner_text().strip()
    filler.chapter({"phone": "04 123 45 67", "owner": False})
    if scripts:
        expect(tab.locator(f"[name='{filler.name('owner_name')}']")).to_be_visible()
    filler.save()
    assert tab.locator(f"[name='{filler.name('owner_name')}']").is_visible()
    filler.answer("owner_name", "Bastin-Vandenbroucke")
    filler.save()
    reference = re.search(r"SUB-\d{4}-\w{6}", tab.url).group()

    portal.log_out(tab)
    assert tab.url == f"{portal.base}/{language}/" or tab.url == f"{portal.base}/de/"
    tab.close()
    tab = portal.log_in("club@example.org", language=language)
    filler.tab = tab
    tab.locator(f".eg-turn-card a[href*='{reference}']").click()
    filler.is_at("applicant")
    name = filler.name("owner_name")
    assert tab.locator(f"[name='{name}']").input_value() == "Bastin-Vandenbroucke"

    filler.open_chapter("documents")
    with tab.expect_navigation():
        tab.locator("nav a[href$='/check/']").first.click()
    links = tab.locator(".eg-errors a")
    expect(links.nth(5)).to_be_visible()
    # The address of the owner is asked of those who are not the owner.
    wanted = f"#id_{filler.name('owner_address')}__street"
    tab.locator(f".eg-errors a[href$='{wanted}']").click()
    tab.wait_for_url(f"**{wanted}")
    street = tab.locator(wanted.replace("#id_", "[id='id_") + "']")
    assert street.get_attribute("aria-invalid") == "true"


def log_in_again(portal, address, password, language):
    """Log in with password and mailed code, by hand; returns the tab."""
    portal.context.clear_cookies()
    return portal.log_in(address, password=password, language=language)


def test_the_whole_way_of_one_person(portal, scripts, language):
    """Invitation, code, draft, log out and in, sending, decision by an agent who logs in, reading it."""
    address = "whole-way@example.org"
    invite(portal, address, language)
    tab = portal.tab()
    tab.goto(portal.link(address, at("invitation", language)))
    tab.locator("#id_password").fill(PASSWORD)
    tab.locator("#id_terms").check()
    press(tab)
    tab.locator("input[autocomplete=one-time-code]").fill(portal.code(address))
    press(tab)

    tab.goto(portal.address("submission-start", language, code="tree"))
    press(tab)
    filler = Filler(tab, scripts=scripts)
    chapters = list(TREE.items())
    for key, answers in chapters[:2]:
        filler.is_at(key)
        filler.chapter(answers)
        filler.go_on()
    filler.save()
    portal.log_out(tab)
    tab.close()
    forget_waiting_time(address)

    tab = log_in_again(portal, address, PASSWORD, language)
    filler.tab = tab
    tab.locator(".eg-turn-card a").first.click()
    for key, answers in chapters[2:]:
        filler.is_at(key)
        filler.chapter(answers)
        filler.go_on()
    tab.locator("[name=confirm]").check()
    filler.go_on()
    reference = re.search(r"SUB-\d{4}-\w{6}", tab.url).group()
    tab.close()

    desk = log_in_again(portal, AGENT, "Guichet-demo-2026", "fr")
    desk.goto(f"{portal.base}/admin/files/{reference}/")
    desk.locator("form[action$='/claim/'] button").click()
    desk.locator("a[href*='/accept/']").click()
    desk.locator("#id_reason").fill("Bis zum 28. Februar.")
    desk.locator(".eg-bo-bar button").click()
    desk.wait_for_url(f"**/admin/files/{reference}/")
    desk.close()

    letter = portal.link(address, reference)
    forget_waiting_time(address)
    tab = log_in_again(portal, address, PASSWORD, language)
    tab.goto(letter)
    assert tab.url == portal.address("submission", language, reference=reference)
    expect(tab.locator("main")).to_contain_text("Bis zum 28. Februar.", use_inner_text=True)


@pytest.mark.feature("A4")
@pytest.mark.feature("A18")
@pytest.mark.feature("B2")
@pytest.mark.feature("E7")
@pytest.mark.feature("X1")
@pytest.mark.feature("X14")
def test_what_is_sent_is_decided_and_read(portal, scripts, language, tmp_path):
    person = "club@example.org"
    portal.enter(person)
    tab = portal.tab()
    reference = send(portal, tab, scripts, "de")
    assert Submission.objects.get(reference=reference).state == "submitted"
    expect(tab.locator(".utrecht-status-badge").first).to_be_visible()
    assert "you" not in tab.locator("[data-help=turn]").inner_html()

    # The confirmation leads to exactly this file, through the login.
    link = portal.link(person, reference)
    assert reference in portal.mails(person)[0].text
    portal.context.clear_cookies()
    tab.goto(link)
    tab.wait_for_url(re.compile(at("login", "de")))
    tab.close()

    portal.enter(AGENT)
    desk = portal.tab()
    desk.goto(f"{portal.base}/admin/files/")
    desk.get_by_role("link", name=re.compile("arbre|Baum|tree")).first.wait_for()
    desk.locator("tr", has_text=reference).locator("a").click()
    expect(desk.locator("main")).to_contain_text("Épicéa", use_inner_text=True)
    desk.locator("form[action$='/claim/'] button").click()
    desk.locator("a[href*='/accept/']").click()
    desk.locator("#id_reason").fill("Bitte pflanzen Sie im Herbst einen Apfelbaum.")
    desk.locator(".eg-bo-bar button").click()
    desk.wait_for_url(f"**/admin/files/{reference}/")
    desk.goto(f"{portal.base}/admin/files/?tab=done")
    desk.locator("tr", has_text=reference).wait_for()
    desk.close()

    portal.context.clear_cookies()
    assert reference in portal.mails(person)[0].text
    decision = portal.link(person, reference)
    tab = portal.tab()
    tab.goto(decision)
    tab.locator("main input[type=email]").fill(person)
    tab.locator("main input[type=password]").fill("Guichet-demo-2026")
    press(tab)
    tab.locator("input[autocomplete=one-time-code]").fill(portal.code(person))
    press(tab)
    assert tab.url.split("?")[0] == portal.address("submission", "de", reference=reference)
    expect(tab.locator("main")).to_contain_text(
        "Bitte pflanzen Sie im Herbst einen Apfelbaum.", use_inner_text=True
    )

    sent = pdf_of(portal, tab, "main a[href$='form.pdf']")
    assert "Épicéa" in words_of(sent)
    assert reference in words_of(sent)
    assert sent.Root.MarkInfo.Marked
    file = tmp_path / "sent.pdf"
    file.write_bytes(saved(sent))
    checked = subprocess.run(["qpdf", "--check", file], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    tab.goto(portal.address("dashboard", "de"))
    row = tab.locator("tr", has_text=reference)
    expect(row.locator(".utrecht-status-badge")).to_have_count(1)


@pytest.mark.feature("E7")
def test_a_refusal_begins_with_a_ready_reason_in_the_citizens_language(portal, scripts):
    person = "parent@example.org"  # reads Dutch; their file about trees waits in the demo
    file = Submission.objects.get(profile__user__email=person, procedure__code="tree")
    portal.enter(AGENT)
    desk = portal.tab()
    desk.goto(f"{portal.base}/admin/files/{file.reference}/")
    desk.locator("form[action$='/claim/'] button").click()
    desk.locator("a[href*='/reject/']").click()
    desk.locator(".eg-bo-bar button").click()  # without a reason there is no refusal
    desk.locator("#reason-error").wait_for()
    file.refresh_from_db()
    assert file.state == "in_review"

    desk.locator("#start").select_option(index=0)
    with desk.expect_navigation():
        desk.locator("form:has(#start) button").click()
    words = desk.locator("#id_reason").input_value()
    assert len(words) > 40
    assert desk.locator("#id_reason").get_attribute("lang") == "nl"
    with desk.expect_navigation():
        desk.locator(".eg-bo-bar button").click()
    desk.close()

    portal.context.clear_cookies()
    portal.enter(person)
    tab = portal.tab()
    tab.goto(portal.link(person, file.reference))
    expect(tab.locator("html")).to_have_attribute("lang", "nl")
    assert words[:40] in tab.locator("main").inner_text()


@pytest.mark.feature("A12")
def test_the_form_is_a_pdf_at_any_time(portal, scripts, language):
    portal.enter("club@example.org")
    tab = portal.tab()
    tab.goto(f"{portal.base}/{language}/p/tree/")
    empty = pdf_of(portal, tab, "a[href$='.pdf']")
    assert TITLES[language][:20] in words_of(empty).replace("\r\n", " ")

    press(tab)
    filler = Filler(tab, scripts=scripts)
    filler.is_at("check")
    filler.chapter(TREE["check"])
    filler.save()
    draft = pdf_of(portal, tab, "[data-help=download]")
    assert "145" in words_of(draft)
    reference = re.search(r"SUB-\d{4}-\w{6}", tab.url).group()
    assert reference in words_of(draft)
    for content in (empty, draft):
        assert content.Root.MarkInfo.Marked  # tagged, for screen readers
        assert str(content.Root.Lang)[:2] == language


@pytest.mark.feature("E7")
def test_editors_see_no_files_and_agents_no_pages(portal):
    file = Submission.objects.exclude(state="draft").first()
    portal.enter("editor@example.org")
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/files/{file.reference}/")
    assert file.reference not in tab.locator("main").inner_text()
    tab.goto(f"{portal.base}/admin/")
    expect(tab.locator("a[href='/admin/files/']")).to_have_count(0)

    portal.context.clear_cookies()
    portal.enter(AGENT)
    tab.goto(f"{portal.base}/admin/")
    assert tab.locator("a[href='/admin/files/']").count() >= 1
    expect(tab.locator("a[href^='/admin/pages/']")).to_have_count(0)
