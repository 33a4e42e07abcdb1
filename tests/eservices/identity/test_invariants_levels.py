"""Invariants of identification where procedures ask for it (I4, I5 of the research on identity)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from eservices.actions import drafts
from eservices.actions.identities import link, same_person
from eservices.contract import Proof, Requirement, VerifiedIdentity, Viewer
from eservices.enums import FieldSource, Level, Method
from eservices.errors import StepUpRequired
from eservices.models import Submission
from eservices.queries.requirements import is_met, requirement_of
from tests.factories.eservices import make_user
from tests.factories.submissions import NATIONAL_NUMBER, make_procedure, viewer_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("names", [["telepathy"], ["telepathy", "eid"]])
def test_i4_methods_that_are_not_known_satisfy_nobody(names):
    procedure = make_procedure(required_level=Level.LOW, accepted_methods=names)
    requirement = requirement_of(procedure)
    met = {
        method
        for method in Method
        if is_met(viewer_of(make_user(), Level.HIGH, method), requirement)
    }

    assert met == {Method(name) for name in names if name in set(Method)}


def test_i4_one_proof_must_satisfy_everything():
    """A strong old proof and a weak fresh one are not a strong fresh one."""
    now = timezone.now()
    old = Proof(method=Method.EID, level=Level.HIGH, at=now - timedelta(minutes=20))
    fresh = Proof(method=Method.MAIL_CODE, level=Level.LOW, at=now)
    viewer = Viewer(user=make_user(), level=Level.HIGH, proofs=(old, fresh))
    asked = Requirement(level=Level.HIGH, max_age=timedelta(minutes=15))

    assert not is_met(viewer, asked, now=now)
    assert is_met(viewer, replace(asked, max_age=timedelta(minutes=21)), now=now)


def test_i4_the_level_of_a_viewer_alone_proves_nothing():
    procedure = make_procedure()
    viewer = replace(viewer_of(make_user(), Level.HIGH, Method.EID), proofs=())

    with pytest.raises(StepUpRequired):
        drafts.start(procedure=procedure, viewer=viewer, locale="fr")

    assert not Submission.objects.exists()


def identity(**fields):
    values = {
        "provider": "csam",
        "issuer": "https://csam.example",
        "subject": "one",
        "method": Method.EID,
        "level": Level.HIGH,
        "at": timezone.now(),
        "source": FieldSource.CSAM,
    }
    return VerifiedIdentity(**{**values, **fields})


def test_i5_the_card_of_somebody_else_is_never_the_same_person():
    me, other = make_user(), make_user()
    link(user=me, identity=identity(national_number=NATIONAL_NUMBER))
    link(user=other, identity=identity(subject="two"))

    mine = identity(national_number=NATIONAL_NUMBER)
    theirs = identity(subject="two")
    stranger = identity(subject="three")

    assert [same_person(user=me, identity=each) for each in (mine, theirs, stranger)] == [
        True,
        False,
        False,
    ]
