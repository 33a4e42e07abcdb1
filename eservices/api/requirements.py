"""Identification in the API: what a refusal says, and the permission by which a plugin's address asks for it."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from eservices.contract import Viewer, registry
from eservices.enums import Level, Method
from eservices.queries.requirements import asking_of_service, prove


class RefusedSerializer(serializers.Serializer[Any]):
    """A problem document (RFC 9457) with a stable code; the last four members come with `step_up_required`."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    level = serializers.ChoiceField(
        choices=[level.name.lower() for level in Level],
        required=False,
        help_text="The level that one identification must have.",
    )
    methods = serializers.ListField(
        child=serializers.ChoiceField(choices=Method.choices),
        required=False,
        help_text="Methods of which one is needed; empty means any.",
    )
    max_age = serializers.IntegerField(
        required=False,
        allow_null=True,
        help_text="Longest time since that identification, in seconds; null means the whole session.",
    )
    url = serializers.CharField(
        required=False,
        help_text=(
            "Path of the page on which the person identifies. Open it in the browser with the parameter `next` added: "
            "the path of the page to come back to. Then send the request again."
        ),
    )


REFUSED = OpenApiResponse(
    RefusedSerializer,
    "Refused. `step_up_required`: the person must identify again; the idea is that of RFC 9470.",
)


class MeetsRequirement(BasePermission):
    """Only for people who identified as the view's `service` (slug of a plugin) asks; others get `step_up_required`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether somebody is logged in; raises StepUpRequired when the identification does not do."""
        viewer: Viewer = request._request.viewer  # type: ignore[attr-defined]
        if not viewer.is_authenticated:
            return False
        prove(viewer, asking_of_service(registry[view.service]))  # type: ignore[attr-defined]
        return True
