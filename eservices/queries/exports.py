"""What can be exported, with which columns: the agents' list of files, and one's own files."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from eservices.contract import Viewer
from eservices.enums import (
    AnnexState,
    ExportState,
    ProfileKind,
    PublicStatus,
    QuestionType,
)
from eservices.errors import ExportColumnUnknown, NotFound, Refused
from eservices.models import Annex, Export, ProcedureVersion, Profile, Submission, User
from eservices.queries.inbox import FileFilters, listed_for_agent, standing_of
from eservices.queries.introducers import Introducer, introducers_of
from eservices.queries.own_files import OwnFilters, own_list
from eservices.queries.profiles import memberships_of
from eservices.queries.submissions import HEAVY, FrozenForm, content_of, frozen_form
from eservices.questions.base import ShowOptions
from eservices.questions.registry import question
from eservices.spreadsheets import Cell

#: Who may have sensitive answers in an export; national numbers stay masked even then.
SENSITIVE_RIGHT = "eservices.reveal_personidentifier"
HANDLE_FILES = "eservices.view_submission"
#: What the key of a column with answers begins with; the id of the question follows.
ANSWER = "answer."


@dataclass(frozen=True, kw_only=True)
class Line:
    """One file with what a chunk of files shares."""

    file: Submission
    introducer: Introducer | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column that can be chosen; `usual` ones are there when nobody chooses."""

    key: str
    label: str | Promise
    value: Callable[[Line], Cell]
    usual: bool = True


class ExportList(ABC):
    """One list as one person may export it now: rights are those of the moment."""

    slug: ClassVar[str]
    title: ClassVar[str | Promise]
    #: Whether each file that leaves is written into its journal: somebody else's data is read.
    is_reading: ClassVar[bool] = False

    @abstractmethod
    def columns(self) -> Sequence[Column]:
        """Return all columns that the person may choose."""

    @abstractmethod
    def files(self) -> QuerySet[Submission]:
        """Return the files in their order."""

    def keys(self) -> list[int]:
        """Return the primary keys in the order of the list: the rows stay the same while they are written."""
        return list(self.files().values_list("pk", flat=True))

    def chosen(self, keys: Iterable[str]) -> list[Column]:
        """Return the wanted columns in the wanted order, else the usual ones; raises ExportColumnUnknown."""
        known = {column.key: column for column in self.columns()}
        wanted = list(dict.fromkeys(keys))
        for key in wanted:
            if key not in known:
                raise ExportColumnUnknown(field="columns", column=key[:80])
        return [known[key] for key in wanted] or [
            column for column in known.values() if column.usual
        ]

    def lines(self, keys: Sequence[int], columns: Sequence[Column]) -> list[Line]:
        """Return one part of the list; what was deleted meanwhile is left out."""
        rows = Submission.objects.filter(pk__in=keys).select_related(
            "procedure", "profile", "assignee", "team", "acting_user"
        )
        wants_answers = any(column.key.startswith(ANSWER) for column in columns)
        found = {row.pk: row for row in (rows if wants_answers else rows.defer(*HEAVY))}
        return self.complete([found[key] for key in keys if key in found], columns)

    def complete(self, files: Sequence[Submission], columns: Sequence[Column]) -> list[Line]:
        """Add what the columns need beside the files, with a number of queries that does not depend on how many."""
        return [Line(file=file) for file in files]


def _declared(line: Line) -> str:
    return line.introducer.note if line.introducer else ""


def _introduced_by(line: Line) -> str:
    return line.introducer.name if line.introducer else line.file.profile.name


def _profile_kind(line: Line) -> str:
    return str(ProfileKind(line.file.profile.kind).label)


_FILE_COLUMNS: tuple[Column, ...] = (
    Column(
        key="reference", label=gettext_lazy("Reference"), value=lambda line: line.file.reference
    ),
    Column(
        key="procedure",
        label=gettext_lazy("Procedure"),
        value=lambda line: line.file.procedure.title,
    ),
    Column(key="introduced_by", label=gettext_lazy("Introduced by"), value=_introduced_by),
    Column(key="right", label=gettext_lazy("Right to act"), value=_declared, usual=False),
    Column(key="kind", label=gettext_lazy("Kind of profile"), value=_profile_kind, usual=False),
    Column(
        key="state",
        label=gettext_lazy("State"),
        value=lambda line: str(line.file.get_state_display()),
    ),
    Column(
        key="turn",
        label=gettext_lazy("Whose turn"),
        value=lambda line: str(line.file.turn.label),
        usual=False,
    ),
    Column(key="team", label=gettext_lazy("Team"), value=lambda line: line.file.team.name),
    Column(
        key="assignee",
        label=gettext_lazy("Followed by"),
        value=lambda line: line.file.assignee.display_name if line.file.assignee else "",
    ),
    Column(key="sent", label=gettext_lazy("Sent"), value=lambda line: line.file.submitted_at),
    Column(key="due", label=gettext_lazy("Deadline"), value=lambda line: line.file.due_on),
    Column(
        key="standing",
        label=gettext_lazy("Deadline in words"),
        value=lambda line: standing_of(line.file).words,
        usual=False,
    ),
    Column(
        key="answer_due",
        label=gettext_lazy("Answer of the citizen by"),
        value=lambda line: line.file.answer_due_at,
        usual=False,
    ),
    Column(
        key="act",
        label=gettext_lazy("Last act of the citizen"),
        value=lambda line: line.file.last_citizen_act_at,
        usual=False,
    ),
    Column(key="decided", label=gettext_lazy("Decided"), value=lambda line: line.file.decided_at),
    Column(
        key="language",
        label=gettext_lazy("Language of the citizen"),
        value=lambda line: line.file.locale,
        usual=False,
    ),
)


class AgentFiles(ExportList):
    """The files of an agent's teams as the list shows them, with answers when it is narrowed to one procedure."""

    slug = "files"
    title = gettext_lazy("Files")
    is_reading = True

    def __init__(self, *, user: User, filters: Mapping[str, Any], language: str) -> None:
        if not (user.is_active and user.has_perm(HANDLE_FILES)):
            raise Refused
        self.user = user
        self.filters = FileFilters.read(filters)
        self.language = language

    def columns(self) -> Sequence[Column]:
        """Return the columns of files, then one for each question."""
        return [
            *_FILE_COLUMNS,
            *(
                Column(
                    key=f"{ANSWER}{name}", label=label, value=partial(_answer, name), usual=False
                )
                for name, label in self._questions.items()
            ),
        ]

    def files(self) -> QuerySet[Submission]:
        """Return the files of the list."""
        return listed_for_agent(self.user, self.filters)

    @cached_property
    def _forms(self) -> dict[int, FrozenForm]:
        """The forms on which files of the chosen procedure were sent, the newest first."""
        if not self.filters.procedure:
            return {}
        sent = Submission.objects.filter(version=OuterRef("pk"), submitted_at__isnull=False)
        versions = ProcedureVersion.objects.filter(
            Exists(sent), procedure__code=self.filters.procedure
        )
        return {
            version.pk: frozen_form(version, self.language)
            for version in versions.order_by("-number")
        }

    @cached_property
    def _questions(self) -> dict[str, str]:
        """Labels by id of question; sensitive ones only for who has the right."""
        open_to_all = not self.user.has_perm(SENSITIVE_RIGHT)
        found: dict[str, str] = {}
        for form in self._forms.values():
            for spec in form.structure.questions():
                if spec.takes_answer and not (open_to_all and spec.is_sensitive):
                    found.setdefault(spec.id, form.words.label(spec.id))
        return found

    def complete(self, files: Sequence[Submission], columns: Sequence[Column]) -> list[Line]:
        """Add in whose name the files were introduced, and the answers in words."""
        by = introducers_of(files)
        wanted = {
            column.key.removeprefix(ANSWER) for column in columns if column.key.startswith(ANSWER)
        }
        names = self._document_names(files, wanted)
        return [
            Line(
                file=file,
                introducer=by[file.pk],
                answers=self._answers(file, wanted, names) if wanted else {},
            )
            for file in files
        ]

    def _document_names(self, files: Sequence[Submission], wanted: set[str]) -> dict[str, str]:
        takes_files = any(
            spec.id in wanted and spec.type == QuestionType.FILE
            for form in self._forms.values()
            for spec in form.structure.questions()
        )
        if not takes_files:
            return {}
        stored = Annex.objects.filter(submission__in=files, state=AnnexState.STORED)
        return {str(public_id): name for public_id, name in stored.values_list("public_id", "name")}

    def _answers(
        self, file: Submission, wanted: set[str], names: Mapping[str, str]
    ) -> dict[str, str]:
        form = self._forms.get(file.version_id)
        if form is None:
            return {}
        answers = content_of(file).answers
        shown = {}
        for spec in form.structure.questions():
            if spec.id in wanted and spec.id in answers:
                item = question(spec)
                closed = item.masks_itself or spec.type == QuestionType.TABLE
                options = ShowOptions(
                    locale=self.language,
                    masked=closed or not self.user.has_perm(SENSITIVE_RIGHT),
                    annexes=names,
                )
                shown[spec.id] = str(item.present(answers[spec.id], form.words, options))
        return shown


def _answer(name: str, line: Line) -> str:
    return line.answers.get(name, "")


def _outcome(line: Line) -> str:
    file = line.file
    if file.public_status == PublicStatus.DECISION:
        return str(file.get_state_display())
    return str(file.public_status.label)


_OWN_COLUMNS: tuple[Column, ...] = (
    Column(
        key="reference", label=gettext_lazy("Reference"), value=lambda line: line.file.reference
    ),
    Column(
        key="procedure",
        label=gettext_lazy("Procedure"),
        value=lambda line: line.file.procedure.title,
    ),
    Column(key="state", label=gettext_lazy("State"), value=_outcome),
    Column(
        key="turn", label=gettext_lazy("Whose turn"), value=lambda line: str(line.file.turn.label)
    ),
    Column(
        key="started",
        label=pgettext_lazy("file", "Started"),
        value=lambda line: line.file.created_at,
    ),
    Column(key="sent", label=gettext_lazy("Sent"), value=lambda line: line.file.submitted_at),
    Column(key="due", label=gettext_lazy("Decision due by"), value=lambda line: line.file.due_on),
    Column(key="decided", label=gettext_lazy("Decided"), value=lambda line: line.file.decided_at),
)


class OwnFiles(ExportList):
    """The files of the profile in use, as its person sees them."""

    slug = "my-files"
    title = gettext_lazy("My files")

    def __init__(self, *, viewer: Viewer, filters: Mapping[str, Any]) -> None:
        self.viewer = viewer
        self.filters = OwnFilters.read(filters)

    def columns(self) -> Sequence[Column]:
        """Return the columns."""
        return _OWN_COLUMNS

    def files(self) -> QuerySet[Submission]:
        """Return the files of the list."""
        return own_list(self.viewer, self.filters)


def list_of(export: Export) -> ExportList:
    """Return the list that an export is made of, with the rights that its owner has now.

    Raises Refused or NotFound when the owner may no longer see it.
    """
    filters = export.parameters.get("filters", {})
    if export.list == AgentFiles.slug:
        return AgentFiles(user=export.user, filters=filters, language=export.language)
    return OwnFiles(viewer=_viewer_of(export.user, export.profile), filters=filters)


def _viewer_of(user: User, profile: Profile | None) -> Viewer:
    """Return who looks, in the name of the profile for which the export was asked."""
    if profile is None or not user.is_active:
        raise NotFound
    if profile.user_id == user.pk:
        return Viewer(user=user, profile=profile)
    membership = memberships_of(user).filter(profile=profile).first()
    if membership is None:
        raise NotFound
    return Viewer(user=user, profile=profile, membership=membership)


def exports_of(user: User, slug: str) -> QuerySet[Export]:
    """Return what somebody exported of one list, newest first."""
    return Export.objects.filter(user=user, list=slug).order_by("-created_at", "-pk")


def export_for(user: User, public_id: UUID, slug: str) -> Export:
    """Return one of somebody's own exports; raises NotFound for those of others."""
    row = exports_of(user, slug).select_related("profile").filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def progress_words(export: Export) -> str:
    """Return how far an export is, in words."""
    if export.state == ExportState.RUNNING and export.total:
        return _("%(done)s of %(total)s rows") % {"done": export.done, "total": export.total}
    return str(export.get_state_display())
