"""The session of a browser: who is logged in, how surely, for how long; for pages and other front ends."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.actions.sessions import touch
from eservices.api.submissions import PROBLEM
from eservices.contract import Viewer
from eservices.enums import Level, ProfileKind, SessionEnd
from eservices.identity import sessions
from eservices.models import PortalSession
from eservices.queries.sessions import absolute_seconds_left, is_extendable, seconds_left


class SessionUserSerializer(serializers.Serializer[Any]):
    """The account."""

    name = serializers.CharField(source="display_name")
    email = serializers.EmailField()
    language = serializers.CharField(help_text="Language of the account: fr, nl, de or en.")


class SessionProfileSerializer(serializers.Serializer[Any]):
    """In whose name the person acts."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=ProfileKind.choices)
    name = serializers.CharField()


class SessionSerializer(serializers.Serializer[Any]):
    """Who is logged in; a password without the second step counts as nobody."""

    authenticated = serializers.BooleanField()
    login_url = serializers.CharField(help_text="Path of the login page; add ?next=<path>.")
    user = SessionUserSerializer(allow_null=True)
    profile = SessionProfileSerializer(allow_null=True)
    level = serializers.ChoiceField(
        choices=[level.name.lower() for level in Level],
        help_text="How sure the session is of the person.",
    )
    seconds_left = serializers.IntegerField(
        help_text="Seconds until the session ends unless somebody acts; 0 without one."
    )
    absolute_seconds_left = serializers.IntegerField(
        help_text="Seconds until the session ends whatever somebody does; 0 without one."
    )
    extendable = serializers.BooleanField(
        help_text="Whether `extend` would make the session last longer."
    )
    warn_seconds = serializers.IntegerField(
        help_text="Warn the person so many seconds before the end."
    )
    ended = serializers.ChoiceField(
        choices=SessionEnd.choices,
        allow_null=True,
        help_text="Why the session of this browser is over; null while it lasts or without one.",
    )


class SessionView(APIView):
    """Answers anyone, and sets the CSRF cookie for later unsafe requests."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="session", responses=SessionSerializer, tags=["session"])
    def get(self, request: Request) -> Response:
        """Tell who is logged in, how surely and for how long."""
        return state_of(request)


class ExtendSessionView(APIView):
    """Makes a session last longer because its person said so; a body is not read."""

    parser_classes = (JSONParser, FormParser, MultiPartParser)

    @extend_schema(
        operation_id="session_extend",
        request=None,
        responses={200: SessionSerializer, 403: PROBLEM},
        tags=["session"],
    )
    def post(self, request: Request) -> Response:
        """Begin the time without activity anew; the longest time stays as it is."""
        session = sessions.current(request._request)
        if session is not None:
            touch(session=session, now=timezone.now(), every=timedelta(0))
        return state_of(request)


def state_of(request: Request) -> Response:
    """Return the answer that tells who is logged in, how surely and for how long."""
    viewer: Viewer = request._request.viewer  # type: ignore[attr-defined]
    over = sessions.ended(request._request)
    state = {
        "authenticated": viewer.is_authenticated,
        "login_url": reverse("login"),
        "user": viewer.user,
        "profile": viewer.profile
        and {
            "public_id": viewer.profile.public_id,
            "kind": viewer.profile.kind,
            "name": viewer.profile_name,
        },
        "level": viewer.level.name.lower(),
        "warn_seconds": settings.SESSION_WARN_SECONDS,
        "ended": over.end_reason if over else None,
        **_times(viewer.session),
    }
    get_token(request._request)
    answer = Response(SessionSerializer(state).data)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _times(session: PortalSession | None) -> dict[str, Any]:
    now = timezone.now()
    return {
        "seconds_left": seconds_left(session, now=now) if session else 0,
        "absolute_seconds_left": absolute_seconds_left(session, now=now) if session else 0,
        "extendable": is_extendable(session, now=now) if session else False,
    }
