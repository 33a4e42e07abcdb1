"""Files for tests: a small form with every difficulty, drafts and files in any state."""

from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from eservices.actions import drafts, submissions
from eservices.contract import Proof, Viewer
from eservices.enums import Level, Method, SubmissionState, VersionState
from eservices.models import (
    Procedure,
    ProcedureText,
    ProcedureVersion,
    Section,
    Submission,
    Team,
    User,
)
from eservices.questions.forms import ChapterResult
from eservices.questions.structure import digest
from tests.factories.eservices import make_user

#: Two chapters; q-note is asked only if q-garden is "yes"; q-nn is sensitive; q-photo takes files.
STRUCTURE: dict[str, Any] = {
    "format": 1,
    "chapters": [
        {
            "id": "c-1",
            "fields": [
                {"id": "q-name", "type": "text", "required": True, "max_length": 50},
                {"id": "q-people", "type": "number", "required": True, "decimals": 0},
                {"id": "q-garden", "type": "yes_no"},
                {
                    "id": "q-note",
                    "type": "long_text",
                    "required": True,
                    "show_if": [{"field": "q-garden", "op": "is", "value": "yes"}],
                },
            ],
        },
        {
            "id": "c-2",
            "fields": [
                {"id": "q-nn", "type": "national_number"},
                {"id": "q-photo", "type": "file", "max_files": 2, "accept": ["pdf", "jpg", "png"]},
                {
                    "id": "q-trees",
                    "type": "table",
                    "max_rows": 3,
                    "columns": [
                        {"id": "k-kind", "type": "text", "required": True},
                        {"id": "k-height", "type": "number", "decimals": 1},
                    ],
                },
                {"id": "q-agree", "type": "consent", "required": True},
            ],
        },
    ],
}
WORDS: dict[str, dict[str, str]] = {
    "c-1": {"title": "Your request"},
    "c-2": {"title": "Proofs"},
    "q-name": {"label": "Name of the street"},
    "q-people": {"label": "How many people"},
    "q-garden": {"label": "Is there a garden"},
    "q-note": {"label": "Tell us about the garden"},
    "q-nn": {"label": "National register number"},
    "q-photo": {"label": "Photo"},
    "q-trees": {"label": "Trees"},
    "k-kind": {"label": "Kind"},
    "k-height": {"label": "Height"},
    "q-agree": {"label": "I agree", "text": "<p>I agree to be visited.</p>"},
}
#: Everything that sending asks for.
COMPLETE: dict[str, Any] = {"q-name": "Rue Neuve", "q-people": "120", "q-agree": True}
NATIONAL_NUMBER = "85031499701"

_numbers = count(1)


def make_version(
    procedure: Procedure,
    structure: dict[str, Any] | None = None,
    words: dict[str, Any] | None = None,
) -> ProcedureVersion:
    """A frozen version in four languages that becomes the current one."""
    structure = structure or STRUCTURE
    procedure.versions.filter(state=VersionState.CURRENT).update(state=VersionState.RETIRED)
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=procedure.versions.count() + 1,
        state=VersionState.CURRENT,
        structure=structure,
        sha256=digest(structure),
    )
    for locale in ("fr", "nl", "de", "en"):
        texts = {
            block: {kind: f"{text} ({locale})" for kind, text in kinds.items()}
            for block, kinds in (words or WORDS).items()
        }
        ProcedureText.objects.create(
            version=version, locale=locale, words=texts, sha256=digest(texts), complete=True
        )
    procedure.current = version
    procedure.save()
    return version


def make_procedure(structure: dict[str, Any] | None = None, **fields: Any) -> Procedure:
    """An open procedure with a current version."""
    number = next(_numbers)
    titles = {code: {"title": f"Permit {number} ({code})"} for code in ("fr", "nl", "de", "en")}
    values: dict[str, Any] = {
        "code": f"permit-{number}",
        "source_locale": "fr",
        "section": Section.objects.get_or_create(code="permits")[0],
        "team": Team.objects.get_or_create(code="works", defaults={"names": {"fr": "Travaux"}})[0],
        "kinds": ["citizen"],
        "handling_days": 15,
        "texts": titles,
        **fields,
    }
    procedure = Procedure.objects.create(**values)
    make_version(procedure, structure)
    return procedure


def viewer_of(
    user: User, level: Level = Level.LOW, method: Method = Method.MAIL_CODE, *, ago: int = 0
) -> Viewer:
    """Somebody who is logged in and acts for oneself; the proof was given `ago` minutes ago."""
    proof = Proof(method=method, level=level, at=timezone.now() - timedelta(minutes=ago))
    return Viewer(user=user, profile=user.citizen_profile, level=level, proofs=(proof,))


def given(answers: dict[str, Any], unfinished: dict[str, Any] | None = None) -> ChapterResult:
    """What a page sends that shows just these questions."""
    return ChapterResult(
        answers={name: value for name, value in answers.items() if value is not None},
        unfinished=unfinished or {},
        touched=frozenset(answers) | frozenset(unfinished or {}),
    )


def make_draft(
    user: User | None = None,
    procedure: Procedure | None = None,
    answers: dict[str, Any] | None = None,
) -> Submission:
    """A draft with some answers."""
    user = user or make_user()
    draft = drafts.start(
        procedure=procedure or make_procedure(), viewer=viewer_of(user), locale="fr", another=True
    )
    if answers:
        draft = drafts.save(
            submission=draft, result=given(answers), base_revision=draft.revision, by=user
        )
    return draft


def make_sent(
    user: User | None = None, procedure: Procedure | None = None, **answers: Any
) -> Submission:
    """A file that was sent."""
    draft = make_draft(user, procedure, COMPLETE | answers)
    return submissions.submit(
        submission=draft,
        viewer=viewer_of(draft.acting_user),
        revision=draft.revision,
        locale="fr",
    )


def make_file(state: SubmissionState, user: User | None = None, **columns: Any) -> Submission:
    """A file put into a state by force, for tests of single moves and pages."""
    file = make_draft(user) if state == SubmissionState.DRAFT else make_sent(user)
    columns = {"state": state, "state_since": timezone.now(), **columns}
    Submission.objects.filter(pk=file.pk).update(**columns)
    file.refresh_from_db()
    return file
