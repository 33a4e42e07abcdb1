"""The life of a file: states, moves, whose turn it is."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Who did something in a file: the citizen's side, the administration, or the system by itself."""

    CITIZEN = "citizen", _("Citizen")
    AGENT = "agent", _("Administration")
    SYSTEM = "system", _("System")


class Turn(models.TextChoices):
    """Who must act next in a file."""

    YOU = "you", _("Your turn")
    US = "us", _("The municipality's turn")
    NONE = "none", _("Finished")


class RevisionKind(models.TextChoices):
    """Why a state of the answers was kept."""

    SAVE = "save", _("Saved")
    AUTOSAVE = "autosave", _("Saved automatically")
    SUBMIT = "submit", _("Sent")
    CORRECTION = "correction", _("Corrected")
    REBASE = "rebase", _("Carried over to a new version")


class SubmissionState(models.TextChoices):
    """The fifteen states of a file; citizens read six words instead (see PublicStatus)."""

    DRAFT = "draft", _("Draft")
    AWAITING_SIGNATURE = "awaiting_signature", _("Awaiting signature")
    SUBMITTED = "submitted", _("Submitted")
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    IN_REVIEW = "in_review", _("In review")
    AWAITING_CITIZEN = "awaiting_citizen", _("Awaiting the citizen")
    AWAITING_INTERNAL = "awaiting_internal", _("Awaiting an opinion")
    ACCEPTED = "accepted", _("Granted")
    REJECTED = "rejected", _("Refused")
    CLOSED = "closed", _("Closed")
    CLOSED_NO_REPLY = "closed_no_reply", _("Closed without reply")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", _("Expired")
    DISCARDED = "discarded", _("Discarded")


class PublicStatus(models.TextChoices):
    """The six words a citizen reads, with icon and sentence, never by colour alone."""

    DRAFT = "draft", _("Draft")
    YOUR_STEP = "your_step", _("To sign / To pay")
    RECEIVED = "received", _("Received")
    IN_PROGRESS = "in_progress", _("In progress")
    AWAITING_YOU = "awaiting_you", _("Your answer is awaited")
    DECISION = "decision", _("Decision")


class SubmissionEvent(models.TextChoices):
    """The acts that move a file from one state to another."""

    SUBMIT = "submit", _("Sent")
    REQUEST_SIGNATURE = "request_signature", _("Signature requested")
    SIGNED_ALL = "signed_all", _("Signed by everybody")
    REOPEN = "reopen", _("Reopened as a draft")
    EXPIRE = "expire", _("Expired")
    DISCARD = "discard", _("Draft deleted")
    REQUEST_PAYMENT = "request_payment", _("Payment requested")
    PAID = "paid", _("Paid")
    TIMEOUT = "timeout", _("Not paid in time")
    WITHDRAW = "withdraw", _("Withdrawn")
    CLAIM = "claim", _("Taken in charge")
    RELEASE = "release", _("Given back to the team")
    ASK_CITIZEN = "ask_citizen", _("Answer requested")
    ASK_OPINION = "ask_opinion", _("Opinion requested")
    ACCEPT = "accept", _("Granted")
    REJECT = "reject", _("Refused")
    CLOSE = "close", _("Closed")
    REPLIED = "replied", _("Answered")
    WITHDRAW_REQUEST = "withdraw_request", _("Request to the citizen withdrawn")
    DEADLINE = "deadline", _("Closed without reply")
    OPINION_GIVEN = "opinion_given", _("Opinion given")
    OPINION_CANCELLED = "opinion_cancelled", _("Opinion no longer needed")
    DELIVER = "deliver", _("Decision delivered")
    RECONSIDER = "reconsider", _("Taken up again")


@dataclass(frozen=True, kw_only=True)
class Move:
    """One arrow of the life of a file: from `source` by `event` to `target`, and the sides that may do it."""

    source: SubmissionState
    event: SubmissionEvent
    target: SubmissionState
    sides: tuple[Side, ...]


def _moves() -> tuple[Move, ...]:
    s, e = SubmissionState, SubmissionEvent
    citizen, agent, system = (Side.CITIZEN,), (Side.AGENT,), (Side.SYSTEM,)
    rows: list[tuple[SubmissionState, SubmissionEvent, SubmissionState, tuple[Side, ...]]] = [
        (s.DRAFT, e.SUBMIT, s.SUBMITTED, citizen + agent),
        (s.DRAFT, e.REQUEST_SIGNATURE, s.AWAITING_SIGNATURE, citizen),
        (s.DRAFT, e.EXPIRE, s.EXPIRED, system),
        (s.DRAFT, e.DISCARD, s.DISCARDED, citizen + agent),
        (s.AWAITING_SIGNATURE, e.SIGNED_ALL, s.SUBMITTED, system),
        (s.AWAITING_SIGNATURE, e.REOPEN, s.DRAFT, citizen),
        (s.AWAITING_SIGNATURE, e.EXPIRE, s.EXPIRED, system),
        (s.SUBMITTED, e.REQUEST_PAYMENT, s.AWAITING_PAYMENT, agent + system),
        (s.SUBMITTED, e.CLAIM, s.IN_REVIEW, agent),
        (s.SUBMITTED, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.AWAITING_PAYMENT, e.PAID, s.SUBMITTED, system + agent),
        (s.AWAITING_PAYMENT, e.TIMEOUT, s.CANCELLED, system),
        (s.AWAITING_PAYMENT, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.IN_REVIEW, e.RELEASE, s.SUBMITTED, agent),
        (s.IN_REVIEW, e.ASK_CITIZEN, s.AWAITING_CITIZEN, agent),
        (s.IN_REVIEW, e.ASK_OPINION, s.AWAITING_INTERNAL, agent),
        (s.IN_REVIEW, e.ACCEPT, s.ACCEPTED, agent),
        (s.IN_REVIEW, e.REJECT, s.REJECTED, agent),
        (s.IN_REVIEW, e.CLOSE, s.CLOSED, agent),
        (s.IN_REVIEW, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.AWAITING_CITIZEN, e.REPLIED, s.IN_REVIEW, citizen),
        (s.AWAITING_CITIZEN, e.PAID, s.IN_REVIEW, system + agent),
        (s.AWAITING_CITIZEN, e.WITHDRAW_REQUEST, s.IN_REVIEW, agent),
        (s.AWAITING_CITIZEN, e.DEADLINE, s.CLOSED_NO_REPLY, system),
        (s.AWAITING_CITIZEN, e.WITHDRAW, s.WITHDRAWN, citizen),
        (s.AWAITING_INTERNAL, e.OPINION_GIVEN, s.IN_REVIEW, agent),
        (s.AWAITING_INTERNAL, e.OPINION_CANCELLED, s.IN_REVIEW, agent),
        (s.ACCEPTED, e.DELIVER, s.CLOSED, agent + system),
        (s.ACCEPTED, e.RECONSIDER, s.IN_REVIEW, agent),
        (s.REJECTED, e.RECONSIDER, s.IN_REVIEW, agent),
        (s.REJECTED, e.CLOSE, s.CLOSED, agent + system),
        (s.CLOSED_NO_REPLY, e.RECONSIDER, s.IN_REVIEW, agent),
    ]
    return tuple(
        Move(source=source, event=event, target=target, sides=sides)
        for source, event, target, sides in rows
    )


#: The whole life of a file, one arrow per line; actions move files, nothing else does.
SUBMISSION_MOVES: tuple[Move, ...] = _moves()


#: Where nothing can happen any more.
FINAL_STATES = frozenset(
    {
        SubmissionState.CLOSED,
        SubmissionState.WITHDRAWN,
        SubmissionState.CANCELLED,
        SubmissionState.EXPIRED,
        SubmissionState.DISCARDED,
    }
)


#: What the citizen reads for each state.
PUBLIC_STATUS: dict[SubmissionState, PublicStatus] = {
    SubmissionState.DRAFT: PublicStatus.DRAFT,
    SubmissionState.AWAITING_SIGNATURE: PublicStatus.YOUR_STEP,
    SubmissionState.AWAITING_PAYMENT: PublicStatus.YOUR_STEP,
    SubmissionState.SUBMITTED: PublicStatus.RECEIVED,
    SubmissionState.IN_REVIEW: PublicStatus.IN_PROGRESS,
    SubmissionState.AWAITING_INTERNAL: PublicStatus.IN_PROGRESS,
    SubmissionState.AWAITING_CITIZEN: PublicStatus.AWAITING_YOU,
    SubmissionState.ACCEPTED: PublicStatus.DECISION,
    SubmissionState.REJECTED: PublicStatus.DECISION,
    SubmissionState.CLOSED: PublicStatus.DECISION,
    SubmissionState.CLOSED_NO_REPLY: PublicStatus.DECISION,
    SubmissionState.WITHDRAWN: PublicStatus.DECISION,
    SubmissionState.CANCELLED: PublicStatus.DECISION,
    SubmissionState.EXPIRED: PublicStatus.DECISION,
    SubmissionState.DISCARDED: PublicStatus.DECISION,
}


#: Whose turn it is, derived from the state and never stored.
TURN: dict[SubmissionState, Turn] = {
    SubmissionState.DRAFT: Turn.YOU,
    SubmissionState.AWAITING_SIGNATURE: Turn.YOU,
    SubmissionState.AWAITING_PAYMENT: Turn.YOU,
    SubmissionState.AWAITING_CITIZEN: Turn.YOU,
    SubmissionState.SUBMITTED: Turn.US,
    SubmissionState.IN_REVIEW: Turn.US,
    SubmissionState.AWAITING_INTERNAL: Turn.US,
    SubmissionState.ACCEPTED: Turn.NONE,
    SubmissionState.REJECTED: Turn.NONE,
    SubmissionState.CLOSED: Turn.NONE,
    SubmissionState.CLOSED_NO_REPLY: Turn.NONE,
    SubmissionState.WITHDRAWN: Turn.NONE,
    SubmissionState.CANCELLED: Turn.NONE,
    SubmissionState.EXPIRED: Turn.NONE,
    SubmissionState.DISCARDED: Turn.NONE,
}


class AnnexState(models.TextChoices):
    """What has become of a file that somebody sent."""

    STORED = "stored", _("Received")
    DELETED = "deleted", _("Deleted")


class AnnexPurpose(models.TextChoices):
    """Why a document lies in a file."""

    ANSWER = "answer", _("Answer to a question")
    REQUESTED = "requested", _("Requested annex")
    FREE = "free", _("Further annex")
    MESSAGE = "message", _("Joined to a message")
    DECISION = "decision", _("Decision")
    INFORMATION = "information", _("Document from the municipality")


class ScanState(models.TextChoices):
    """Whether a document was checked for viruses; others never get one that waits for its check.

    UNSCANNED says that the installation has no scanner: the kind of the content was checked, nothing more.
    """

    PENDING = "pending", _("Being checked")
    CLEAN = "clean", _("Checked, no virus")
    INFECTED = "infected", _("Virus found")
    UNSCANNED = "unscanned", _("Kind of file checked")


class RequestKind(models.TextChoices):
    """What an agent can ask of a citizen, item by item."""

    DOCUMENT = "document", _("A document")
    CORRECTION = "correction", _("A correction")
    ANSWER = "answer", _("An answer to a question")
    SIGNATURE = "signature", _("A signature")
    PAYMENT = "payment", _("A payment")


class RequestState(models.TextChoices):
    """How far one request to the citizen, or to a colleague, has come."""

    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class CorrectionState(models.TextChoices):
    """Life of changes to answers that were already sent."""

    OPEN = "open", _("Not sent yet")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Dropped")


class AmountState(models.TextChoices):
    """How an amount due to the municipality stands."""

    DUE = "due", _("To pay")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("No longer due")
    REFUNDED = "refunded", _("Paid back")
