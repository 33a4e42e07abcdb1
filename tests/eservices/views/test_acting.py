"""Looking at a person's space in the browser: as the person sees it, and nothing more."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.translation import override

from eservices.errors import ActingReadOnly
from eservices.models import (
    ActingGrant,
    AnswerRevision,
    JournalEntry,
    Membership,
    Submission,
    User,
)
from tests.addresses import at
from tests.factories.eservices import log_in, make_agent, make_user
from tests.factories.submissions import make_draft, make_procedure, make_sent

pytestmark = pytest.mark.django_db
REASON = "She calls about her draft and cannot find it."


def make_looker() -> User:
    """An agent who has the right to look, and belongs to no team."""
    agent = make_agent()
    agent.user_permissions.add(Permission.objects.get(codename="act_for_citizen"))
    return agent


def refusal_text() -> str:
    """What the page of the refusal says."""
    with override("fr"):
        return str(ActingReadOnly())


@pytest.fixture
def person():
    return make_user(first_name="Mathilde", last_name="Lookedat")


@pytest.fixture
def agent():
    return make_looker()


@pytest.fixture
def looking(client, agent, person):
    """A browser in which the agent looks at the person's space."""
    log_in(client, agent)
    begun = client.post(reverse("agent-look", args=[person.public_id]), {"reason": REASON})
    assert begun.url == at("dashboard")
    return client


def test_the_agent_sees_the_space_with_a_banner(looking, agent, person):
    sent = make_sent(person)

    page = looking.get(at("dashboard")).content.decode()
    file = looking.get(at("submission", reference=sent.reference)).content.decode()

    for text in (page, file):
        assert "Mathilde Lookedat" in text
        assert REASON in text
        assert at("look-end") in text
    assert sent.reference in page
    assert sent.reference in file


def test_the_agent_stays_the_agent_towards_back_office_and_api(looking, agent, person):
    sent = make_sent(person)

    state = looking.get("/api/v1/session/").json()
    files = looking.get("/api/v1/submissions/").json()

    assert state["user"]["email"] == agent.email
    assert files["results"] == []
    assert looking.get(f"/api/v1/submissions/{sent.reference}/").status_code == 404
    assert agent.display_name in looking.get("/admin/").content.decode()


def test_every_page_is_counted_and_written_down_without_its_values(looking, person):
    looking.get(at("dashboard") + "?files=progress")
    looking.get(at("procedures"))

    grant = ActingGrant.objects.get(person=person)
    pages = JournalEntry.objects.filter(event="space_page_read", subject_id=person.public_id)
    assert grant.pages == 2
    assert [entry.data["page"] for entry in pages.order_by("sequence")] == [
        "dashboard",
        "procedures",
    ]


def test_drafts_documents_and_pages_of_the_account_stay_closed(looking, person):
    draft = make_draft(person)
    sent = make_sent(person)
    chapter = draft.version.structure["chapters"][0]["id"]
    revisions = AnswerRevision.objects.count()

    for address in [
        at("submission-chapter", reference=draft.reference, chapter=chapter),
        at("submission-check", reference=draft.reference),
        at("submission-pdf", reference=sent.reference),
        at("details"),
        at("security"),
        at("sessions"),
        at("preferences"),
        at("privacy"),
        at("spaces"),
    ]:
        refused = looking.get(address)
        assert refused.status_code == 403, address
        assert refusal_text() in refused.content.decode()
    assert AnswerRevision.objects.count() == revisions


def citizen_posts():
    """Addresses of citizen pages with example values, whatever they do with a POST."""
    values = {
        "reference": "SUB-2026-AAAAAA",
        "code": "tree",
        "chapter": "c1",
        "question": "q1",
        "token": "x",
        "key": "csam",
        "step": "kind",
        "slug": "x",
    }
    uuid = "0b7d2f7e-6a3c-4f5e-9d53-5a8f4f0f7c11"

    def walk(patterns, spaces=()):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif isinstance(pattern, URLPattern) and pattern.name:
                named = pattern.pattern.converters
                yield (
                    pattern.name,
                    {
                        name: uuid if "UUID" in type(kind).__name__ else values.get(name, "1")
                        for name, kind in named.items()
                    },
                )

    resolver = get_resolver()
    prefixed = [
        part
        for part in resolver.url_patterns
        if getattr(part.pattern, "prefix_default_language", False)
    ]
    return dict(walk(prefixed))


def test_i10_no_address_takes_a_post_during_a_look(looking, person):
    before = (
        Submission.objects.count(),
        Membership.objects.count(),
        list(User.objects.order_by("pk").values()),
    )
    tried = 0

    for name, values in citizen_posts().items():
        if name in ("look-end", "logout") or name.startswith("wagtail"):
            continue
        try:
            address = at(name, **values)
        except Exception:  # noqa: BLE001, S112  an address with outer values: tried below by its like
            continue
        refused = looking.post(address, {"go": "next"})
        assert refused.status_code == 403, (name, address)
        assert refusal_text() in refused.content.decode(), name
        tried += 1

    after = (
        Submission.objects.count(),
        Membership.objects.count(),
        list(User.objects.order_by("pk").values()),
    )
    assert tried > 30
    assert before == after


def test_i10_starting_a_file_for_the_person_is_refused(looking, person):
    procedure = make_procedure()

    refused = looking.post(at("submission-start", code=procedure.code))

    assert refused.status_code == 403
    assert not Submission.objects.filter(profile=person.citizen_profile).exists()


def test_ending_leads_back_and_closes_the_space(looking, agent, person):
    ended = looking.post(at("look-end"))

    assert ended.url == reverse("wagtailadmin_home")
    assert ActingGrant.objects.get(person=person).ended_at is not None
    page = looking.get(at("dashboard")).content.decode()
    assert at("look-end") not in page
    assert "Mathilde" not in page


@pytest.mark.parametrize("is_mine", [True, False])
def test_ending_leads_to_the_file_only_if_it_is_of_ones_team(client, agent, person, is_mine):
    sent = make_sent(person)
    if is_mine:
        sent.team.members.add(agent)
    log_in(client, agent)
    client.post(
        reverse("agent-look", args=[person.public_id]),
        {"reason": REASON, "reference": sent.reference},
    )

    ended = client.post(at("look-end"))

    file = reverse("agent-file", args=[sent.reference])
    assert ended.url == (file if is_mine else reverse("wagtailadmin_home"))
    assert client.get(file).status_code == (200 if is_mine else 404)


def test_after_half_an_hour_the_agent_is_back_in_the_own_space(looking, person):
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=True):
        assert "Mathilde" in looking.get(at("dashboard")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=25), tick=True):
        assert "Mathilde" in looking.get(at("dashboard")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=True):
        page = looking.get(at("dashboard"))

    assert page.status_code == 200
    assert "Mathilde" not in page.content.decode()


def test_the_form_says_what_is_wrong_and_keeps_the_reason(client, agent, person):
    log_in(client, agent)
    address = reverse("agent-look", args=[person.public_id])

    too_short = client.post(address, {"reason": "calls"})
    foreign = client.post(address, {"reason": REASON, "reference": "SUB-2026-ZZZZZZ"})

    assert (too_short.status_code, foreign.status_code) == (422, 422)
    assert "calls</textarea>" in too_short.content.decode()
    assert "SUB-2026-ZZZZZZ" in foreign.content.decode()
    assert not ActingGrant.objects.exists()


def test_agents_without_the_right_and_accounts_of_colleagues_are_refused(client, agent, person):
    log_in(client, make_agent())
    without = client.post(reverse("agent-look", args=[person.public_id]), {"reason": REASON})
    log_in(client, agent)
    colleague = client.post(
        reverse("agent-look", args=[make_agent().public_id]), {"reason": REASON}
    )

    # Wagtail leads people without a right back to its first page, with a message.
    assert (without.status_code, without.url) == (302, reverse("wagtailadmin_home"))
    assert (colleague.status_code, colleague.url) == (302, reverse("wagtailadmin_home"))
    assert not ActingGrant.objects.exists()
