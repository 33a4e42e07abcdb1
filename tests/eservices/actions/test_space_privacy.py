"""What somebody sent for an organisation: in the person's copy, never the person's to erase."""

import io
import json
import zipfile

import pytest

from eservices.actions import privacy
from eservices.enums import MembershipRole, MembershipState, SubmissionState
from eservices.models import Annex, Submission
from eservices.queries.privacy import privacy_summary
from tests.eservices.actions.test_annexes import add as add_annex
from tests.factories.eservices import make_user
from tests.factories.organisations import make_membership, make_organisation, make_space_file
from tests.factories.submissions import make_procedure

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation():
    return make_organisation("Harmonie")


@pytest.fixture
def procedure():
    return make_procedure(kinds=["association"])


def files_in_copy(user):
    """The files of the copy and the names in the archive."""
    with privacy.export(user=user) as copy, zipfile.ZipFile(io.BytesIO(copy.read())) as archive:
        contents = [json.loads(archive.read(n)) for n in archive.namelist() if n.endswith("json")]
        names = archive.namelist()
    return [row for part in contents for row in part.get("files", [])], names


def test_the_copy_holds_what_i_sent_in_its_name_and_says_whose_it_is(organisation, procedure):
    mine = make_membership(make_user(), organisation)
    colleague = make_membership(make_user(), organisation)
    draft = make_space_file(mine, procedure, sent=False)
    add_annex(draft)
    sent = make_space_file(mine, procedure, **{"q-name": "Rue de la Preuve"})
    foreign = make_space_file(colleague, procedure)

    rows, names = files_in_copy(mine.user)

    found = {row["reference"]: row for row in rows}
    assert set(found) == {draft.reference, sent.reference}
    assert "Rue de la Preuve" in str(found[sent.reference]["answers"])
    assert found[sent.reference]["space"]["name"] == "Harmonie"
    assert found[sent.reference]["space"]["enterprise_number"] == organisation.bce_number
    assert found[sent.reference]["space"]["note"]
    assert any(draft.reference in name for name in names)
    assert foreign.reference not in str(rows)


def test_erasure_leaves_the_file_to_the_organisation_without_the_name(organisation, procedure):
    mine = make_membership(make_user(first_name="Zelda"), organisation)
    make_membership(make_user(), organisation, role=MembershipRole.ADMIN)
    sent = make_space_file(mine, procedure)
    shared = make_space_file(mine, procedure, sent=False)

    report = privacy.erase(user=mine.user, by=mine.user)

    for file in (sent, shared):
        file.refresh_from_db()
        assert file.answers, "content stays with the organisation"
    assert (sent.state, shared.state) == (SubmissionState.SUBMITTED, SubmissionState.DRAFT)
    assert sent.profile == organisation.profile
    assert not report.kept, "the account does not wait for files of the organisation"
    sent.acting_user.refresh_from_db()
    assert "Zelda" not in sent.acting_user.display_name
    assert not sent.acting_user.is_active


def test_drafts_that_nobody_else_sees_go_with_the_person(organisation, procedure):
    mine = make_membership(make_user(), organisation, state=MembershipState.DECLARED)
    other = make_membership(make_user(), organisation, state=MembershipState.DECLARED)
    draft, sent = make_space_file(mine, procedure, sent=False), make_space_file(mine, procedure)
    theirs = make_space_file(other, procedure, sent=False)
    add_annex(draft)
    plan = privacy_summary(mine.user).plan
    assert draft.reference in str(plan.erased)
    assert sent.reference not in str(plan)

    privacy.erase(user=mine.user, by=mine.user)

    draft.refresh_from_db()
    assert (draft.state, draft.answers) == (SubmissionState.DISCARDED, {})
    assert not Annex.objects.filter(submission=draft).exists()
    rest = Submission.objects.filter(pk__in=(sent.pk, theirs.pk)).values_list("state", flat=True)
    assert sorted(rest) == ["draft", "submitted"]
