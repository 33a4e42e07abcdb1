"""How a person logs in, by API: the same list as the page "Security". Changes need that page: they ask for a proof."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import Method
from eservices.queries.login_methods import login_methods_of

#: What this list can hold: methods of the portal itself, not of identity providers.
OWN = (Method.MAIL_CODE, Method.AUTHENTICATOR, Method.PASSKEY, Method.BACKUP_CODE)


class LoginDeviceSerializer(serializers.Serializer[Any]):
    """An authenticator app or a passkey of the person."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    added_at = serializers.DateTimeField(source="created_at")
    last_used_at = serializers.DateTimeField(allow_null=True)


class LoginMethodsSerializer(serializers.Serializer[Any]):
    """Everything by which the person can do the second step; the code by mail is always there."""

    preferred = serializers.ChoiceField(
        choices=[(method.value, method.label) for method in OWN],
        help_text="What is asked first after the password.",
    )
    has_password = serializers.BooleanField()
    apps = LoginDeviceSerializer(many=True)
    passkeys = LoginDeviceSerializer(many=True)
    codes_left = serializers.IntegerField(
        allow_null=True, help_text="Unused backup codes; null when none were ever made."
    )


class LoginMethodsView(FileView):
    """How the person logs in."""

    @extend_schema(
        operation_id="account_methods",
        responses={200: LoginMethodsSerializer, 403: PROBLEM},
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        """List the methods of the second step; never a secret, a key or a code."""
        response = Response(LoginMethodsSerializer(login_methods_of(self.user)).data)
        response["Cache-Control"] = "private, no-store"
        return response
