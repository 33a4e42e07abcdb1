"""GET /api/v1/session/: who is logged in, for pages of other front ends."""

from typing import Any

from django.middleware.csrf import get_token
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.contract import Viewer
from eservices.enums import Level, ProfileKind
from eservices.identity.sessions import seconds_left


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
        help_text="Seconds until the session ends; 0 without one."
    )


class SessionView(APIView):
    """Answers anyone, and sets the CSRF cookie for later unsafe requests."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="session", responses=SessionSerializer, tags=["session"])
    def get(self, request: Request) -> Response:
        """Tell who is logged in, how surely and for how long."""
        viewer: Viewer = request._request.viewer  # type: ignore[attr-defined]
        state = {
            "authenticated": viewer.is_authenticated,
            "login_url": reverse("login"),
            "user": viewer.user,
            "profile": viewer.profile,
            "level": viewer.level.name.lower(),
            "seconds_left": seconds_left(request._request) if viewer.is_authenticated else 0,
        }
        get_token(request._request)
        answer = Response(SessionSerializer(state).data)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
