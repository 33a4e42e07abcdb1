"""What a file waits for, by API: the citizen's answers, the agents' requests, opinions and assignments."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from eservices.actions import amounts, assignments, opinions, requests, reviews
from eservices.actions.wanted import Wanted
from eservices.api.requirements import REFUSED
from eservices.api.reviews import AgentActView, AgentFileSerializer, AgentView, WordsSerializer
from eservices.api.submissions import (
    PROBLEM,
    REFUSALS,
    AmountSerializer,
    AnnexSerializer,
    FileView,
)
from eservices.enums import RequestKind, RequestState
from eservices.errors import AssigneeRefused, NotFound, TeamRefused
from eservices.models import AmountDue, Submission, Team, User
from eservices.money import Money
from eservices.queries.amounts import amount_of
from eservices.queries.requests import opinion_in, opinions_of, request_in, requests_of
from eservices.queries.reviews import file_for_agent
from eservices.queries.roles import colleagues_of, other_teams


class RequestSerializer(serializers.Serializer[Any]):
    """One thing that the municipality asks in a file."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=RequestKind.choices)
    state = serializers.ChoiceField(choices=RequestState.choices)
    question = serializers.CharField(source="question_id")
    text = serializers.CharField()
    amount = AmountSerializer(allow_null=True, help_text="What to pay, for a payment; else null.")
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    annexes = AnnexSerializer(many=True)


class RequestListSerializer(serializers.Serializer[Any]):
    """All requests of a file, oldest first."""

    results = RequestSerializer(many=True)


class RequestAnswerSerializer(serializers.Serializer[Any]):
    """An answer in words, or documents; which one, the kind of the request says."""

    text = serializers.CharField(max_length=5000, allow_blank=True, default="")
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=None), default=list
    )


class WantedSerializer(serializers.Serializer[Any]):
    """One thing to ask for; `question` is the one to correct, `euros` what to pay.

    A signature is refused with `requests.not_offered` while no service that signs is installed.
    """

    kind = serializers.ChoiceField(choices=RequestKind.choices)
    text = serializers.CharField(max_length=2000, allow_blank=True)
    question = serializers.CharField(max_length=60, allow_blank=True, default="")
    euros = serializers.DecimalField(
        max_digits=9, decimal_places=2, allow_null=True, default=None, help_text="Such as 12.50."
    )

    @staticmethod
    def wanted(given: dict[str, Any]) -> Wanted:
        """Return checked input as the action takes it."""
        euros = given["euros"]
        return Wanted(
            kind=RequestKind(given["kind"]),
            text=given["text"],
            question=given["question"],
            amount=None if euros is None else Money.from_decimal(euros),
        )


class PaymentSerializer(serializers.Serializer[Any]):
    """What was received at the counter; the amount is said again, so that a wrong file is noticed."""

    euros = serializers.DecimalField(max_digits=9, decimal_places=2, help_text="Such as 12.50.")
    receipt = serializers.CharField(
        max_length=60, allow_blank=True, help_text="Number of the receipt that was given."
    )


class AskSerializer(serializers.Serializer[Any]):
    """What to ask for, and until when an answer is awaited."""

    items = WantedSerializer(many=True)
    due_at = serializers.DateTimeField()


class ChangeSerializer(serializers.Serializer[Any]):
    """Other words or another moment."""

    text = serializers.CharField(max_length=2000, allow_blank=True)
    due_at = serializers.DateTimeField()


class AssignSerializer(serializers.Serializer[Any]):
    """Which colleague."""

    agent = serializers.UUIDField(help_text="Public id of the colleague.")


class TeamWordsSerializer(serializers.Serializer[Any]):
    """Which team, and words for it."""

    team = serializers.SlugField(help_text="Code of the team.")
    text = serializers.CharField(max_length=5000, allow_blank=True, default="")


class OpinionSerializer(serializers.Serializer[Any]):
    """What another team was asked about a file."""

    id = serializers.UUIDField(source="public_id")
    team = serializers.CharField(source="team.code")
    state = serializers.ChoiceField(choices=RequestState.choices)
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class OpinionListSerializer(serializers.Serializer[Any]):
    """All opinions of a file, oldest first."""

    results = OpinionSerializer(many=True)


class OpinionAnswerSerializer(serializers.Serializer[Any]):
    """The opinion of a team."""

    text = serializers.CharField(max_length=5000, allow_blank=True)


def _requests(row: Submission) -> Response:
    return Response(RequestListSerializer({"results": requests_of(row)}).data)


class RequestsView(FileView):
    """What the person is asked in a file."""

    @extend_schema(
        operation_id="submissions_requests",
        responses={200: RequestListSerializer, 403: REFUSED, 404: PROBLEM},
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the requests of the municipality with their answers."""
        return _requests(self.file(reference))


class RequestAnswerView(FileView):
    """The answer to one request."""

    parser_classes = (JSONParser, MultiPartParser, FormParser)

    @extend_schema(
        operation_id="submissions_request_answer",
        request={
            "application/json": RequestAnswerSerializer,
            "multipart/form-data": RequestAnswerSerializer,
        },
        responses={200: RequestListSerializer, **REFUSALS},
    )
    def post(self, request: Request, reference: str, request_id: UUID) -> Response:
        """Answer it; with the last answer the file goes back to the municipality by itself."""
        row = self.file(reference)
        given = self.read(RequestAnswerSerializer, request.data)
        requests.answer(
            request=request_in(row, request_id),
            by=self.user,
            text=given["text"],
            files=given["files"],
        )
        return _requests(row)


class AgentFileMixin(AgentView):
    """Addresses below one file of the agent's teams."""

    def file(self, request: Request, reference: str) -> Submission:
        """Return the file; raises NotFound for those of other teams."""
        return file_for_agent(self.agent(request), reference)

    def read(self, kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
        """Return checked input."""
        serializer = kind(data=data)
        serializer.is_valid(raise_exception=True)
        checked: dict[str, Any] = serializer.validated_data
        return checked


class AgentRequestsView(AgentFileMixin):
    """What the citizen is asked."""

    @extend_schema(
        operation_id="agent_requests",
        responses={200: RequestListSerializer, 403: PROBLEM, 404: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the requests of a file."""
        row = self.file(request, reference)
        reviews.record_reading(submission=row, by=self.agent(request))
        return _requests(row)

    @extend_schema(
        operation_id="agent_ask",
        request=AskSerializer,
        responses={200: RequestListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask the citizen for one or several things; the clock of the decision stands still."""
        row, given = self.file(request, reference), self.read(AskSerializer, request.data)
        items = [WantedSerializer.wanted(item) for item in given["items"]]
        requests.ask(submission=row, by=self.agent(request), items=items, due_at=given["due_at"])
        return _requests(row)


class AgentRequestView(AgentFileMixin):
    """One request."""

    @extend_schema(
        operation_id="agent_request_change",
        request=ChangeSerializer,
        responses={200: RequestListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def put(self, request: Request, reference: str, request_id: UUID) -> Response:
        """Put other words or another moment to an open request."""
        row, given = self.file(request, reference), self.read(ChangeSerializer, request.data)
        requests.change(
            request=request_in(row, request_id),
            by=self.agent(request),
            text=given["text"],
            due_at=given["due_at"],
        )
        return _requests(row)

    @extend_schema(
        operation_id="agent_request_withdraw",
        responses={200: RequestListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def delete(self, request: Request, reference: str, request_id: UUID) -> Response:
        """Withdraw an open request."""
        row = self.file(request, reference)
        requests.withdraw(request=request_in(row, request_id), by=self.agent(request))
        return _requests(row)


def _record(amount: AmountDue | None, by: User, given: dict[str, Any]) -> None:
    if amount is None:
        raise NotFound
    amounts.record_payment(
        amount=amount,
        by=by,
        receipt=given["receipt"],
        received=Money.from_decimal(given["euros"]),
    )


class AgentRequestPaymentView(AgentFileMixin):
    """The payment of an amount that was asked for."""

    @extend_schema(
        operation_id="agent_request_payment",
        request=PaymentSerializer,
        responses={200: RequestListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str, request_id: UUID) -> Response:
        """Record that it was paid at the counter: the request is answered. The same receipt twice is one payment."""
        row, given = self.file(request, reference), self.read(PaymentSerializer, request.data)
        _record(request_in(row, request_id).amount, self.agent(request), given)
        return _requests(row)


class AgentPaymentView(AgentFileMixin):
    """The payment of the fee of a file."""

    @extend_schema(
        operation_id="agent_payment",
        request=PaymentSerializer,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Record that the fee was paid at the counter: the file can be taken in charge."""
        row, given = self.file(request, reference), self.read(PaymentSerializer, request.data)
        _record(amount_of(row), self.agent(request), given)
        return Response(AgentFileSerializer(self.file(request, reference)).data)


class AgentOpinionsView(AgentFileMixin):
    """What other teams were asked."""

    @extend_schema(
        operation_id="agent_opinions",
        responses={200: OpinionListSerializer, 403: PROBLEM, 404: PROBLEM},
        tags=["agents"],
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the opinions of a file."""
        row = self.file(request, reference)
        reviews.record_reading(submission=row, by=self.agent(request))
        return Response(OpinionListSerializer({"results": opinions_of(row)}).data)

    @extend_schema(
        operation_id="agent_opinion_ask",
        request=TeamWordsSerializer,
        responses={200: OpinionListSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask another team for its opinion."""
        row, given = self.file(request, reference), self.read(TeamWordsSerializer, request.data)
        opinions.ask(
            submission=row,
            by=self.agent(request),
            team=_team(row, given["team"]),
            text=given["text"],
        )
        return Response(OpinionListSerializer({"results": opinions_of(row)}).data)


class AgentOpinionView(AgentFileMixin):
    """One opinion."""

    @extend_schema(
        operation_id="agent_opinion_give",
        request=OpinionAnswerSerializer,
        responses={204: None, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str, opinion_id: UUID) -> Response:
        """Give the opinion of one's team."""
        row = self.file(request, reference)
        given = self.read(OpinionAnswerSerializer, request.data)
        opinions.give(
            opinion=opinion_in(row, opinion_id), by=self.agent(request), text=given["text"]
        )
        return Response(status=204)

    @extend_schema(
        operation_id="agent_opinion_cancel", responses={204: None, **REFUSALS}, tags=["agents"]
    )
    def delete(self, request: Request, reference: str, opinion_id: UUID) -> Response:
        """Say that an opinion is no longer needed."""
        row = self.file(request, reference)
        opinions.cancel(opinion=opinion_in(row, opinion_id), by=self.agent(request))
        return Response(status=204)


class AssignView(AgentFileMixin):
    """Who follows a file."""

    @extend_schema(
        operation_id="agent_assign",
        request=AssignSerializer,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Give a file to a colleague of its team."""
        row, given = self.file(request, reference), self.read(AssignSerializer, request.data)
        to: User | None = colleagues_of(row).filter(public_id=given["agent"]).first()
        if to is None:
            raise AssigneeRefused(field="agent")
        assignments.assign(submission=row, by=self.agent(request), to=to)
        return Response(AgentFileSerializer(row).data)


class TransferView(AgentFileMixin):
    """Which team has a file."""

    @extend_schema(
        operation_id="agent_transfer",
        request=TeamWordsSerializer,
        responses={204: None, **REFUSALS},
        tags=["agents"],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Send a file to another team, with the reason."""
        row, given = self.file(request, reference), self.read(TeamWordsSerializer, request.data)
        assignments.transfer(
            submission=row,
            by=self.agent(request),
            to=_team(row, given["team"]),
            reason=given["text"],
        )
        return Response(status=204)


def _team(row: Submission, code: str) -> Team:
    team = other_teams(row).filter(code=code).first()
    if team is None:
        raise TeamRefused(field="team")
    return team


@extend_schema_view(
    post=extend_schema(
        operation_id="agent_close",
        description="Close a file: without a decision, or after it.",
        request=None,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
)
class CloseView(AgentActView):
    """Close."""

    def act(self, row: Submission, agent: User, reason: str) -> Submission:
        return reviews.close(submission=row, by=agent)


@extend_schema_view(
    post=extend_schema(
        operation_id="agent_reconsider",
        description="Take a decided file up again, as a supervisor of its team.",
        request=WordsSerializer,
        responses={200: AgentFileSerializer, **REFUSALS},
        tags=["agents"],
    )
)
class ReconsiderView(AgentActView):
    """Take up again."""

    def act(self, row: Submission, agent: User, reason: str) -> Submission:
        return reviews.reconsider(submission=row, by=agent, reason=reason)
