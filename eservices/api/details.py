"""One's own details and preferences by API: the same acts as the pages, with the same refusals."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from phonenumber_field.phonenumber import to_python
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import accounts, bounces, details, preferences
from eservices.api.submissions import PROBLEM, FileView
from eservices.enums import Channel, FieldSource, MailState, NoticeKind, ProfileKind
from eservices.errors import FieldLocked, NotFound
from eservices.models import DetailsReport, User
from eservices.queries.details import ORGANISATION_FIELDS, PERSON_FIELDS, locks_of
from eservices.queries.identifiers import masked_number
from eservices.queries.notices import test_mail_of
from eservices.queries.preferences import Preferences, SpaceNotices, preferences_of

REFUSALS = {403: PROBLEM, 422: PROBLEM}


class DetailsSerializer(serializers.Serializer[Any]):
    """What the portal knows of the person, and which values only their source can change."""

    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    phone = serializers.SerializerMethodField(help_text="E.164, or empty.")
    national_number = serializers.SerializerMethodField(help_text="Masked, or empty.")
    locked = serializers.SerializerMethodField(
        help_text="Name of a value to its source: these values are refused in PATCH and PUT."
    )

    @extend_schema_field(OpenApiTypes.STR)
    def get_phone(self, user: User) -> str:
        """Phone number of the person's own space."""
        profile = getattr(user, "citizen_profile", None)
        return profile.phone if profile else ""

    @extend_schema_field(OpenApiTypes.STR)
    def get_national_number(self, user: User) -> str:
        """The verified number, masked."""
        return masked_number(user)

    @extend_schema_field(
        {
            "type": "object",
            "additionalProperties": {"type": "string", "enum": FieldSource.values},
        }
    )
    def get_locked(self, user: User) -> Mapping[str, str]:
        """Locked values with their sources."""
        return {name: source.value for name, source in locks_of(user).items()}


class DetailsChangeSerializer(serializers.Serializer[Any]):
    """What to change; what is not mentioned stays."""

    first_name = serializers.CharField(max_length=150, required=False)
    last_name = serializers.CharField(max_length=150, required=False)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)

    def validate_phone(self, value: str) -> str:
        """Return the number in E.164; empty takes it away."""
        number = to_python(value, region="BE") if value else None
        if value and not (number and number.is_valid()):
            raise serializers.ValidationError("Not a phone number.", code="invalid")
        return str(number) if number else ""


class DetailsReplaceSerializer(DetailsChangeSerializer):
    """All that a person can change."""

    first_name = serializers.CharField(max_length=150)
    last_name = serializers.CharField(max_length=150)
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    phone = serializers.CharField(max_length=40, allow_blank=True)


class ReportSerializer(serializers.Serializer[Any]):
    """What is wrong with a locked value of oneself, or of the organisation in whose name one acts."""

    field = serializers.ChoiceField(choices=[*PERSON_FIELDS, *ORGANISATION_FIELDS])
    message = serializers.CharField(max_length=1000, allow_blank=True)


class ReportedSerializer(serializers.Serializer[Any]):
    """A report that waits for an answer."""

    id = serializers.UUIDField(source="public_id")
    field = serializers.CharField()
    source = serializers.ChoiceField(choices=FieldSource.choices)
    created_at = serializers.DateTimeField()
    answer = serializers.CharField()


class AccountView(FileView):
    """The details."""

    @extend_schema(operation_id="account_read", responses={200: DetailsSerializer, 403: PROBLEM})
    def get(self, request: Request) -> Response:
        """Tell what the portal knows of the person."""
        return self.answer(self.user)

    @extend_schema(
        operation_id="account_change",
        request=DetailsChangeSerializer,
        responses={200: DetailsSerializer, **REFUSALS},
    )
    def patch(self, request: Request) -> Response:
        """Change some values; a locked one is refused with `accounts.field_locked`."""
        return self.change(DetailsChangeSerializer(data=request.data))

    @extend_schema(
        operation_id="account_replace",
        request=DetailsReplaceSerializer,
        responses={200: DetailsSerializer, **REFUSALS},
    )
    def put(self, request: Request) -> Response:
        """Change all values; locked ones must be sent as they are."""
        return self.change(DetailsReplaceSerializer(data=request.data))

    def change(self, sent: serializers.Serializer[Any]) -> Response:
        """Call the action with what was sent; a locked value that has another address is refused here too."""
        for name in sent.initial_data:
            if name not in sent.fields and name in locks_of(self.user):
                raise FieldLocked(field=name)
        sent.is_valid(raise_exception=True)
        user = accounts.update_details(user=self.user, values=sent.validated_data, by=self.user)
        return self.answer(User.objects.get(pk=user.pk))

    @staticmethod
    def answer(user: User) -> Response:
        """Return the details; no cache keeps them."""
        answer = Response(DetailsSerializer(user).data)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class ReportsView(FileView):
    """Telling the municipality that a locked value is wrong."""

    @extend_schema(
        operation_id="account_report",
        request=ReportSerializer,
        responses={201: ReportedSerializer, 404: PROBLEM, 409: PROBLEM, 429: PROBLEM, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Report a value; the answer comes by e-mail and on the page of details."""
        sent = ReportSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        field = sent.validated_data["field"]
        membership = self.viewer.membership if field in ORGANISATION_FIELDS else None
        if field in ORGANISATION_FIELDS and membership is None:
            raise NotFound
        row: DetailsReport = details.report(
            user=self.user,
            field=field,
            message=sent.validated_data["message"],
            membership=membership,
        )
        return Response(ReportedSerializer(row).data, status=201)


class SpaceNoticesSerializer(serializers.Serializer[Any]):
    """A space that the person may use, and where each kind of notice is read."""

    id = serializers.UUIDField(source="profile.public_id")
    kind = serializers.ChoiceField(choices=ProfileKind.choices, source="profile.kind")
    name = serializers.SerializerMethodField()
    notices = serializers.SerializerMethodField(help_text="Kind of notice to its channel.")

    @extend_schema_field(OpenApiTypes.STR)
    def get_name(self, space: SpaceNotices) -> str:
        """What the space is called for this person."""
        return space.membership.shown_name if space.membership else space.profile.name

    @extend_schema_field(
        {
            "type": "object",
            "properties": {
                kind.value: {"type": "string", "enum": Channel.values} for kind in NoticeKind
            },
        }
    )
    def get_notices(self, space: SpaceNotices) -> Mapping[str, str]:
        """Channels by kind."""
        return {kind.value: channel.value for kind, channel in space.channels.items()}


class PreferencesSerializer(serializers.Serializer[Any]):
    """What the person has chosen."""

    default_space = serializers.UUIDField(allow_null=True, help_text="Null begins as oneself.")
    spaces = SpaceNoticesSerializer(many=True)


class NoticeChoiceSerializer(serializers.Serializer[Any]):
    """The channel of one kind of notice in one space."""

    space = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=NoticeKind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)


class PreferencesChangeSerializer(serializers.Serializer[Any]):
    """What to choose; channels that are not mentioned stay."""

    default_space = serializers.UUIDField(allow_null=True)
    notices = NoticeChoiceSerializer(many=True, max_length=500)


class PreferencesView(FileView):
    """The choices of the person."""

    @extend_schema(
        operation_id="preferences_read", responses={200: PreferencesSerializer, 403: PROBLEM}
    )
    def get(self, request: Request) -> Response:
        """Tell the choices, for every space that may be used today."""
        return self.answer(preferences_of(self.user))

    @extend_schema(
        operation_id="preferences_replace",
        request=PreferencesChangeSerializer,
        responses={200: PreferencesSerializer, **REFUSALS},
    )
    def put(self, request: Request) -> Response:
        """Choose; decisions and questions stay with e-mail (`preferences.always_by_mail`)."""
        sent = PreferencesChangeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        channels = {
            (row["space"], NoticeKind(row["kind"])): Channel(row["channel"])
            for row in sent.validated_data["notices"]
        }
        return self.answer(
            preferences.save(
                user=self.user,
                default_space=sent.validated_data["default_space"],
                channels=channels,
            )
        )

    @staticmethod
    def answer(chosen: Preferences) -> Response:
        """Return the choices; no cache keeps them."""
        answer = Response(PreferencesSerializer(chosen).data)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class TestMailSerializer(serializers.Serializer[Any]):
    """How far the last test mail has come."""

    state = serializers.ChoiceField(choices=MailState.choices)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class TestMailView(FileView):
    """A mail that says nothing, to see whether mails arrive."""

    @extend_schema(
        operation_id="test_mail_read",
        responses={200: TestMailSerializer, 403: PROBLEM, 404: PROBLEM},
        tags=["account"],
    )
    def get(self, request: Request) -> Response:
        """Tell how far the last one has come; 404 when none was asked for."""
        mail = test_mail_of(self.user)
        if mail is None:
            raise NotFound
        return Response(TestMailSerializer(mail).data)

    @extend_schema(
        operation_id="test_mail_send",
        request=None,
        responses={202: TestMailSerializer, 403: PROBLEM, 429: PROBLEM},
        tags=["account"],
    )
    def post(self, request: Request) -> Response:
        """Send one to the address of the account; three an hour at most."""
        mail = bounces.send_test(user=self.user)
        return Response(TestMailSerializer(mail).data, status=202)
