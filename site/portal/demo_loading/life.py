"""What happens to a file of the demo after sending: the steps of both sides, taken by the portal's own actions."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from eservices.actions import (
    annexes,
    discussions,
    ebox,
    notes,
    opinions,
    requests,
    reviews,
    submissions,
)
from eservices.actions.wanted import Wanted
from eservices.enums import RequestKind, RequestState, Side
from eservices.models import Submission, Team, User
from eservices.money import Money
from eservices.queries.procedures import structure_of
from portal.demo_loading.pictures import picture

Step = Mapping[str, Any]


def live_on(file: Submission, steps: list[Step], agent: User) -> None:
    """Take the steps of a file one after the other; the first word of a step says which it is."""
    for number, step in enumerate(steps):
        _STEPS[next(iter(step))](file, step, agent, f"step-{number}")
        file.refresh_from_db()


def inform(file: Submission, name: str, agent: User) -> None:
    """Put a document of the municipality into the file, and into the eBox of its person."""
    annex = annexes.inform(submission=file, uploaded=picture(name), by=agent)
    person = _citizen(file)
    waiting = ebox.ask(user=person, email=person.email)
    ebox.confirm(user=person, code=ebox.code_of(waiting))
    ebox.publish(
        key=f"demo:{file.public_id}",
        profile=file.profile,
        titles={code: texts["title"] for code, texts in file.procedure.texts.items()},
        annexes=[annex],
        submission=file,
    )


def _citizen(file: Submission) -> User:
    assert file.acting_user is not None  # noqa: S101  people of the demo exist
    return file.acting_user


def _say(file: Submission, step: Step, agent: User, key: str) -> None:
    from_agent = step.get("by") == "agent"
    discussions.post(
        submission=file,
        by=agent if from_agent else _citizen(file),
        side=Side.AGENT if from_agent else Side.CITIZEN,
        body=step["say"],
        key=key,
        uploads=[picture(step["document"])] if "document" in step else [],
    )


def _note(file: Submission, step: Step, agent: User, key: str) -> None:
    notes.write(submission=file, by=agent, body=step["note"])


def _ask(file: Submission, step: Step, agent: User, key: str) -> None:
    codes = {spec.key: spec.id for spec in structure_of(file.version).questions()}
    end = timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0)
    due_at = end + timedelta(days=step["ask"]["days"])
    requests.ask(
        submission=file,
        by=agent,
        items=[
            Wanted(
                kind=RequestKind(item["kind"]),
                text=item["text"],
                question=codes[item["question"]] if "question" in item else "",
                amount=Money.from_json(item["euros"]) if "euros" in item else None,
            )
            for item in step["ask"]["items"]
        ],
        due_at=due_at,
        now=min(timezone.now(), due_at - timedelta(days=7)),
    )


def _answer(file: Submission, step: Step, agent: User, key: str) -> None:
    asked = list(file.requests.order_by("pk"))
    requests.answer(request=asked[step["answer"]], by=_citizen(file), text=step["text"])


def _send(file: Submission, step: Step, agent: User, key: str) -> None:
    specs = structure_of(file.version).annexes
    wanted = next(spec.id for spec in specs if spec.key == step["send"])
    uploaded = picture(step["document"])
    annexes.send(submission=file, uploaded=uploaded, by=_citizen(file), wanted=wanted)


def _opinion(file: Submission, step: Step, agent: User, key: str) -> None:
    team = Team.objects.get(code=step["opinion"])
    opinions.ask(submission=file, by=agent, team=team, text=step["text"])


def _give(file: Submission, step: Step, agent: User, key: str) -> None:
    opinion = file.opinions.get(team__code=step["give"], state=RequestState.OPEN)
    opinions.give(opinion=opinion, by=agent, text=step["text"])


def _close(file: Submission, step: Step, agent: User, key: str) -> None:
    reviews.close(submission=file, by=agent)


def _expire(file: Submission, step: Step, agent: User, key: str) -> None:
    requests.close_unanswered()


def _withdraw(file: Submission, step: Step, agent: User, key: str) -> None:
    submissions.withdraw(submission=file, by=_citizen(file))


_STEPS: Mapping[str, Callable[[Submission, Step, User, str], None]] = {
    "say": _say,
    "note": _note,
    "ask": _ask,
    "answer": _answer,
    "send": _send,
    "opinion": _opinion,
    "give": _give,
    "close": _close,
    "expire": _expire,
    "withdraw": _withdraw,
}
