"""One's own data by API: the summary of the page and the same copy."""

from typing import Any

from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import privacy
from eservices.api.submissions import PROBLEM, FileView
from eservices.downloads import zip_answer
from eservices.errors import ProofTooOld
from eservices.queries.login_methods import fresh_proof_of
from eservices.queries.privacy import privacy_summary


class HeldDataSerializer(serializers.Serializer[Any]):
    """How many things of one kind there are."""

    label = serializers.CharField()  # type: ignore[assignment]  # the name in the JSON
    count = serializers.IntegerField()


class HeldItemSerializer(serializers.Serializer[Any]):
    """One thing and how long it is kept: until `delete_on`, else as `rule` says."""

    what = serializers.CharField()
    reference = serializers.CharField()
    delete_on = serializers.DateField(allow_null=True)
    rule = serializers.CharField()
    reason = serializers.CharField(help_text="Why it must stay; empty for what can be erased.")


class ReadingSerializer(serializers.Serializer[Any]):
    """That a service of the municipality looked at the person's data."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Name of the team, never of a person.")
    what = serializers.CharField()
    reference = serializers.CharField()


class PrivacySerializer(serializers.Serializer[Any]):
    """What the portal holds about the person who is logged in."""

    held = HeldDataSerializer(many=True)
    erasable = HeldItemSerializer(many=True, source="plan.erased")
    kept = HeldItemSerializer(many=True, source="plan.kept")
    readings = ReadingSerializer(many=True)


class PrivacyView(FileView):
    """The summary."""

    @extend_schema(operation_id="privacy_read", responses={200: PrivacySerializer, 403: PROBLEM})
    def get(self, request: Request) -> Response:
        """Tell what is held, until when, and which service looked at it."""
        answer = Response(PrivacySerializer(privacy_summary(self.user)).data)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


class PrivacyExportView(FileView):
    """The copy."""

    @extend_schema(
        operation_id="privacy_export",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 403: PROBLEM},
    )
    def get(self, request: Request) -> FileResponse:
        """Download everything as a zip: one JSON for the account and each service, and documents.

        Refused with `accounts.proof_too_old` when the last identification is older than ten minutes; `url` is the path
        of the page to prove it again. The answers and documents of files that ask for a surer identification than the
        session has are left out: such a file has a member `left_out`, a sentence that says how to get them.
        """
        if not fresh_proof_of(self.viewer, now=timezone.now()):
            raise ProofTooOld
        return zip_answer(privacy.export(user=self.user, viewer=self.viewer), _("my-data"))
