"""The daily letter: one for each person and day, of what was not read, without content."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox

from eservices.actions import digests, mails
from eservices.actions.notices import forget_old, notify
from eservices.enums import Channel, DeliveryState, MailState, NoticeKind
from eservices.models import Delivery, Notice, NoticeChoice, OutgoingMail
from tests.factories.eservices import make_user
from tests.factories.submissions import make_sent

pytestmark = [pytest.mark.django_db, pytest.mark.feature("B4")]

BRUSSELS = ZoneInfo("Europe/Brussels")
NINE = datetime(2026, 12, 1, 9, tzinfo=BRUSSELS)


@pytest.fixture
def claire():
    user = make_user(language="en")
    for kind in (NoticeKind.PROGRESS, NoticeKind.RECEIPT):
        NoticeChoice.objects.create(
            user=user, profile=user.citizen_profile, kind=kind, channel=Channel.DIGEST
        )
    return user


def tell(user, key, **more):
    return notify(
        kind=NoticeKind.PROGRESS,
        profile=user.citizen_profile,
        to_user=user,
        template="something",
        key=key,
        now=NINE - timedelta(hours=12),
        **more,
    )


def letters():
    return OutgoingMail.objects.filter(template="digest")


def test_one_letter_a_day_with_what_is_unread(claire):
    file = make_sent(user=claire)
    tell(claire, "unread"), tell(claire, "read")
    Notice.objects.filter(key="read").update(read_at=NINE)
    assert not letters().exists(), "nothing leaves at once"

    assert digests.send_due(now=NINE) == 1
    assert digests.send_due(now=NINE + timedelta(minutes=15)) == 0

    letter = mails.compose(letters().get())
    assert letter.subject == "2 notices in your space"
    assert file.reference in letter.body
    assert "Something has moved in your file" in letter.body
    assert "/notices/" in letter.body
    assert set(letters().values_list("key", flat=True)) == {f"digest:{claire.public_id}:2026-12-01"}
    states = dict(Delivery.objects.filter(channel="digest").values_list("notice__key", "state"))
    assert states["read"] == DeliveryState.SUPPRESSED
    assert states["unread"] == DeliveryState.QUEUED


def test_deliveries_follow_the_letter(claire, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tell(claire, "a"), tell(claire, "b")
    digests.send_due(now=NINE)

    mails.deliver_mail(mail=letters().get())

    assert len(outbox.outbox) == 1
    states = Delivery.objects.filter(channel="digest").values_list("state", flat=True)
    assert set(states) == {DeliveryState.SENT}


def test_nothing_leaves_before_the_hour_and_the_next_letter_is_tomorrow_s(claire):
    tell(claire, "a")
    assert digests.send_due(now=NINE.replace(hour=6, minute=59)) == 0
    assert digests.send_due(now=NINE) == 1

    tell(claire, "b")
    assert digests.send_due(now=NINE + timedelta(hours=3)) == 0
    assert digests.send_due(now=NINE + timedelta(days=1)) == 1
    assert [len(row.context["notices"]) for row in letters().order_by("key")] == [1, 1]


def test_read_before_it_leaves_is_not_told(claire):
    tell(claire, "a"), tell(claire, "b")
    digests.send_due(now=NINE)
    Notice.objects.filter(key="a").update(read_at=NINE)

    assert mails.compose(letters().get()).subject == "1 notice in your space"


def test_a_long_list_is_cut_and_says_so(claire):
    for number in range(23):
        tell(claire, f"n{number}")
    digests.send_due(now=NINE)

    body = mails.compose(letters().get()).body

    assert body.count("Something has moved") == digests.MOST
    assert "3 more are in your space." in body


def test_queries_of_the_job_do_not_grow_with_the_notices(claire, django_assert_max_num_queries):
    def count(day):
        with django_assert_max_num_queries(40) as seen:
            digests.send_due(now=NINE + timedelta(days=day))
        return len(seen.captured_queries)

    tell(claire, "a")
    one = count(0)
    for number in range(5):
        tell(claire, f"more-{number}")
    assert count(1) == one


def test_an_address_of_nobody_gets_no_letter(claire):
    tell(claire, "a")
    claire.is_active = False
    claire.save()

    assert digests.send_due(now=NINE) == 0


def test_notices_go_after_a_year(claire):
    tell(claire, "old"), tell(claire, "new")
    Notice.objects.filter(key="old").update(created_at=NINE - timedelta(days=366))
    Notice.objects.filter(key="new").update(created_at=NINE - timedelta(days=364))

    assert forget_old(now=NINE) == 1
    assert list(Notice.objects.values_list("key", flat=True)) == ["new"]
    assert not OutgoingMail.objects.filter(state=MailState.FAILED).exists()
