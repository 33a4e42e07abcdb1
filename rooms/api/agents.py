"""The agents' list of bookings by API, one booking, its discussion, and booking for somebody at the counter."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from eservices.api.discussions import KEY
from eservices.api.idempotency import IDEMPOTENCY_KEY, answer_once
from eservices.enums import ProfileKind, Side
from eservices.errors import NotFound
from eservices.models import User
from eservices.permissions import VIEW_PEOPLE
from eservices.queries.members import people, person_for_agent
from rooms.actions import counter, details
from rooms.api.agent_shapes import (
    AgentBookingSerializer,
    FullAgentBookingSerializer,
    agent_context,
    taken_rows,
)
from rooms.api.base import PAGE, PROBLEM, READS, WRITES, SlotSerializer, span_of
from rooms.api.bookings import BookingApiView, OffsetField
from rooms.api.discussion import (
    DiscussionView,
    MessagesView,
    NewMessageSerializer,
    NewWordsSerializer,
    RoomMessageSerializer,
    hand_out,
)
from rooms.api.wishes import WishSerializer, wish_of
from rooms.errors import SlotTaken
from rooms.models import Booking, Room
from rooms.queries.board import TABS, bookings_in, in_the_way
from rooms.queries.bookings import VIEW_BOOKINGS, booking_for_agent, room_for_agent

TAGS = ["rooms: agents"]
#: So many people are found.
MOST_PEOPLE = 20


class SeesBookings(BasePermission):
    """Only people who handle bookings; of which rooms, the queries say."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the right is there."""
        return bool(request.user and request.user.has_perm(VIEW_BOOKINGS))


class FindsPeople(SeesBookings):
    """Only people who handle bookings and may find who has an account."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether both rights are there."""
        allowed = super().has_permission(request, view)
        return allowed and request.user.has_perm(VIEW_PEOPLE)


class AgentMixin:
    """An address of the agents: bookings of their teams' rooms, whatever their own profile."""

    permission_classes = (SeesBookings,)
    request: Request

    @property
    def agent(self) -> User:
        """Who works here."""
        user = self.request.user
        assert isinstance(user, User)  # noqa: S101  the permission class has seen to it
        return user

    def booking(self, reference: str) -> Booking:
        """Return a booking of the agent's rooms; raises NotFound."""
        return booking_for_agent(self.agent, reference.replace("\0", ""))


class AgentView(AgentMixin, BookingApiView):
    """Base of the agents' addresses."""

    def room_named(self, code: str) -> Room:
        """Return a room of the agent's teams; raises NotFound."""
        return room_for_agent(self.agent, code)

    def answer(self, reference: str) -> Response:
        """Answer a booking as it stands."""
        row = self.booking(reference)
        shape = FullAgentBookingSerializer(row, context=agent_context([row], self.agent))
        return Response(shape.data)

    def handle_exception(self, exc: Exception) -> Response:
        """Add what is in the way, as agents may know it."""
        answer = super().handle_exception(exc)
        if isinstance(exc, SlotTaken) and self.room is not None:
            reference = self.kwargs.get("reference")
            own = self.booking(reference) if reference else None
            found = [
                row
                for span in self.spans
                for row in in_the_way(self.room, span, agent=self.agent, without=own)
                if row.blocking
            ]
            answer.data["in_the_way"] = taken_rows(found)
        return answer


class BoardQuery(serializers.Serializer[Any]):
    """Which bookings: the tabs and filters of the board."""

    tab = serializers.ChoiceField(choices=list(TABS), default="requests")
    room = serializers.SlugField(max_length=50, default="", allow_blank=True)
    q = serializers.CharField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Parts of a name, a purpose or a reference.",
    )
    offset = OffsetField()


class BoardSerializer(serializers.Serializer[Any]):
    """A page of bookings; requests that lapse soonest first."""

    count = serializers.IntegerField()
    results = AgentBookingSerializer(many=True)


class CounterSerializer(SlotSerializer, WishSerializer):
    """A booking for somebody who stands at the counter."""

    person = serializers.UUIDField(help_text="Id of the account, as `agent/people/` names it.")
    profile = serializers.UUIDField(
        required=False, help_text="In whose name: the person's own by default."
    )
    room = serializers.SlugField(max_length=50, help_text="Code of the room.")
    override_reason = serializers.CharField(
        max_length=200, allow_blank=True, default="", help_text="Why a rule about times is left."
    )
    confirm = serializers.BooleanField(
        default=True, help_text="Say yes at once, or ask for the money, if there is a price."
    )


class CounterProfileSerializer(serializers.Serializer[Any]):
    """In whose name a person can book."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=ProfileKind.choices)
    name = serializers.CharField()


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody who has an account."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField(source="display_name")
    email = serializers.CharField()
    profiles = serializers.SerializerMethodField()

    @extend_schema_field(CounterProfileSerializer(many=True))
    def get_profiles(self, row: User) -> Any:
        """The own profile, and organisations that the person acts for."""
        return CounterProfileSerializer(counter.profiles_at_counter(row), many=True).data


class PeopleQuery(serializers.Serializer[Any]):
    """Whom to find."""

    q = serializers.CharField(min_length=2, max_length=100, help_text="Part of a name or address.")


class AgentBookingsView(AgentView):
    """The board."""

    def get_permissions(self) -> list[BasePermission]:
        """Booking for somebody needs the right to find people, as on the page."""
        return [FindsPeople() if self.request.method == "POST" else SeesBookings()]

    @extend_schema(
        operation_id="rooms_agent_bookings",
        parameters=[BoardQuery],
        responses={200: BoardSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """List the bookings of a tab, each with what stands against it, 50 at a time."""
        asked = self.read(BoardQuery, request.query_params)
        rows = bookings_in(self.agent, tab=asked["tab"], room=asked["room"], search=asked["q"])
        start = asked["offset"]
        page = list(rows.select_related("series")[start : start + PAGE])
        found = {"count": rows.count(), "results": page}
        return Response(BoardSerializer(found, context=agent_context(page, self.agent)).data)

    @extend_schema(
        operation_id="rooms_agent_bookings_enter",
        summary="Book for somebody at the counter",
        parameters=[IDEMPOTENCY_KEY],
        request=CounterSerializer,
        responses={201: FullAgentBookingSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Book; both the person and the agent are recorded."""
        return answer_once(request, self.agent, self.enter)

    def enter(self, key: str) -> Response:
        """Enter the booking."""
        given = self.read(CounterSerializer, self.request.data)
        person = person_for_agent(given["person"])
        wanted = given.get("profile", person.citizen_profile.public_id)
        profiles = {row.public_id: row for row in counter.profiles_at_counter(person)}
        if wanted not in profiles:
            raise NotFound(field="profile")
        self.room, self.spans = self.room_named(given["room"]), [span_of(given)]
        made = counter.book(
            room=self.room,
            span=self.spans[0],
            wish=wish_of(given),
            person=person,
            profile=profiles[wanted],
            by=self.agent,
            key=UUID(key[:32]),
            override_reason=given["override_reason"],
            confirm=given["confirm"],
        )
        answer = self.answer(made.reference)
        answer.status_code = HTTPStatus.CREATED
        return answer


class PeopleView(AgentView):
    """Who may stand at the counter."""

    permission_classes = (FindsPeople,)

    @extend_schema(
        operation_id="rooms_agent_people",
        parameters=[PeopleQuery],
        responses={200: PersonSerializer(many=True), **READS},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """Find people by name or address, twenty at most."""
        search = self.read(PeopleQuery, request.query_params)["q"]
        found = people(search=search)[:MOST_PEOPLE]
        return Response(PersonSerializer(found, many=True).data)


class AgentBookingView(AgentView):
    """One booking."""

    @extend_schema(
        operation_id="rooms_agent_booking",
        responses={200: FullAgentBookingSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read a booking with what stands against it; the reading is written into the journal."""
        details.record_reading(booking=self.booking(reference), by=self.agent)
        return self.answer(reference)


class AgentDiscussionMixin(AgentMixin):
    """The agents' side of a discussion."""

    side = Side.AGENT

    @property
    def writer(self) -> User:
        """Who writes."""
        return self.agent


class AgentMessagesView(AgentDiscussionMixin, MessagesView):
    """The discussion of a booking."""

    @extend_schema(
        operation_id="rooms_agent_messages",
        responses={200: RoomMessageSerializer(many=True), **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read all messages; the reading of the booking is written down."""
        details.record_reading(booking=self.booking(reference), by=self.agent)
        return self.thread(self.booking(reference))

    @extend_schema(
        operation_id="rooms_agent_messages_write",
        parameters=[KEY],
        request={
            "application/json": NewWordsSerializer,
            "multipart/form-data": NewMessageSerializer,
        },
        responses={201: RoomMessageSerializer, **WRITES, 503: PROBLEM},
        tags=TAGS,
    )
    def post(self, request: Request, reference: str) -> Response:
        """Write to the person, with documents if there are any."""
        return super().post(request, reference)


class AgentDocumentView(AgentMixin, DiscussionView):
    """One document of a booking."""

    @extend_schema(
        operation_id="rooms_agent_document",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **READS},
        tags=TAGS,
    )
    def get(self, request: Request, reference: str, document_id: UUID) -> HttpResponseBase:
        """Download it; the reading is written into the journal."""
        row = self.booking(reference)
        details.record_reading(booking=row, by=self.agent)
        return hand_out(request, row, document_id)
