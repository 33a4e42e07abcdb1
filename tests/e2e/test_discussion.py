"""Annexes and discussion of one file, from both sides, with and without scripts."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eservices.enums import ScanState, Side, SubmissionState
from eservices.models import Annex, Submission
from tests.e2e.test_accessibility import WIDE, violations
from tests.factories.documents import infected, letter, photo, scanner_running

CITIZEN, AGENT = "citizen@example.org", "agent@example.org"
#: A folder for pictures of the pages, for those who want to look.
SHOTS = os.environ.get("DISCUSSION_SHOTS")


def sent_as(uploaded):
    """A file as a person chooses it."""
    return {"name": uploaded.name, "mimeType": uploaded.content_type, "buffer": uploaded.read()}


def shoot(tab, name):
    """Take pictures of a page on a wide and a small screen, light and dark."""
    if SHOTS:
        for width in (1280, 390):
            for scheme in ("light", "dark"):
                tab.set_viewport_size({"width": width, "height": 900})
                tab.emulate_media(color_scheme=scheme)
                tab.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
        tab.set_viewport_size({"width": 1280, "height": 900})


def choose(tab, place, files, *, scripts):
    """Choose files in the annexes; without scripts, send them by the button."""
    tab.locator(f"{place} input[type=file]").set_input_files(files)
    if not scripts:
        with tab.expect_navigation():
            tab.locator(f"{place} button[type=submit]:not([data-remove])").last.click()


@pytest.mark.feature("A13")
@pytest.mark.feature("A19")
@pytest.mark.feature("A20")
def test_documents_and_messages_go_both_ways(portal, scripts, settings):
    with scanner_running() as found:
        settings.VIRUS_SCANNER = found
        file = Submission.objects.filter(
            acting_user__email=CITIZEN, state=SubmissionState.SUBMITTED
        ).first()
        portal.enter(CITIZEN)
        tab = portal.tab()
        address = portal.address("submission", reference=file.reference)
        tab.goto(address)

        free = "#annexes eg-upload:has(#hint-free)"
        choose(
            tab, free, [sent_as(letter("plan.pdf")), sent_as(photo("wrong.jpg"))], scripts=scripts
        )
        expect(tab.locator(f"{free} .eg-doc-row--sent")).to_have_count(2)
        wrong = tab.locator(f"{free} .eg-doc-row--sent", has_text="wrong.jpg")
        if scripts:
            tab.locator("#id_body").fill("Typed before deleting.")
        wrong.locator("[data-remove]").click()
        expect(tab.locator(f"{free} .eg-doc-row--sent")).to_have_count(1)
        if scripts:
            expect(tab.locator("#id_body")).to_have_value("Typed before deleting.")
        assert Annex.objects.get(name="wrong.jpg").deleted_at

        tab.locator("#id_body").fill("Un croquis suffit-il ?\nMerci.")
        chosen = [sent_as(photo("croquis.jpg")), sent_as(infected("facture.pdf"))]
        tab.locator("#message-form input[type=file]").set_input_files(chosen)
        if scripts:
            expect(tab.locator("#message-form [name=attachment]")).to_have_count(2)
        shoot(tab, f"writing-{scripts}")
        with tab.expect_navigation():
            tab.locator("#message-form button[type=submit]:not([data-remove])").click()
        expect(tab.locator(".eg-message--mine")).to_contain_text("Un croquis suffit-il ?")
        expect(tab.locator(".eg-message--mine .eg-file")).to_have_count(2)
        portal.work()
        assert Annex.objects.get(name="croquis.jpg").scan == ScanState.CLEAN
        assert Annex.objects.get(name="facture.pdf").scan == ScanState.INFECTED
        assert file.messages.get().annexes.count() == 2

        portal.context.clear_cookies()
        portal.enter(AGENT)
        desk = portal.tab()
        desk.goto(f"{portal.base}/admin/files/{file.reference}/?view=annexes")
        with desk.expect_navigation():
            desk.locator("tr", has_text="plan.pdf").locator("form button").click()
        desk.goto(f"{portal.base}/admin/files/{file.reference}/?view=annexes")
        shoot(desk, f"desk-annexes-{scripts}")
        assert Annex.objects.get(name="plan.pdf").taken_at
        desk.locator("#id_documents").set_input_files([sent_as(letter("exemple.pdf"))])
        if not scripts:
            with desk.expect_navigation():
                desk.locator("form:has(#id_documents) button").click()
        expect(desk.locator(".eg-bo-doc", has_text="exemple.pdf")).to_have_count(1)
        desk.goto(f"{portal.base}/admin/files/{file.reference}/?view=discussion")
        expect(desk.locator(".eg-bo-message")).to_contain_text("Un croquis suffit-il ?")
        desk.locator("#id_body").fill("Oui, avec la largeur du passage.")
        desk.locator("#id_files").set_input_files([sent_as(letter("modele.pdf"))])
        if scripts:
            expect(desk.locator("#message-form [name=attachment]")).to_have_count(1)
        with desk.expect_navigation():
            desk.locator("#message-form button[type=submit]:not([data-remove])").click()
        shoot(desk, f"desk-discussion-{scripts}")
        assert file.messages.filter(side=Side.AGENT).count() == 1
        desk.close()

        subjects = [mail.subject for mail in portal.mails(CITIZEN)]
        assert all("croquis" not in subject for subject in subjects)
        portal.context.clear_cookies()
        portal.enter(CITIZEN)
        tab.goto(address)
        answer = tab.locator(".eg-message:not(.eg-message--mine)")
        expect(answer).to_contain_text("Oui, avec la largeur du passage.")
        expect(answer.locator(".utrecht-badge-counter")).to_have_count(1)
        expect(tab.locator("#annexes")).to_contain_text("exemple.pdf")
        link = answer.locator("a.eg-file").get_attribute("href")
        assert portal.context.request.get(portal.base + link).body().startswith(b"%PDF")
        shoot(tab, f"file-{scripts}")
        if scripts:
            tab.emulate_media(color_scheme="light")
            assert violations(tab) == []
            tab.set_viewport_size({"width": 390, "height": 844})
            assert tab.evaluate(WIDE) == []
