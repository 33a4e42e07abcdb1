"""The eBox: activated by a code, filled once for each key, opened with a receipt, reminded of once."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from eservices.actions import ebox, mails, privacy
from eservices.enums import EboxState, Level, Method, NoticeKind
from eservices.errors import (
    CodeTooOld,
    CodeTriesOver,
    CodeWrong,
    EboxCodeNotAsked,
    EboxNotActive,
    StepUpRequired,
    TooMany,
)
from eservices.models import EboxActivation, EboxMessage, JournalEntry, Notice, OutgoingMail
from eservices.queries.ebox import activation_of, messages_for, unopened_count
from tests.factories.ebox import activate, make_message
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership, viewer_in
from tests.factories.submissions import viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]


@pytest.fixture
def claire():
    return make_user(language="en")


def sure(user):
    return viewer_of(user, Level.SUBSTANTIAL, Method.ITSME)


def code_in(mail):
    return re.search(r"\b\d{6}\b", mails.compose(mail).body)[0]


def test_activation_takes_an_address_and_the_code_that_was_mailed_to_it(claire):
    ebox.ask(user=claire, email="Letters@Example.org")
    mail = OutgoingMail.objects.get(template="ebox_code")
    assert mails.compose(mail).to == ["letters@example.org"]
    assert activation_of(claire) is None
    row = EboxActivation.objects.get()
    assert code_in(mail) not in (row.code_hash, str(mail.context))

    ebox.confirm(user=claire, code=code_in(mail))

    active = activation_of(claire)
    assert (active.email, active.pending_email, active.code_hash) == ("letters@example.org", "", "")
    with pytest.raises(EboxCodeNotAsked):
        ebox.confirm(user=claire, code="123456")


def test_wrong_codes_are_counted_and_the_fifth_kills(claire):
    ebox.ask(user=claire, email="a@example.org")
    code = code_in(OutgoingMail.objects.get(template="ebox_code"))
    wrong = "000000" if code != "000000" else "111111"

    for left in (4, 3, 2, 1):
        with pytest.raises(CodeWrong) as refusal:
            ebox.confirm(user=claire, code=wrong)
        assert refusal.value.params["tries"] == left
    with pytest.raises(CodeTriesOver):
        ebox.confirm(user=claire, code=wrong)
    with pytest.raises(CodeTriesOver):
        ebox.confirm(user=claire, code=code)
    assert activation_of(claire) is None


def test_code_is_dead_after_half_an_hour_and_after_a_new_one(claire):
    start = timezone.now()
    ebox.ask(user=claire, email="a@example.org", now=start)
    first = OutgoingMail.objects.get(template="ebox_code")
    old = code_in(first)
    with pytest.raises(CodeTooOld):
        ebox.confirm(user=claire, code=old, now=start + ebox.CODE_TIME)

    ebox.ask(user=claire, email="b@example.org", now=start + timedelta(seconds=5))

    assert "took too long" in mails.compose(first).body
    second = OutgoingMail.objects.filter(template="ebox_code").latest("pk")
    if code_in(second) != old:
        with pytest.raises(CodeWrong):
            ebox.confirm(user=claire, code=old)


def test_codes_are_mailed_five_times_an_hour(claire):
    for number in range(5):
        ebox.ask(user=claire, email=f"a{number}@example.org")
    with pytest.raises(TooMany):
        ebox.ask(user=claire, email="b@example.org")


def test_another_address_leaves_the_first_until_it_is_confirmed(claire):
    activate(claire, "first@example.org")

    ebox.ask(user=claire, email="second@example.org")

    assert activation_of(claire).email == "first@example.org"


def test_published_twice_with_one_key_lies_there_once(claire):
    activate(claire, "letters@example.org")

    first, again = make_message(claire, key="decision:1"), make_message(claire, key="decision:1")

    assert first == again
    assert EboxMessage.objects.count() == 1
    mail = OutgoingMail.objects.get(template="ebox_published")
    assert mails.compose(mail).to == ["letters@example.org"]


def test_who_has_not_activated_gets_a_normal_notice_and_finds_it_after_the_activation(claire):
    make_message(claire)

    notice = Notice.objects.get(kind=NoticeKind.DOCUMENT)
    assert notice.event == "ebox_document"
    assert not OutgoingMail.objects.filter(template="ebox_published").exists()
    assert unopened_count(viewer_of(claire)) == 0
    activate(claire)
    assert unopened_count(viewer_of(claire)) == 1


def test_opening_asks_for_the_level_and_writes_one_receipt(claire):
    activate(claire)
    message = make_message(claire)
    with pytest.raises(StepUpRequired) as refusal:
        ebox.open_message(message=message, viewer=viewer_of(claire))
    assert "service=ebox" in refusal.value.params["url"]
    message.refresh_from_db()
    assert message.state == EboxState.PUBLISHED
    first = timezone.now()

    ebox.open_message(message=message, viewer=sure(claire), now=first)
    ebox.open_message(message=message, viewer=sure(claire), now=first + timedelta(hours=1))

    message.refresh_from_db()
    assert (message.state, message.opened_at, message.opened_by) == ("opened", first, claire)
    entry = JournalEntry.objects.get(event="ebox_opened")
    assert entry.data["level"] == Level.SUBSTANTIAL


def test_nobody_opens_without_an_active_ebox(claire):
    message = make_message(claire)
    with pytest.raises(EboxNotActive):
        ebox.open_message(message=message, viewer=sure(claire))
    with pytest.raises(EboxNotActive):
        ebox.end(user=claire)

    activate(claire)
    ebox.end(user=claire)

    assert activation_of(claire) is None


def test_reminder_after_fifteen_days_once_and_only_unopened(claire):
    activate(claire)
    start = timezone.now()
    late, read = make_message(claire, now=start), make_message(claire, now=start)
    ebox.open_message(message=read, viewer=sure(claire))
    assert ebox.remind(now=start + timedelta(days=15)) == 0

    assert ebox.remind(now=start + timedelta(days=15, minutes=1)) == 1
    assert ebox.remind(now=start + timedelta(days=16)) == 0

    mail = OutgoingMail.objects.get(template="ebox_reminder")
    assert mail.context == {"message": str(late.public_id)}


def test_confirmed_members_are_told_and_see_declared_ones_do_not(claire):
    confirmed = make_membership(claire)
    declared = make_membership(make_user(), confirmed.profile.organisation, state="declared")
    activate(claire), activate(declared.user)

    message = make_message(claire, profile=confirmed.profile)

    assert list(messages_for(viewer_in(confirmed))) == [message]
    assert not messages_for(viewer_in(declared)).exists()
    assert not messages_for(viewer_of(claire)).exists()
    told = Notice.objects.filter(kind=NoticeKind.DOCUMENT).values_list("user", flat=True)
    assert list(told) == [claire.pk]


def test_copy_and_erasure_of_a_person_s_data(claire):
    activate(claire)
    make_message(claire)

    with translation.override("en"):
        report = privacy.erase(user=claire, by=claire)
        reasons = {str(item.reason) for item in report.kept}

    assert not EboxActivation.objects.exists()
    assert "Proof that an official document was delivered." in reasons
