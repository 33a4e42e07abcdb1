"""Thousands of files for tests of lists and exports: written in bulk, with answers and a journal entry each."""

from datetime import timedelta

from django.utils import timezone

from eservices.enums import SubmissionState
from eservices.models import JournalEntry, Procedure, ReadMark, Submission, Team, User
from tests.factories.submissions import make_procedure, make_sent

STATES = (
    SubmissionState.SUBMITTED,
    SubmissionState.IN_REVIEW,
    SubmissionState.AWAITING_CITIZEN,
    SubmissionState.ACCEPTED,
    SubmissionState.CLOSED,
)
NAMES = ("amelie renard", "pierre hennaut", "sofia martens", "karim lejeune", "traiteur delvaux")


def make_many(number: int, *, teams: int = 20, chunk: int = 2000) -> list[Team]:
    """Write so many files, spread evenly over teams, states, days and people; returns the teams."""
    pattern = make_sent()
    procedures: list[Procedure] = [pattern.procedure]
    for position in range(1, teams):
        team = Team.objects.create(code=f"team-{position}", names={"fr": f"Service {position}"})
        procedures.append(make_procedure(team=team))
    texts = {procedure.pk: procedure.current.texts.first() for procedure in procedures}
    now = timezone.now()
    today = timezone.localdate()
    for start in range(0, number, chunk):
        rows = []
        for position in range(start, min(start + chunk, number)):
            procedure = procedures[position % teams]
            state = STATES[(position // teams) % len(STATES)]
            decided = state in (SubmissionState.ACCEPTED, SubmissionState.CLOSED)
            sent = now - timedelta(minutes=13 * position)
            rows.append(
                Submission(
                    reference=f"BULK-{position:07d}",
                    procedure=procedure,
                    version=procedure.current,
                    text=texts[procedure.pk],
                    profile=pattern.profile,
                    acting_user=pattern.acting_user,
                    team=procedure.team,
                    state=state,
                    locale="fr",
                    submitted_at=sent,
                    decided_at=sent + timedelta(days=position % 40) if decided else None,
                    due_on=None if decided else today + timedelta(days=position % 60 - 10),
                    last_citizen_act_at=sent,
                    search_name=f"{NAMES[position % len(NAMES)]} {position}",
                    answers=pattern.answers | {"q-note": "Une réponse assez longue. " * 20},
                )
            )
        Submission.objects.bulk_create(rows)
        JournalEntry.objects.bulk_create(
            JournalEntry(
                subject_type=Submission._meta.label_lower,
                subject_id=row.public_id,
                sequence=1,
                event="submit",
                side="citizen",
                hash="0" * 64,
            )
            for row in rows
        )
    return [procedure.team for procedure in procedures]


def mark_read(user: User, files: int) -> None:
    """Let an agent have read the first files."""
    rows = Submission.objects.order_by("pk")[:files]
    ReadMark.objects.bulk_create(
        ReadMark(submission=row, user=user, read_at=timezone.now()) for row in rows
    )
