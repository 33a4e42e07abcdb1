"""Documents of files by API."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import annexes
from eservices.api.submissions import PROBLEM, REFUSALS, AnnexSerializer, FileView
from eservices.downloads import download_from
from eservices.errors import UploadEmpty
from eservices.queries.submissions import annex_for, file_for


class UploadSerializer(serializers.Serializer[Any]):
    """One document and the question that it answers."""

    question = serializers.CharField(max_length=60)
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class AnnexesView(FileView):
    """Takes documents."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="annexes_add",
        request={"multipart/form-data": UploadSerializer},
        responses={201: AnnexSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add a document to a draft."""
        submission = file_for(self.viewer, reference)
        if "file" not in request.FILES:
            raise UploadEmpty(field="file")
        annex = annexes.add(
            submission=submission,
            question=request.POST.get("question", ""),
            uploaded=request.FILES["file"],
            by=self.user,
        )
        return Response(AnnexSerializer(annex).data, status=HTTPStatus.CREATED)


class AnnexView(FileView):
    """One document."""

    @extend_schema(
        operation_id="annexes_download",
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            403: PROBLEM,
            404: PROBLEM,
        },
    )
    def get(self, request: Request, reference: str, annex_id: UUID) -> FileResponse | HttpResponse:
        """Download it."""
        annex = annex_for(self.viewer, reference, annex_id)
        return download_from(annex, request.headers.get("Range", ""))

    @extend_schema(operation_id="annexes_delete", responses={204: None, **REFUSALS})
    def delete(self, request: Request, reference: str, annex_id: UUID) -> Response:
        """Delete it from a draft."""
        annexes.delete(annex=annex_for(self.viewer, reference, annex_id), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)
