"""Memberships in the back office: read side by side with the register, confirmed, refused, ended."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from eservices.enums import ConfirmedBy, MembershipRole, MembershipState
from eservices.models import JournalEntry, OutgoingMail
from eservices.permissions import ensure_groups
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_entry, make_membership, make_organisation
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    user = make_team_agent(language="en")
    log_in(client, user)
    return user


def declared(**fields):
    return make_membership(
        make_user(first_name="Claire", last_name="Dumont"),
        make_organisation("Harmonie"),
        state=MembershipState.DECLARED,
        **fields,
    )


def page(client, row, name="agent-membership"):
    return client.get(reverse(name, args=[row.public_id]))


def act(client, row, name, **data):
    return client.post(reverse(f"agent-membership-{name}", args=[row.public_id]), data)


def test_tabs_count_and_list_their_own(client, agent):
    waiting = declared()
    confirmed = make_membership(make_user(first_name="Bernard"))
    ended = make_membership(
        make_user(first_name="Odette"), state=MembershipState.REVOKED, ended_at=timezone.now()
    )

    shown = {
        tab: client.get(reverse("agent-memberships"), {"tab": tab}).content.decode()
        for tab in ("declared", "confirmed", "ended")
    }

    for tab, row in {"declared": waiting, "confirmed": confirmed, "ended": ended}.items():
        found = [r for r in (waiting, confirmed, ended) if str(r.public_id) in shown[tab]]
        assert found == [row]
        assert shown[tab].count('<span class="eg-bo-count">1</span>') == 3


@pytest.mark.parametrize("words", ["claire", "HARMONIE", "number", "dumont harmonie"])
def test_search_finds_person_name_and_number(client, agent, words):
    row = declared()
    other = make_membership(make_user(), state=MembershipState.DECLARED)
    number = row.profile.organisation.bce_number
    words = f"{number[:4]}.{number[4:7]}.{number[7:]}" if words == "number" else words

    text = client.get(reverse("agent-memberships"), {"q": words}).content.decode()

    assert str(row.public_id) in text
    assert str(other.public_id) not in text


def test_queries_do_not_grow_with_the_rows(client, agent, django_assert_max_num_queries):
    declared()
    client.get(reverse("agent-memberships"))
    with django_assert_max_num_queries(40) as first:
        client.get(reverse("agent-memberships"))

    for _number in range(3):
        declared()
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("agent-memberships"))


def test_register_stands_beside_what_was_declared(client, agent):
    row = declared(declared={"name": "Harmonie du Pont", "kind": "association"})
    make_entry(row.profile.organisation.bce_number, "Harmonie royale", is_active=False)

    text = page(client, row).content.decode()

    assert "Harmonie du Pont" in text
    assert "Harmonie royale" in text
    assert "differs" in text
    assert "no longer active" in text


@pytest.mark.feature("B6")
def test_agent_confirms_with_role_and_validity(client, agent):
    row = declared()
    until = timezone.localdate() + timedelta(days=365)

    answer = act(client, row, "confirm", how="mandate", role="admin", valid_until=until.isoformat())

    row.refresh_from_db()
    assert answer.url == reverse("agent-membership", args=[row.public_id])
    assert (row.state, row.role, row.valid_until, row.confirmed_how, row.confirmed_by) == (
        MembershipState.CONFIRMED,
        MembershipRole.ADMIN,
        until,
        ConfirmedBy.MANDATE,
        agent,
    )
    assert OutgoingMail.objects.filter(to_user=row.user, template="membership_confirmed").exists()


def test_confirming_needs_a_reason_to_believe_it(client, agent):
    row = declared()

    nothing = act(client, row, "confirm", role="member")
    over = act(client, row, "confirm", how="agent", role="member", valid_until="2020-01-01")

    assert "Say what the confirmation rests on." in nothing.content.decode()
    assert "This date is over." in over.content.decode()
    row.refresh_from_db()
    assert row.state == MembershipState.DECLARED


@pytest.mark.parametrize("state", [MembershipState.DECLARED, MembershipState.CONFIRMED])
def test_agent_refuses_or_ends_with_a_reason(client, agent, state):
    row = make_membership(make_user(), state=state)

    without = act(client, row, "end", reason=" ")
    act(client, row, "end", reason="The statutes name somebody else.")

    assert without.status_code == 422
    row.refresh_from_db()
    assert (row.state, row.end_reason) == (
        MembershipState.REVOKED,
        "The statutes name somebody else.",
    )
    assert OutgoingMail.objects.filter(to_user=row.user, template="membership_ended").exists()


def test_what_a_colleague_settled_is_refused(client, agent):
    row = make_membership(make_user(), state=MembershipState.REVOKED, ended_at=timezone.now())

    answer = act(client, row, "confirm", how="agent", role="member")

    assert answer.status_code == 409
    assert "settled meanwhile" in answer.content.decode()


def test_own_membership_is_for_a_colleague(client, agent):
    row = make_membership(agent, state=MembershipState.DECLARED)

    text = page(client, row).content.decode()
    answer = act(client, row, "confirm", how="agent", role="member")

    assert reverse("agent-membership-confirm", args=[row.public_id]) not in text
    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.state == MembershipState.DECLARED


def test_mandate_is_a_download_that_is_written_down(client, agent, settings, tmp_path):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    row = declared()
    assert page(client, row, "agent-mandate").status_code == 404
    row.proof.save("x", ContentFile(b"<script>alert(1)</script>"), save=False)
    row.proof_name = "statuts.html"
    row.save()

    answer = page(client, row, "agent-mandate")

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"] == 'attachment; filename="statuts.html"'
    assert answer["Content-Type"] == "application/octet-stream"
    entry = JournalEntry.objects.get(subject_id=row.public_id, event="mandate_read")
    assert entry.actor == agent


def test_without_the_right_there_is_nothing(client):
    row = declared()
    editor = make_user(is_staff=True)
    editor.groups.add(ensure_groups()["Editors"])

    log_in(client, make_team_agent())
    assert "Dumont" in page(client, row).content.decode()
    for person in (editor, row.user):
        log_in(client, person)
        for name in ("agent-membership", "agent-mandate"):
            answer = page(client, row, name)
            assert answer.status_code in (302, 403)
            assert "Harmonie" not in answer.content.decode()
        assert act(client, row, "end", reason="x").status_code in (302, 403)
    row.refresh_from_db()
    assert row.state == MembershipState.DECLARED


def test_acting_by_get_is_not_possible(client, agent):
    row = declared()

    for name in ("confirm", "end"):
        assert page(client, row, f"agent-membership-{name}").status_code == 405
    row.refresh_from_db()
    assert row.state == MembershipState.DECLARED
