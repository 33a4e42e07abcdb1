"""Agents' acts by API: the same rules and refusals as the pages of the back office."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.actions import reviews
from eservices.api.submissions import PROBLEM, REFUSALS, AnnexSerializer, FileSerializer
from eservices.models import Submission, User
from eservices.queries.reviews import agent_list, file_for_agent
from eservices.queries.submissions import annexes_of, content_of, form_of
from eservices.questions.answers import summary

PAGE = 50
TABS = ("unassigned", "mine", "done", "all")


class HandlesFiles(BasePermission):
    """Only people who handle files; which ones, the queries say."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the right is there."""
        return bool(request.user and request.user.has_perm("eservices.view_submission"))


class AgentFileSerializer(FileSerializer):
    """A file as agents list it."""

    introduced_by = serializers.CharField(source="profile.name")
    assignee = serializers.CharField(source="assignee.display_name", allow_null=True, default=None)
    team = serializers.CharField(source="team.code")


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
    chapters = serializers.SerializerMethodField()
    annexes = serializers.SerializerMethodField()

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

    tab = serializers.ChoiceField(choices=TABS, default="all")
    q = serializers.CharField(default="", allow_blank=True, max_length=100)
    offset = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class WordsSerializer(serializers.Serializer[Any]):
    """Words that the citizen reads."""

    reason = serializers.CharField(max_length=5000, allow_blank=True, default="")


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
        parameters=[
            OpenApiParameter("tab", str, enum=TABS),
            OpenApiParameter("q", str, description="Part of a reference or of a name."),
            OpenApiParameter("offset", int),
        ],
        responses={200: AgentListSerializer, 403: PROBLEM, 422: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request) -> Response:
        """List files without their answers."""
        query = AgentListQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        rows = agent_list(self.agent(request), tab=asked["tab"], search=asked["q"])
        page = rows[asked["offset"] : asked["offset"] + PAGE]
        return Response(AgentListSerializer({"count": rows.count(), "results": page}).data)


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


class AgentActView(AgentView):
    """Base of the acts on one file."""

    def done(self, row: Submission) -> Response:
        """Answer the file as it is now."""
        return Response(AgentFileSerializer(row).data)


class ClaimView(AgentActView):
    """Take in charge."""

    @extend_schema(
        operation_id="agent_claim",
        request=None,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Take a waiting file in charge."""
        agent = self.agent(request)
        return self.done(reviews.claim(submission=file_for_agent(agent, reference), by=agent))


class ReleaseView(AgentActView):
    """Give back."""

    @extend_schema(
        operation_id="agent_release",
        request=None,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Give a file back to its team."""
        agent = self.agent(request)
        return self.done(reviews.release(submission=file_for_agent(agent, reference), by=agent))


class AcceptView(AgentActView):
    """Grant."""

    @extend_schema(
        operation_id="agent_accept",
        request=WordsSerializer,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Grant a request, with words for the citizen if there is something to say."""
        agent, words = self.agent(request), WordsSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        row = file_for_agent(agent, reference)
        reason = words.validated_data["reason"]
        return self.done(reviews.accept(submission=row, by=agent, note=reason))


class RejectView(AgentActView):
    """Refuse."""

    @extend_schema(
        operation_id="agent_reject",
        request=WordsSerializer,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Refuse a request; the reason is obligatory and is read by the citizen."""
        agent, words = self.agent(request), WordsSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        row = file_for_agent(agent, reference)
        reason = words.validated_data["reason"]
        return self.done(reviews.reject(submission=row, by=agent, reason=reason))
