"""The discussion of a file by API, for both sides."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import discussions, notes
from eservices.api.requirements import REFUSED
from eservices.api.reviews import HandlesFiles
from eservices.api.submissions import PROBLEM, REFUSALS, AnnexSerializer, FileView
from eservices.enums import Side
from eservices.models import InternalNote, Message, Submission
from eservices.queries.discussions import message_of, notes_of, thread_of, unread_in
from eservices.queries.reviews import file_for_agent

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="Your own key of this message: sent twice, it is stored once.",
)


class MessageSerializer(serializers.Serializer[Any]):
    """One message; deleted documents of it have `deleted_at`."""

    id = serializers.UUIDField(source="public_id")
    side = serializers.ChoiceField(choices=[Side.CITIZEN.value, Side.AGENT.value])
    author = serializers.CharField(source="author.display_name", default="")
    body = serializers.CharField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    annexes = AnnexSerializer(many=True, source="annexes.all")


class ThreadSerializer(serializers.Serializer[Any]):
    """All messages of a file, oldest first; `unread` counts those of the other side."""

    unread = serializers.IntegerField()
    messages = MessageSerializer(many=True)


class WriteSerializer(serializers.Serializer[Any]):
    """What to write; `annexes` are ids of documents that were added with purpose "message"."""

    body = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    annexes = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=50)


class EditSerializer(serializers.Serializer[Any]):
    """The new words."""

    body = serializers.CharField(allow_blank=True, trim_whitespace=False)


class NoteSerializer(serializers.Serializer[Any]):
    """What agents wrote for each other."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author = serializers.CharField(source="author.display_name", default="", read_only=True)
    body = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField(read_only=True)
    edited_at = serializers.DateTimeField(allow_null=True, read_only=True)


class MessagesView(FileView):
    """The discussion of one of the viewer's files."""

    side = Side.CITIZEN

    @extend_schema(
        operation_id="messages_list",
        responses={200: ThreadSerializer, 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read all messages; reading by API marks nothing as read."""
        return self.thread(self.file(reference))

    @extend_schema(
        operation_id="messages_write",
        parameters=[KEY],
        request=WriteSerializer,
        responses={201: MessageSerializer, **REFUSALS, 429: PROBLEM},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write a message, with documents that were added before."""
        return self.write(request, self.file(reference))

    def thread(self, submission: Submission) -> Response:
        """Answer the discussion."""
        other = Side.AGENT if self.side == Side.CITIZEN else Side.CITIZEN
        return Response(
            ThreadSerializer(
                {
                    "unread": unread_in(submission, self.user, side=other),
                    "messages": thread_of(submission),
                }
            ).data
        )

    def write(self, request: Request, submission: Submission) -> Response:
        """Write one message."""
        wanted = self.read(WriteSerializer, request.data)
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise serializers.ValidationError({"Idempotency-Key": ["This header is required."]})
        message = discussions.post(
            submission=submission,
            by=self.user,
            side=self.side,
            body=wanted["body"],
            key=key,
            staged=[str(annex) for annex in wanted["annexes"]],
        )
        return Response(MessageSerializer(message).data, status=HTTPStatus.CREATED)


class MessageView(FileView):
    """One message."""

    @extend_schema(
        operation_id="messages_edit",
        request=EditSerializer,
        responses={200: MessageSerializer, **REFUSALS},
    )
    def patch(self, request: Request, reference: str, message_id: UUID) -> Response:
        """Change one's own message within five minutes."""
        return self.change(request, self.file(reference), message_id)

    def change(self, request: Request, submission: Submission, message_id: UUID) -> Response:
        """Change it."""
        message: Message = discussions.edit(
            message=message_of(submission, message_id, author=self.user),
            by=self.user,
            body=self.read(EditSerializer, request.data)["body"],
        )
        return Response(MessageSerializer(message).data)


class ReadView(FileView):
    """What somebody has seen."""

    @extend_schema(
        operation_id="messages_mark_read",
        request=None,
        responses={204: None, 403: REFUSED, 404: PROBLEM},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Mark the discussion as read until now."""
        discussions.mark_read(submission=self.file(reference), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class AgentMessagesView(MessagesView):
    """The discussion of a file of the agent's teams."""

    side = Side.AGENT
    permission_classes = (*FileView.permission_classes, HandlesFiles)

    def file(self, reference: str) -> Submission:
        """Return a file of the agent's teams; raises NotFound."""
        return file_for_agent(self.user, reference)

    @extend_schema(
        operation_id="agent_messages_list",
        responses={200: ThreadSerializer, 403: PROBLEM, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read all messages; reading by API marks nothing as read."""
        return self.thread(self.file(reference))

    @extend_schema(
        operation_id="agent_messages_write",
        parameters=[KEY],
        request=WriteSerializer,
        responses={201: MessageSerializer, **REFUSALS, 429: PROBLEM},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write to the citizen."""
        return self.write(request, self.file(reference))


class AgentMessageView(MessageView):
    """One message of an agent."""

    permission_classes = (*FileView.permission_classes, HandlesFiles)

    def file(self, reference: str) -> Submission:
        """Return a file of the agent's teams; raises NotFound."""
        return file_for_agent(self.user, reference)

    @extend_schema(
        operation_id="agent_messages_edit",
        request=EditSerializer,
        responses={200: MessageSerializer, **REFUSALS},
    )
    def patch(self, request: Request, reference: str, message_id: UUID) -> Response:
        """Change one's own message within five minutes."""
        return self.change(request, self.file(reference), message_id)


class AgentReadView(ReadView):
    """What an agent has seen."""

    permission_classes = (*FileView.permission_classes, HandlesFiles)

    def file(self, reference: str) -> Submission:
        """Return a file of the agent's teams; raises NotFound."""
        return file_for_agent(self.user, reference)

    @extend_schema(
        operation_id="agent_messages_mark_read",
        request=None,
        responses={204: None, 403: PROBLEM, 404: PROBLEM},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Mark the discussion as read until now."""
        discussions.mark_read(submission=self.file(reference), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class AgentNotesView(FileView):
    """The internal notes of a file: for agents only."""

    permission_classes = (*FileView.permission_classes, HandlesFiles)

    @extend_schema(
        operation_id="agent_notes_list",
        responses={200: NoteSerializer(many=True), 403: PROBLEM, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read all notes, newest first."""
        rows = notes_of(file_for_agent(self.user, reference))
        return Response(NoteSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="agent_notes_write",
        request=NoteSerializer,
        responses={201: NoteSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write a note."""
        note: InternalNote = notes.write(
            submission=file_for_agent(self.user, reference),
            by=self.user,
            body=self.read(NoteSerializer, request.data)["body"],
        )
        return Response(NoteSerializer(note).data, status=HTTPStatus.CREATED)
