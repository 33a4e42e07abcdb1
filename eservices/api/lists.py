"""The agents' saved lists, exports and statistics by API: the same rights, numbers and refusals as the pages."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import exports, lists
from eservices.api.reviews import AgentListQuery, AgentView
from eservices.api.submissions import PROBLEM, REFUSALS
from eservices.downloads import export_answer
from eservices.enums import ExportFormat, ExportState
from eservices.models import Export, SavedList
from eservices.queries.exports import AgentFiles, export_for, exports_of
from eservices.queries.inbox import FileFilters
from eservices.queries.saved_lists import kept_for, saved_for
from eservices.queries.statistics import MOST_DAYS, USUAL_DAYS, Period, statistics_for

#: So many of one's exports are listed, the newest first.
SHOWN = 30
LIST = AgentFiles.slug


class FiltersField(serializers.DictField):
    """Which files: the parameters of the list of files, checked as there, save that a list has no page."""

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """Return them as lists and exports keep them."""
        query = AgentListQuery(data=super().to_internal_value(data))
        query.is_valid(raise_exception=True)
        return FileFilters.read(query.validated_data).parameters()


class SavedListSerializer(serializers.ModelSerializer[SavedList]):
    """Filters under a name."""

    id = serializers.UUIDField(source="public_id")
    filters = serializers.DictField(child=serializers.CharField())

    class Meta:
        model = SavedList
        fields = ("id", "name", "filters")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "late", value={"name": "Late permits", "filters": {"tab": "mine", "due": "late"}}
        )
    ]
)
class NewListSerializer(serializers.Serializer[Any]):
    """What to keep, under which name; a name that exists already means these filters from now on."""

    name = serializers.CharField(max_length=200, help_text="At most 60 characters.")
    filters = FiltersField(
        default=dict, help_text="Parameters of `GET /api/v1/agent/submissions/`, without `offset`."
    )


class NameSerializer(serializers.Serializer[Any]):
    """A new name."""

    name = serializers.CharField(max_length=200, help_text="At most 60 characters.")


class SavedListsView(AgentView):
    """The agent's saved lists."""

    @extend_schema(
        operation_id="agent_lists",
        responses={200: SavedListSerializer(many=True), 403: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request) -> Response:
        """List them by name; their filters are the parameters of the list of files."""
        rows = kept_for(self.agent(request), LIST).named
        return Response(SavedListSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="agent_lists_save",
        request=NewListSerializer,
        responses={201: SavedListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request) -> Response:
        """Keep filters under a name."""
        wanted = NewListSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        row = lists.save(
            user=self.agent(request),
            list=LIST,
            name=wanted.validated_data["name"],
            filters=wanted.validated_data["filters"],
        )
        return Response(SavedListSerializer(row).data, status=HTTPStatus.CREATED)


class SavedListView(AgentView):
    """One saved list."""

    @extend_schema(
        operation_id="agent_lists_rename",
        request=NameSerializer,
        responses={200: SavedListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def patch(self, request: Request, list_id: UUID) -> Response:
        """Give it another name."""
        wanted = NameSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        agent = self.agent(request)
        row = saved_for(agent, list_id, LIST)
        row = lists.rename(user=agent, list=LIST, name=row.name, to=wanted.validated_data["name"])
        return Response(SavedListSerializer(row).data)

    @extend_schema(
        operation_id="agent_lists_delete", responses={204: None, **REFUSALS}, tags=["agents"]
    )
    def delete(self, request: Request, list_id: UUID) -> Response:
        """Forget it."""
        agent = self.agent(request)
        lists.delete(user=agent, list=LIST, name=saved_for(agent, list_id, LIST).name)
        return Response(status=HTTPStatus.NO_CONTENT)


class ExportSerializer(serializers.ModelSerializer[Export]):
    """An export: how far it is and, once it is ready, where its bytes are."""

    id = serializers.UUIDField(source="public_id")
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    state = serializers.ChoiceField(choices=ExportState.choices)
    done = serializers.IntegerField(help_text="Rows written so far.")
    total = serializers.IntegerField(allow_null=True, help_text="Rows in all.")
    columns = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField(help_text="Address of the bytes; null until ready.")

    class Meta:
        model = Export
        fields = (
            *("id", "format", "state", "done", "total", "columns"),
            *("created_at", "ready_at", "expires_at", "file"),
        )

    def get_columns(self, row: Export) -> list[str]:
        """The keys of the columns, in their order."""
        return list(row.parameters.get("columns", ()))

    def get_file(self, row: Export) -> str | None:
        """The address of the bytes."""
        if row.state != ExportState.READY:
            return None
        return reverse("api-agent-export-file", args=[row.public_id])


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "one procedure",
            value={
                "format": "xlsx",
                "columns": ["reference", "introduced_by", "sent"],
                "filters": {"tab": "all", "procedure": "street-party"},
            },
        )
    ]
)
class NewExportSerializer(serializers.Serializer[Any]):
    """Which files, which columns, in which format."""

    format = serializers.ChoiceField(choices=ExportFormat.choices, default=ExportFormat.XLSX)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=80),
        max_length=200,
        required=False,
        help_text="Keys in their order, `answer.<question>` with one procedure; the usual ones without it.",
    )
    filters = FiltersField(
        default=dict, help_text="Parameters of `GET /api/v1/agent/submissions/`, without `offset`."
    )


class ExportsApiView(AgentView):
    """The agent's exports."""

    @extend_schema(
        operation_id="agent_exports",
        responses={200: ExportSerializer(many=True), 403: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request) -> Response:
        """List the last thirty, the newest first."""
        rows = exports_of(self.agent(request), LIST)[:SHOWN]
        return Response(ExportSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="agent_exports_ask",
        request=NewExportSerializer,
        responses={202: ExportSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request) -> Response:
        """Ask for one; it is made in the background, so ask again how far it is."""
        wanted = NewExportSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        asked, agent = wanted.validated_data, self.agent(request)
        row = exports.ask_for_files(
            user=agent,
            format=ExportFormat(asked["format"]),
            filters=asked["filters"],
            columns=asked.get("columns", ()),
            language=get_language() or agent.language,
        )
        return Response(ExportSerializer(row).data, status=HTTPStatus.ACCEPTED)


class ExportApiView(AgentView):
    """One export of the agent."""

    @extend_schema(
        operation_id="agent_export",
        responses={200: ExportSerializer, 403: PROBLEM, 404: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        """Tell how far it is."""
        return Response(ExportSerializer(export_for(self.agent(request), export_id, LIST)).data)

    @extend_schema(
        operation_id="agent_export_delete", responses={204: None, **REFUSALS}, tags=["agents"]
    )
    def delete(self, request: Request, export_id: UUID) -> Response:
        """Delete it before its time."""
        exports.delete(export=export_for(self.agent(request), export_id, LIST))
        return Response(status=HTTPStatus.NO_CONTENT)


class ExportFileApiView(AgentView):
    """The bytes of one export."""

    @extend_schema(
        operation_id="agent_export_file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **REFUSALS},
        tags=["agents"],
    )
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        """Download it, with the rights of this moment."""
        found = exports.file_of(user=self.agent(request), public_id=export_id, slug=LIST)
        return export_answer(found, _("files"))


class StatisticsQuery(serializers.Serializer[Any]):
    """Which days, which files."""

    since = serializers.DateField(required=False, help_text="Default: twelve months before.")
    until = serializers.DateField(required=False, help_text="Default: today.")
    procedure = serializers.SlugField(default="", help_text="Code of a procedure.")
    team = serializers.SlugField(default="", help_text="Code of a team.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """From the first to the last day, five years at most."""
        until = attrs.setdefault("until", timezone.localdate())
        if not 2000 <= until.year <= 2200:
            raise serializers.ValidationError({"until": _("Enter a valid date.")})
        since = attrs.setdefault("since", until - timedelta(days=USUAL_DAYS))
        if not timedelta(0) <= until - since <= timedelta(days=MOST_DAYS):
            raise serializers.ValidationError({"since": _("Enter a valid date.")})
        return attrs


class RowSerializer(serializers.Serializer[Any]):
    """A label and a number."""

    label = serializers.CharField()
    count = serializers.IntegerField()


class MonthSerializer(serializers.Serializer[Any]):
    """One month."""

    first = serializers.DateField()
    received = serializers.IntegerField()
    decided = serializers.IntegerField()


class TimesSerializer(serializers.Serializer[Any]):
    """Days that decided files took, without the time in which the citizen had to act."""

    decided = serializers.IntegerField()
    median = serializers.FloatField(allow_null=True)
    ninetieth = serializers.FloatField(allow_null=True)


class ReachedSerializer(serializers.Serializer[Any]):
    """How many files opened a chapter."""

    title = serializers.CharField()
    reached = serializers.IntegerField()


class DropOffSerializer(serializers.Serializer[Any]):
    """Where people stop in the current version of one procedure."""

    procedure = serializers.CharField()
    chapters = ReachedSerializer(many=True)
    sent = serializers.IntegerField()


class StatisticsSerializer(serializers.Serializer[Any]):
    """The numbers of the page Statistics."""

    since = serializers.DateField(source="period.since")
    until = serializers.DateField(source="period.until")
    received = serializers.IntegerField(source="numbers.received")
    by_procedure = RowSerializer(many=True, source="numbers.by_procedure")
    by_state = RowSerializer(many=True, source="numbers.by_state")
    by_month = MonthSerializer(many=True, source="numbers.by_month")
    times = TimesSerializer(source="numbers.times")
    drop_off = DropOffSerializer(allow_null=True, source="numbers.drop_off")


class StatisticsApiView(AgentView):
    """Numbers about the files of the agent's teams."""

    @extend_schema(
        operation_id="agent_statistics",
        parameters=[StatisticsQuery],
        responses={200: StatisticsSerializer, 403: PROBLEM, 422: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request) -> Response:
        """Count; `drop_off` with a procedure only."""
        query = StatisticsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        period = Period(since=asked["since"], until=asked["until"])
        numbers = statistics_for(
            self.agent(request), period, procedure=asked["procedure"], team=asked["team"]
        )
        return Response(StatisticsSerializer({"period": period, "numbers": numbers}).data)
