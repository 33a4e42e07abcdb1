"""Blocking a room: for maintenance, for the municipality's own use."""

from datetime import date, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.errors import DomainError
from rooms.actions import blocks
from rooms.backoffice.agents import RoomsMixin
from rooms.errors import SlotTaken
from rooms.forms.agents import BlockForm
from rooms.models import Block
from rooms.queries.board import block_for_agent, in_the_way
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import local, today


class BlockNewView(RoomsMixin, TemplateView):
    """Blocks a room; what is in the way is listed."""

    template_name = "backoffice/rooms/block.html"

    def get_page_title(self) -> str:
        return _("Block a room")

    def form(self, data: Any = None) -> forms.Form:
        """Return the form, with the room and the day of the calendar."""
        given = self.request.GET
        try:
            day = date.fromisoformat(given.get("day", ""))
        except ValueError:
            day = today()
        begin = {"room": given.get("room"), "day": day, "start": time(8), "end": time(18)}
        return BlockForm(data, initial=begin, rooms=rooms_for_agent(self.agent))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, status = self.form(request.POST), 422
        obstacles: list[Any] = []
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = blocks.block(
                    room=given["room"],
                    span=given["span"],
                    kind=given["kind"],
                    title=given["title"],
                    by=self.agent,
                )
            except DomainError as refusal:
                form.add_error("start", str(refusal))
                status = refusal.status
                if isinstance(refusal, SlotTaken):
                    found = in_the_way(given["room"], given["span"], agent=self.agent)
                    obstacles = [row for row in found if row.blocking]
            else:
                messages.success(request, _("The room is blocked."))
                return redirect(calendar_of(made))
        context = self.get_context_data(form=form, obstacles=obstacles, **kwargs)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)


class BlockView(RoomsMixin, TemplateView):
    """One blocked time: what it is, and giving the room back."""

    template_name = "backoffice/rooms/blocked.html"

    @cached_property
    def block(self) -> Block:
        """The block; NotFound for those of other teams."""
        return block_for_agent(self.agent, self.kwargs["public_id"])

    def get_page_title(self) -> str:
        return _("Blocked time")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = calendar_of(self.block)
        try:
            blocks.unblock(block=self.block, by=self.agent)
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The room is free again."))
        return redirect(address)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.block
        return super().get_context_data(
            taken=row, removable=row.kind in blocks.KINDS, back=calendar_of(row), **kwargs
        )


def calendar_of(block: Block) -> str:
    """Return the address of the week in which a block lies."""
    day = local(block.starts_at).date()
    return f"{reverse('agent-rooms-calendar')}?day={day.isoformat()}"


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("rooms/blocks/new/", BlockNewView.as_view(), name="agent-block-new"),
        path("rooms/blocks/<uuid:public_id>/", BlockView.as_view(), name="agent-block"),
    ]
