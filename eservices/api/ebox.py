"""The eBox by API: the same acts as the pages, with the same refusals."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import ebox
from eservices.api.submissions import PROBLEM, REFUSALS, FileView
from eservices.downloads import download_for, pdf_answer
from eservices.enums import EboxState, Level
from eservices.errors import EboxNotActive, EboxNotOpened, NotFound
from eservices.models import EboxActivation, EboxMessage
from eservices.queries.ebox import (
    activation_of,
    asking_for,
    message_for,
    messages_for,
    receipt_pdf,
    title_in,
)
from eservices.queries.requirements import prove

PER_PAGE = 50
MOST_PAGES = 10_000


class ActivationSerializer(serializers.Serializer[Any]):
    """Whether the eBox is active, and the addresses that were given."""

    active = serializers.BooleanField()
    email = serializers.CharField(help_text="Where documents are announced; empty before.")
    pending_email = serializers.CharField(help_text="Waits for its code; empty when none does.")
    code_expires_at = serializers.DateTimeField(allow_null=True)
    confirmed_at = serializers.DateTimeField(allow_null=True)


class AddressSerializer(serializers.Serializer[Any]):
    """The address for announcements."""

    email = serializers.EmailField(max_length=254)


class EboxCodeSerializer(serializers.Serializer[Any]):
    """The six digits from the mail."""

    code = serializers.RegexField(r"^[0-9]{6}$")


class EboxMessageSerializer(serializers.Serializer[Any]):
    """A document in the list: no word of its content."""

    id = serializers.UUIDField(source="public_id")
    title = serializers.SerializerMethodField()
    sender = serializers.CharField(source="team.name", default="")
    reference = serializers.CharField(source="submission.reference", default="")
    state = serializers.ChoiceField(choices=EboxState.choices)
    level = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField()
    opened_at = serializers.DateTimeField(allow_null=True)

    def get_title(self, row: EboxMessage) -> str:
        """In the language of the request."""
        return title_in(row)

    def get_level(self, row: EboxMessage) -> str:
        """What opening asked for when it was published."""
        return Level(row.required_level).name.lower()


class EboxFileSerializer(serializers.Serializer[Any]):
    """One file of a document."""

    position = serializers.IntegerField()
    name = serializers.CharField(source="annex.name")
    media_type = serializers.CharField(source="annex.media_type")
    size = serializers.IntegerField(source="annex.size", help_text="Bytes.")
    sha256 = serializers.CharField(source="annex.sha256")


class FullEboxMessageSerializer(EboxMessageSerializer):
    """A document with its files, once it was opened."""

    files = serializers.SerializerMethodField()

    def get_files(self, row: EboxMessage) -> list[dict[str, Any]]:
        """Empty before the opening: the receipt comes first."""
        if row.state != EboxState.OPENED:
            return []
        parts = row.documents.select_related("annex")
        return [dict(part) for part in EboxFileSerializer(parts, many=True).data]


class EboxListSerializer(serializers.Serializer[Any]):
    """One page of the list, newest first."""

    page = serializers.IntegerField()
    more = serializers.BooleanField(help_text="Whether there is another page.")
    results = EboxMessageSerializer(many=True)


class EboxApiView(FileView):
    """Base of the addresses of one document."""

    def message(self, public_id: UUID) -> EboxMessage:
        """Return a document of the space in use; raises NotFound, EboxNotActive, StepUpRequired."""
        row = message_for(self.viewer, public_id)
        if activation_of(self.user) is None:
            raise EboxNotActive
        prove(self.viewer, asking_for(row))
        return row

    def opened(self, public_id: UUID) -> EboxMessage:
        """Return a document that was opened; raises EboxNotOpened too."""
        row = self.message(public_id)
        if row.state != EboxState.OPENED:
            raise EboxNotOpened
        return row

    def private(self, content: Any, status: int = HTTPStatus.OK) -> Response:
        """Answer what no cache keeps."""
        answer = Response(content, status=status)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class EboxView(EboxApiView):
    """The documents of the space in use."""

    @extend_schema(
        operation_id="ebox_list",
        parameters=[OpenApiParameter("page", OpenApiTypes.INT, description="From 1 on.")],
        responses={200: EboxListSerializer, **REFUSALS},
        tags=["ebox"],
    )
    def get(self, request: Request) -> Response:
        """List them; 409 (`ebox.not_active`) before the activation."""
        if activation_of(self.user) is None:
            raise EboxNotActive
        typed = request.query_params.get("page", "")
        page = min(int(typed), MOST_PAGES) if typed.isdecimal() and int(typed[:9]) else 1
        first = (page - 1) * PER_PAGE
        rows = list(messages_for(self.viewer)[first : first + PER_PAGE + 1])
        content = {"page": page, "more": len(rows) > PER_PAGE, "results": rows[:PER_PAGE]}
        return self.private(EboxListSerializer(content).data)


class ActivationView(EboxApiView):
    """The activation of the person, for all their spaces."""

    @extend_schema(
        operation_id="ebox_activation_read",
        responses={200: ActivationSerializer, 403: PROBLEM},
        tags=["ebox"],
    )
    def get(self, request: Request) -> Response:
        """Tell whether the eBox is active."""
        return self.private(self.state())

    @extend_schema(
        operation_id="ebox_activation_ask",
        request=AddressSerializer,
        responses={202: ActivationSerializer, **REFUSALS, 429: PROBLEM},
        tags=["ebox"],
    )
    def put(self, request: Request) -> Response:
        """Mail a code to an address; nothing changes until it is confirmed."""
        ebox.ask(user=self.user, email=self.read(AddressSerializer, request.data)["email"])
        return self.private(self.state(), HTTPStatus.ACCEPTED)

    @extend_schema(
        operation_id="ebox_activation_end", responses={204: None, **REFUSALS}, tags=["ebox"]
    )
    def delete(self, request: Request) -> Response:
        """End the eBox."""
        ebox.end(user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)

    def state(self) -> dict[str, Any]:
        """Return the activation as it stands."""
        row = EboxActivation.objects.filter(user=self.user).first() or EboxActivation()
        content = {
            "active": activation_of(self.user) is not None,
            "email": row.email,
            "pending_email": row.pending_email,
            "code_expires_at": row.code_expires_at,
            "confirmed_at": row.confirmed_at,
        }
        return dict(ActivationSerializer(content).data)


class ConfirmView(ActivationView):
    """The code from the mail."""

    http_method_names = ("post", "options")

    @extend_schema(
        operation_id="ebox_activation_confirm",
        request=EboxCodeSerializer,
        responses={200: ActivationSerializer, **REFUSALS},
        tags=["ebox"],
    )
    def post(self, request: Request) -> Response:
        """Activate the eBox."""
        ebox.confirm(user=self.user, code=self.read(EboxCodeSerializer, request.data)["code"])
        return self.private(self.state())


class MessageView(EboxApiView):
    """One document."""

    @extend_schema(
        operation_id="ebox_read",
        responses={200: FullEboxMessageSerializer, **REFUSALS},
        tags=["ebox"],
    )
    def get(self, request: Request, message: UUID) -> Response:
        """Tell what it is; its files are listed once it was opened."""
        return self.private(FullEboxMessageSerializer(self.message(message)).data)


class OpenView(EboxApiView):
    """The opening of a document."""

    @extend_schema(
        operation_id="ebox_open",
        request=None,
        responses={200: FullEboxMessageSerializer, **REFUSALS},
        tags=["ebox"],
    )
    def post(self, request: Request, message: UUID) -> Response:
        """Open it: the first time is its receipt, later times change nothing."""
        row = ebox.open_message(message=self.message(message), viewer=self.viewer)
        return self.private(FullEboxMessageSerializer(row).data)


class DocumentView(EboxApiView):
    """One file of a document."""

    @extend_schema(
        operation_id="ebox_document",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **REFUSALS},
        tags=["ebox"],
    )
    def get(self, request: Request, message: UUID, position: int) -> HttpResponseBase:
        """Hand it out; 409 (`ebox.not_opened`) before the opening."""
        part = self.opened(message).documents.filter(position=position)
        found = part.select_related("annex").first()
        if found is None:
            raise NotFound
        return download_for(found.annex, request, self.user)


class ReceiptView(EboxApiView):
    """The receipt of a document."""

    @extend_schema(
        operation_id="ebox_receipt",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **REFUSALS},
        tags=["ebox"],
    )
    def get(self, request: Request, message: UUID) -> HttpResponse:
        """Hand it out as PDF/UA-1."""
        row = self.opened(message)
        return pdf_answer(
            receipt_pdf(row, get_language() or "fr"), f"receipt-{str(row.public_id)[:8]}"
        )
