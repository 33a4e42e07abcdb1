"""I7: a national number appears in plain text in no log, address, index, letter, revision, session or list.

Real journeys with planted numbers, then a search through everything that was written or sent.
"""

import base64
import hashlib
import io
import json
import logging
import zipfile

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from eservices.actions import drafts, identifiers, journal, privacy, reviews, submissions
from eservices.enums import FieldSource, Level, Method, Side
from eservices.models import OutgoingMail, PersonIdentifier, Submission, User
from eservices.permissions import ensure_groups
from eservices.queries.identifiers import number_of
from tests.addresses import at
from tests.eservices.identity.conftest import code_in
from tests.eservices.identity.number_traces import Traces, pattern
from tests.eservices.identity.oidc_flow import set_out
from tests.factories.eservices import log_in, make_terms, make_user
from tests.factories.submissions import COMPLETE, given, make_procedure, viewer_of

pytestmark = pytest.mark.django_db
#: Whom the forging provider knows: proved, and the provider's subject as well (CSAM did so once).
PROVED = "85073003328"
#: Typed into a form, for somebody else.
TYPED = "92092399816"


@pytest.fixture
def traces(caplog):
    """Collects logs of every library at every level, as they are written."""
    caplog.set_level(logging.DEBUG)
    return Traces()


def first_login(client, forger, letters, traces):
    """A stranger comes by CSAM, completes the account and proves the mailbox."""
    make_terms()
    forger.claims = forger.details = {"sub": PROVED}
    way = set_out(client, forger, next="/en/account/")
    traces.keep("address of the provider", json.dumps(way.parameters))
    traces.response("callback", way.back())
    page = at("identity-complete", "en")
    traces.response("complete", client.get(page))
    answers = {"email": "margaux@example.org", "language": "en", "terms": "on"}
    traces.response("complete sent", client.post(page, answers))
    code = code_in(letters()[-1])
    traces.response("code", client.get(at("identity-complete-code", "en")))
    sent = client.post(at("identity-complete-code", "en"), {"otp_token": code})
    traces.response("code sent", sent)
    return User.objects.get(email="margaux@example.org")


def sent_request(client, user, traces):
    """The person fills a form in, with a number of somebody else, and sends it."""
    procedure = make_procedure()
    start = client.post(at("submission-start", "en", code=procedure.code))
    traces.response("start", start)
    draft = Submission.objects.get(acting_user=user)
    page = at("submission-chapter", "en", reference=draft.reference, chapter="c-2")
    form = {"revision": draft.revision, "q-nn": TYPED, "q-agree": "on"}
    traces.response("chapter", client.post(page, form), own=True)
    draft.refresh_from_db()
    wrong = {"revision": draft.revision, "q-nn": TYPED[:-1] + "0", "q-agree": "on"}
    traces.response("chapter refused", client.post(page, wrong), own=True)
    return finish(draft, user)


def finish(draft, user):
    """Put the other answers in and send."""
    draft.refresh_from_db()
    drafts.save(
        submission=draft,
        result=given({**COMPLETE, "q-nn": TYPED}),
        base_revision=draft.revision,
        by=user,
    )
    draft.refresh_from_db()
    return submissions.submit(
        submission=draft, viewer=viewer_of(user), revision=draft.revision, locale="en"
    )


def own_pages(client, file, traces):
    """The person looks at everything; what a page shows in full to its owner is only the form."""
    routes = ("dashboard", "details", "security", "privacy")
    for route in routes:
        traces.response(route, client.get(at(route, "en")))
    values = {"reference": file.reference}
    traces.response("file", client.get(at("submission", "en", **values)))
    traces.response("pdf", client.get(at("submission-pdf", "en", **values)))
    for path in ("session/", "account/", "submissions/", f"submissions/{file.reference}/"):
        own = path.endswith(f"{file.reference}/")
        traces.response(f"api {path}", client.get(f"/api/v1/{path}"), own=own)


def agents_work(file, traces):
    """An agent finds, reads, shows the number once, and decides."""
    agent = make_user("agent@example.org", is_staff=True, language="en")
    agent.groups.add(ensure_groups()["Agents"])
    agent.user_permissions.add(Permission.objects.get(codename="reveal_personidentifier"))
    file.team.members.add(agent)
    client = log_in(Client(), agent)
    traces.response("list", client.get(reverse("agent-files"), {"tab": "all"}))
    for number in (PROVED, TYPED):  # a search by number finds nothing: it is in no index
        listed = client.get(reverse("agent-files"), {"tab": "all", "q": number})
        assert file.reference not in listed.content.decode()
    page = reverse("agent-file", args=[file.reference])
    for view in ("answers", "annexes", "journal"):
        traces.response(f"agent {view}", client.get(page, {"view": view}))
    shown = client.post(
        reverse("agent-number", args=[file.reference]), {"reason": "Compares with the register."}
    )
    assert pattern(PROVED).search(shown.content.decode()), "the control: it is shown here"
    traces.response("agent shown", shown, own=True)
    traces.response("api agent list", client.get("/api/v1/agent/submissions/"))
    traces.response("api agent", client.get(f"/api/v1/agent/submissions/{file.reference}/"))
    reviews.claim(submission=file, by=agent)
    file.refresh_from_db()
    reviews.accept(submission=file, by=agent, note="Granted.")
    ModelLogEntry.objects.log_action(instance=file, action="wagtail.edit", user=agent)


@pytest.mark.feature("X10")
def test_i7_a_number_is_nowhere_in_plain_text(client, forger, letters, traces, caplog, capsys):
    user = first_login(client, forger, letters, traces)
    assert number_of(user) == PROVED, "the journey did carry the number"
    file = sent_request(client, user, traces)
    own_pages(client, file, traces)
    agents_work(file, traces)
    letters()
    copy = privacy.export(user=user)
    traces.response("logout", client.post(at("logout", "en")))

    out, err = capsys.readouterr()
    traces.keep("log", caplog.text, out, err)
    for record in caplog.records:
        traces.keep("log record", str(vars(record)))

    assert len(mail.outbox) >= 3
    assert caplog.records, "something was logged"
    assert traces.found(PROVED, TYPED) == []
    # The own copy has both: it is the one place meant to.
    with zipfile.ZipFile(io.BytesIO(copy.read())) as archive:
        text = " ".join(
            archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        )
    assert pattern(PROVED).search(text)
    assert pattern(TYPED).search(text)


PLANTED = ["85073003328", "85.07.30-033.28", "85 07 30 033 28", "850730-033-28"]


@pytest.mark.parametrize("spelling", PLANTED)
def test_the_search_finds_what_is_planted(client, traces, spelling):
    user = make_user()
    with transaction.atomic():
        journal.record(subject=user, event="x", actor=user, side=Side.CITIZEN, data={"n": spelling})
    OutgoingMail.objects.create(
        template="x", key="x", address="x@example.org", language="en", context={"n": spelling}
    )
    mail.EmailMessage(f"About {spelling}", "", "a@example.org", ["b@example.org"]).send()
    log_in(client, user)
    session = client.session
    session["number"] = spelling
    session.save()
    traces.keep("log", f"person {spelling} came")

    found = traces.found(PROVED)

    for place in ("letter", "log", "session", "table eservices_journalentry.data"):
        assert place in found
    assert any(place.startswith("table eservices_outgoingmail") for place in found)


def test_the_search_knows_hidden_spellings_and_leaves_other_numbers_alone():
    wanted = pattern(PROVED)
    assert wanted.search(hashlib.sha256(PROVED.encode()).hexdigest())
    for before in ("", "a", "ab", "abc"):
        assert wanted.search(base64.b64encode(f"{before}{PROVED}".encode()).decode()), before
    assert not wanted.search("85073003329")
    assert not wanted.search(f"1{PROVED}")


def test_erasing_an_account_takes_number_and_identities(client, forger, letters, traces):
    user = first_login(client, forger, letters, traces)
    assert user.identities.exists()

    privacy.erase(user=user, by=None)

    assert not PersonIdentifier.objects.filter(user=user).exists()
    assert not user.identities.exists()
    other = make_user()
    identifiers.record_number(user=other, number=PROVED, source=FieldSource.CSAM)
    assert number_of(other) == PROVED, "the number is free for its owner again"


def test_levels_of_the_journey_are_those_of_the_provider(client, forger, letters, traces):
    """The control: the login was a real one."""
    user = first_login(client, forger, letters, traces)

    session = user.portal_sessions.get()

    assert [(row["method"], row["level"]) for row in session.proofs] == [(Method.EID, Level.HIGH)]
