"""Blocked times by API: listed, made, and ended."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rooms.actions import blocks
from rooms.api.agent_shapes import BlockSerializer, block_row
from rooms.api.agents import TAGS, AgentView
from rooms.api.base import FROM, PAGE, READS, TO, WRITES, SlotSerializer, span_of
from rooms.api.bookings import OFFSET, OffsetField
from rooms.enums import BlockKind
from rooms.queries.board import block_for_agent, blocks_for_agent
from rooms.queries.periods import read_period


class BlockListSerializer(serializers.Serializer[Any]):
    """A page of blocked times, in their order."""

    count = serializers.IntegerField()
    results = BlockSerializer(many=True)


class BlocksQuery(serializers.Serializer[Any]):
    """Which blocked times."""

    room = serializers.SlugField(max_length=50, default="", allow_blank=True)
    offset = OffsetField()


class NewBlockSerializer(SlotSerializer):
    """Why and when a room is not to be had; buffers and rules of booking do not apply."""

    room = serializers.SlugField(max_length=50, help_text="Code of a room of one's own teams.")
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in blocks.KINDS], default=BlockKind.MAINTENANCE.value
    )
    title = serializers.CharField(
        max_length=160, allow_blank=True, default="", help_text="Only agents read it."
    )


class BlocksView(AgentView):
    """The blocked times of the agent's rooms."""

    @extend_schema(
        operation_id="rooms_agent_blocks",
        parameters=[
            FROM,
            TO,
            OpenApiParameter("room", OpenApiTypes.STR, description="Code of a room."),
            OFFSET,
        ],
        responses={200: BlockListSerializer, **READS},
        tags=TAGS,
    )
    def get(self, request: Request) -> Response:
        """List those of some days, 50 at a time, with those from calendars of others."""
        asked, query = self.read(BlocksQuery, request.query_params), request.query_params
        first, last = read_period(query.get("from", ""), query.get("to", ""))
        rows = blocks_for_agent(self.agent, first, last, room=asked["room"])
        page = rows[asked["offset"] : asked["offset"] + PAGE]
        return Response(BlockListSerializer({"count": rows.count(), "results": page}).data)

    @extend_schema(
        operation_id="rooms_agent_blocks_make",
        request=NewBlockSerializer,
        responses={201: BlockSerializer, **WRITES},
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        """Block a room; what takes it already is told (`in_the_way`). Sent twice, the second one is in its own way."""
        given = self.read(NewBlockSerializer, request.data)
        self.room, self.spans = self.room_named(given["room"]), [span_of(given)]
        made = blocks.block(
            room=self.room,
            span=self.spans[0],
            kind=BlockKind(given["kind"]),
            title=given["title"],
            by=self.agent,
        )
        return Response(block_row(made), status=HTTPStatus.CREATED)


class BlockView(AgentView):
    """One blocked time."""

    @extend_schema(
        operation_id="rooms_agent_block", responses={200: BlockSerializer, **READS}, tags=TAGS
    )
    def get(self, request: Request, block_id: UUID) -> Response:
        """Read it."""
        return Response(block_row(block_for_agent(self.agent, block_id)))

    @extend_schema(
        operation_id="rooms_agent_blocks_end", responses={204: None, **WRITES}, tags=TAGS
    )
    def delete(self, request: Request, block_id: UUID) -> Response:
        """Give the room back; blocks from calendars of others follow these."""
        blocks.unblock(block=block_for_agent(self.agent, block_id), by=self.agent)
        return Response(status=HTTPStatus.NO_CONTENT)
