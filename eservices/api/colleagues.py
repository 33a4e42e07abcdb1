"""Colleagues by API: whom an administrator invites into a space, what the invited answer, who stays."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import colleagues, memberships
from eservices.actions.acting import person_acting
from eservices.api.profiles import MemberSerializer, ProfileStateSerializer, ProfilesView
from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import MembershipFunction, MembershipRole
from eservices.errors import NotFound
from eservices.models import ColleagueInvitation, Membership, Profile
from eservices.queries.profiles import (
    invitations_for,
    open_invitations,
    profile_named,
    space_members,
)

REFUSALS = {403: PROBLEM, 404: PROBLEM, 409: PROBLEM}


class ColleagueInvitationSerializer(serializers.Serializer[Any]):
    """An invitation that nobody has answered yet, for the administrators of the space."""

    id = serializers.UUIDField(source="public_id")
    email = serializers.EmailField()
    role = serializers.ChoiceField(choices=MembershipRole.choices)
    function = serializers.ChoiceField(choices=MembershipFunction.choices)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class InviteSerializer(serializers.Serializer[Any]):
    """Whom to invite; the mail is written in the language of the request."""

    email = serializers.EmailField(max_length=254)
    function = serializers.ChoiceField(choices=MembershipFunction.choices)
    role = serializers.ChoiceField(
        choices=MembershipRole.choices, default=MembershipRole.MEMBER.value
    )


class OwnInvitationSerializer(serializers.Serializer[Any]):
    """An invitation into a space that one may accept or decline."""

    id = serializers.UUIDField(source="public_id")
    space = serializers.CharField(source="profile.name")
    bce_number = serializers.CharField(source="profile.organisation.bce_number")
    sender = serializers.CharField(source="invited_by.display_name", allow_null=True, default=None)
    role = serializers.ChoiceField(choices=MembershipRole.choices)
    function = serializers.ChoiceField(choices=MembershipFunction.choices)
    expires_at = serializers.DateTimeField()


class RoleSerializer(serializers.Serializer[Any]):
    """What a member may do in the space."""

    role = serializers.ChoiceField(choices=MembershipRole.choices)


class AdministratorView(FileView):
    """Base of what only administrators of a space find."""

    def administered(self, profile: UUID) -> Profile:
        """Return the space; NotFound for whoever does not administer it, ActingReadOnly for an agent who looks."""
        found = profile_named(person_acting(self.viewer), profile)
        if found is None:
            raise NotFound
        space_members(self.user, found)
        return found


class InvitationsView(AdministratorView):
    """Invitations into a space."""

    @extend_schema(
        operation_id="profiles_invitations",
        responses={200: ColleagueInvitationSerializer(many=True), 403: PROBLEM, 404: PROBLEM},
        tags=["profiles"],
    )
    def get(self, request: Request, profile: UUID) -> Response:
        """List the invitations that nobody has answered yet."""
        rows = open_invitations(self.administered(profile))
        return Response(ColleagueInvitationSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="profiles_invite",
        request=InviteSerializer,
        responses={201: ColleagueInvitationSerializer, **REFUSALS, 422: PROBLEM, 429: PROBLEM},
        tags=["profiles"],
    )
    def post(self, request: Request, profile: UUID) -> Response:
        """Invite the owner of a mail address; the answer does not tell whether the address has an account."""
        space = self.administered(profile)
        data = self.read(InviteSerializer, request.data)
        row = colleagues.invite(
            profile=space,
            email=data["email"],
            by=self.user,
            role=MembershipRole(data["role"]),
            function=MembershipFunction(data["function"]),
            language=get_language() or self.user.language,
        )
        return Response(ColleagueInvitationSerializer(row).data, status=201)


class InvitationView(AdministratorView):
    """One invitation into a space."""

    @extend_schema(
        operation_id="profiles_invitation_withdraw",
        responses={204: None, **REFUSALS},
        tags=["profiles"],
    )
    def delete(self, request: Request, profile: UUID, invitation: UUID) -> Response:
        """Take an invitation back."""
        rows = open_invitations(self.administered(profile))
        row = rows.filter(public_id=invitation).first()
        if row is None:
            raise NotFound
        colleagues.withdraw(invitation=row, by=self.user)
        return Response(status=204)


class MemberView(AdministratorView):
    """One member of a space."""

    def member(self, profile: UUID, member: UUID) -> Membership:
        """Return a confirmed member; NotFound otherwise."""
        row = space_members(self.user, self.administered(profile)).filter(public_id=member).first()
        if row is None:
            raise NotFound
        return row

    @extend_schema(
        operation_id="profiles_member_role",
        request=RoleSerializer,
        responses={200: MemberSerializer, **REFUSALS, 422: PROBLEM},
        tags=["profiles"],
    )
    def put(self, request: Request, profile: UUID, member: UUID) -> Response:
        """Make a member an administrator, or an administrator a member."""
        row = self.member(profile, member)
        role = MembershipRole(self.read(RoleSerializer, request.data)["role"])
        row = memberships.change_role(membership=row, by=self.user, role=role)
        return Response(MemberSerializer(row).data)

    @extend_schema(
        operation_id="profiles_member_end", responses={204: None, **REFUSALS}, tags=["profiles"]
    )
    def delete(self, request: Request, profile: UUID, member: UUID) -> Response:
        """End somebody's access; the person gets a mail."""
        memberships.end(membership=self.member(profile, member), by=self.user)
        return Response(status=204)


class OwnInvitationsView(FileView):
    """Invitations into spaces to one's own address."""

    @extend_schema(
        operation_id="account_invitations",
        responses={200: OwnInvitationSerializer(many=True), 403: PROBLEM},
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        """List the invitations that wait for one's answer."""
        rows = invitations_for(person_acting(self.viewer))
        return Response(OwnInvitationSerializer(rows, many=True).data)


class AnswerView(ProfilesView):
    """Base of the two answers."""

    http_method_names = ("post", "options")

    def own(self, invitation: UUID) -> ColleagueInvitation:
        """Return an invitation to one's own address; NotFound for others, answered and old ones."""
        row = invitations_for(self.user).filter(public_id=invitation).first()
        if row is None:
            raise NotFound
        return row


class AcceptView(AnswerView):
    """Says yes to an invitation."""

    @extend_schema(
        operation_id="account_invitation_accept",
        request=None,
        responses={200: ProfileStateSerializer, **REFUSALS},
        tags=["account"],
    )
    def post(self, request: Request, invitation: UUID) -> Response:
        """Join the space: the right to act for it is confirmed by who invited."""
        membership = colleagues.accept(invitation=self.own(invitation), by=self.user)
        return Response(ProfileStateSerializer(self.row(membership)).data)


class DeclineView(AnswerView):
    """Says no to an invitation."""

    @extend_schema(
        operation_id="account_invitation_decline",
        request=None,
        responses={204: None, **REFUSALS},
        tags=["account"],
    )
    def post(self, request: Request, invitation: UUID) -> Response:
        """Decline; who invited gets a mail."""
        colleagues.decline(invitation=self.own(invitation), by=self.user)
        return Response(status=204)
