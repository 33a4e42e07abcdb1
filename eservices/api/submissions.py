"""Files by API: the same acts as the pages, with the same refusals."""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import drafts, submissions
from eservices.api.base import ViewerApiView
from eservices.api.requirements import REFUSED
from eservices.downloads import pdf_answer
from eservices.enums import (
    AmountState,
    AnnexPurpose,
    Level,
    Method,
    PublicStatus,
    ScanState,
    Side,
    SubmissionState,
    Turn,
)
from eservices.errors import AnswerMalformed, DraftClash, DraftExists
from eservices.forms.submissions import clash_document
from eservices.models import AmountDue, Submission
from eservices.money import Money
from eservices.queries.amounts import amount_of
from eservices.queries.annexes import missing_annexes
from eservices.queries.documents import pdf_of
from eservices.queries.procedures import procedure_for
from eservices.queries.requirements import asking_for_reading, asking_of, prove
from eservices.queries.submissions import (
    annexes_of,
    content_of,
    file_for,
    form_of,
    listed_files,
)
from eservices.questions.answers import answers_from_json, check_answers
from eservices.questions.forms import AnswerError, ChapterResult

PROBLEM = OpenApiResponse(OpenApiTypes.OBJECT, "Problem document (RFC 9457) with a stable code.")
REFUSALS = {403: REFUSED, 404: PROBLEM, 409: PROBLEM, 422: PROBLEM}
LARGEST_NUMBER = 2**31 - 1
PAGE = 50


class AnnexSerializer(serializers.Serializer[Any]):
    """A document of a file."""

    id = serializers.UUIDField(source="public_id")
    question = serializers.CharField(source="question_id")
    name = serializers.CharField()
    media_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    side = serializers.ChoiceField(choices=Side.choices)
    purpose = serializers.ChoiceField(choices=AnnexPurpose.choices)
    scan = serializers.ChoiceField(
        choices=ScanState.choices,
        help_text="Others than the sender get a document that is no longer pending.",
    )
    taken_at = serializers.DateTimeField(
        allow_null=True, help_text="When an agent took it into account; it then stays."
    )
    replaces = serializers.UUIDField(
        source="replaces.public_id",
        default=None,
        allow_null=True,
        help_text="The former version.",
    )
    deleted_at = serializers.DateTimeField(
        allow_null=True, help_text="Of a deleted document only name, size and hash are left."
    )


class FileSerializer(serializers.Serializer[Any]):
    """A file in a list."""

    reference = serializers.CharField()
    procedure = serializers.CharField(source="procedure.code")
    title = serializers.CharField(source="procedure.title")
    state = serializers.ChoiceField(choices=SubmissionState.choices)
    status = serializers.ChoiceField(choices=PublicStatus.choices, source="public_status")
    turn = serializers.ChoiceField(choices=Turn.choices)
    created_at = serializers.DateTimeField()
    saved_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(
        allow_null=True, help_text="Last day for the municipality's decision; null while paused."
    )
    answer_due_at = serializers.DateTimeField(
        allow_null=True, help_text="Until when the person must act, while it is their turn."
    )
    decided_at = serializers.DateTimeField(allow_null=True)


class IdentificationSerializer(serializers.Serializer[Any]):
    """How the sender was identified: stored when the file was sent, never changed."""

    level = serializers.ChoiceField(choices=[level.name.lower() for level in Level])
    method = serializers.ChoiceField(
        choices=Method.choices, allow_blank=True, help_text="Empty for files sent before 2026-12."
    )
    at = serializers.DateTimeField(allow_null=True)


def identification_of(row: Submission) -> dict[str, Any] | None:
    """Return how the sender of a file was identified; None for a draft."""
    if row.level_used is None:
        return None
    return {
        "level": Level(row.level_used).name.lower(),
        "method": row.method_used,
        "at": row.identified_at,
    }


class AmountSerializer(serializers.Serializer[Any]):
    """What is to be paid for a file, or was."""

    reference = serializers.CharField(help_text="To be told at the counter.")
    euros = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=AmountState.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    receipt = serializers.CharField(allow_blank=True)

    def get_euros(self, row: AmountDue) -> str:
        """Decimal text such as 12.50."""
        return Money(row.amount_cents).to_json()


class FullFileSerializer(FileSerializer):
    """A file with what was typed into it; `revision` goes back as `base_revision` or `revision`."""

    revision = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number")
    decision_reason = serializers.CharField()
    answers = serializers.SerializerMethodField()
    unfinished = serializers.SerializerMethodField()
    annexes = serializers.SerializerMethodField()
    identification = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField()

    @extend_schema_field(AmountSerializer(allow_null=True))
    def get_amount(self, row: Submission) -> dict[str, Any] | None:
        """The fee of the file; null when it costs nothing. Amounts asked for later are in its requests."""
        amount = amount_of(row)
        return dict(AmountSerializer(amount).data) if amount else None

    @extend_schema_field(IdentificationSerializer(allow_null=True))
    def get_identification(self, row: Submission) -> dict[str, Any] | None:
        """How the sender was identified; null for a draft."""
        return identification_of(row)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_answers(self, row: Submission) -> dict[str, Any]:
        """Answers by id of question; their schema is that of the procedure."""
        return content_of(row).answers

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_unfinished(self, row: Submission) -> dict[str, Any]:
        """Texts that are not well formed yet, as they were typed on a page."""
        return content_of(row).unfinished

    @extend_schema_field(AnnexSerializer(many=True))
    def get_annexes(self, row: Submission) -> list[dict[str, Any]]:
        """Stored documents."""
        return list(AnnexSerializer(annexes_of(row), many=True).data)


class FileListSerializer(serializers.Serializer[Any]):
    """A page of files, last touched first."""

    count = serializers.IntegerField()
    results = FileSerializer(many=True)


class ListQuery(serializers.Serializer[Any]):
    """Which part of the list."""

    offset = serializers.IntegerField(min_value=0, max_value=100_000, default=0)


class StartSerializer(serializers.Serializer[Any]):
    """What to start; `another` starts one beside an open draft."""

    procedure = serializers.SlugField(max_length=60)
    another = serializers.BooleanField(default=False)


class SaveSerializer(serializers.Serializer[Any]):
    """Answers to put in (null takes one out) and the revision that they are based on."""

    answers = serializers.DictField(child=serializers.JSONField(allow_null=True))
    base_revision = serializers.IntegerField(min_value=0, max_value=LARGEST_NUMBER)


class SendSerializer(serializers.Serializer[Any]):
    """The revision that was read and is to be sent."""

    revision = serializers.IntegerField(min_value=0, max_value=LARGEST_NUMBER)


class WithdrawSerializer(serializers.Serializer[Any]):
    """Why, in words; may be left out."""

    reason = serializers.CharField(max_length=1000, allow_blank=True, default="")


class ErrorSerializer(serializers.Serializer[Any]):
    """What stands between an answer and sending."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class CheckSerializer(serializers.Serializer[Any]):
    """Whether the file can be sent."""

    complete = serializers.BooleanField()
    errors = ErrorSerializer(many=True)  # type: ignore[assignment]  # the name in the JSON


class FileView(ViewerApiView):
    """Base of all addresses of files; a file asks what its procedure asks of who reads it."""

    def file(self, reference: str) -> Submission:
        """Return one of the viewer's files; raises NotFound, and StepUpRequired for a reader who is not sure enough."""
        submission = file_for(self.viewer, reference)
        if self.viewer.agent is None:
            prove(self.viewer, asking_for_reading(submission))
        return submission

    def handle_exception(self, exc: Exception) -> Response:
        """Add to a conflict what helps to solve it."""
        answer = super().handle_exception(exc)
        if isinstance(exc, DraftClash) and "revision" in exc.params:
            answer.data |= clash_document(exc)
        if isinstance(exc, DraftExists):
            answer.data["reference"] = exc.params["reference"]
        return answer


class SubmissionsView(FileView):
    """The files of the profile in use."""

    @extend_schema(
        operation_id="submissions_list",
        parameters=[ListQuery],
        responses={200: FileListSerializer, 403: PROBLEM, 422: PROBLEM},
    )
    def get(self, request: Request) -> Response:
        """List files, last touched first, 50 at a time."""
        offset = self.read(ListQuery, request.query_params)["offset"]
        files = listed_files(self.viewer)
        rows = files[offset : offset + PAGE]
        return Response(FileListSerializer({"count": files.count(), "results": rows}).data)

    @extend_schema(
        operation_id="submissions_start",
        request=StartSerializer,
        responses={201: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Start a draft."""
        wanted = self.read(StartSerializer, request.data)
        draft = drafts.start(
            procedure=procedure_for(wanted["procedure"]),
            viewer=self.viewer,
            locale=get_language() or self.user.language,
            another=wanted["another"],
        )
        return Response(FullFileSerializer(draft).data, status=HTTPStatus.CREATED)


class SubmissionView(FileView):
    """One file."""

    @extend_schema(
        operation_id="submissions_read",
        responses={200: FullFileSerializer, 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read a file."""
        return Response(FullFileSerializer(self.file(reference)).data)

    @extend_schema(
        operation_id="submissions_save",
        request=SaveSerializer,
        responses={200: FullFileSerializer, **REFUSALS},
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Put answers into a draft."""
        submission = self.file(reference)
        wanted = self.read(SaveSerializer, request.data)
        form = form_of(submission)
        answers, errors = answers_from_json(form.structure, wanted["answers"])
        own = {str(annex.public_id) for annex in annexes_of(submission)}
        errors += foreign_files(form.structure.by_id, answers, own)
        if errors:
            raise AnswerMalformed(errors=documents_of(errors))
        touched = frozenset(wanted["answers"])
        saved = drafts.save(
            submission=submission,
            result=ChapterResult(answers=answers, unfinished={}, touched=touched),
            base_revision=wanted["base_revision"],
            by=self.user,
        )
        return Response(FullFileSerializer(saved).data)

    @extend_schema(operation_id="submissions_discard", responses={204: None, **REFUSALS})
    def delete(self, request: Request, reference: str) -> Response:
        """Delete a draft for good."""
        drafts.discard(submission=self.file(reference), by=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class ValidateView(FileView):
    """Checks without sending."""

    @extend_schema(
        operation_id="submissions_validate",
        request=None,
        responses={200: CheckSerializer, 403: REFUSED, 404: PROBLEM},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Say what stands between a file and sending."""
        submission = self.file(reference)
        form, content = form_of(submission), content_of(submission)
        names = {str(annex.public_id): annex.name for annex in annexes_of(submission)}
        errors = check_answers(
            form.structure,
            form.words,
            content.answers,
            unfinished=content.unfinished,
            annexes=names,
        )
        errors += missing_annexes(submission, form)
        return Response({"complete": not errors, "errors": documents_of(errors)})


class SendView(FileView):
    """Sends a draft."""

    @extend_schema(
        operation_id="submissions_send",
        request=SendSerializer,
        responses={200: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send; sending twice sends once."""
        wanted = self.read(SendSerializer, request.data)
        sent = submissions.submit(
            submission=self.file(reference),
            viewer=self.viewer,
            revision=wanted["revision"],
            locale=get_language() or self.user.language,
        )
        return Response(FullFileSerializer(sent).data)


class WithdrawView(FileView):
    """Takes a request back."""

    @extend_schema(
        operation_id="submissions_withdraw",
        request=WithdrawSerializer,
        responses={200: FullFileSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw a request that is not decided yet."""
        reason = self.read(WithdrawSerializer, request.data)["reason"]
        submission = file_for(self.viewer, reference)
        prove(self.viewer, asking_of(submission.procedure))
        row = submissions.withdraw(submission=submission, by=self.user, reason=reason)
        return Response(FullFileSerializer(row).data)


class PdfView(FileView):
    """A file as PDF."""

    @extend_schema(
        operation_id="submissions_pdf",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Download the form as sent, or the draft with its watermark."""
        submission = self.file(reference)
        return pdf_answer(pdf_of(submission), submission.reference)


def foreign_files(specs: Any, answers: dict[str, Any], own: set[str]) -> list[AnswerError]:
    """Return errors for documents that do not belong to the file."""
    return [
        AnswerError(
            question=name, code="annex", message=_("Choose the file again: it was not received.")
        )
        for name, value in answers.items()
        if specs[name].type == "file" and set(value) - own
    ]


def documents_of(errors: list[AnswerError]) -> list[dict[str, str]]:
    """Return errors as problem documents list them."""
    return [{"pointer": e.pointer, "code": e.code, "detail": e.message} for e in errors]
