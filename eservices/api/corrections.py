"""Changes to what was sent by API: begun, saved, read again, sent or dropped, as on the pages."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import corrections
from eservices.api.requirements import REFUSED
from eservices.api.submissions import (
    PROBLEM,
    REFUSALS,
    AnnexSerializer,
    FileView,
    FullFileSerializer,
    SaveSerializer,
    SendSerializer,
    documents_of,
)
from eservices.errors import AnswerMalformed, NotFound
from eservices.models import Correction
from eservices.queries.corrections import (
    differences,
    document_names,
    locked_questions,
    open_correction_of,
)
from eservices.queries.submissions import content_of, form_of, frozen_form
from eservices.questions.answers import answers_from_json
from eservices.questions.forms import AnswerError, ChapterResult


class DifferenceSerializer(serializers.Serializer[Any]):
    """One answer that differs, in words; an empty text stands for no answer."""

    question = serializers.CharField(source="id")
    label = serializers.CharField()  # type: ignore[assignment]  # the name in the JSON
    before = serializers.CharField(source="old")
    after = serializers.CharField(source="new")


class CorrectionSerializer(serializers.Serializer[Any]):
    """Changes that wait to be sent; `revision` goes back as `base_revision` or `revision`."""

    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    answers = serializers.SerializerMethodField()
    unfinished = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_answers(self, row: Correction) -> dict[str, Any]:
        """All answers of the file with the changes, by id of question."""
        return content_of(row).answers

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_unfinished(self, row: Correction) -> dict[str, Any]:
        """Texts that are not well formed yet, as they were typed on a page."""
        return content_of(row).unfinished

    @extend_schema_field(DifferenceSerializer(many=True))
    def get_differences(self, row: Correction) -> list[dict[str, Any]]:
        """What sending would change; sensitive answers are masked."""
        form = form_of(row.submission)
        old, new = content_of(row.submission).answers, content_of(row).answers
        names = document_names(row.submission, waiting=True)
        found = differences(form, old, new, annexes=names)
        return list(DifferenceSerializer(found, many=True).data)


class CorrectionView(FileView):
    """Changes to a file that was sent."""

    @extend_schema(
        operation_id="submissions_correction_read",
        responses={200: CorrectionSerializer, 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read the changes that wait; 404 when there are none."""
        correction = open_correction_of(self.file(reference))
        if correction is None:
            raise NotFound
        return Response(CorrectionSerializer(correction).data)

    @extend_schema(
        operation_id="submissions_correction_begin",
        request=None,
        responses={201: CorrectionSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Begin to change a file, or go on with what was begun."""
        correction = corrections.begin(submission=self.file(reference), viewer=self.viewer)
        return Response(CorrectionSerializer(correction).data, status=HTTPStatus.CREATED)

    @extend_schema(
        operation_id="submissions_correction_save",
        request=SaveSerializer,
        responses={200: CorrectionSerializer, **REFUSALS},
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Put answers among the changes; the file itself stays as it was sent."""
        submission = self.file(reference)
        wanted = self.read(SaveSerializer, request.data)
        structure = frozen_form(submission.version).structure
        answers, errors = answers_from_json(structure, wanted["answers"])
        locked = locked_questions(structure) & set(wanted["answers"])
        errors += [
            AnswerError(
                question=name,
                code="locked",
                message=_("Documents are added and taken out one by one."),
            )
            for name in sorted(locked)
        ]
        if errors:
            raise AnswerMalformed(errors=documents_of(errors))
        correction = corrections.save(
            submission=submission,
            result=ChapterResult(
                answers=answers, unfinished={}, touched=frozenset(wanted["answers"])
            ),
            base_revision=wanted["base_revision"],
            by=self.user,
        )
        return Response(CorrectionSerializer(correction).data)

    @extend_schema(operation_id="submissions_correction_drop", responses={204: None, **REFUSALS})
    def delete(self, request: Request, reference: str) -> Response:
        """Drop the changes."""
        corrections.drop(submission=self.file(reference), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class CorrectionUploadSerializer(serializers.Serializer[Any]):
    """One document among the changes, and the question that it answers."""

    question = serializers.CharField(max_length=60)
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class CorrectionAnnexesView(FileView):
    """Documents among the changes."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="submissions_correction_annex_add",
        request={"multipart/form-data": CorrectionUploadSerializer},
        responses={201: AnnexSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add a document to a changed answer; it joins the file when the changes are sent."""
        submission = self.file(reference)
        given = self.read(CorrectionUploadSerializer, request.data)
        annex = corrections.attach(
            submission=submission,
            question=given["question"],
            uploaded=given["file"],
            by=self.user,
        )
        return Response(AnnexSerializer(annex).data, status=HTTPStatus.CREATED)


class CorrectionAnnexView(FileView):
    """One document of the changed answers."""

    @extend_schema(
        operation_id="submissions_correction_annex_remove", responses={204: None, **REFUSALS}
    )
    def delete(self, request: Request, reference: str, annex_id: UUID) -> Response:
        """Take it out of the changed answer; what was sent stays in the file until the changes are sent."""
        corrections.detach(submission=self.file(reference), annex_id=annex_id, by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class SendCorrectionView(FileView):
    """Sends changes."""

    @extend_schema(
        operation_id="submissions_correction_send",
        request=SendSerializer,
        responses={200: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Put the changes into the file; they must be complete."""
        wanted = self.read(SendSerializer, request.data)
        sent = corrections.send(
            submission=self.file(reference),
            viewer=self.viewer,
            revision=wanted["revision"],
            locale=get_language() or self.user.language,
        )
        return Response(FullFileSerializer(sent).data)
