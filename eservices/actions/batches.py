"""The same act on many files: each by itself, through the same action, and each with its own answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eservices.actions import assignments, reviews
from eservices.errors import DomainError, NotFound
from eservices.models import Submission, User
from eservices.queries.reviews import file_for_agent

#: So many files at a time: each is a transaction of its own, and the agent waits for the report.
MAX_FILES: Final = 100

Act = Callable[[Submission], object]


@dataclass(frozen=True, kw_only=True)
class BatchRow:
    """What became of one file; `refusal` is empty when the act was done."""

    reference: str
    title: str = ""
    refusal: str = ""
    code: str = ""

    @property
    def done(self) -> bool:
        """Whether the act was done."""
        return not self.code


def claim(*, references: Sequence[str], by: User) -> list[BatchRow]:
    """Take files in charge."""
    return _each(references, by, lambda file: reviews.claim(submission=file, by=by))


def release(*, references: Sequence[str], by: User) -> list[BatchRow]:
    """Give files back to their teams."""
    return _each(references, by, lambda file: reviews.release(submission=file, by=by))


def close(*, references: Sequence[str], by: User) -> list[BatchRow]:
    """Close files."""
    return _each(references, by, lambda file: reviews.close(submission=file, by=by))


def assign(*, references: Sequence[str], by: User, to: User) -> list[BatchRow]:
    """Put files into the charge of a colleague."""
    return _each(references, by, lambda file: assignments.assign(submission=file, by=by, to=to))


def _each(references: Sequence[str], by: User, act: Act) -> list[BatchRow]:
    """Do it file by file, each in its own transaction; one that is refused stops no other."""
    report = []
    for reference in list(dict.fromkeys(references))[:MAX_FILES]:
        title = ""
        try:
            file = file_for_agent(by, reference)
            title = file.procedure.title
            act(file)
        except DomainError as refusal:
            shown = reference[:20] if isinstance(refusal, NotFound) else reference
            report.append(
                BatchRow(reference=shown, title=title, refusal=str(refusal), code=refusal.code)
            )
        else:
            report.append(BatchRow(reference=reference, title=title))
    return report
