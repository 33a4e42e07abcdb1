"""Pages of procedures for citizens."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Locale

from eservices import formats
from eservices.enums import Level, ProcedureState, ProfileKind
from eservices.models import Procedure, ProcedurePage, Profile
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership, make_organisation
from tests.factories.procedures import make_page, publish, publish_everywhere, simple_procedure

pytestmark = pytest.mark.django_db


def title(response):
    return re.search(r"<h1[^>]*>(.*?)</h1>", response.content.decode())[1]


def english(client, name, *args):
    """The English page, for tests that read its words."""
    with override("en"):
        return client.get(reverse(name, args=args)).content.decode()


@pytest.mark.feature("A10")
def test_procedures_are_listed_by_section_and_lead_to_their_pages(client):
    page = publish_everywhere(title="Fell a tree")

    response = client.get(reverse("procedures"))

    html = response.content.decode()
    assert response.status_code == 200
    assert "pages (fr)" in html
    assert f'href="{page.get_url()}"' in html
    assert 'data-help="search"' in html
    assert 'data-help="section"' in html
    assert title(client.get(page.get_url())) == "Fell a tree"


def test_public_pages_set_no_cookie_and_need_no_login(client):
    page = publish_everywhere()

    for address in (reverse("procedures"), page.get_url()):
        response = client.get(address)
        assert response.status_code == 200
        assert not response.cookies


def test_search_says_what_was_found_and_what_not(client):
    texts = {"fr": {"title": "Organiser une fête", "summary": ""}}
    simple_procedure(texts=texts)

    assert "Organiser une fête" in client.get(reverse("procedures"), {"q": "fete"}).content.decode()
    nothing = client.get(reverse("procedures"), {"q": "<script>"}).content.decode()
    assert "Organiser" not in nothing
    assert "<script>”" not in nothing
    assert "&lt;script&gt;" in nothing


def test_for_me_is_offered_to_people_who_are_logged_in(client):
    simple_procedure(kinds=["enterprise"], texts={"fr": {"title": "For firms"}})
    assert "for=me" not in client.get(reverse("procedures")).content.decode()
    log_in(client, make_user())

    assert "For firms" in client.get(reverse("procedures")).content.decode()
    mine = client.get(reverse("procedures"), {"for": "me"})
    assert "For firms" not in mine.content.decode()
    assert "no-store" in mine.headers["Cache-Control"]


def test_the_list_costs_the_same_with_one_and_with_thirty(client):
    simple_procedure()
    client.get(reverse("procedures"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("procedures"))
    for _number in range(29):
        simple_procedure()
    with CaptureQueriesContext(connection) as thirty:
        client.get(reverse("procedures"))

    assert len(thirty) == len(one)


@pytest.mark.feature("A10")
def test_the_page_tells_what_one_should_know_and_leads_into_the_form(client):
    page = publish_everywhere(at_hand=[{"type": "item", "id": "a", "value": "A measuring tape"}])
    procedure = Procedure.objects.get()

    html = client.get(page.get_url()).content.decode()

    assert "A measuring tape" in html
    for anchor in ("at-hand", "start", "level"):
        assert f'data-help="{anchor}"' in html
    assert procedure.team.phone in html
    log_in(client, make_user())
    logged_in = client.get(page.get_url()).content.decode()
    start = reverse("submission-start", args=[procedure.code])
    assert f'action="{start}"' in logged_in
    assert f'action="{start}"' not in html
    assert "csrfmiddlewaretoken" in logged_in


def test_one_address_is_canonical_and_all_languages_are_named(client):
    page = publish_everywhere()

    html = client.get(page.get_url()).content.decode()

    assert f'rel="canonical" href="http://127.0.0.1:8000{page.get_url()}"' in html
    assert len(re.findall('rel="alternate" hreflang', html)) == 4


def test_the_address_by_code_leads_to_the_page_of_the_language(client):
    publish_everywhere(code="tree")

    response = client.get("/nl/p/tree/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/nl/list/")


def test_a_procedure_without_a_page_is_shown_by_its_code(client):
    simple_procedure(code="tree", texts={"fr": {"title": "Abattre un arbre"}})

    response = client.get("/nl/p/tree/")

    assert title(response) == "Abattre un arbre"
    assert '<div lang="fr">' in response.content.decode()


def test_a_closed_procedure_says_so_and_offers_no_start(client):
    simple_procedure(code="tree")
    Procedure.objects.update(state=ProcedureState.CLOSED)
    log_in(client, make_user())

    html = english(client, "procedure", "tree")

    assert "This procedure is closed" in html
    assert "/start/tree/" not in html


def test_a_profile_that_cannot_apply_is_told_for_whom_it_is(client):
    simple_procedure(code="tree", kinds=[ProfileKind.ASSOCIATION])
    log_in(client, make_user())

    html = english(client, "procedure", "tree")

    assert "Your profile cannot apply" in html
    assert "Associations" in html
    assert "/start/tree/" not in html
    assert Profile.objects.count() == 1


@pytest.mark.feature("B1")
def test_a_space_that_may_apply_is_offered_and_leads_back(client):
    simple_procedure(code="tree", kinds=[ProfileKind.ASSOCIATION])
    user = make_user()
    club, shop = make_membership(user), make_organisation(kind=ProfileKind.ENTERPRISE)
    make_membership(user, shop)
    log_in(client, user)
    with override("en"):
        address, switch = reverse("procedure", args=["tree"]), reverse("space-switch")

    for page in (address, f"{reverse('procedures')}?q="):
        html = client.get(page, headers={"accept-language": "en"}).content.decode()
        main = html.partition("<main")[2]
        assert f'value="{club.profile.public_id}"' in main
        assert f'value="{shop.profile.public_id}"' not in main
    answer = client.post(switch, {"profile": club.profile.public_id, "next": address})

    assert answer["Location"] == address
    assert "/start/tree/" in english(client, "procedure", "tree")


@pytest.mark.feature("B5")
def test_who_has_no_fitting_space_opens_one_and_comes_back(client):
    simple_procedure(code="tree", kinds=[ProfileKind.ASSOCIATION])
    log_in(client, make_user(language="en"))
    with override("en"):
        address, wizard = reverse("procedure", args=["tree"]), reverse("space-new")

    assert f"{wizard}?next=" in english(client, "procedure", "tree")
    client.get(wizard, {"next": address})
    assert client.session["new_space_next"] == address
    client.get(wizard, {"next": "https://evil.example/"})

    assert "new_space_next" not in client.session


def test_a_level_that_is_missing_is_announced(client):
    simple_procedure(code="tree", required_level=Level.HIGH)
    log_in(client, make_user())

    assert "You will be asked to identify yourself" in english(client, "procedure", "tree")


@pytest.mark.parametrize("address", ["/fr/p/unknown/", "/fr/p/a%00b/", "/fr/list/unknown/"])
def test_unknown_procedures_are_not_found(client, address):
    assert client.get(address).status_code == 404


def test_a_page_whose_form_was_never_taken_over_is_not_found(client):
    page = publish(make_page(chapters=[]))

    assert page.live
    assert client.get(page.get_url()).status_code == 404


def test_people_read_what_was_taken_over_and_not_what_stands_in_the_page(client):
    page = publish_everywhere(title="Taken over")

    page = publish(page, title="Not taken over", chapters=[])

    assert title(client.get(page.get_url())) == "Taken over"


def test_lists_take_no_other_method(client):
    assert client.post(reverse("procedures")).status_code == 405


def test_editors_see_a_preview_of_the_builder():
    page = publish_everywhere()

    html = page.make_preview_request(preview_mode="").render().content.decode()

    assert "Your name (fr)" in html


@pytest.mark.feature("X3")
def test_the_page_tells_documents_price_and_period(client):
    annex = {"type": "annex", "id": "a-1", "value": {"label": "Plan", "required": True}}
    closes = timezone.now() + timedelta(days=3)
    page = publish_everywhere(fee=Decimal("12.50"), closes_at=closes)
    for one in ProcedurePage.objects.order_by("-pk"):
        publish(one, annexes=[annex])
    assert Procedure.objects.get().current.number == 2

    address = page.get_translation(Locale.objects.get(language_code="en")).get_url()
    text = client.get(address).content.decode()

    assert "Plan" in text
    assert "needed before sending" in text
    assert "€12.50" in text
    assert "Open until" in text


@pytest.mark.parametrize("days", [2, -2])
def test_outside_its_period_a_procedure_says_when_and_has_no_button(client, days):
    moment = timezone.now() + timedelta(days=days)
    period = {"opens_at": moment} if days > 0 else {"closes_at": moment}
    procedure = simple_procedure(**period)
    log_in(client, make_user())

    html = english(client, "procedure", procedure.code)

    assert formats.date_time(moment, "en") in html
    assert reverse("submission-start", args=[procedure.code]) not in html
    with override("en"):
        answer = client.post(reverse("submission-start", args=[procedure.code]))
    assert answer.status_code == 409
    assert formats.date_time(moment, "en") in answer.content.decode()
