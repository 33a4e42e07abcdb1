"""Agents' acts by API: the same rules and refusals as the pages of the back office."""

from typing import Any

from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.actions import reviews
from eservices.api.submissions import (
    LARGEST_NUMBER,
    PROBLEM,
    REFUSALS,
    AnnexSerializer,
    FileSerializer,
    IdentificationSerializer,
    identification_of,
)
from eservices.enums import Turn
from eservices.models import Submission, User
from eservices.queries.inbox import (
    LISTED_STATES,
    DueFilter,
    FileFilters,
    Order,
    Tab,
    filtered_files,
    page_of_files,
)
from eservices.queries.introducers import Introducer, introducers_of
from eservices.queries.reviews import file_for_agent
from eservices.queries.submissions import annexes_of, content_of, form_of
from eservices.questions.answers import summary

PAGE = 50


class HandlesFiles(BasePermission):
    """Only people who handle files; which ones, the queries say."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the right is there."""
        return bool(request.user and request.user.has_perm("eservices.view_submission"))


class AgentFileSerializer(FileSerializer):
    """A file as agents list it."""

    introduced_by = serializers.SerializerMethodField(
        help_text="The person or, in an organisation's space, the organisation as its sender knows it."
    )
    introduced_by_declared = serializers.SerializerMethodField(
        help_text="True while nobody confirmed that the sender acts for the organisation."
    )
    assignee = serializers.CharField(source="assignee.display_name", allow_null=True, default=None)
    team = serializers.CharField(source="team.code")

    def get_introduced_by(self, row: Submission) -> str:
        """In whose name the file was introduced."""
        return self._introducer(row).name

    def get_introduced_by_declared(self, row: Submission) -> bool:
        """Whether that name is only declared."""
        return bool(self._introducer(row).state)

    def _introducer(self, row: Submission) -> Introducer:
        known: dict[int, Introducer] = self.context.get("introducers", {})
        return known.get(row.pk) or introducers_of([row])[row.pk]


_TEXT = {"type": "string"}
_ANSWER = {
    "type": "object",
    "properties": {"question": _TEXT, "label": _TEXT, "answer": _TEXT},
    "required": ["question", "label", "answer"],
}
_CHAPTERS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"title": _TEXT, "answers": {"type": "array", "items": _ANSWER}},
        "required": ["title", "answers"],
    },
}


class FullAgentFileSerializer(AgentFileSerializer):
    """A file with its answers in words; national numbers are masked."""

    decision_reason = serializers.CharField()
    revision = serializers.IntegerField(help_text="Rises each time the answers change.")
    chapters = serializers.SerializerMethodField()
    annexes = serializers.SerializerMethodField()
    identification = serializers.SerializerMethodField()

    @extend_schema_field(IdentificationSerializer(allow_null=True))
    def get_identification(self, row: Submission) -> dict[str, Any] | None:
        """How the sender was identified."""
        return identification_of(row)

    @extend_schema_field(_CHAPTERS)
    def get_chapters(self, row: Submission) -> list[dict[str, Any]]:
        """Chapters with the asked questions, their labels and answers as text."""
        form = form_of(row)
        chapters = summary(form.structure, form.words, content_of(row).answers)
        return [
            {
                "title": chapter.title,
                "answers": [
                    {"question": line.id, "label": line.label, "answer": str(line.shown)}
                    for line in chapter.rows
                ],
            }
            for chapter in chapters
        ]

    @extend_schema_field(AnnexSerializer(many=True))
    def get_annexes(self, row: Submission) -> list[dict[str, Any]]:
        """Stored documents."""
        return list(AnnexSerializer(annexes_of(row), many=True).data)


class AgentListSerializer(serializers.Serializer[Any]):
    """A page of files, the most urgent first."""

    count = serializers.IntegerField()
    results = AgentFileSerializer(many=True)


class AgentListQuery(serializers.Serializer[Any]):
    """Which files."""

    tab = serializers.ChoiceField(choices=[tab.value for tab in Tab], default=Tab.ALL.value)
    q = serializers.CharField(
        default="", allow_blank=True, max_length=100, help_text="Part of a reference or of a name."
    )
    team = serializers.SlugField(required=False, help_text="Code of a team.")
    procedure = serializers.SlugField(required=False, help_text="Code of a procedure.")
    state = serializers.ChoiceField(choices=LISTED_STATES, required=False)
    turn = serializers.ChoiceField(choices=Turn.values, required=False)
    due = serializers.ChoiceField(choices=[due.value for due in DueFilter], required=False)
    since = serializers.DateField(required=False, help_text="Sent on this day or later.")
    until = serializers.DateField(required=False, help_text="Sent on this day or earlier.")
    assignee = serializers.UUIDField(required=False)
    unread = serializers.BooleanField(default=False)
    order = serializers.ChoiceField(choices=[order.value for order in Order], required=False)
    offset = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class WordsSerializer(serializers.Serializer[Any]):
    """Words that the citizen reads."""

    reason = serializers.CharField(max_length=5000, allow_blank=True, default="")


class DecisionSerializer(WordsSerializer):
    """A decision on the answers as they were read."""

    revision = serializers.IntegerField(
        min_value=0,
        max_value=LARGEST_NUMBER,
        required=False,
        help_text="The `revision` of the file that was read; when the citizen has changed the answers since, nothing "
        "is decided (`submissions.answers_changed`).",
    )


class AgentView(APIView):
    """Base of the agents' addresses."""

    permission_classes = (HandlesFiles,)

    def agent(self, request: Request) -> User:
        """Who works here."""
        user = request.user
        assert isinstance(user, User)  # noqa: S101  the permission class has seen to it
        return user


class AgentFilesView(AgentView):
    """Files of the agent's teams."""

    @extend_schema(
        operation_id="agent_files",
        parameters=[AgentListQuery],
        responses={200: AgentListSerializer, 403: PROBLEM, 422: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request) -> Response:
        """List files without their answers."""
        query = AgentListQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked, agent = query.validated_data, self.agent(request)
        filters = FileFilters.read(asked)
        page = page_of_files(agent, filters, start=asked["offset"], size=PAGE)
        found = {"count": filtered_files(agent, filters).count(), "results": page}
        by = {"introducers": introducers_of(page)}
        return Response(AgentListSerializer(found, context=by).data)


class AgentFileView(AgentView):
    """One file."""

    @extend_schema(
        operation_id="agent_file",
        responses={200: FullAgentFileSerializer, 403: PROBLEM, 404: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read a file; the reading is written into the journal."""
        row = file_for_agent(self.agent(request), reference)
        reviews.record_reading(submission=row, by=self.agent(request))
        return Response(FullAgentFileSerializer(row).data)


def _described(operation: str, summary: str, body: Any = None) -> Any:
    """Describe one act in the API's schema."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"agent_{operation}",
            description=summary,
            request=body,
            responses={200: AgentFileSerializer, **REFUSALS},
            tags=["agents"],
        )
    )


class AgentActView(AgentView):
    """Base of the acts on one file; each says which action it is."""

    words: type[WordsSerializer] = WordsSerializer

    def act(self, row: Submission, agent: User, **words: Any) -> Submission:
        """Call the action."""
        raise TypeError(f"{type(self).__name__} must say which act it is.")

    def post(self, request: Request, reference: str) -> Response:
        """Do it, and answer the file as it is now."""
        words = self.words(data=request.data)
        words.is_valid(raise_exception=True)
        agent = self.agent(request)
        row = self.act(file_for_agent(agent, reference), agent, **words.validated_data)
        return Response(AgentFileSerializer(row).data)


@_described("claim", "Take a waiting file in charge.")
class ClaimView(AgentActView):
    """Take in charge."""

    def act(self, row: Submission, agent: User, **words: Any) -> Submission:
        return reviews.claim(submission=row, by=agent)


@_described("release", "Give a file back to its team.")
class ReleaseView(AgentActView):
    """Give back."""

    def act(self, row: Submission, agent: User, **words: Any) -> Submission:
        return reviews.release(submission=row, by=agent)


@_described("accept", "Grant a request, with words for the citizen if any.", DecisionSerializer)
class AcceptView(AgentActView):
    """Grant."""

    words = DecisionSerializer

    def act(self, row: Submission, agent: User, **words: Any) -> Submission:
        return reviews.accept(
            submission=row, by=agent, note=words["reason"], revision=words.get("revision")
        )


@_described("reject", "Refuse a request; the citizen reads the reason.", DecisionSerializer)
class RejectView(AgentActView):
    """Refuse."""

    words = DecisionSerializer

    def act(self, row: Submission, agent: User, **words: Any) -> Submission:
        return reviews.reject(
            submission=row, by=agent, reason=words["reason"], revision=words.get("revision")
        )
