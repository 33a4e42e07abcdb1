"""Drafts by API beside filling them in: begun with the answers of a former file, kept longer."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import drafts, retention
from eservices.api.submissions import REFUSALS, FileView, FullFileSerializer
from eservices.queries.submissions import file_for


class CopySerializer(serializers.Serializer[Any]):
    """`another` starts one beside an open draft."""

    another = serializers.BooleanField(default=False)


class CopyView(FileView):
    """Starts again from a former file."""

    @extend_schema(
        operation_id="submissions_copy",
        request=CopySerializer,
        responses={201: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Start a draft with the answers of a file that was sent; documents and consents are not copied."""
        wanted = self.read(CopySerializer, request.data)
        draft = drafts.copy(
            submission=self.file(reference),
            viewer=self.viewer,
            locale=get_language() or self.user.language,
            another=wanted["another"],
        )
        return Response(FullFileSerializer(draft).data, status=HTTPStatus.CREATED)


class KeepView(FileView):
    """Keeps a draft longer."""

    @extend_schema(
        operation_id="submissions_keep",
        request=None,
        responses={200: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Keep a draft for another whole term, counted from today."""
        row = retention.keep_draft(submission=file_for(self.viewer, reference), by=self.user)
        return Response(FullFileSerializer(row).data)
