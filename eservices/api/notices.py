"""A person's notices by API: the same list as the page, in the language of the request."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import notices
from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import NoticeKind
from eservices.queries.notices import notice_named, notices_of, shown, unread_count

PER_PAGE = 50
MOST_PAGES = 10_000


class NoticeSerializer(serializers.Serializer[Any]):
    """One notice, in words."""

    id = serializers.UUIDField(source="notice.public_id")
    kind = serializers.ChoiceField(choices=NoticeKind.choices, source="notice.kind")
    title = serializers.CharField()
    about = serializers.CharField(help_text="Name of the procedure; empty without a file.")
    reference = serializers.CharField(help_text="Of the file; empty without one.")
    space = serializers.CharField(help_text="Name of the organisation's space; empty for oneself.")
    path = serializers.CharField(help_text="Page to open.")
    count = serializers.IntegerField(
        source="notice.count", help_text="How many happenings it tells."
    )
    created_at = serializers.DateTimeField(source="notice.created_at")
    read_at = serializers.DateTimeField(source="notice.read_at", allow_null=True)


class NoticesSerializer(serializers.Serializer[Any]):
    """One page of the list, newest first."""

    page = serializers.IntegerField()
    more = serializers.BooleanField(help_text="Whether there is another page.")
    unread = serializers.IntegerField(help_text="Over all pages.")
    results = NoticeSerializer(many=True)


class NoticesView(FileView):
    """The notices of all spaces of the person."""

    @extend_schema(
        operation_id="notices_list",
        parameters=[OpenApiParameter("page", OpenApiTypes.INT, description="From 1 on.")],
        responses={200: NoticesSerializer, 403: PROBLEM},
        tags=["notices"],
    )
    def get(self, request: Request) -> Response:
        """List what was told to the person."""
        typed = request.query_params.get("page", "")
        page = min(int(typed), MOST_PAGES) if typed.isdecimal() and int(typed[:9]) else 1
        first = (page - 1) * PER_PAGE
        rows = shown(notices_of(self.user)[first : first + PER_PAGE + 1], self.user)
        content = {
            "page": page,
            "more": len(rows) > PER_PAGE,
            "unread": unread_count(self.viewer),
            "results": rows[:PER_PAGE],
        }
        answer = Response(NoticesSerializer(content).data)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class NoticesReadView(FileView):
    """All notices."""

    @extend_schema(
        operation_id="notices_read_all",
        request=None,
        responses={204: None, 403: PROBLEM},
        tags=["notices"],
    )
    def post(self, request: Request) -> Response:
        """Mark all as read."""
        notices.mark_read(notices=notices_of(self.user))
        return Response(status=HTTPStatus.NO_CONTENT)


class NoticeReadView(FileView):
    """One notice."""

    @extend_schema(
        operation_id="notices_read",
        request=None,
        responses={204: None, 403: PROBLEM, 404: PROBLEM},
        tags=["notices"],
    )
    def post(self, request: Request, notice: UUID) -> Response:
        """Mark it as read; a second time changes nothing."""
        row = notice_named(self.user, notice)
        notices.mark_read(notices=notices_of(self.user).filter(pk=row.pk))
        return Response(status=HTTPStatus.NO_CONTENT)
