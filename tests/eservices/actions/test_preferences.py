"""Which space comes first, and by which channel notices reach people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from eservices.actions import privacy
from eservices.actions.notices import notify
from eservices.actions.preferences import save
from eservices.enums import LEGAL_NOTICES, Channel, MembershipState, NoticeKind
from eservices.errors import NoticeAlwaysByMail, NoticeNotThere, SpaceNotUsable
from eservices.models import DetailsReport, NoticeChoice, OutgoingMail, SpacePreference
from eservices.queries.preferences import channel_for, preferences_of
from eservices.queries.privacy import account_copy
from eservices.queries.profiles import entry_profile
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership
from tests.factories.submissions import make_draft, make_procedure, make_sent

pytestmark = pytest.mark.django_db

FREE = [kind for kind in NoticeKind if kind not in LEGAL_NOTICES and kind != NoticeKind.TEAM]


@pytest.fixture
def claire():
    return make_user()


@pytest.mark.parametrize("kind", NoticeKind)
def test_everything_comes_by_mail_until_somebody_chooses(claire, kind):
    assert channel_for(user=claire, profile=claire.citizen_profile, kind=kind) == Channel.MAIL


@pytest.mark.feature("B4")
@pytest.mark.parametrize("kind", FREE)
def test_choice_counts_for_its_space_and_kind_only(claire, kind):
    own, club = claire.citizen_profile, make_membership(claire).profile

    save(user=claire, default_space=None, channels={(club.public_id, kind): Channel.SPACE})

    assert channel_for(user=claire, profile=club, kind=kind) == Channel.SPACE
    assert channel_for(user=claire, profile=own, kind=kind) == Channel.MAIL
    others = {channel_for(user=claire, profile=club, kind=k) for k in NoticeKind if k != kind}
    assert others == {Channel.MAIL}


def test_only_members_of_a_team_choose_where_its_work_is_read(claire):
    own, club = claire.citizen_profile, make_membership(claire).profile
    choice = {(own.public_id, NoticeKind.TEAM): Channel.DIGEST}

    with pytest.raises(NoticeNotThere):
        save(user=claire, default_space=None, channels=choice)

    make_procedure().team.members.add(claire)
    save(user=claire, default_space=None, channels=choice)
    assert channel_for(user=claire, profile=None, kind=NoticeKind.TEAM) == Channel.DIGEST
    with pytest.raises(NoticeNotThere):
        save(
            user=claire,
            default_space=None,
            channels={(club.public_id, NoticeKind.TEAM): Channel.SPACE},
        )


@pytest.mark.parametrize("kind", sorted(LEGAL_NOTICES))
def test_legal_notices_cannot_be_switched_off(claire, kind):
    own = claire.citizen_profile

    with pytest.raises(NoticeAlwaysByMail):
        save(user=claire, default_space=None, channels={(own.public_id, kind): Channel.SPACE})

    NoticeChoice.objects.create(user=claire, profile=own, kind=kind, channel=Channel.SPACE)
    assert channel_for(user=claire, profile=own, kind=kind) == Channel.MAIL


def test_a_member_who_wanted_no_mail_reads_in_the_space(claire):
    club = make_membership(claire, notify_by_mail=False).profile

    assert channel_for(user=claire, profile=club, kind=NoticeKind.RECEIPT) == Channel.SPACE
    assert channel_for(user=claire, profile=club, kind=NoticeKind.DECISION) == Channel.MAIL


def test_notice_in_the_space_sends_no_mail(claire):
    own = claire.citizen_profile
    save(
        user=claire,
        default_space=None,
        channels={(own.public_id, NoticeKind.RECEIPT): Channel.SPACE},
    )
    notice = {"profile": own, "to_user": claire, "template": "submission_received"}

    nothing = notify(kind=NoticeKind.RECEIPT, key="a", **notice)
    something = notify(kind=NoticeKind.DECISION, key="b", **notice)

    assert nothing is None
    assert list(OutgoingMail.objects.filter(to_user=claire)) == [something]


def test_receipt_of_a_request_follows_the_choice():
    by_mail = make_sent()
    quiet = make_user()
    save(
        user=quiet,
        default_space=None,
        channels={(quiet.citizen_profile.public_id, NoticeKind.RECEIPT): Channel.SPACE},
    )

    in_space = make_sent(user=quiet)

    receipts = OutgoingMail.objects.filter(template="submission_received")
    assert receipts.filter(to_user=by_mail.acting_user).exists()
    assert not receipts.filter(to_user=in_space.acting_user).exists()


@pytest.mark.feature("B4")
def test_space_at_login_is_one_that_can_be_used_today(claire):
    membership = make_membership(claire)

    save(user=claire, default_space=membership.profile.public_id, channels={})
    claire.refresh_from_db()
    assert entry_profile(claire) == membership.profile

    membership.valid_until = timezone.localdate() - timedelta(days=1)
    membership.save()
    assert entry_profile(claire) is None
    assert preferences_of(claire).default_space is None


def test_one_s_own_space_is_stored_as_none(claire):
    save(user=claire, default_space=claire.citizen_profile.public_id, channels={})

    assert SpacePreference.objects.get(user=claire).default_profile is None


@pytest.mark.parametrize("whose", ["nobody's", "a foreign one", "one that has ended"])
def test_spaces_of_others_are_refused(claire, whose):
    space = {
        "nobody's": lambda: uuid4(),
        "a foreign one": lambda: make_membership(make_user()).profile.public_id,
        "one that has ended": lambda: (
            make_membership(claire, state=MembershipState.REVOKED).profile.public_id
        ),
    }[whose]()

    for choice in (
        {"default_space": space, "channels": {}},
        {"default_space": None, "channels": {(space, NoticeKind.RECEIPT): Channel.SPACE}},
    ):
        with pytest.raises(SpaceNotUsable):
            save(user=claire, **choice)
    assert not NoticeChoice.objects.exists()
    assert not SpacePreference.objects.exists()


def test_queries_do_not_grow_with_the_spaces(claire, django_assert_num_queries):
    make_membership(claire)
    with django_assert_num_queries(5):
        preferences_of(claire)

    for _number in range(3):
        make_membership(claire)
    with django_assert_num_queries(5):
        preferences_of(claire)


def test_choices_and_reports_are_exported_and_erased(claire):
    make_draft(user=claire)
    club = make_membership(claire).profile
    save(
        user=claire,
        default_space=club.public_id,
        channels={(club.public_id, NoticeKind.REMINDER): Channel.SPACE},
    )
    DetailsReport.objects.create(user=claire, field="last_name", source="eid", message="Two t.")

    copy = account_copy(claire)
    assert copy["preferences"] == {
        "space_at_login": club.name,
        "notices": [{"space": club.name, "kind": "reminder", "channel": "space"}],
    }
    assert [row["message"] for row in copy["reports_of_wrong_values"]] == ["Two t."]

    privacy.erase(user=claire, by=claire)
    assert not NoticeChoice.objects.exists()
    assert not SpacePreference.objects.exists()
    assert not DetailsReport.objects.exists()
