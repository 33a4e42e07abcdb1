"""GET /api/v1/procedures/: what can be asked of the municipality, and the JSON Schema of the answers; for anyone."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from eservices.contract import Viewer
from eservices.downloads import pdf_answer
from eservices.enums import DayUnit, Level, LevelMoment, Method, ProfileKind, SignatureLevel
from eservices.errors import NotFound
from eservices.models import Procedure
from eservices.money import Money
from eservices.queries import procedures as queries
from eservices.queries.documents import empty_pdf
from eservices.queries.requirements import (
    requirement_document,
    requirement_of,
    requirement_words,
)
from eservices.questions.answers import json_schema

LANGUAGE_CODES = [code for code, _name in settings.LANGUAGES]
NOBODY = Viewer(user=None)

LOCALE = OpenApiParameter(
    "locale",
    str,
    enum=LANGUAGE_CODES,
    description="Language of the words; the main one by default.",
)
PROBLEM = OpenApiResponse(description="A problem document (RFC 9457) with a stable code.")


class ProcedureSectionSerializer(serializers.Serializer[Any]):
    """The heading of a procedure."""

    code = serializers.CharField()
    name = serializers.CharField()


class ProcedureSerializer(serializers.Serializer[Any]):
    """A procedure that can be started."""

    code = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    language = serializers.CharField(
        help_text="Language of the words: the asked one, else the main one."
    )
    url = serializers.CharField(help_text="Path of the page for people.")
    section = ProcedureSectionSerializer()
    minutes = serializers.IntegerField(help_text="How long filling in takes.")
    level = serializers.ChoiceField(
        choices=[level.name.lower() for level in Level], help_text="Level of identification needed."
    )
    level_at = serializers.ChoiceField(
        choices=LevelMoment.choices, help_text="When it is asked: before the form, before sending."
    )
    methods = serializers.ListField(
        child=serializers.ChoiceField(choices=Method.choices),
        help_text="Methods of which one is needed; empty means any.",
    )
    max_age = serializers.IntegerField(
        allow_null=True,
        help_text="Longest time since the identification, in seconds; null means the whole session.",
    )
    identification = serializers.CharField(help_text="All of this in words.")
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=ProfileKind.choices), help_text="Who may apply."
    )
    is_open = serializers.BooleanField(help_text="Whether a file can be started now.")
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text="Begin of the opening period; null means at once."
    )
    closes_at = serializers.DateTimeField(
        allow_null=True,
        help_text="End of the opening period: nothing is sent from then on; null means no end.",
    )
    fee = serializers.CharField(
        allow_null=True,
        help_text="Euros to pay after sending, as decimal text such as 12.50; null means free.",
    )


class AnnexToSendSerializer(serializers.Serializer[Any]):
    """A document that a procedure asks for beside its questions."""

    id = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField(allow_blank=True)
    required = serializers.BooleanField(help_text="Whether it is needed before sending.")
    accept = serializers.ListField(
        child=serializers.CharField(), help_text="Extensions of the kinds of files that are taken."
    )
    max_files = serializers.IntegerField()


class ProcedureListSerializer(serializers.Serializer[Any]):
    """All procedures that can be started, by section."""

    count = serializers.IntegerField()
    results = ProcedureSerializer(many=True)


class ProcedureDetailSerializer(ProcedureSerializer):
    """What one should know before starting."""

    at_hand = serializers.ListField(child=serializers.CharField())
    received = serializers.CharField(allow_blank=True, help_text="What happens after sending.")
    decision = serializers.CharField(allow_blank=True, help_text="What the decision means.")
    handling_days = serializers.IntegerField(allow_null=True)
    handling_unit = serializers.ChoiceField(choices=DayUnit.choices)
    answer_by = serializers.DateField(allow_null=True, help_text="If the form is sent today.")
    payment_days = serializers.IntegerField(help_text="Days to pay the fee after sending.")
    signature_level = serializers.ChoiceField(choices=SignatureLevel.choices)
    annexes = AnnexToSendSerializer(many=True)
    version = serializers.IntegerField(allow_null=True, help_text="Number of the current form.")
    schema_url = serializers.CharField(allow_null=True)


class PublicProcedureView(APIView):
    """Base: nobody is asked who they are, so that caches may keep the answer."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def language(self) -> str:
        """Return the language asked for, else the main one; NotFound for one that the portal does not have."""
        wanted = self.request.query_params.get("locale", settings.LANGUAGE_CODE)
        if wanted not in LANGUAGE_CODES:
            raise NotFound(field="locale")
        return wanted


class ProcedureListView(PublicProcedureView):
    """The list."""

    @extend_schema(
        operation_id="procedures_list",
        summary="Procedures that can be started",
        tags=["procedures"],
        parameters=[LOCALE, OpenApiParameter("q", str, description="Words to look for.")],
        responses={200: ProcedureListSerializer, 404: PROBLEM},
    )
    def get(self, request: Request) -> Response:
        """Answer with all of them: a municipality has some dozens."""
        language = self.language()
        search = request.query_params.get("q", "").replace("\0", "")[:100]
        cards = queries.open_procedures(NOBODY, language, search=search)
        rows = [_card(card, language) for card in cards]
        return Response(ProcedureListSerializer({"count": len(rows), "results": rows}).data)


class ProcedureView(PublicProcedureView):
    """One procedure."""

    @extend_schema(
        operation_id="procedures_read",
        summary="What to know before starting a procedure",
        tags=["procedures"],
        parameters=[LOCALE],
        responses={200: ProcedureDetailSerializer, 404: PROBLEM},
    )
    def get(self, request: Request, code: str) -> Response:
        """Answer for open and closed procedures alike."""
        language = self.language()
        procedure = queries.procedure_for(code)
        texts = procedure.texts_in(language)[1]
        current = procedure.current
        schema_url = reverse("api-procedure-schema", args=[code]) if current else None
        detail = {
            **_card(queries.card_of(procedure, NOBODY, language), language),
            "at_hand": texts.get("at_hand") or [],
            "received": texts.get("received") or "",
            "decision": texts.get("decision") or "",
            "handling_days": procedure.handling_days,
            "handling_unit": procedure.handling_unit,
            "answer_by": queries.answer_by(procedure),
            "payment_days": procedure.payment_days,
            "signature_level": procedure.signature_level,
            "annexes": queries.annexes_to_send(procedure, language),
            "version": current.number if current else None,
            "schema_url": schema_url,
        }
        return Response(ProcedureDetailSerializer(detail).data)


class ProcedureSchemaView(PublicProcedureView):
    """The form as JSON Schema."""

    @extend_schema(
        operation_id="procedures_schema",
        summary="JSON Schema (draft 2020-12) of the answers of a procedure",
        tags=["procedures"],
        parameters=[LOCALE],
        responses={200: OpenApiTypes.OBJECT, 404: PROBLEM},
    )
    def get(self, request: Request, code: str) -> Response:
        """Answer with the schema of the current version, titles in the language asked for."""
        language = self.language()
        version = queries.current_version(queries.procedure_for(code))
        if version is None:
            raise NotFound
        text = queries.text_for(version, language)
        return Response(json_schema(queries.structure_of(version), queries.words_of(text)))


class ProcedureFormView(PublicProcedureView):
    """The empty form as PDF."""

    @extend_schema(
        operation_id="procedures_form",
        summary="The empty form of a procedure as PDF, to fill in by hand or on a screen",
        tags=["procedures"],
        parameters=[LOCALE, OpenApiParameter("fields", bool, description="With fields.")],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, 404: PROBLEM},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Answer with the current version in the language asked for."""
        version = queries.current_version(queries.procedure_for(code))
        if version is None:
            raise NotFound
        wanted = request.query_params.get("fields", "").lower() in ("1", "true", "yes")
        return pdf_answer(empty_pdf(version, self.language(), with_fields=wanted), code)


def identification_for(procedure: Procedure, language: str) -> str:
    """Return what a procedure asks of an identification, in words of a language."""
    with override(language):
        return requirement_words(requirement_of(procedure))


def _card(card: queries.ProcedureCard, language: str) -> dict[str, Any]:
    return {
        "code": card.code,
        "title": card.title,
        "summary": card.summary,
        "language": card.language,
        "url": card.url or f"/{language}/p/{card.code}/",
        "section": {
            "code": card.section.code,
            "name": card.section.names.get(language) or card.section.name,
        },
        "minutes": card.minutes,
        **requirement_document(requirement_of(card.procedure)),
        "level_at": card.procedure.level_at,
        "identification": identification_for(card.procedure, language),
        "kinds": list(card.kinds or (ProfileKind.CITIZEN,)),
        "is_open": card.is_open,
        "opens_at": card.procedure.opens_at,
        "closes_at": card.procedure.closes_at,
        "fee": Money(fee).to_json() if (fee := card.procedure.fee_cents) else None,
    }
