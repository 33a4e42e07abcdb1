"""The list of notices: what a person was told, in their words, over all their spaces."""

import pytest
from django.utils import timezone

from eservices.actions.notices import notify
from eservices.enums import MembershipState, NoticeKind
from eservices.models import Notice
from tests.addresses import at
from tests.factories.eservices import log_in, make_user
from tests.factories.organisations import make_membership
from tests.factories.submissions import make_procedure, make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def claire():
    return make_user(language="en")


def tell(user, key, kind=NoticeKind.PROGRESS, profile=None, **more):
    notify(
        kind=kind,
        profile=profile or user.citizen_profile,
        to_user=user,
        template=more.pop("template", "test_mail"),
        key=key,
        **more,
    )
    return Notice.objects.get(key=key)


@pytest.mark.feature("B4")
def test_list_tells_in_the_reader_s_language_and_marks_what_is_unread(client, claire):
    file = make_sent(user=claire)
    log_in(client, claire)

    page = client.get(at("notices", "en"))
    text = page.content.decode()

    assert "We have received your request" in text
    assert f"{file.procedure.code.replace('permit-', 'Permit ')} (en)" in text
    assert file.reference in text
    assert "Unread (1)" in text
    assert text.count("eg-notice--unread") == 1
    german = client.get(at("notices", "de")).content.decode()
    assert "(de)" in german
    assert page.headers["Cache-Control"] == "private, no-store"


def test_opening_a_notice_leads_to_the_file_and_marks_it_as_read(client, claire):
    file = make_sent(user=claire)
    notice = Notice.objects.get(submission=file)
    log_in(client, claire)

    answer = client.get(at("notice-open", "en", notice=notice.public_id))

    assert answer.url == at("submission", "en", reference=file.reference)
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "Unread (0)" in client.get(at("notices", "en")).content.decode()


def test_the_page_of_the_file_marks_its_notices_as_read(client, claire):
    file, other = make_sent(user=claire), make_sent(user=claire)
    log_in(client, claire)

    client.get(at("submission", "en", reference=file.reference))

    assert Notice.objects.get(submission=file).read_at is not None
    assert Notice.objects.get(submission=other).read_at is None


def test_all_are_marked_at_once_but_only_one_s_own(client, claire):
    tell(claire, "a"), tell(claire, "b")
    foreign = tell(make_user(), "c")
    log_in(client, claire)

    client.post(at("notices-read", "en"))

    assert not Notice.objects.filter(user=claire, read_at=None).exists()
    foreign.refresh_from_db()
    assert foreign.read_at is None


def test_foreign_notices_do_not_exist(client, claire):
    foreign = tell(make_user(), "c")
    log_in(client, claire)

    assert client.get(at("notice-open", "en", notice=foreign.public_id)).status_code == 404
    assert "eg-notice" not in client.get(at("notices", "en")).content.decode()


def test_a_notice_of_another_space_is_opened_by_switching_there(client, claire):
    membership = make_membership(claire)
    notice = tell(claire, "club", profile=membership.profile, path="/en/somewhere/")
    log_in(client, claire)
    text = client.get(at("notices", "en")).content.decode()
    assert "Switch and open" in text
    assert membership.shown_name in text

    direct = client.get(at("notice-open", "en", notice=notice.public_id))
    assert direct.url == at("notices", "en")
    switched = client.post(
        at("space-switch", "en"),
        {
            "profile": str(membership.profile.public_id),
            "next": at("notice-open", "en", notice=notice.public_id),
        },
    )

    assert client.get(switched.url).url == "/en/somewhere/"


def test_a_right_that_ended_takes_its_notices_with_it(client, claire):
    membership = make_membership(claire)
    notice = tell(claire, "club", profile=membership.profile)
    log_in(client, claire)
    assert "eg-notice--unread" in client.get(at("notices", "en")).content.decode()

    membership.state, membership.end_reason = MembershipState.REVOKED, "left"
    membership.save()

    assert "eg-notice--unread" not in client.get(at("notices", "en")).content.decode()
    assert client.get(at("notice-open", "en", notice=notice.public_id)).status_code == 404


def test_bell_counts_what_is_unread_on_every_page(client, claire):
    log_in(client, claire)
    assert "eg-bell__count" not in client.get(at("dashboard", "en")).content.decode()
    tell(claire, "a"), tell(claire, "b")

    text = client.get(at("procedures", "en")).content.decode()

    assert 'eg-bell__count" aria-hidden="true">2</span>' in text
    assert 'aria-label="Notices, 2 unread"' in text


def test_empty_list_says_what_will_stand_there(client, claire):
    log_in(client, claire)

    assert "No notices yet" in client.get(at("notices", "en")).content.decode()
    tell(claire, "a")
    Notice.objects.update(read_at=timezone.now())
    only_unread = client.get(at("notices", "en") + "?show=unread").content.decode()
    assert "Everything is read" in only_unread


def test_queries_of_the_list_do_not_grow(client, claire, django_assert_max_num_queries):
    procedure, club = make_procedure(), make_membership(claire).profile
    log_in(client, claire)

    def count():
        with django_assert_max_num_queries(60) as seen:
            client.get(at("notices", "en"))
        return len(seen.captured_queries)

    make_sent(user=claire, procedure=procedure)
    tell(claire, "club-1", profile=club)
    one = count()
    for number in range(3):
        make_sent(user=claire, procedure=procedure)
        tell(claire, f"club-more-{number}", profile=club)
    assert count() == one


def test_addresses_need_a_login(client):
    assert client.get(at("notices", "en")).status_code == 302
    assert client.get("/api/v1/notices/").status_code == 403


@pytest.mark.feature("B4")
def test_api_lists_and_marks_as_the_pages_do(client, claire):
    file = make_sent(user=claire)
    log_in(client, claire)

    first = client.get("/api/v1/notices/", headers={"accept-language": "en"}).json()
    row = first["results"][0]
    assert (first["unread"], first["more"]) == (1, False)
    assert (row["reference"], row["kind"], row["read_at"]) == (file.reference, "receipt", None)

    assert client.post(f"/api/v1/notices/{row['id']}/read/").status_code == 204
    assert client.get("/api/v1/notices/").json()["unread"] == 0
    foreign = tell(make_user(), "c")
    assert client.post(f"/api/v1/notices/{foreign.public_id}/read/").status_code == 404
