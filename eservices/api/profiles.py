"""Spaces by API: in whose name one may act, opening a space, switching, the members of a space."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import spaces
from eservices.actions.organisations import Contact, Declaration, declare
from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import MembershipFunction, MembershipRole, MembershipState, ProfileKind
from eservices.errors import LoginRequired
from eservices.models import Membership
from eservices.queries.profiles import memberships_of, profile_named, space_members


class ProfileStateSerializer(serializers.Serializer[Any]):
    """One space and how sure the right to it is; `state`, `role` and `function` are null for oneself."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=ProfileKind.choices)
    name = serializers.CharField()
    bce_number = serializers.CharField(help_text="Ten digits; empty for oneself.")
    establishment_number = serializers.CharField(help_text="Ten digits or empty.")
    state = serializers.ChoiceField(choices=MembershipState.choices, allow_null=True)
    role = serializers.ChoiceField(choices=MembershipRole.choices, allow_null=True)
    function = serializers.ChoiceField(choices=MembershipFunction.choices, allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    sees_all_files = serializers.BooleanField(
        help_text="False for a declared member, who sees only own files."
    )
    current = serializers.BooleanField(help_text="Whether the session acts in this name.")


class DeclareSerializer(serializers.Serializer[Any]):
    """What somebody declares about an organisation; the register's name and kind come before these."""

    kind = serializers.ChoiceField(
        choices=[ProfileKind.ENTERPRISE.value, ProfileKind.ASSOCIATION.value]
    )
    number = serializers.CharField(max_length=40, help_text="Enterprise number as typed.")
    establishment = serializers.CharField(max_length=40, default="", allow_blank=True)
    terms = serializers.BooleanField(
        default=False, help_text="The terms of the space are accepted."
    )
    name = serializers.CharField(max_length=250, default="", allow_blank=True)
    is_vat_liable = serializers.BooleanField(allow_null=True, default=None)
    function = serializers.ChoiceField(choices=MembershipFunction.choices)
    function_words = serializers.CharField(max_length=100, default="", allow_blank=True)
    valid_until = serializers.DateField(allow_null=True, default=None)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    landline = serializers.RegexField(
        r"^(\+[1-9][0-9]{6,14})?$",
        default="",
        allow_blank=True,
        help_text="E.164, for example +3242301111.",
    )
    mobile = serializers.RegexField(
        r"^(\+[1-9][0-9]{6,14})?$",
        default="",
        allow_blank=True,
        help_text="E.164, for example +32470123456.",
    )
    email = serializers.EmailField(default="", allow_blank=True)
    notify_by_mail = serializers.BooleanField(default=True)


class SwitchSerializer(serializers.Serializer[Any]):
    """Which space to enter."""

    profile = serializers.UUIDField(help_text="`id` of one of one's own profiles.")


class MemberSerializer(serializers.Serializer[Any]):
    """Somebody who acts for the organisation."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField(source="user.display_name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(choices=MembershipRole.choices)
    function = serializers.ChoiceField(choices=MembershipFunction.choices)
    valid_until = serializers.DateField(allow_null=True)


class ProfilesView(FileView):
    """One's own spaces."""

    @extend_schema(
        operation_id="profiles_list",
        responses={200: ProfileStateSerializer(many=True), 403: PROBLEM},
        tags=["profiles"],
    )
    def get(self, request: Request) -> Response:
        """List in whose names one may act: oneself first."""
        return Response(ProfileStateSerializer(self.rows(), many=True).data)

    @extend_schema(
        operation_id="profiles_declare",
        request=DeclareSerializer,
        responses={201: ProfileStateSerializer, 403: PROBLEM, 409: PROBLEM, 422: PROBLEM},
        tags=["profiles"],
    )
    def post(self, request: Request) -> Response:
        """Declare that one acts for an organisation; somebody must confirm it before all its files are shown."""
        data = self.read(DeclareSerializer, request.data)
        contact = {
            name: data.pop(name)
            for name in ("language", "landline", "mobile", "email", "notify_by_mail")
        }
        declaration = Declaration(
            kind=ProfileKind(data.pop("kind")),
            number=data.pop("number"),
            establishment=data.pop("establishment"),
            function=MembershipFunction(data.pop("function")),
            contact=Contact(**contact),
            **data,
        )
        membership = declare(user=self.user, declaration=declaration)
        return Response(ProfileStateSerializer(self.row(membership)).data, status=201)

    def rows(self) -> list[dict[str, Any]]:
        """Return oneself and the organisations."""
        own = self.user.citizen_profile
        oneself = {
            "id": own.public_id,
            "kind": own.kind,
            "name": own.name,
            "bce_number": "",
            "establishment_number": "",
            "state": None,
            "role": None,
            "function": None,
            "valid_until": None,
            "sees_all_files": True,
            "current": self.viewer.membership is None,
        }
        return [oneself, *(self.row(row) for row in memberships_of(self.user))]

    def row(self, membership: Membership) -> dict[str, Any]:
        """Return one organisation as the serializer takes it."""
        return {
            "id": membership.profile.public_id,
            "kind": membership.profile.kind,
            "name": membership.shown_name,
            "bce_number": membership.profile.organisation.bce_number,
            "establishment_number": membership.profile.organisation.establishment_number,
            "state": membership.state,
            "role": membership.role,
            "function": membership.function,
            "valid_until": membership.valid_until,
            "sees_all_files": membership.state == MembershipState.CONFIRMED,
            "current": membership == self.viewer.membership,
        }


class SessionProfileView(ProfilesView):
    """In whose name the session acts."""

    http_method_names = ("post", "options")

    @extend_schema(
        operation_id="session_profile",
        request=SwitchSerializer,
        responses={200: ProfileStateSerializer, 403: PROBLEM, 404: PROBLEM, 422: PROBLEM},
        tags=["session"],
    )
    def post(self, request: Request) -> Response:
        """Switch to another of one's own spaces."""
        wanted = self.read(SwitchSerializer, request.data)["profile"]
        profile = profile_named(self.user, wanted)
        if self.viewer.session is None:
            raise LoginRequired
        membership = spaces.enter(session=self.viewer.session, user=self.user, profile=profile)
        row = self.row(membership) if membership else self.rows()[0]
        return Response(ProfileStateSerializer({**row, "current": True}).data)


class MembersView(FileView):
    """Who acts for an organisation; for its administrators."""

    @extend_schema(
        operation_id="profiles_members",
        responses={200: MemberSerializer(many=True), 403: PROBLEM, 404: PROBLEM},
        tags=["profiles"],
    )
    def get(self, request: Request, profile: UUID) -> Response:
        """List the confirmed members of a space that one administers."""
        found = profile_named(self.user, profile)
        members = space_members(self.user, found or self.user.citizen_profile)
        return Response(MemberSerializer(members, many=True).data)
