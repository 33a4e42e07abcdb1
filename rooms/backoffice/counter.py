"""Booking for somebody at the counter: find the person, then one form."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.errors import DomainError, NotFound
from eservices.models import User
from eservices.permissions import VIEW_PEOPLE
from eservices.queries.members import people, person_for_agent
from eservices.queries.roles import may_enter_for
from rooms.actions import counter
from rooms.actions.requests import Wish
from rooms.backoffice.agents import RoomsMixin
from rooms.errors import SlotTaken
from rooms.forms.agents import CounterForm
from rooms.models import RoomTerms
from rooms.queries.board import in_the_way
from rooms.queries.bookings import rooms_for_agent
from rooms.queries.clock import today

MOST = 20


class FindView(RoomsMixin, TemplateView):
    """Who stands at the counter; only for those who may find people."""

    right = VIEW_PEOPLE
    template_name = "backoffice/rooms/find.html"

    def get_page_title(self) -> str:
        return _("Book for somebody")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").replace("\0", "").strip()
        found = list(people(search=search)[:MOST]) if len(search) > 1 else []
        return super().get_context_data(search=search, people=found, **kwargs)


class CounterView(RoomsMixin, TemplateView):
    """The booking itself; both the person and the agent are recorded."""

    template_name = "backoffice/rooms/counter.html"
    right = VIEW_PEOPLE

    @cached_property
    def person(self) -> User:
        """Who stands at the counter; NotFound for none, and for oneself."""
        found = person_for_agent(self.kwargs["public_id"])
        if not may_enter_for(agent=self.agent, person=found):
            raise NotFound
        return found

    def get_page_title(self) -> str:
        return _("Book for somebody")

    def form(self, data: Any = None) -> CounterForm:
        """Return the form, with the room and the day of the calendar."""
        given = self.request.GET
        try:
            day = date.fromisoformat(given.get("day", ""))
        except ValueError:
            day = today() + timedelta(days=1)
        begin = {"room": given.get("room"), "day": day, "start": time(10), "end": time(12)}
        form = CounterForm(
            data,
            initial=begin,
            rooms=rooms_for_agent(self.agent),
            profiles=counter.profiles_at_counter(self.person),
        )
        if self.terms is None:
            del form.fields["accepts"]
        return form

    @cached_property
    def terms(self) -> RoomTerms | None:
        """The terms in force."""
        return RoomTerms.objects.first()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, status = self.form(request.POST), 422
        obstacles: list[Any] = []
        if form.is_valid():
            given = form.cleaned_data
            try:
                booking = counter.book(
                    room=given["room"],
                    span=given["span"],
                    wish=self.wish(given),
                    person=self.person,
                    profile=given["profile"],
                    by=self.agent,
                    key=_key(request),
                    override_reason=given["override_reason"],
                    confirm=given["confirm"],
                )
            except DomainError as refusal:
                field = {"terms": "accepts"} | form.names
                name = field.get(refusal.field or "", refusal.field)
                form.add_error(name if name in form.fields else None, str(refusal))
                status = refusal.status
                if isinstance(refusal, SlotTaken):
                    found = in_the_way(given["room"], given["span"], agent=self.agent)
                    obstacles = [row for row in found if row.blocking]
            else:
                messages.success(request, _("The booking is made. The person gets an e-mail."))
                return redirect("agent-booking", reference=booking.reference)
        context = self.get_context_data(
            form=form, obstacles=obstacles, key=request.POST.get("key", ""), **kwargs
        )
        return self.render_to_response(context, status=status)

    def wish(self, given: dict[str, Any]) -> Wish:
        """Return what is asked for beside room and time."""
        accepted = self.terms is not None and given.get("accepts")
        return Wish(
            purpose=given["purpose"],
            attendees=given["attendees"],
            layout=given["layout"],
            setup=given["setup"],
            resident=given["resident"],
            terms=self.terms.number if self.terms is not None and accepted else None,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        kwargs.setdefault("key", str(uuid4()))
        return super().get_context_data(person=self.person, terms=self.terms, **kwargs)


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        raise NotFound from None


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("rooms/new/", FindView.as_view(), name="agent-room-person"),
        path("rooms/new/<uuid:public_id>/", CounterView.as_view(), name="agent-room-counter"),
    ]
