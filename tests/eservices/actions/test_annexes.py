"""Documents of drafts: taken whole or not at all."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from eservices.actions import annexes, submissions
from eservices.enums import AnnexState
from eservices.errors import (
    MoveRefused,
    NotFound,
    UploadEmpty,
    UploadTooMany,
    UploadTypeRefused,
)
from eservices.models import Annex
from eservices.queries.submissions import content_of
from tests.factories.submissions import COMPLETE, make_draft, make_sent, viewer_of

pytestmark = pytest.mark.django_db


def picture(name: str = "garden.png") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "image/png")


def add(draft, uploaded=None, question="q-photo"):
    return annexes.add(
        submission=draft, question=question, uploaded=uploaded or picture(), by=draft.acting_user
    )


def stored_files(draft) -> list[Path]:
    folder = Path(Annex._meta.get_field("file").storage.location) / "annexes"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_document_becomes_the_answer_and_lies_outside_of_media():
    draft = make_draft()

    annex = add(draft)

    draft.refresh_from_db()
    assert content_of(draft).answers == {"q-photo": [str(annex.public_id)]}
    assert (annex.name, annex.media_type) == ("garden.png", "image/png")
    assert len(stored_files(draft)) == 1
    assert "garden" not in annex.file.name


@pytest.mark.parametrize(
    ("uploaded", "question", "error"),
    [
        (SimpleUploadedFile("a.png", b""), "q-photo", UploadEmpty),
        (SimpleUploadedFile("a.png", b"MZ\x90\x00 no picture"), "q-photo", UploadTypeRefused),
        (picture(), "q-name", NotFound),
        (picture(), "q-unknown", NotFound),
    ],
)
def test_refused_document_leaves_nothing(uploaded, question, error):
    draft = make_draft()

    with pytest.raises(error):
        add(draft, uploaded, question)

    assert not Annex.objects.exists()
    assert stored_files(draft) == []


def test_one_document_too_many_is_refused_and_its_bytes_are_gone():
    draft = make_draft()
    add(draft)
    add(draft)

    with pytest.raises(UploadTooMany):
        add(draft)

    assert len(stored_files(draft)) == 2


def test_bytes_go_again_when_the_transaction_fails(monkeypatch):
    draft = make_draft()

    def fail(*_args, **_kwargs):
        raise MoveRefused

    monkeypatch.setattr("eservices.actions.annexes.save_answers", fail)
    with pytest.raises(MoveRefused):
        add(draft)

    assert stored_files(draft) == []


def test_deleted_document_leaves_a_tombstone(django_capture_on_commit_callbacks):
    draft = make_draft()
    annex = add(draft)
    assert stored_files(draft)

    with django_capture_on_commit_callbacks(execute=True):
        annexes.delete(annex=annex, by=draft.acting_user)
        annexes.delete(annex=annex, by=draft.acting_user)

    annex.refresh_from_db()
    draft.refresh_from_db()
    assert (annex.state, annex.name, bool(annex.sha256)) == (
        AnnexState.DELETED,
        "garden.png",
        True,
    )
    assert content_of(draft).answers == {}
    assert stored_files(draft) == []


def test_documents_of_a_sent_file_stay():
    draft = make_draft(answers=COMPLETE)
    annex = add(draft)
    draft.refresh_from_db()
    submissions.submit(
        submission=draft,
        viewer=viewer_of(draft.acting_user),
        revision=draft.revision,
        locale="fr",
    )

    with pytest.raises(MoveRefused):
        annexes.delete(annex=annex, by=draft.acting_user)
    with pytest.raises(MoveRefused):
        add(make_sent())

    assert stored_files(draft)
