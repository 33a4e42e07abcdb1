"""A person's sessions and security log by API: the same as the pages show, with the same refusals."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions.sessions import end_by_person
from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import AuthenticationEventKind, Level, Method, SessionEnd
from eservices.errors import NotFound
from eservices.identity import sessions
from eservices.identity.origins import origin_of
from eservices.models import PortalSession
from eservices.queries.sessions import (
    level_of,
    open_session,
    open_sessions,
    proofs_of,
    security_log,
)

EVENTS_PER_PAGE = 50
MOST_PAGES = 10_000


class OpenSessionSerializer(serializers.Serializer[Any]):
    """One browser in which the person is logged in."""

    id = serializers.UUIDField(source="public_id")
    current = serializers.BooleanField(help_text="Whether this very request belongs to it.")
    browser = serializers.CharField(help_text="Family of the browser, without version.")
    network = serializers.CharField(help_text="Shortened address (IPv4 /24, IPv6 /48).")
    began_at = serializers.DateTimeField()
    last_active_at = serializers.DateTimeField()
    methods = serializers.ListField(child=serializers.ChoiceField(choices=Method.choices))
    level = serializers.ChoiceField(choices=[level.name.lower() for level in Level])


class SecurityEventSerializer(serializers.Serializer[Any]):
    """One line of the security log."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=AuthenticationEventKind.choices)
    method = serializers.ChoiceField(choices=Method.choices, allow_blank=True)
    browser = serializers.CharField()
    network = serializers.CharField()
    session = serializers.UUIDField(allow_null=True)


class SecurityLogSerializer(serializers.Serializer[Any]):
    """One page of the log, newest first."""

    page = serializers.IntegerField()
    more = serializers.BooleanField(help_text="Whether there is another page.")
    results = SecurityEventSerializer(many=True)


class SessionsView(FileView):
    """Where the person is logged in."""

    @extend_schema(
        operation_id="account_sessions",
        responses={200: OpenSessionSerializer(many=True), 403: PROBLEM},
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        """List the sessions that could still be used, last active first."""
        here = sessions.current(request._request)
        rows = [_row(row, here) for row in open_sessions(self.user, now=timezone.now())]
        return _private(Response(OpenSessionSerializer(rows, many=True).data))


class EndSessionView(FileView):
    """One session."""

    @extend_schema(
        operation_id="account_session_end",
        responses={204: None, 403: PROBLEM, 404: PROBLEM},
        tags=["account"],
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        """End it; ending the one of this request logs out."""
        wanted = open_session(self.user, session_id, now=timezone.now())
        here = sessions.current(request._request)
        if here is not None and wanted.pk == here.pk:
            sessions.end(request._request, reason=SessionEnd.LOGOUT)
        else:
            origin = origin_of(request._request)
            ended = end_by_person(
                user=self.user,
                sessions=[wanted],
                browser=origin.browser,
                network=origin.network,
            )
            if not ended:  # another request was faster
                raise NotFound
        return Response(status=HTTPStatus.NO_CONTENT)


class SecurityLogView(FileView):
    """The security log."""

    @extend_schema(
        operation_id="account_security_log",
        parameters=[OpenApiParameter("page", OpenApiTypes.INT, description="From 1 on.")],
        responses={200: SecurityLogSerializer, 403: PROBLEM},
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        """Tell what happened around the ways in during the last twelve months."""
        page = _page_of(request.query_params.get("page", ""))
        first = (page - 1) * EVENTS_PER_PAGE
        found = list(
            security_log(self.user, now=timezone.now())[first : first + EVENTS_PER_PAGE + 1]
        )
        content = {
            "page": page,
            "more": len(found) > EVENTS_PER_PAGE,
            "results": found[:EVENTS_PER_PAGE],
        }
        return _private(Response(SecurityLogSerializer(content).data))


def _page_of(typed: str) -> int:
    return min(int(typed), MOST_PAGES) if typed.isdecimal() and int(typed[:9]) else 1


def _row(session: PortalSession, here: PortalSession | None) -> dict[str, Any]:
    proofs = proofs_of(session)
    return {
        "public_id": session.public_id,
        "current": here is not None and session.pk == here.pk,
        "browser": session.browser,
        "network": session.network,
        "began_at": session.began_at,
        "last_active_at": session.last_active_at,
        "methods": [proof.method for proof in proofs],
        "level": level_of(proofs).name.lower(),
    }


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
