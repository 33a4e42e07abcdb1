"""Documents of files by API."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import annexes, reviews
from eservices.api.requirements import REFUSED
from eservices.api.reviews import HandlesFiles
from eservices.api.submissions import PROBLEM, REFUSALS, AnnexSerializer, FileView
from eservices.downloads import download_for
from eservices.errors import NotFound, UploadEmpty
from eservices.models import Annex, Submission
from eservices.queries.reviews import annex_for_agent, file_for_agent
from eservices.queries.submissions import annex_for, visible_annexes


class UploadSerializer(serializers.Serializer[Any]):
    """One document and what it is for: a question of a draft, a document of the procedure's list (`wanted`), the new
    version of another document (`replaces`), a message that is being written (`purpose` "message"), or none of these.
    """

    question = serializers.CharField(max_length=60, required=False)
    wanted = serializers.CharField(max_length=60, required=False)
    replaces = serializers.UUIDField(required=False)
    purpose = serializers.ChoiceField(choices=["free", "message"], required=False)
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class AnnexesView(FileView):
    """Takes documents."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="annexes_list",
        responses={200: AnnexSerializer(many=True), 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """List all documents, deleted ones with their names too, oldest first."""
        rows = visible_annexes(self.user).filter(submission=self.file(reference))
        rows = rows.select_related("replaces").order_by("created_at", "pk")
        return Response(AnnexSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="annexes_add",
        request={"multipart/form-data": UploadSerializer},
        responses={201: AnnexSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add a document to a draft or to a file."""
        submission = self.file(reference)
        if "file" not in request.FILES:
            raise UploadEmpty(field="file")
        annex = self.take(submission, request)
        return Response(AnnexSerializer(annex).data, status=HTTPStatus.CREATED)

    def take(self, submission: Submission, request: Request) -> Annex:
        """Take the document for what it is for."""
        uploaded, given = request.FILES["file"], request.POST
        if given.get("purpose") == "message":
            return annexes.stage(submission=submission, uploaded=uploaded, by=self.user)
        if submission.is_draft and not given.get("wanted") and not given.get("replaces"):
            return annexes.add(
                submission=submission,
                question=given.get("question", ""),
                uploaded=uploaded,
                by=self.user,
            )
        return annexes.send(
            submission=submission,
            uploaded=uploaded,
            by=self.user,
            wanted=given.get("wanted", ""),
            replaces=self.former(submission, given.get("replaces", "")),
        )

    def former(self, submission: Submission, wanted: str) -> Annex | None:
        """Return the document whose new version comes; raises NotFound."""
        if not wanted:
            return None
        try:
            return annex_for(self.viewer, submission.reference, UUID(wanted))
        except ValueError:
            raise NotFound from None


class AnnexView(FileView):
    """One document."""

    @extend_schema(
        operation_id="annexes_download",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            403: REFUSED,
            404: PROBLEM,
        },
    )
    def get(self, request: Request, reference: str, annex_id: UUID) -> HttpResponseBase:
        """Download it."""
        self.file(reference)
        annex = annex_for(self.viewer, reference, annex_id)
        return download_for(annex, request, self.user)

    @extend_schema(operation_id="annexes_delete", responses={204: None, **REFUSALS})
    def delete(self, request: Request, reference: str, annex_id: UUID) -> Response:
        """Delete it while that is possible; its name stays."""
        self.file(reference)
        annexes.delete(annex=annex_for(self.viewer, reference, annex_id), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class AgentUploadSerializer(serializers.Serializer[Any]):
    """One document for the citizen."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)


class AgentAnnexesView(FileView):
    """The documents of a file of the agent's teams."""

    parser_classes = (MultiPartParser,)
    permission_classes = (*FileView.permission_classes, HandlesFiles)

    @extend_schema(
        operation_id="agent_annexes_list",
        responses={200: AnnexSerializer(many=True), 403: PROBLEM, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """List all documents, deleted ones with their names too, oldest first."""
        submission = file_for_agent(self.user, reference)
        rows = visible_annexes(self.user).filter(submission=submission)
        rows = rows.select_related("replaces").order_by("created_at", "pk")
        return Response(AnnexSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="agent_annexes_add",
        request={"multipart/form-data": AgentUploadSerializer},
        responses={201: AnnexSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send a document to the citizen."""
        submission = file_for_agent(self.user, reference)
        if "file" not in request.FILES:
            raise UploadEmpty(field="file")
        annex = annexes.inform(submission=submission, uploaded=request.FILES["file"], by=self.user)
        return Response(AnnexSerializer(annex).data, status=HTTPStatus.CREATED)


class AgentAnnexView(FileView):
    """One document of a file of the agent's teams."""

    permission_classes = (*FileView.permission_classes, HandlesFiles)

    @extend_schema(
        operation_id="agent_annexes_download",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            403: PROBLEM,
            404: PROBLEM,
            409: PROBLEM,
        },
    )
    def get(self, request: Request, reference: str, annex_id: UUID) -> HttpResponseBase:
        """Download it, once it is checked for viruses; the reading is written down."""
        annex = annex_for_agent(self.user, reference, annex_id)
        reviews.record_reading(submission=annex.submission, by=self.user)
        return download_for(annex, request, self.user)

    @extend_schema(operation_id="agent_annexes_take_back", responses={204: None, **REFUSALS})
    def delete(self, request: Request, reference: str, annex_id: UUID) -> Response:
        """Take back a document that was sent to the citizen; its name stays."""
        annex = annex_for_agent(self.user, reference, annex_id)
        annexes.take_back(annex=annex, by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class AgentTakeView(FileView):
    """Takes a citizen's document into account."""

    permission_classes = (*FileView.permission_classes, HandlesFiles)

    @extend_schema(
        operation_id="agent_annexes_take",
        request=None,
        responses={200: AnnexSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str, annex_id: UUID) -> Response:
        """Take it into account: the citizen can no longer delete it."""
        annex = annexes.take_into_account(
            annex=annex_for_agent(self.user, reference, annex_id), by=self.user
        )
        return Response(AnnexSerializer(annex).data)
