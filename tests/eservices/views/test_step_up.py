"""Identifying again: nothing typed is lost, one comes back to the same place, and only fitting ways are offered."""

import io
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from PIL import Image
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.api.requirements import MeetsRequirement
from eservices.contract import EService, Requirement, registry
from eservices.enums import Level, LevelMoment, Method
from eservices.models import AuthenticationEvent, JournalEntry, Submission
from eservices.queries.submissions import content_of
from eservices.views.requirements import RequirementMixin
from portal.urls import urlpatterns as portal_urls
from tests.factories.eservices import log_in, make_user
from tests.factories.submissions import COMPLETE, make_draft, make_procedure, make_sent

pytestmark = pytest.mark.django_db

PROVIDERS = {
    "csam": {
        "kind": "csam",
        "name": "CSAM",
        "discovery": "http://127.0.0.1:1/",
        "client_id": "guichet",
        "scopes": ["openid"],
        "level_claim": "amr",
        "levels": {
            "500": ["high", "eid"],
            "450": ["substantial", "itsme"],
            "400": ["substantial", "security_code"],
        },
    },
    "itsme": {
        "kind": "itsme",
        "name": "itsme",
        "discovery": "http://127.0.0.1:1/",
        "client_id": "guichet",
        "scopes": ["openid"],
        "level_claim": "acr",
        "levels": {"basic": ["substantial", "itsme"]},
    },
}


@pytest.fixture(autouse=True)
def providers(settings):
    settings.IDENTITY_PROVIDERS = PROVIDERS


@pytest.fixture
def user():
    return make_user()


def strict(user, **rules):
    """A draft of a procedure that was made stricter after it was begun."""
    draft = make_draft(user)
    values = {"required_level": Level.HIGH, **rules}
    for name, value in values.items():
        setattr(draft.procedure, name, value)
    draft.procedure.save()
    return draft


def photo():
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(file, "PNG")
    return SimpleUploadedFile("garden.png", file.getvalue(), "image/png")


def chapter(draft, name="c-1"):
    return reverse("submission-chapter", args=[draft.reference, name])


def goal_of(response):
    """Where a redirect to the step-up page comes back to."""
    parts = urlsplit(response.url)
    assert parts.path == reverse("step-up"), response.url
    return parse_qs(parts.query)["next"][0]


def page(client, procedure, goal="/fr/"):
    return client.get(reverse("step-up"), {"procedure": procedure.code, "next": goal})


# The places that ask


@pytest.mark.parametrize("route", ["submission", "submission-check", "submission-pdf"])
def test_pages_of_a_draft_show_nothing_before_the_identification(client, user, route):
    draft = strict(user)
    url = reverse(route, args=[draft.reference])

    refused = log_in(client, user).get(url)
    allowed = log_in(client, user, method=Method.EID, level=Level.HIGH).get(url, follow=True)

    assert goal_of(refused) == url
    assert allowed.status_code == 200


def test_a_procedure_that_asks_before_sending_lets_people_fill_in(client, user):
    draft = strict(user, level_at=LevelMoment.SEND)

    html = log_in(client, user).get(chapter(draft)).content.decode()

    assert "q-name" in html


@pytest.mark.parametrize(
    ("pressed", "goal"),
    [
        ({"go": "next"}, "c-2"),
        ({}, "c-1"),
        ({"go": "next", "q-people": "a lot"}, "check=1"),
    ],
)
def test_what_was_typed_is_saved_before_the_identification_is_asked(client, user, pressed, goal):
    draft = strict(user)
    typed = {"revision": draft.revision, "q-name": "Rue Neuve", "q-people": "12", **pressed}

    response = log_in(client, user).post(chapter(draft), typed)

    draft.refresh_from_db()
    assert content_of(draft).answers["q-name"] == "Rue Neuve"
    assert goal in goal_of(response)


def test_a_document_sent_with_the_form_is_kept_too(client, user):
    draft = strict(user)
    typed = {"revision": draft.revision, "file-q-photo": photo()}

    response = log_in(client, user).post(chapter(draft, "c-2"), typed)

    assert goal_of(response) == chapter(draft, "c-2")
    assert draft.annexes.get().question_id == "q-photo"


def test_a_clash_shows_nothing_of_the_other_window(client, user):
    draft = strict(user)
    Submission.objects.filter(pk=draft.pk).update(answers={"q-name": "Secret street"}, revision=7)

    response = log_in(client, user).post(
        chapter(draft), {"revision": draft.revision, "q-name": "Mine"}
    )
    again = client.post(
        reverse("submission-autosave", args=[draft.reference, "c-1"]),
        {"revision": draft.revision, "q-name": "Mine"},
    )

    assert goal_of(response) == chapter(draft)
    assert (again.status_code, again.json()["code"]) == (403, "step_up_required")
    assert b"Secret" not in again.content
    draft.refresh_from_db()
    assert draft.answers == {"q-name": "Secret street"}


def test_autosave_saves_whatever_the_identification(client, user):
    draft = strict(user)
    url = reverse("submission-autosave", args=[draft.reference, "c-1"])

    answer = log_in(client, user).post(url, {"revision": draft.revision, "q-name": "Rue Neuve"})

    assert set(answer.json()) == {"saved_at", "revision"}
    draft.refresh_from_db()
    assert content_of(draft).answers["q-name"] == "Rue Neuve"


def test_sending_leads_to_the_identification_and_back_to_the_page_that_sends(client, user):
    draft = strict(user, level_at=LevelMoment.SEND)
    Submission.objects.filter(pk=draft.pk).update(answers=COMPLETE)
    url = reverse("submission-check", args=[draft.reference])
    send = {"revision": draft.revision, "confirm": "on"}

    refused = log_in(client, user).post(url, send)
    log_in(client, user, method=Method.EID, level=Level.HIGH).post(url, send)

    assert goal_of(refused) == url
    draft.refresh_from_db()
    assert (draft.level_used, draft.method_used) == (Level.HIGH, Method.EID)
    assert draft.identified_at <= draft.submitted_at
    sent = JournalEntry.objects.get(subject_id=draft.public_id, event="submit")
    assert (sent.data["level"], sent.data["method"]) == (4, "eid")


def test_the_proof_grows_too_old_in_the_middle_of_the_form(client, user):
    draft = strict(user, max_age_minutes=15)
    log_in(client, user, method=Method.EID, level=Level.HIGH)
    now = timezone.now()

    with time_machine.travel(now + timedelta(minutes=14), tick=False):
        young = client.get(chapter(draft))
    with time_machine.travel(now + timedelta(minutes=16), tick=False):
        old = client.post(chapter(draft), {"revision": draft.revision, "q-name": "Rue Neuve"})

    assert young.status_code == 200
    assert goal_of(old) == chapter(draft)
    draft.refresh_from_db()
    assert content_of(draft).answers["q-name"] == "Rue Neuve"


def test_a_sent_file_can_be_followed_without_a_fresh_proof_but_not_withdrawn(client, user):
    file = make_sent(user)
    file.procedure.max_age_minutes = 15
    file.procedure.save()
    log_in(client, user)
    place, withdrawal = (
        reverse(name, args=[file.reference]) for name in ("submission", "submission-withdraw")
    )

    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        followed = client.get(place)
        refused = client.post(withdrawal)

    assert "Rue Neuve" in followed.content.decode()
    assert goal_of(refused) == withdrawal
    file.refresh_from_db()
    assert file.state == "submitted"


# The same refusal by page and by API


@pytest.mark.parametrize(
    ("route", "api", "verb", "body"),
    [
        ("submission", "api-submission", "get", {}),
        ("submission-pdf", "api-submission-pdf", "get", {}),
        ("submission-discard", "api-submission", "delete", {}),
        ("submission-check", "api-submission-send", "post", {"revision": 1}),
        ("submission-withdraw", "api-submission-withdraw", "post", {}),
    ],
)
def test_refusal_is_the_same_by_page_and_by_api(client, user, route, api, verb, body):
    draft = strict(user, accepted_methods=["eid"], max_age_minutes=15)
    log_in(client, user)

    act = client.get if verb == "get" else client.post
    shown = act(reverse(route, args=[draft.reference]), headers={"accept": "application/json"})
    answer = getattr(client, verb)(
        reverse(api, args=[draft.reference]), body, content_type="application/json"
    )

    if route != "submission":  # its page leads on to the chapter
        assert shown.json()["code"] == answer.json()["code"]
    assert answer.status_code == 403
    document = answer.json()
    assert (document["code"], document["level"]) == ("step_up_required", "high")
    assert (document["methods"], document["max_age"]) == (["eid"], 900)
    assert document["url"] == f"{reverse('step-up')}?procedure={draft.procedure.code}"
    draft.refresh_from_db()
    assert draft.state == "draft"


# The page


def test_only_ways_that_would_do_are_offered(client, user):
    procedure = make_procedure(required_level=Level.HIGH)

    html = page(log_in(client, user), procedure).content.decode()

    forms = re.findall(r'<form method="post" action="(/oidc/[^"]+)"', html)
    assert forms == [reverse("oidc-start", args=["csam"])]
    assert 'name="purpose" value="step_up"' in html
    assert 'name="level" value="4"' in html


def test_a_method_is_asked_by_the_level_that_gives_it(client, user):
    procedure = make_procedure(required_level=Level.LOW, accepted_methods=["eid"])

    html = page(log_in(client, user), procedure).content.decode()

    assert 'name="level" value="4"' in html
    assert reverse("oidc-start", args=["itsme"]) not in html


def test_own_methods_are_offered_where_only_freshness_is_missing(client, user):
    procedure = make_procedure(max_age_minutes=15)
    log_in(client, user)

    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        html = page(client, procedure, "/fr/espace/").content.decode()

    assert f"{reverse('reauthenticate')}?next=%2Ffr%2Fespace%2F" in html


def test_nobody_logs_in_by_the_identification_itself(client):
    procedure = make_procedure(required_level=Level.HIGH)

    start = client.get(reverse("submission-start", args=[procedure.code]))
    html = client.get(start.url).content.decode()

    assert goal_of(start) == reverse("submission-start", args=[procedure.code])
    assert 'name="purpose" value="login"' in html


def test_without_a_fitting_way_the_counter_is_named(client, user, settings):
    settings.IDENTITY_PROVIDERS = {}
    procedure = make_procedure(required_level=Level.HIGH)

    response = log_in(client, user).get(
        f"{reverse('step-up')}?procedure={procedure.code}", headers={"accept-language": "en"}
    )

    assert response.context["ways"] == []
    assert "/oidc/" not in response.content.decode()


def test_who_meets_it_already_goes_on_at_once(client, user):
    procedure = make_procedure(required_level=Level.HIGH)
    log_in(client, user, method=Method.EID, level=Level.HIGH)

    assert page(client, procedure, "/fr/espace/").url == "/fr/espace/"


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "http:///evil", ""]
)
def test_nobody_is_led_to_another_site(client, user, goal):
    procedure = make_procedure(required_level=Level.HIGH)

    shown = page(log_in(client, user), procedure, goal)
    log_in(client, user, method=Method.EID, level=Level.HIGH)
    led = page(client, procedure, goal)

    assert [way.values["next"] for way in shown.context["ways"]] == [reverse("dashboard")]
    assert led.url == reverse("dashboard")


@pytest.mark.parametrize("query", ["", "?procedure=unknown", "?service=unknown", "?procedure=%00"])
def test_an_address_that_names_nothing_is_not_found(client, query):
    assert client.get(reverse("step-up") + query).status_code == 404


def test_the_page_says_where_one_comes_back(client, user):
    draft = strict(user)

    html = page(log_in(client, user), draft.procedure, chapter(draft)).content.decode()

    assert "Your request (fr)" in html


# A service of a plugin


class Lake(EService):
    slug = "lake"
    verbose_name = "Lake permits"
    requirement = Requirement(level=Level.SUBSTANTIAL, methods=frozenset({Method.ITSME}))


class LakePage(RequirementMixin):
    service = "lake"

    def get(self, request):
        return HttpResponse("the lake")


class LakeApi(APIView):
    service = "lake"
    permission_classes = (MeetsRequirement,)

    def get(self, request):
        return Response({"lake": True})


urlpatterns = [
    path("lake/", LakePage.as_view()),
    path("api/v1/lake/", LakeApi.as_view()),
    *portal_urls,
]


@pytest.mark.urls(__name__)
def test_a_service_asks_on_its_pages_and_in_its_api(client, user):
    with registry.temporarily(Lake()):
        log_in(client, user, method=Method.EID, level=Level.HIGH)
        refused, answer = client.get("/lake/"), client.get("/api/v1/lake/")
        html = client.get(refused.url).content.decode()
        log_in(client, user, method=Method.ITSME, level=Level.SUBSTANTIAL)
        shown, data = client.get("/lake/"), client.get("/api/v1/lake/")

    assert goal_of(refused) == "/lake/"
    assert (answer.json()["code"], answer.json()["methods"]) == ("step_up_required", ["itsme"])
    assert "Lake permits" in html
    assert (shown.content, data.json()) == (b"the lake", {"lake": True})


@pytest.mark.urls(__name__)
def test_a_service_tells_strangers_to_log_in(client):
    with registry.temporarily(Lake()):
        page, answer = client.get("/lake/"), client.get("/api/v1/lake/")

    assert goal_of(page) == "/lake/"
    assert answer.json()["code"] == "accounts.login_required"
    assert not AuthenticationEvent.objects.exists()
