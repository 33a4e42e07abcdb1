"""Writing in a file: who may when, once, with documents, told without content, read or unread."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from eservices.actions import annexes, discussions, notes
from eservices.actions.mails import compose
from eservices.enums import AnnexPurpose, Side, SubmissionState
from eservices.errors import (
    AnnexTaken,
    DiscussionClosed,
    DiscussionNotOpen,
    MessageEditOver,
    MessageEmpty,
    MessageTooLong,
    NoteEmpty,
    NotFound,
    TooMany,
    UploadTooMany,
    UploadTypeRefused,
)
from eservices.models import Annex, JournalEntry, Message, OutgoingMail, Submission
from eservices.queries.discussions import (
    UNSENT,
    thread_of,
    unread_for_agent,
    unread_for_citizen,
    unread_in,
)
from tests.eservices.test_uploads import sent as uploaded_as
from tests.factories.documents import letter, photo
from tests.factories.eservices import make_user
from tests.factories.submissions import make_file, make_sent
from tests.factories.teams import make_team_agent

pytestmark = pytest.mark.django_db


def write(file, body="When will you come?", key="k-1", **more):
    more = {"by": file.acting_user, "side": Side.CITIZEN, **more}
    return discussions.post(submission=file, body=body, key=key, **more)


def answer(file, agent, body="On Monday.", key="a-1", **more):
    return write(file, body, key, by=agent, side=Side.AGENT, **more)


@pytest.mark.feature("A13")
@pytest.mark.parametrize("state", list(SubmissionState))
@pytest.mark.parametrize("side", [Side.CITIZEN, Side.AGENT])
def test_both_sides_write_in_every_state_after_sending(state, side):
    file = make_file(state)
    by = file.acting_user if side == Side.CITIZEN else make_team_agent(file)

    if state in UNSENT:
        with pytest.raises(DiscussionNotOpen):
            write(file, by=by, side=side)
    else:
        assert write(file, by=by, side=side).side == side


def test_after_the_end_messages_are_taken_for_ninety_days():
    for state in (SubmissionState.REJECTED, SubmissionState.CLOSED):
        file = make_file(state, state_since=timezone.now() - timedelta(days=89))
        assert write(file, key=state)
        Submission.objects.filter(pk=file.pk).update(
            state_since=timezone.now() - timedelta(days=91)
        )
        file.refresh_from_db()
        with pytest.raises(DiscussionClosed):
            write(file, key=f"late-{state}")


def test_the_same_message_twice_is_stored_and_told_once():
    file = make_sent()
    make_team_agent(file)

    assert write(file) == write(file)

    assert Message.objects.count() == 1
    assert OutgoingMail.objects.filter(template="message_to_team").count() == 1
    other = make_sent()
    assert write(other) != Message.objects.first(), "keys of different people never meet"


@pytest.mark.parametrize(("body", "error"), [("  \n ", MessageEmpty), ("a" * 5001, MessageTooLong)])
def test_what_is_no_message_is_refused(body, error):
    file = make_sent()
    with pytest.raises(error):
        write(file, body)
    assert not Message.objects.exists()


def test_somebody_who_writes_too_often_is_stopped():
    file = make_sent()
    now = timezone.now().replace(minute=5)
    with time_machine.travel(now, tick=False):
        for number in range(discussions.PER_HOUR):
            write(file, key=f"k-{number}")
        with pytest.raises(TooMany):
            write(file, key="one more")
        assert write(file, key="k-0"), "what was sent already is answered"


def test_documents_go_with_the_message_and_stay_with_it():
    file = make_sent()
    staged = annexes.stage(submission=file, uploaded=letter("plan.pdf"), by=file.acting_user)

    message = write(file, staged=[str(staged.public_id)], uploads=[photo("garden.jpg")])

    names = [annex.name for annex in thread_of(file)[0].annexes.all()]
    assert sorted(names) == ["garden.jpg", "plan.pdf"]
    with pytest.raises(AnnexTaken):
        annexes.delete(annex=message.annexes.first(), by=file.acting_user)


def test_a_document_alone_is_a_message_and_a_bad_one_stops_it():
    file = make_sent()
    assert write(file, "", uploads=[letter()]).annexes.count() == 1
    with pytest.raises(UploadTypeRefused):
        write(file, "see", key="k-2", uploads=[uploaded_as("a.pdf", b"MZ\x90\x00 program")])
    with pytest.raises(UploadTooMany):
        write(file, "see", key="k-3", staged=["x"] * 11)
    assert Message.objects.count() == 1


def test_staged_documents_of_others_cannot_be_sent_and_old_ones_go():
    file, other = make_sent(), make_sent()
    theirs = annexes.stage(submission=other, uploaded=letter(), by=other.acting_user)
    with pytest.raises(NotFound):
        write(file, staged=[str(theirs.public_id)])
    assert not Message.objects.exists()

    assert annexes.drop_staged() == 0
    assert annexes.drop_staged(now=timezone.now() + timedelta(days=2)) == 1
    assert not Annex.objects.filter(purpose=AnnexPurpose.MESSAGE).exists()


def test_the_mails_say_that_there_is_a_message_and_nothing_of_it():
    file = make_sent()
    agent = make_team_agent(file)
    write(file, "My secret is Mirabelle.", uploads=[letter("Mirabelle.pdf")])
    answer(file, agent, "We keep Mirabelle to ourselves.")

    mails = list(OutgoingMail.objects.filter(template__startswith="message_"))

    assert {mail.to_user for mail in mails} == {file.acting_user, agent}
    for mail in mails:
        letter_of = compose(mail)
        whole = f"{letter_of.subject}{letter_of.body}{letter_of.alternatives[0][0]}{mail.context}"
        assert file.reference in whole
        assert "Mirabelle" not in whole


def test_the_agent_in_charge_is_told_else_the_team_by_its_address_else_its_members():
    file = make_sent()
    first, second = make_team_agent(file), make_team_agent(file)
    write(file, key="members")
    told = OutgoingMail.objects.filter(template="message_to_team")
    assert {mail.to_user for mail in told} == {first, second}

    file.team.email = "works@valmont.example"
    file.team.save()
    write(file, key="address")
    assert told.latest("pk").address == "works@valmont.example"

    file.assignee = second
    file.save()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        write(file, key="agent")
    assert told.latest("pk").to_user == second


def test_a_message_can_be_changed_for_five_minutes_by_who_wrote_it():
    file = make_sent()
    now = timezone.now()
    message = write(file, now=now)
    with pytest.raises(NotFound):
        discussions.edit(message=message, by=make_user(), body="Mine now")

    edited = discussions.edit(
        message=message, by=file.acting_user, body="When?", now=now + timedelta(minutes=4)
    )
    assert (edited.body, edited.edited_at) == ("When?", now + timedelta(minutes=4))
    with pytest.raises(MessageEmpty):
        discussions.edit(message=message, by=file.acting_user, body=" ")
    with pytest.raises(MessageEditOver):
        discussions.edit(
            message=message, by=file.acting_user, body="?", now=now + timedelta(minutes=5)
        )
    message.refresh_from_db()
    assert message.body == "When?"


def test_unread_is_what_the_other_side_wrote_since_the_last_look(django_assert_num_queries):
    file = make_sent()
    agent, colleague = make_team_agent(file), make_team_agent(file)
    write(file, key="1")
    write(file, key="2")
    rows = Submission.objects.filter(pk=file.pk)
    with django_assert_num_queries(1):
        row = unread_for_agent(rows, agent).get()
    assert (row.unread_messages, row.has_news) == (2, True)
    assert unread_for_citizen(rows, file.acting_user).get().unread_messages == 0

    discussions.mark_read(submission=file, by=agent)

    row = unread_for_agent(rows, agent).get()
    assert (row.unread_messages, row.has_news) == (0, False)
    assert unread_for_agent(rows, colleague).get().unread_messages == 2

    answer(file, agent)
    assert unread_for_citizen(rows, file.acting_user).get().unread_messages == 1
    assert unread_in(file, file.acting_user, side=Side.AGENT) == 1
    discussions.mark_read(submission=file, by=file.acting_user)
    assert unread_in(file, file.acting_user, side=Side.AGENT) == 0
    write(file, key="3")
    row = unread_for_agent(rows, agent).get()
    assert (row.unread_messages, row.has_news) == (1, True)


def test_an_older_look_does_not_make_things_unread_again():
    file = make_sent()
    agent = make_team_agent(file)
    answer(file, agent)
    discussions.mark_read(submission=file, by=file.acting_user)
    discussions.mark_read(
        submission=file, by=file.acting_user, now=timezone.now() - timedelta(hours=1)
    )

    assert unread_in(file, file.acting_user, side=Side.AGENT) == 0


def test_each_message_leaves_a_line_in_the_journal_without_its_words():
    file = make_sent()
    write(file, "Mirabelle")

    entry = JournalEntry.objects.get(event="message_sent")

    assert "Mirabelle" not in str(entry.data)
    assert entry.actor == file.acting_user


def test_notes_are_written_by_agents_and_changed_by_their_author():
    file = make_sent()
    agent = make_team_agent(file)
    note = notes.write(submission=file, by=agent, body=" Call back first. ")
    assert note.body == "Call back first."
    with pytest.raises(NoteEmpty):
        notes.write(submission=file, by=agent, body=" ")
    with pytest.raises(NotFound):
        notes.edit(note=note, by=make_team_agent(file), body="x")

    edited = notes.edit(note=note, by=agent, body="Called back.")

    assert edited.edited_at is not None
    assert not OutgoingMail.objects.filter(template__startswith="note").exists()
