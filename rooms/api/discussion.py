"""The discussion of a booking and its documents, for both sides."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.api.discussions import KEY
from eservices.downloads import download
from eservices.enums import Side
from eservices.errors import IdempotencyKeyMissing, NotFound, UploadEmpty
from eservices.models import User
from rooms.actions.messages import write
from rooms.api.base import PROBLEM, READS, WRITES, MomentField
from rooms.api.booking_shapes import DocumentSerializer
from rooms.api.bookings import TAGS, BookingApiView
from rooms.models import Booking, BookingDocument, BookingMessage


class RoomMessageSerializer(serializers.Serializer[Any]):
    """One message."""

    id = serializers.UUIDField(source="public_id")
    side = serializers.ChoiceField(choices=[Side.CITIZEN.value, Side.AGENT.value])
    author = serializers.CharField(source="author.display_name", default="")
    body = serializers.CharField()
    created_at = MomentField()
    documents = DocumentSerializer(many=True, source="documents.all")


class NewMessageSerializer(serializers.Serializer[Any]):
    """Words, documents (`multipart/form-data`, ten at most), or both."""

    body = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None), required=False
    )


class NewWordsSerializer(serializers.Serializer[Any]):
    """Words."""

    body = serializers.CharField(allow_blank=True, default="", trim_whitespace=False)


class NewDocumentsSerializer(serializers.Serializer[Any]):
    """Documents, ten at most."""

    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None)
    )


class DiscussionView(BookingApiView):
    """Base of both sides."""

    side = Side.CITIZEN

    @property
    def writer(self) -> User:
        """Who writes."""
        return self.person

    def write(self, request: Request, booking: Booking, body: str) -> BookingMessage:
        """Write a message with the documents of the request. Raises IdempotencyKeyMissing."""
        key = request.headers.get("Idempotency-Key", "").strip()
        if not key:
            raise IdempotencyKeyMissing(field="Idempotency-Key")
        files: Any = request.FILES.getlist("files") if request.FILES else []
        return write(
            booking=booking, by=self.writer, side=self.side, body=body, key=key, files=files
        )

    def thread(self, booking: Booking) -> Response:
        """Answer all messages, oldest first."""
        rows = booking.messages.select_related("author").prefetch_related("documents")
        return Response(RoomMessageSerializer(rows, many=True).data)

    def written(self, message: BookingMessage) -> Response:
        """Answer a message that was written."""
        return Response(RoomMessageSerializer(message).data, status=HTTPStatus.CREATED)


class MessagesView(DiscussionView):
    """The discussion of one of the viewer's bookings."""

    parser_classes = (JSONParser, MultiPartParser)

    @extend_schema(
        operation_id="rooms_bookings_messages",
        responses={200: RoomMessageSerializer(many=True), **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read all messages."""
        return self.thread(self.booking(reference))

    @extend_schema(
        operation_id="rooms_bookings_messages_write",
        parameters=[KEY],
        request={
            "application/json": NewWordsSerializer,
            "multipart/form-data": NewMessageSerializer,
        },
        responses={201: RoomMessageSerializer, **WRITES, 503: PROBLEM},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write to the municipality, with documents if there are any."""
        row = self.booking(reference)
        body = self.read(NewWordsSerializer, request.data)["body"]
        return self.written(self.write(request, row, body))


class DocumentsView(DiscussionView):
    """Takes documents: they go into the discussion, where both sides find them."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="rooms_bookings_documents_add",
        parameters=[KEY],
        request={"multipart/form-data": NewDocumentsSerializer},
        responses={201: DocumentSerializer(many=True), **WRITES, 503: PROBLEM},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add documents to a booking."""
        row = self.booking(reference)
        if "files" not in request.FILES:
            raise UploadEmpty(field="files")
        message = self.write(request, row, "")
        rows = DocumentSerializer(message.documents.all(), many=True).data
        return Response(rows, status=HTTPStatus.CREATED)


class DocumentView(BookingApiView):
    """One document of a booking."""

    @extend_schema(
        operation_id="rooms_bookings_document",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str, document_id: UUID) -> HttpResponseBase:
        """Download it."""
        return hand_out(request, self.booking(reference), document_id)


def hand_out(request: Request, booking: Booking, document_id: UUID) -> HttpResponseBase:
    """Return a document of a booking, or the part that is asked for; raises NotFound."""
    found: BookingDocument | None = booking.documents.filter(public_id=document_id).first()
    if found is None:
        raise NotFound
    return download(
        found,
        wanted=request.headers.get("Range", ""),
        if_range=request.headers.get("If-Range", ""),
    )
