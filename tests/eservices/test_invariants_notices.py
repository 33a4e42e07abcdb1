"""What must hold whatever happens around notices and the eBox (the invariants of the domain model, 15 and 16)."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from eservices.actions import ebox, mails
from eservices.actions.notices import notify
from eservices.enums import LEGAL_NOTICES, Channel, DeliveryState, NoticeKind
from eservices.models import Delivery, Notice, NoticeChoice, OutgoingMail
from tests.factories.ebox import activate, make_message
from tests.factories.eservices import make_user
from tests.factories.submissions import make_sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    sent = make_sent()
    Notice.objects.all().delete()
    OutgoingMail.objects.all().delete()
    return sent


def tell(file, kind=NoticeKind.PROGRESS, key="a", **more):
    return notify(
        kind=kind,
        profile=file.profile,
        to_user=file.acting_user,
        template="submission_received",
        key=key,
        context={"submission": str(file.public_id)},
        **more,
    )


@pytest.mark.feature("B4")
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("kind", [kind for kind in NoticeKind if kind != NoticeKind.TEAM])
def test_invariant_15_choice_keeps_back_the_letter_never_the_row(file, kind, channel):
    NoticeChoice.objects.create(
        user=file.acting_user, profile=file.profile, kind=kind, channel=channel
    )

    letter = tell(file, kind)

    notice = Notice.objects.get()
    assert (notice.user, notice.submission, notice.kind) == (file.acting_user, file, kind)
    leaves = kind in LEGAL_NOTICES or channel == Channel.MAIL
    assert (letter is not None) == leaves
    assert OutgoingMail.objects.count() == leaves
    rows = dict(notice.deliveries.values_list("channel", "state"))
    other = {
        Channel.MAIL: (Channel.MAIL, DeliveryState.QUEUED),
        Channel.DIGEST: (Channel.DIGEST, DeliveryState.QUEUED),
        Channel.SPACE: (Channel.MAIL, DeliveryState.SUPPRESSED),
    }[Channel.MAIL if leaves else channel]
    assert rows == {Channel.SPACE: DeliveryState.SENT, other[0]: other[1]}


@pytest.mark.feature("B4")
def test_invariant_15_one_notice_for_a_person_a_kind_a_file_and_ten_minutes(file):
    start = timezone.now()

    letters = [
        tell(file, key=f"m{n}", burst=True, now=start + timedelta(minutes=3 * n)) for n in range(3)
    ]
    again = tell(file, key="m1", burst=True, now=start + timedelta(minutes=9))

    assert {letter.pk for letter in [*letters, again]} == {OutgoingMail.objects.get().pk}
    assert Notice.objects.get().count == 3
    assert Delivery.objects.count() == 2


def test_invariant_15_what_follows_later_or_was_read_or_is_elsewhere_is_a_notice_of_its_own(file):
    start = timezone.now()
    tell(file, key="first", burst=True, now=start)

    tell(file, key="later", burst=True, now=start + timedelta(minutes=11))
    tell(file, kind=NoticeKind.QUESTION, key="other kind", burst=True, now=start)
    other = make_sent(user=file.acting_user)
    Notice.objects.filter(submission=other).delete()
    tell(other, key="other file", burst=True, now=start)
    Notice.objects.filter(key="later").update(read_at=start)
    tell(file, key="after reading", burst=True, now=start + timedelta(minutes=12))

    assert set(Notice.objects.values_list("key", flat=True)) == {
        "first",
        "later",
        "other kind",
        "other file",
        "after reading",
    }
    assert set(Notice.objects.values_list("count", flat=True)) == {1}


def test_invariant_15_telling_twice_with_one_key_tells_once(file):
    first, again = tell(file), tell(file)

    assert first == again
    assert Notice.objects.get().count == 1
    assert Delivery.objects.count() == 2
    assert OutgoingMail.objects.count() == 1


def test_letters_of_other_people_are_never_joined(file):
    tell(file, key="mine", burst=True)
    notify(
        kind=NoticeKind.PROGRESS,
        profile=file.profile,
        to_user=make_user(),
        template="submission_received",
        key="theirs",
        submission=file,
        burst=True,
    )

    assert Notice.objects.count() == 2


@pytest.mark.feature("C5")
@pytest.mark.parametrize("event", ["ebox_published", "ebox_reminder", "ebox_document"])
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_invariant_16_no_letter_holds_a_word_of_the_document(file, event, language):
    user = file.acting_user
    user.language = language
    user.save()
    if event != "ebox_document":
        activate(user)
    start = timezone.now()
    message = make_message(user, file=file, now=start)
    ebox.remind(now=start + timedelta(days=16))

    letter = mails.compose(OutgoingMail.objects.get(template=event))

    whole = "\n".join(
        [letter.subject, letter.body, *(str(part[0]) for part in letter.alternatives)]
    )
    assert settings.PUBLIC_BASE_URL in whole
    secrets = [*message.titles.values(), file.procedure.title, file.reference, "decision.pdf"]
    assert not [text for text in secrets if text in whole]
    assert not letter.attachments


@pytest.mark.feature("C5")
def test_invariant_15_the_ebox_that_announced_a_decision_replaces_the_letter_not_the_row(file):
    user = file.acting_user
    NoticeChoice.objects.create(
        user=user, profile=file.profile, kind=NoticeKind.DECISION, channel=Channel.SPACE
    )
    file.decided_at = timezone.now()
    file.save()
    assert tell(file, NoticeKind.DECISION, key="before") is not None, "nothing lies in the eBox yet"
    activate(user)
    make_message(user, file=file)

    assert tell(file, NoticeKind.DECISION, key="after") is None
    assert Notice.objects.filter(key="after").exists()
