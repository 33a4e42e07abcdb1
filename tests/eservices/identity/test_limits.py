"""Whatever takes a form from the outside is counted, or it is written here why it need not be.

A new address that takes forms makes the first test fail until it stands in one of the two tables.
"""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from eservices.models import RateLimit
from tests.addresses import at
from tests.factories.eservices import PASSWORD, log_in, make_user

ROOT = Path(__file__).resolve().parents[3]

#: Name of the address: bucket of its counter.
COUNTED = {
    "api-account-reports": "details-report",
    "api-account-test-mail": "test-mail",
    "api-ebox-activation": "ebox-mail",
    "api-messages": "messages",
    "api-booking-messages": "messages",
    "api-booking-documents": "messages",
    "api-agent-booking-messages": "messages",
    "api-rooms-quote": "rooms-quote",
    "api-rooms-dry-run": "rooms-quote",
    "booking-message": "messages",
    "api-faq-feedback": "faq-feedback",
    "faq-feedback": "faq-feedback",
    "account-email": "email-change",
    "account-password": "password-change",
    "api-profile-invitations": "colleague-invited",
    "api-profiles": "space-declared",
    "details-report": "details-report",
    "ebox-activate": "ebox-mail",
    "identity-complete": "opening-mail",
    "identity-complete-code": "opening-code",
    "identity-link": "identity-start",
    "invitation-again": "invitation-again",
    "login": "login-network",
    "message-send": "messages",
    "oidc-start": "identity-start",
    "passkey-login": "passkey",
    "passkey-question": "passkey",
    "passkey-register": "passkey",
    "passkey-register-question": "passkey",
    "password-by-mail": "password-reset",
    "password-criteria": "password-criteria",
    "password-reset": "password-reset",
    "privacy-erase": "privacy-erase",
    "privacy-export": "privacy-export",
    "register": "register",
    "space-colleagues": "colleague-invited",
    "space-new-contact": "space-declared",
    "test-mail": "test-mail",
    "wagtailcore_authenticate_with_password": "shared-password",
    "wagtaildocs_authenticate_with_password": "shared-password",
    "web-eid": "web-eid",
    "web-eid-challenge": "web-eid-challenge",
    "web-eid-link-challenge": "web-eid-challenge",
}

CODES = "wrong codes are counted at the method itself (actions.code_tries, actions.login_codes)"
LINK = "only with a mailed secret of 256 bits, which no number of tries finds"
FRESH = "only after a proof of the last minutes; changes the person's own methods, ten at most"
OWN = "a person in their own data, with a limit on its size; every change is written down"
ENDS = "only takes something away from who asks"
FILE = "a person in their own file; what is sent is judged by people"
ROOM = "a person for a room, as often as its rules allow (max_active); people decide on each"
AGENT = "people of the municipality with a second factor; every act is written down"

BOOKING_ACTS = (
    *("confirm", "decline", "propose", "move", "cancel", "no-show", "residence", "title"),
    *("payment", "handover"),
)

#: Name of the address: why nobody counts.
NOT_COUNTED = {
    "login-code": CODES,
    "invitation-code": CODES,
    "reauthenticate": CODES,
    "invitation": LINK,
    "password-reset-set": LINK,
    "email-change-confirm": LINK,
    "email-undo": LINK,
    **dict.fromkeys(
        ("app-add", "app-remove", "app-rename", "backup-codes", "backup-codes-file"), FRESH
    ),
    **dict.fromkeys(("first-method", "passkey-remove", "passkey-rename"), FRESH),
    "identity-unlink": ENDS,
    "identity-confirm": "works once for one answer of a provider, which is counted",
    **dict.fromkeys(("details", "organisation-details", "preferences", "api-account"), OWN),
    **dict.fromkeys(("api-account-preferences", "space-edit", "space-mandate"), OWN),
    **dict.fromkeys(("space-new", "space-new-number", "space-new-name", "space-new-function"), OWN),
    **dict.fromkeys(("space-switch", "api-session-profile", "space-invitation-answer"), OWN),
    **dict.fromkeys(("space-colleague-role", "api-session-extend", "api-profile-member"), OWN),
    **dict.fromkeys(("api-account-invitation-accept", "api-account-invitation-decline"), OWN),
    "api-profile-invitation": ENDS,
    **dict.fromkeys(("logout", "look-end", "space-leave", "space-colleague-end"), ENDS),
    **dict.fromkeys(("space-invitation-withdraw", "session-end", "sessions-end-all"), ENDS),
    **dict.fromkeys(("sessions-end-others", "api-account-session"), ENDS),
    **dict.fromkeys(("api-submissions", "api-submission", "api-submission-validate"), FILE),
    **dict.fromkeys(("api-submission-send", "api-submission-withdraw", "api-annexes"), FILE),
    **dict.fromkeys(("api-annex", "submission-start", "submission-check"), FILE),
    **dict.fromkeys(("submission-changes", "submission-withdraw", "submission-discard"), FILE),
    **dict.fromkeys(("annex-add", "submission-autosave", "submission-chapter"), FILE),
    **dict.fromkeys((f"api-agent-booking-{act}" for act in BOOKING_ACTS), AGENT),
    **dict.fromkeys(("api-agent-bookings", "api-agent-blocks", "api-agent-block"), AGENT),
    **dict.fromkeys(("api-agent-lists", "api-agent-exports"), AGENT),
    **dict.fromkeys(("api-agent-list", "api-agent-export"), AGENT),
    **dict.fromkeys(("api-agent-claim", "api-agent-release"), AGENT),
    **dict.fromkeys(("api-agent-accept", "api-agent-reject", "api-agent-close"), AGENT),
    **dict.fromkeys(("api-agent-reconsider", "api-agent-assign", "api-agent-transfer"), AGENT),
    **dict.fromkeys(("api-agent-annex", "api-agent-annex-take", "api-agent-annexes"), AGENT),
    **dict.fromkeys(("api-agent-message", "api-agent-messages", "api-agent-notes"), AGENT),
    **dict.fromkeys(("api-agent-messages-read", "api-agent-opinion"), AGENT),
    **dict.fromkeys(("api-agent-opinions", "api-agent-request", "api-agent-requests"), AGENT),
    **dict.fromkeys(("api-agent-payment", "api-agent-request-payment"), AGENT),
    **dict.fromkeys(("annex-delete", "annex-replace", "annex-send", "annex-send-wanted"), FILE),
    **dict.fromkeys(("api-submission-copy", "submission-copy", "submission-keep"), FILE),
    **dict.fromkeys(("api-submission-keep", "api-submission-correction"), FILE),
    **dict.fromkeys(("api-submission-correction-send", "correction-autosave"), FILE),
    **dict.fromkeys(("correction-begin", "correction-chapter", "correction-check"), FILE),
    **dict.fromkeys(("correction-annex-add", "api-submission-correction-annexes"), FILE),
    "api-submission-correction-annex": FILE,
    **dict.fromkeys(("correction-drop", "submission-request", "api-request-answer"), FILE),
    **dict.fromkeys(("api-message", "message-edit", "message-file"), FILE),
    **dict.fromkeys(("api-messages-read", "api-notice-read", "api-notices-read"), OWN),
    **dict.fromkeys(("notices-read", "export-new", "api-ebox-open", "ebox-message"), OWN),
    **dict.fromkeys(("ebox-end", "export-delete", "rooms-address-end"), ENDS),
    **dict.fromkeys(("rooms-address-make", "rooms-address-replace"), OWN),
    **dict.fromkeys(("room-request", "booking-answer", "booking-cancel"), ROOM),
    **dict.fromkeys(("api-bookings", "api-booking-cancel"), ROOM),
    **dict.fromkeys(("api-booking-accept-proposal", "api-booking-decline-proposal"), ROOM),
    **dict.fromkeys(("ebox-code", "api-ebox-confirm"), CODES),
}
#: Functions that take forms; all other functions of ours only show something.
FUNCTIONS = {
    "faq-feedback",
    "wagtailcore_authenticate_with_password",
    "wagtaildocs_authenticate_with_password",
}
#: Behind the gate of the back office (test_gate), of the demo alone, or read-only.
ELSEWHERE = ("admin/", "sandbox/", "api/v2/")
WRITES = ("post", "put", "patch", "delete")


def takes_forms() -> set[str]:
    """The names of all addresses outside the back office whose view changes something."""
    found = set()

    def walk(entries, prefix=""):
        for entry in entries:
            route = prefix + str(entry.pattern)
            if route.startswith(ELSEWHERE):
                continue
            if isinstance(entry, URLResolver):
                walk(entry.url_patterns, route)
            elif changes_something(entry):
                found.add(entry.name or route)

    walk(get_resolver().url_patterns)
    return found


def changes_something(entry) -> bool:
    """Whether a view takes more than GET; Wagtail's own login page is shadowed by a redirect (below)."""
    view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
    if view is None:
        return entry.name in FUNCTIONS
    if view.__module__.startswith("django."):
        return False
    return any(hasattr(view, name) and name in view.http_method_names for name in WRITES)


def test_every_address_that_takes_forms_is_counted_or_says_why_not():
    known = takes_forms()

    assert known - set(COUNTED) - set(NOT_COUNTED) == set(), "these have neither counter nor reason"
    assert (set(COUNTED) | set(NOT_COUNTED)) - known == set(), "these are gone"
    assert set(COUNTED) & set(NOT_COUNTED) == set()


def buckets_of_the_code() -> set[str]:
    sources = [path for app in ("eservices", "faq", "rooms") for path in (ROOT / app).rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    named = re.findall(r'bucket="([a-z-]+)"', text)
    return {*named, *re.findall(r'count_try\(\w+(?:\.\w+)?, "([a-z-]+)"\)', text)}


def test_operators_find_every_limit_in_their_manual():
    manual = (ROOT / "docs" / "operations.md").read_text()
    limits = manual.partition("## Limits on tries")[2].partition("\n## ")[0]

    assert set(COUNTED.values()) <= buckets_of_the_code()
    missing = {bucket for bucket in buckets_of_the_code() if f"`{bucket}`" not in limits}
    assert missing == set()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("route", "data", "person"),
    [
        ("login", {"auth-username": "a@example.org", "auth-password": "x"}, False),
        ("register", {"email": "a@example.org"}, False),
        ("password-reset", {"email": "a@example.org"}, False),
        ("invitation-again", {"email": "a@example.org"}, False),
        ("password-criteria", {"password": "abc"}, False),
        ("passkey-question", {}, False),
        ("passkey-login", {"answer": "{}"}, False),
        ("account-password", {"current": "x", "password": "Another-good-2026"}, True),
        ("account-email", {"email": "n@example.org", "password": PASSWORD}, True),
        ("password-by-mail", {}, True),
        ("privacy-export", {}, True),
    ],
)
def test_the_counter_counts(route, data, person):
    client = Client()
    if person:
        log_in(client, make_user())

    client.post(at(route), data | ({"login-current_step": "auth"} if route == "login" else {}))

    assert RateLimit.objects.filter(bucket=COUNTED[route], count=1).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "tries"),
    [
        ("/fr/_util/authenticate_with_password/1/1/", 20),
        ("/documents/authenticate_with_password/1/", 20),
    ],
)
def test_shared_passwords_are_counted(client, path, tries):
    statuses = [client.post(path, {"password": "x"}).status_code for _try in range(tries + 1)]

    assert statuses == [404] * tries + [429]
    assert RateLimit.objects.get(bucket="shared-password").count == tries


@pytest.mark.django_db
def test_the_second_login_page_of_wagtail_logs_nobody_in(client):
    user = make_user("claire@example.org")

    answer = client.post("/fr/_util/login/", {"username": user.email, "password": PASSWORD})

    assert answer.url.startswith(at("login"))
    assert "_auth_user_id" not in client.session
