"""What somebody typed when the session was over comes back: to the same person, on the same page, for an hour."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from eservices.actions import annexes
from eservices.identity import kept_posts
from eservices.models import User
from eservices.queries.submissions import content_of
from tests.addresses import at
from tests.eservices.actions.test_requests import WHEN, asked
from tests.factories.documents import letter
from tests.factories.eservices import make_user
from tests.factories.submissions import make_draft, make_sent

pytestmark = pytest.mark.django_db

START = timezone.now()
TYPED = {"q-name": "Fête des voisins", "q-people": "120"}


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def enter(client: Client, user: User) -> None:
    """Log in as people do: through the border between browser and session."""
    from django.contrib.auth import SESSION_KEY
    from django.http import HttpRequest

    from eservices.identity import sessions
    from eservices.views.login import mail_code_proof

    request = HttpRequest()
    request.session = client.session
    request.user = user
    sessions.begin(request, user=user, proof=mail_code_proof())
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    assert SESSION_KEY in client.session


@pytest.fixture
def draft():
    return make_draft()


@pytest.fixture
def late(client, draft, clock):
    """A browser that posts a chapter after the end of its session; returns the answer."""
    enter(client, draft.acting_user)
    clock.shift(1300)
    return client.post(chapter(draft), {**TYPED, "revision": str(draft.revision)})


def chapter(draft, language: str = "fr") -> str:
    with translation.override(language):
        return reverse("submission-chapter", args=[draft.reference, "c-1"])


def shown(client, draft, **query) -> str:
    return client.get(chapter(draft), query).content.decode()


@pytest.mark.feature("C4")
def test_a_late_chapter_is_kept_and_shown_after_the_login(client, draft, late):
    assert late.url.startswith(at("session-ended"))
    ended = client.get(late.url)
    assert ended.context["kept"] is True
    assert ended.context["login_again"].endswith(f"?next={chapter(draft).replace('/', '%2F')}")

    enter(client, draft.acting_user)
    page = client.get(chapter(draft))

    assert page.context["kept"] is True
    assert "Fête des voisins" in page.content.decode()
    draft.refresh_from_db()
    assert content_of(draft).answers == {}, "nothing is saved until the person says so"


def test_it_is_found_again_in_another_language(client, draft, late):
    enter(client, draft.acting_user)

    assert "Fête des voisins" in client.get(chapter(draft, "de")).content.decode()


def test_it_is_there_after_a_reload_and_gone_once_it_is_saved(client, draft, late):
    enter(client, draft.acting_user)
    for _turn in range(2):
        assert "Fête des voisins" in shown(client, draft)

    client.post(chapter(draft), {**TYPED, "q-people": "121", "revision": str(draft.revision)})

    page = client.get(chapter(draft))
    assert "kept" not in page.context
    draft.refresh_from_db()
    assert content_of(draft).answers["q-people"] == "121"
    assert client.session[kept_posts.KEY] == []


def test_the_person_may_prefer_what_was_saved(client, draft, late):
    enter(client, draft.acting_user)
    assert "Fête des voisins" in shown(client, draft)

    assert "Fête des voisins" not in shown(client, draft, saved="1")
    assert "Fête des voisins" not in shown(client, draft)


def test_another_person_in_the_same_browser_never_sees_it(client, draft, late):
    assert kept_posts.KEY in client.session
    enter(client, make_user())

    assert client.get(chapter(draft)).status_code == 404
    assert kept_posts.KEY not in client.session
    enter(client, draft.acting_user)
    assert "Fête des voisins" not in shown(client, draft)


def test_it_waits_for_an_hour(client, draft, late, clock):
    clock.shift(3601)
    enter(client, draft.acting_user)

    assert "Fête des voisins" not in shown(client, draft)


def test_the_database_holds_nothing_readable(client, draft, late):
    row = Session.objects.get(session_key=client.cookies["sessionid"].value)

    whole = json.dumps(row.get_decoded(), ensure_ascii=False)
    assert "submission-chapter" in whole
    assert "voisins" not in whole


def test_secrets_and_tokens_are_not_kept(client, draft, clock):
    user = draft.acting_user
    enter(client, user)
    clock.shift(1300)
    secrets = {"csrfmiddlewaretoken": "t", "password": "p", "new_password1": "p", "otp_token": "1"}

    client.post(chapter(draft), {**TYPED, **secrets})

    enter(client, user)
    request = client.get(chapter(draft)).wsgi_request
    place = kept_posts.place_named(
        "submission-chapter", {"reference": draft.reference, "chapter": "c-1"}
    )
    assert set(kept_posts.kept(request, user=user, place=place)) == set(TYPED)


def test_too_much_is_not_kept_at_all(client, draft, clock):
    enter(client, draft.acting_user)
    clock.shift(1300)

    client.post(chapter(draft), {"q-name": "x" * 70_000})

    assert kept_posts.KEY not in client.session


def test_pages_that_do_not_ask_for_it_keep_nothing(client, clock):
    enter(client, make_user())
    clock.shift(1300)

    answer = client.post(at("account-password"), {"current": "a", "new": "b"})

    assert answer.url.startswith(at("session-ended"))
    assert kept_posts.KEY not in client.session


def test_details_come_back_too(client, clock):
    user = make_user(first_name="Claire")
    enter(client, user)
    clock.shift(1300)
    typed = {"first_name": "Clara", "last_name": "Renard", "language": "fr", "phone": ""}

    client.post(at("details"), typed)
    enter(client, user)
    page = client.get(at("details"))

    assert page.context["kept"] is True
    assert 'value="Clara"' in page.content.decode()
    user.refresh_from_db()
    assert user.first_name == "Claire"


@pytest.fixture
def sent_file():
    return make_sent()


@pytest.mark.feature("A13")
def test_a_late_message_waits_on_the_page_of_its_file_with_its_documents(client, sent_file, clock):
    user = sent_file.acting_user
    annex = annexes.stage(submission=sent_file, uploaded=letter("plan.pdf"), by=user)
    enter(client, user)
    clock.shift(1300)
    page, send = (
        at("submission", reference=sent_file.reference),
        at("message-send", reference=sent_file.reference),
    )
    typed = {"body": "Un croquis suffit-il ?", "key": "k", "attachment": str(annex.public_id)}

    ended = client.post(send, typed)

    assert not sent_file.messages.exists()
    assert client.get(ended.url).context["kept"] is True
    enter(client, user)
    assert client.get(send).url == f"{page}#message-form"
    found = client.get(page).context["discussion"]
    assert (found["kept"], found["body"], found["key"]) == (True, typed["body"], "k")
    assert [row["name"] for row in found["staged"]] == ["plan.pdf"]
    client.post(send, typed)
    assert sent_file.messages.get().annexes.count() == 1
    assert client.get(page).context["discussion"]["body"] == ""


def test_a_message_that_is_not_wanted_any_more_goes_and_nobody_else_sees_it(
    client, sent_file, clock
):
    enter(client, sent_file.acting_user)
    clock.shift(1300)
    client.post(at("message-send", reference=sent_file.reference), {"body": "Hm.", "key": "k"})
    page = at("submission", reference=sent_file.reference)
    enter(client, sent_file.acting_user)
    assert client.get(page).context["discussion"]["body"] == "Hm."

    assert client.get(page, {"saved": "1"}).context["discussion"]["body"] == ""
    assert client.get(page).context["discussion"]["body"] == ""


def test_an_answer_to_a_request_comes_back(client, clock):
    file, _agent, (request,) = asked(WHEN)
    place = at("submission-request", reference=file.reference, request_id=request.public_id)
    enter(client, file.acting_user)
    clock.shift(1300)

    client.post(place, {"text": "Vers midi."})
    enter(client, file.acting_user)
    page = client.get(place)

    assert page.context["kept"] is True
    assert "Vers midi." in page.content.decode()
    assert client.post(place, {"text": "Vers midi."}).status_code == 302
    request.refresh_from_db()
    assert request.answer == "Vers midi."


def test_a_form_without_a_word_is_not_kept(client, clock):
    file, _agent, _requests = asked(WHEN)
    enter(client, file.acting_user)
    clock.shift(1300)
    request = file.requests.get().public_id

    client.post(
        at("submission-request", reference=file.reference, request_id=request), {"text": " "}
    )

    assert kept_posts.KEY not in client.session


@pytest.mark.parametrize(
    ("site", "kept"), [("same-origin", True), ("cross-site", False), ("", False)]
)
def test_a_form_with_an_old_token_meets_the_page_that_says_why(draft, clock, site, kept):
    """Not the page about security tokens; kept only when the browser says that our own page has sent it."""
    client = Client(enforce_csrf_checks=True)
    enter(client, draft.acting_user)
    clock.shift(1300)

    answer = client.post(chapter(draft), TYPED, headers={"Sec-Fetch-Site": site} if site else {})

    assert answer.url.startswith(at("session-ended"))
    assert bool(client.session.get(kept_posts.KEY)) is kept


def shown_form(client: Client, draft) -> dict[str, str]:
    """Open the chapter as a browser does; returns what its form sends, with the token of now."""
    page = client.get(chapter(draft)).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    return {**TYPED, "revision": str(draft.revision), "csrfmiddlewaretoken": token.group(1)}


def enter_with_token(client: Client, user: User) -> None:
    """Log in as people do, the new token of forms included."""
    from django.http import HttpRequest

    from eservices.identity import sessions
    from eservices.views.login import mail_code_proof

    request = HttpRequest()
    request.session, request.user = client.session, user
    request.META["CSRF_COOKIE"] = client.cookies["csrftoken"].value
    sessions.begin(request, user=user, proof=mail_code_proof())
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key
    client.cookies["csrftoken"] = request.META["CSRF_COOKIE"]


@pytest.mark.feature("C4")
@pytest.mark.parametrize("later", [0, 1300], ids=["still logged in", "after the end"])
def test_a_form_from_before_a_new_login_in_another_tab_comes_back(draft, clock, later):
    client, user = Client(enforce_csrf_checks=True), draft.acting_user
    enter(client, user)
    form = shown_form(client, draft)
    clock.shift(later)
    enter_with_token(client, user)

    answer = client.post(chapter(draft), form)
    page = client.get(answer.url)

    assert answer.url == chapter(draft)
    assert page.context["kept"] is True
    assert "Fête des voisins" in page.content.decode()
    draft.refresh_from_db()
    assert content_of(draft).answers == {}, (
        "a form with an old token is shown again, never carried out"
    )


def test_a_form_from_before_the_login_of_somebody_else_is_lost(draft, clock):
    client = Client(enforce_csrf_checks=True)
    enter(client, draft.acting_user)
    form = shown_form(client, draft)
    enter_with_token(client, make_user())

    answer = client.post(chapter(draft), form)

    assert answer.status_code == 403
    assert "open for too long" in answer.content.decode()
    assert kept_posts.KEY not in client.session


@pytest.mark.parametrize("token", ["", "x" * 32, "x" * 64, "é" * 64, "-" * 64, "x" * 65])
def test_a_form_of_another_site_is_not_kept(draft, clock, token):
    client, user = Client(enforce_csrf_checks=True), draft.acting_user
    enter(client, user)
    shown_form(client, draft)
    enter_with_token(client, user)

    answer = client.post(chapter(draft), {**TYPED, "csrfmiddlewaretoken": token})

    assert answer.status_code == 403
    assert kept_posts.KEY not in client.session


def test_no_place_is_left_for_more_than_five(rf):
    from django.contrib.sessions.backends.db import SessionStore

    user, session = make_user(), SessionStore()
    for number in range(7):
        request = rf.post(f"/somewhere/{number}/", {"a": str(number)})
        request.session, request.resolver_match = session, None
        assert kept_posts.keep(request, user=user) is True

    assert [row["place"][-2] for row in session[kept_posts.KEY]] == ["2", "3", "4", "5", "6"]
    old = timezone.now() + kept_posts.KEPT_FOR + timedelta(seconds=1)
    with time_machine.travel(old):
        assert kept_posts.of_user(request, user) == []


@pytest.mark.feature("C4")
def test_a_chapter_sent_after_logging_out_in_another_tab_is_kept(client, draft, clock):
    enter(client, draft.acting_user)
    client.post(at("logout"))
    late = client.post(chapter(draft), {**TYPED, "revision": str(draft.revision)})

    assert late.url.startswith(at("session-ended"))
    draft.refresh_from_db()
    assert "q-name" not in content_of(draft).answers
    enter(client, draft.acting_user)
    page = client.get(chapter(draft))
    assert page.context["kept"] is True
    assert "Fête des voisins" in page.content.decode()


def test_what_was_sent_after_logging_out_is_shown_to_nobody_else(client, draft, clock):
    enter(client, draft.acting_user)
    client.post(at("logout"))
    client.post(chapter(draft), {**TYPED, "revision": str(draft.revision)})
    other = make_draft(user=make_user("other@example.org"))
    enter(client, other.acting_user)

    assert "Fête des voisins" not in shown(client, other)
    assert client.get(chapter(draft)).status_code == 404


def test_who_logged_out_and_reads_on_comes_to_the_login_page(client, draft, clock):
    enter(client, draft.acting_user)
    client.post(at("logout"))

    assert client.get(chapter(draft)).url.startswith(at("login"))
    assert client.get(at("dashboard")).url.startswith(at("login"))


def test_a_session_after_logging_out_gives_no_right_and_forgets_it_at_the_next_login(
    client, draft, clock
):
    enter(client, draft.acting_user)
    before = client.session.session_key
    client.post(at("logout"))
    assert client.session.session_key != before
    assert client.get("/api/v1/session/").json()["authenticated"] is False

    enter(client, draft.acting_user)
    clock.shift(1300)

    assert client.get(chapter(draft)).url.startswith(at("session-ended"))
