"""Tables of the core; a row's meaning is told by its class."""

from .discussions import InternalNote, Message, ReadMark
from .documents import Annex
from .ebox import EboxActivation, EboxDispatch, EboxDocument, EboxMessage
from .identity import (
    ActingGrant,
    AuthenticationEvent,
    AuthenticatorApp,
    BackupCode,
    BackupCodes,
    ClientKey,
    DetailsReport,
    ExternalIdentity,
    LoginPreference,
    Passkey,
    PersonIdentifier,
    PortalSession,
)
from .journal import JournalEntry
from .lists import Export, SavedList
from .mails import OutgoingMail
from .notices import Delivery, Notice
from .operations import JobRun, KeptAnswer, PurgedFile, PurgeReport, RateLimit, WorkerBeat
from .organisations import (
    ColleagueInvitation,
    DirectoryEntry,
    Membership,
    NoticeChoice,
    Organisation,
    SpacePreference,
)
from .pages import ProcedureIndexPage, ProcedurePage
from .people import EmailChange, Invitation, Profile, TermsAcceptance, TermsVersion, User
from .procedures import (
    ChapterReach,
    Procedure,
    ProcedureIssue,
    ProcedureText,
    ProcedureVersion,
    Section,
    Team,
)
from .requests import AmountDue, InformationRequest, OpinionRequest
from .reviews import DecisionReason, DocumentTemplate, DocumentTemplateVersion, TeamRole
from .submissions import AnswerRevision, Correction, Submission

__all__ = [
    "ActingGrant",
    "AmountDue",
    "Annex",
    "AnswerRevision",
    "AuthenticationEvent",
    "AuthenticatorApp",
    "BackupCode",
    "BackupCodes",
    "ChapterReach",
    "ClientKey",
    "ColleagueInvitation",
    "Correction",
    "DecisionReason",
    "Delivery",
    "DetailsReport",
    "DirectoryEntry",
    "DocumentTemplate",
    "DocumentTemplateVersion",
    "EboxActivation",
    "EboxDispatch",
    "EboxDocument",
    "EboxMessage",
    "EmailChange",
    "Export",
    "ExternalIdentity",
    "InformationRequest",
    "InternalNote",
    "Invitation",
    "JobRun",
    "JournalEntry",
    "KeptAnswer",
    "LoginPreference",
    "Membership",
    "Message",
    "Notice",
    "NoticeChoice",
    "OpinionRequest",
    "Organisation",
    "OutgoingMail",
    "Passkey",
    "PersonIdentifier",
    "PortalSession",
    "Procedure",
    "ProcedureIndexPage",
    "ProcedureIssue",
    "ProcedurePage",
    "ProcedureText",
    "ProcedureVersion",
    "Profile",
    "PurgeReport",
    "PurgedFile",
    "RateLimit",
    "ReadMark",
    "SavedList",
    "Section",
    "SpacePreference",
    "Submission",
    "Team",
    "TeamRole",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "WorkerBeat",
]
