"""A second town's form, made from nothing in the editor: no line of code."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource

from eservices.actions import requests
from eservices.enums import RequestKind
from eservices.models import (
    Procedure,
    ProcedureIndexPage,
    ProcedurePage,
    Section,
    Submission,
    Team,
    User,
)
from eservices.queries.procedures import structure_of
from eservices.queries.submissions import content_of
from tests.e2e.building import Builder
from tests.e2e.filling import Filler
from tests.e2e.test_editor import publish

EDITOR, AGENT, CITIZEN = "editor@example.org", "agent@example.org", "citizen@example.org"
ANSWERS = {
    "you": {"name": "Anna Example", "mail": "anna@example.org", "mobile": "0470 12 34 56"},
    "stay": {
        "arrival": "14/07/2026",
        "hour": "14:30",
        "kind": "tent",
        "dog": True,
        "breed": "Teckel",
        "nights": "3",
        "people": [{"who": "Anna", "age": "40"}, {"who": "Ben", "age": "9"}],
    },
    "end": {"deposit": "20", "remarks": "Merci.", "agree": True},
}


def build(tab):
    """Make three chapters with thirteen kinds of questions, one condition and one table."""
    build = Builder(tab)
    tab.locator("[role=tab]", has_text="Form").first.click()
    you = build.chapter("Vous", "you")
    build.question(you, "Text", "Votre nom", "name", max_length="80")
    build.question(you, "E-mail address", "Votre adresse e-mail", "mail")
    build.question(you, "Phone number", "Votre téléphone", "mobile")
    stay = build.chapter("Le séjour", "stay")
    build.question(stay, "Date", "Arrivée", "arrival")
    build.question(stay, "Time", "Heure", "hour")
    kind = build.question(stay, "One of a list", "Logement", "kind")
    build.options(kind, ("tent", "Tente"), ("van", "Camionnette"))
    build.question(stay, "Yes or no", "Un chien ?", "dog")
    breed = build.question(stay, "Text", "Quelle race ?", "breed")
    build.condition(breed, "dog", "is", "yes")
    build.question(stay, "Number", "Nuits", "nights", minimum="1", maximum="30")
    people = build.question(stay, "Table of rows", "Participants", "people")
    build.put(build.add(f"{people}-columns", "Text"), label="Nom", key="who")
    build.put(build.add(f"{people}-columns", "Number"), label="Âge", key="age")
    end = build.chapter("Pour finir", "end")
    build.question(end, "Amount of money", "Caution", "deposit")
    total = build.add(end, "Calculated value")
    build.put(total, label="Total", key="total", formula="nights * 12.50 * count(people) + deposit")
    build.put(total, money=True)
    build.question(end, "Long text", "Remarques", "remarks")
    build.question(end, "Consent", "J’accepte le règlement.", "agree")


def translate(page, language):
    """Translate every text of a page in the translation tool, and publish the translation there."""
    source, _made = TranslationSource.get_or_create_from_instance(page)
    locale = Locale.objects.get(language_code=language)
    translation, _made = Translation.objects.get_or_create(source=source, target_locale=locale)
    for segment in StringSegment.objects.filter(source=source).select_related("string", "context"):
        StringTranslation.objects.get_or_create(
            translation_of=segment.string,
            locale=locale,
            context=segment.context,
            defaults={"data": f"{segment.string.data} ({language})"},
        )
    translation.save_target(publish=True)


@pytest.mark.feature("X3")
def test_a_towns_form_is_built_translated_filled_in_questioned_decided_and_archived(
    portal, settings
):
    settings.PROCEDURE_LANGUAGES = ["fr", "de"]
    User.objects.filter(email=EDITOR).update(language="en")
    agent = User.objects.get(email=AGENT)
    index = ProcedureIndexPage.objects.get(locale__language_code="fr")
    portal.enter(EDITOR)
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/pages/add/eservices/procedurepage/{index.pk}/")
    tab.locator("#id_title").fill("Camping communal")
    tab.locator("#id_summary").fill("Réserver un emplacement.")
    build(tab)
    tab.locator("eg-check").get_by_role("button").click()
    expect(tab.locator("eg-check [role=status]")).to_contain_text("No mistakes found.")
    tab.locator("[role=tab]", has_text="Rules").first.click()
    tab.locator("#id_section").select_option(str(Section.objects.first().pk))
    tab.locator("#id_team").select_option(str(Team.objects.filter(members=agent).first().pk))
    tab.locator("#id_code").fill("camping")
    publish(tab)

    page = ProcedurePage.objects.get(title="Camping communal", live=True)
    procedure = Procedure.objects.get(code="camping")
    assert procedure.current is None, "German is missing"
    translate(page, "de")
    procedure.refresh_from_db()
    specs = {spec.key: spec for spec in structure_of(procedure.current).questions()}
    assert len({spec.type for spec in specs.values()}) >= 12
    assert procedure.texts["de"]["title"] == "Camping communal (de)"

    portal.context.clear_cookies()
    portal.enter(CITIZEN)
    tab = portal.tab()
    tab.goto(portal.address("submission-start", "de", code="camping"))
    expect(tab.locator("main")).to_contain_text("Camping communal (de)", use_inner_text=True)
    with tab.expect_navigation():
        tab.locator("main form[method=post] button[type=submit]").first.click()
    filler = Filler(tab, "camping")
    for answers in ANSWERS.values():
        filler.chapter(answers)
        filler.go_on()
    expect(tab.locator("main"), "3 nights * 12,50 * 2 + 20").to_contain_text("95,00")
    tab.locator("[name=confirm]").check()
    filler.go_on()
    file = Submission.objects.get(procedure=procedure)
    assert (file.state, file.locale) == ("submitted", "de")
    assert content_of(file).answers[specs["total"].id] == "95.00"

    portal.context.clear_cookies()
    portal.enter(AGENT)
    act(portal, file, "claim")
    file.refresh_from_db()
    wanted = requests.Wanted(kind=RequestKind.ANSWER, text="Welche Größe hat das Zelt?")
    requests.ask(
        submission=file, by=agent, items=[wanted], due_at=timezone.now() + timedelta(days=10)
    )
    assert file.state == "awaiting_citizen"
    requests.answer(request=file.requests.get(), by=file.acting_user, text="Drei Meter.")
    file.refresh_from_db()
    assert file.state == "in_review"
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/files/{file.reference}/accept/")
    with tab.expect_navigation():
        tab.locator("main form:has(#id_reason) button[type=submit]").last.click()
    file.refresh_from_db()
    assert file.state == "accepted"
    act(portal, file, "close")
    file.refresh_from_db()
    assert file.state == "closed"
    assert file.purge_on is not None


def act(portal, file, name):
    """Press one button of the action bar of a file in the back office."""
    tab = portal.tab()
    tab.goto(f"{portal.base}/admin/files/{file.reference}/")
    with tab.expect_navigation():
        tab.locator(f"form[action$='/{name}/']").first.evaluate("form => form.requestSubmit()")
    tab.close()
