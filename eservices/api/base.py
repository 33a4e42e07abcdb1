"""What the addresses of people share: who acts, checked input, answers that no cache keeps."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.contract import Viewer
from eservices.errors import LoginRequired
from eservices.models import User


def checked(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return checked input; raises DRF's ValidationError."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    found: dict[str, Any] = serializer.validated_data
    return found


class ViewerApiView(APIView):
    """Base of the addresses of somebody who is logged in."""

    @property
    def viewer(self) -> Viewer:
        """Who acts."""
        viewer: Viewer = self.request._request.viewer  # type: ignore[attr-defined]
        return viewer

    @property
    def user(self) -> User:
        """The account that acts."""
        if self.viewer.user is None:
            raise LoginRequired
        return self.viewer.user

    def read(self, kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
        """Return checked input; DRF's ValidationError otherwise."""
        return checked(kind, data)


class PrivateApiView(ViewerApiView):
    """Base of answers that hold personal data."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep the answer out of every cache."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
