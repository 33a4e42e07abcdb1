"""Mandates: checked, kept aside for a day, given to one membership, replaced while nobody has read them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from eservices.actions import mandates
from eservices.enums import MembershipState
from eservices.errors import MembershipSettled, UploadRefused
from eservices.models import JournalEntry, Membership
from eservices.models.organisations import private_storage
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership

# Committed transactions delete the papers that were replaced.
pytestmark = pytest.mark.django_db(transaction=True)

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def paper(name="mandate.png", content=PNG):
    return SimpleUploadedFile(name, content, content_type="image/png")


def waiting():
    return make_membership(make_user(), state=MembershipState.DECLARED)


def test_a_paper_is_added_and_replaced_while_it_waits():
    row = waiting()
    first = mandates.upload_mandate(membership=row, by=row.user, uploaded=paper("one.png"))
    path = first.proof.name

    second = mandates.upload_mandate(membership=row, by=row.user, uploaded=paper("two.png"))

    storage = private_storage()
    assert (second.proof_name, len(second.proof_sha256)) == ("two.png", 64)
    assert "two" not in second.proof.name, "the name on disk is ours"
    assert (storage.exists(second.proof.name), storage.exists(path)) == (True, False)
    assert storage.listdir(mandates.PENDING)[1] == []
    assert JournalEntry.objects.filter(event="mandate_added").count() == 2


@pytest.mark.parametrize("state", [MembershipState.CONFIRMED, MembershipState.REVOKED])
def test_what_was_read_stays_as_it_was_read(state):
    row = make_membership(make_user(), state=state)

    with pytest.raises(MembershipSettled):
        mandates.upload_mandate(membership=row, by=row.user, uploaded=paper())

    row.refresh_from_db()
    assert not row.proof


def test_nobody_adds_a_paper_to_somebody_elses_right():
    row = waiting()

    with pytest.raises(Membership.DoesNotExist):
        mandates.upload_mandate(membership=row, by=make_user(), uploaded=paper())


def test_a_program_is_no_mandate():
    row = waiting()

    with pytest.raises(UploadRefused):
        mandates.upload_mandate(
            membership=row, by=row.user, uploaded=paper("mandate.png", b"MZ\x90\x00 a program")
        )

    row.refresh_from_db()
    assert not row.proof


def test_papers_that_nobody_came_back_for_go_after_a_day():
    kept = mandates.keep_pending(uploaded=paper())
    storage, tomorrow = private_storage(), timezone.now() + timedelta(days=1, minutes=1)

    assert mandates.forget_pending() == 0
    assert storage.exists(kept.path)
    assert mandates.forget_pending(now=tomorrow) == 1
    assert not storage.exists(kept.path)
    row = mandates.attach_mandate(membership=waiting(), mandate=kept)
    assert not row.proof, "a wizard left open for too long still opens the space"


def test_only_waiting_papers_are_dropped():
    row = waiting()
    mandates.upload_mandate(membership=row, by=row.user, uploaded=paper())
    row.refresh_from_db()

    mandates.drop_pending(mandate=mandates.Mandate(path=row.proof.name, name="x", sha256=""))

    assert private_storage().exists(row.proof.name)
