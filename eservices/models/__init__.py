"""Tables of the core; a row's meaning is told by its class."""

from .documents import Annex
from .journal import JournalEntry
from .mails import OutgoingMail
from .operations import JobRun, RateLimit, WorkerBeat
from .pages import ProcedureIndexPage, ProcedurePage
from .people import EmailChange, Invitation, Profile, TermsAcceptance, TermsVersion, User
from .procedures import (
    Procedure,
    ProcedureIssue,
    ProcedureText,
    ProcedureVersion,
    Section,
    Team,
)
from .reviews import DecisionReason
from .submissions import AnswerRevision, Submission

__all__ = [
    "Annex",
    "AnswerRevision",
    "DecisionReason",
    "EmailChange",
    "Invitation",
    "JobRun",
    "JournalEntry",
    "OutgoingMail",
    "Procedure",
    "ProcedureIndexPage",
    "ProcedureIssue",
    "ProcedurePage",
    "ProcedureText",
    "ProcedureVersion",
    "Profile",
    "RateLimit",
    "Section",
    "Submission",
    "Team",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "WorkerBeat",
]
