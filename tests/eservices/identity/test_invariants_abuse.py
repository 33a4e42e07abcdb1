"""Invariants against abuse (research on identity, 8): closed doors, tokens, links, and answers that tell nothing."""

import re
import statistics
import time
from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone

from eservices.actions import colleagues, email_changes, first_logins, invitations
from eservices.actions.housekeeping import clear_sessions
from eservices.enums import MembershipRole
from eservices.models import ColleagueInvitation, User
from eservices.passwords import SmallArgon2PasswordHasher as Hasher
from tests.addresses import at
from tests.eservices.identity.conftest import code_in, give_code, give_password, link_in
from tests.factories.eservices import PASSWORD, log_in, make_agent, make_terms, make_user
from tests.factories.organisations import make_membership

pytestmark = pytest.mark.django_db

AGENT_API = "/api/v1/agent/"
SOME_ID = "6f1c0a52-3f1e-4b0e-9f4e-2f3d5c1b7a90"
#: What stands for each parameter of an address.
VALUES = {"int": "1", "uuid": SOME_ID, "slug": "some", "str": "some", "path": "some"}


def addresses(*beginnings: str) -> list[str]:
    """Every address that begins so, found by the resolver, with something for each parameter."""
    found = []

    def walk(entries, prefix):
        for entry in entries:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, route)
            elif isinstance(entry, URLPattern) and route.startswith(beginnings):
                found.append(route)

    walk(get_resolver().url_patterns, "/")
    filled = {
        re.sub(r"<(?:(\w+):)?\w+>", lambda part: VALUES.get(part[1] or "str", "some"), route)
        for route in found
    }
    return sorted(path for path in filled if not set("^(\\$") & set(path))


@pytest.mark.parametrize("who", ["nobody", "password only", "citizen"])
@pytest.mark.parametrize("script", [False, True], ids=["page", "script"])
def test_i1_no_door_of_the_municipality_opens_without_right_and_second_factor(who, script):
    client = Client()
    if who == "password only":
        agent = make_agent(is_superuser=True)
        client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    elif who == "citizen":
        log_in(client, make_user())
    paths = set(addresses("/admin/", AGENT_API)) - {"/admin/login/"}
    headers = {"X-Requested-With": "XMLHttpRequest"} if script else {}

    statuses = {path: client.get(path, headers=headers).status_code for path in paths}

    assert len(paths) > 250
    assert any("preview" in path for path in paths)
    assert any(path.startswith(AGENT_API) for path in paths)
    allowed = {403} if script or who == "citizen" else {302, 403}
    api = {404, 405}  # below the API: what does not exist for them
    wrong = {
        path: status
        for path, status in statuses.items()
        if status not in (allowed | api if path.startswith("/api/") else allowed)
    }
    assert wrong == {}


def test_i1_the_same_doors_open_for_an_agent_with_a_second_factor(client):
    log_in(client, make_agent(is_superuser=True))

    paths = ("/admin/", "/admin/pages/", "/admin/invitations/", f"{AGENT_API}submissions/")
    assert [client.get(path).status_code for path in paths] == [200] * len(paths)


def everything_stored() -> str:
    """Each value of each row of ours, as text."""
    models = apps.get_app_config("eservices").get_models()
    return "\n".join(str(row) for model in models for row in model.objects.values())


def token_in(letter) -> str:
    return link_in(letter).rstrip("/").rpartition("/")[2]


@pytest.mark.parametrize("kind", ["invitation", "reset", "new address", "undo"])
def test_i6_every_mailed_token_is_stored_hashed_works_once_and_expires(client, letters, kind):
    make_terms()
    user = make_user("claire@example.org")
    if kind == "invitation":
        invitations.invite(email="anna@example.org", by=make_agent(), language="fr")
    elif kind == "reset":
        client.post(at("password-reset"), {"email": user.email})
    else:
        email_changes.ask_for_change(user=user, new_email="new@example.org", password=PASSWORD)
        if kind == "undo":
            confirm = client.get(link_in(letters()[-1])).url
            assert client.post(confirm).status_code == 302
    link = link_in(letters()[-1])
    token = token_in(letters()[-1])

    assert len(token) >= 39
    assert token not in everything_stored()

    far = timezone.now() + timedelta(days=40)
    with time_machine.travel(far, tick=True):
        late = Client()
        assert late.get(late.get(link).url).status_code == 410

    page = client.get(link)
    assert client.get(page.url).status_code == 200
    if kind == "invitation":
        answers = {"first_name": "A", "last_name": "K", "password": PASSWORD, "terms": "on"}
        client.post(page.url, answers)
        client.post(at("invitation-code"), {"otp_token": code_in(letters()[-1])})
    else:
        client.post(page.url, {"password": "Another-good-2026"})
    again = Client()
    assert again.get(again.get(link).url).status_code == 410
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]


def test_i6_a_colleague_s_invitation_is_for_one_account_once_and_expires(client, letters):
    """It holds no secret of its own: the owner of the address finds it in their account."""
    membership = make_membership(make_user(), role=MembershipRole.ADMIN)
    marc = make_user("marc@example.org")
    row = colleagues.invite(profile=membership.profile, email=marc.email, by=membership.user)
    url, yes = at("space-invitation-answer", invitation=row.public_id), {"answer": "accept"}

    log_in(Client(), make_user()).post(url, yes)
    with time_machine.travel(row.expires_at + timedelta(seconds=1), tick=True):
        log_in(Client(), marc).post(url, yes)
    before = membership.profile.memberships.count()
    log_in(client, marc).post(url, yes)
    client.post(url, yes)

    assert before == 1, "neither a stranger nor somebody too late came in"
    assert membership.profile.memberships.filter(user=marc).count() == 1
    assert not any("token" in field.name for field in ColleagueInvitation._meta.get_fields())


@pytest.mark.parametrize("kind", ["invitation", "reset", "new address"])
def test_i11_opening_a_mailed_link_changes_nothing(client, letters, kind):
    make_terms()
    user = make_user("claire@example.org")
    if kind == "invitation":
        invitations.invite(email="anna@example.org", by=make_agent(), language="fr")
    elif kind == "reset":
        client.post(at("password-reset"), {"email": user.email})
    else:
        email_changes.ask_for_change(user=user, new_email="new@example.org", password=PASSWORD)
    letter = letters()[-1]
    before = everything_stored()

    for _scanner in range(3):
        scanner = Client()
        assert scanner.get(scanner.get(link_in(letter)).url).status_code == 200
        scanner.head(link_in(letter))

    assert everything_stored() == before
    assert len(letters()) == len(mail.outbox)


def shown(answer, *addresses: str) -> str:
    """A page as the person reads it, without the token of its form and the address that was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    return text


KNOWN, UNKNOWN, CLOSED = "known@example.org", "nobody@example.org", "closed@example.org"


@pytest.fixture
def people(db):
    make_user(KNOWN)
    make_user(CLOSED, is_active=False)
    without = make_user("without@example.org")
    without.set_unusable_password()
    without.save()


ALL = (KNOWN, UNKNOWN, CLOSED, "without@example.org")


@pytest.mark.usefixtures("people")
def test_i12_logging_in_tells_nothing_about_an_address(letters):
    seen = []
    for address in ALL:
        answer = give_password(Client(), address, "Wrong-password-2026")
        seen.append((answer.status_code, shown(answer, address), len(letters())))

    assert set(seen) == {seen[0]}
    assert (seen[0][0], seen[0][2]) == (422, 0)


@pytest.mark.parametrize("route", ["password-reset", "invitation-again"])
@pytest.mark.usefixtures("people")
def test_i12_asking_for_a_mail_tells_nothing_about_an_address(route):
    seen = []
    for address in ALL:
        client = Client()
        answer = client.post(at(route), {"email": address})
        page = client.get(answer.url)
        seen.append((answer.status_code, answer.url, shown(page, address)))

    assert set(seen) == {seen[0]}
    assert seen[0][0] == 302


@pytest.mark.usefixtures("people")
def test_i12_completing_an_account_mails_once_for_any_address(letters):
    for number, address in enumerate((KNOWN, UNKNOWN, "without@example.org")):
        before = len(letters())
        told = first_logins.send_opening_code(
            email=address, language="fr", round_id=f"round-{number}"
        )
        assert (told, len(letters()) - before) == (None, 1)
        assert letters()[-1].to == [address]


@pytest.mark.usefixtures("people")
def test_i12_inviting_a_colleague_tells_nothing_about_an_address(client, letters):
    membership = make_membership(make_user(), role=MembershipRole.ADMIN)
    log_in(client, membership.user)
    seen = []
    for address in (KNOWN, UNKNOWN):
        before = len(letters())
        row = colleagues.invite(profile=membership.profile, email=address, by=membership.user)
        seen.append((row.state, row.role, len(letters()) - before))
        assert letters()[-1].to == [address]

    assert set(seen) == {seen[0]}


@pytest.mark.usefixtures("people")
def test_i12_a_password_costs_the_same_time_for_every_address(settings, client):
    settings.PASSWORD_HASHERS = [
        "eservices.passwords.SmallArgon2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    user = User.objects.get(email=KNOWN)
    user.set_password(PASSWORD)
    user.save()
    closed = User.objects.get(email=CLOSED)
    closed.set_password(PASSWORD)
    closed.save()
    hashed = []

    def counting(name):
        original = getattr(Hasher, name)

        def call(self, *args, **kwargs):
            hashed.append(name)
            return original(self, *args, **kwargs)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in ("encode", "verify"):
            patch.setattr(Hasher, name, counting(name))
        work, medians = {}, {}
        for address in ALL:
            hashed.clear()
            times = []
            for number in range(5):
                origin = Client(REMOTE_ADDR=f"198.51.100.{number}")
                start = time.perf_counter()
                give_password(origin, address, "Wrong-password-2026")
                times.append(time.perf_counter() - start)
            work[address], medians[address] = len(hashed), statistics.median(times)

    assert work == dict.fromkeys(ALL, 5), "one hash for each try, whoever is asked for"
    assert max(medians.values()) < 3 * min(medians.values())


def test_reading_public_pages_begins_no_session(client):
    for path in ("/fr/", at("register"), at("password-reset"), at("procedures")):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies, path

    assert not Session.objects.exists()


def test_the_session_of_a_visitor_ends_after_an_hour_and_goes(client):
    make_user(KNOWN)
    give_password(client, KNOWN)
    row = Session.objects.get()

    assert timedelta(minutes=59) < row.expire_date - timezone.now() <= timedelta(hours=1)
    assert clear_sessions(now=timezone.now() + timedelta(minutes=61)) == 1


def test_logging_in_by_a_code_changes_the_cookie(client, letters):
    make_user(KNOWN)
    give_password(client, KNOWN)
    before = client.cookies["sessionid"].value

    give_code(client, code_in(letters()[-1]))

    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(pk=before).exists()
    assert client.session.get_expiry_age() > 8 * 3600
