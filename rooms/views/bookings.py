"""The pages of somebody's bookings: the list, one booking, what can be done with it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions.acting import person_acting
from eservices.errors import DomainError
from eservices.models import User
from eservices.views.base import ViewerRequiredMixin
from rooms.actions import decisions
from rooms.actions.series import cancel_series
from rooms.enums import BookingState
from rooms.models import Booking
from rooms.queries.bookings import booking_for_viewer, bookings_of, cancellable
from rooms.queries.clock import Span
from rooms.queries.pictures import words_of_rooms
from rooms.queries.rules import OPEN_STATES
from rooms.queries.words import span_words
from rooms.views.booking_parts import booking_context, look_of, series_rows

PER_PAGE = 25


class BookingsView(ViewerRequiredMixin, TemplateView):
    """The bookings of the profile: those to come, then those that are over or were given up."""

    template_name = "rooms/bookings.html"
    open_to_agents = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        rows = bookings_of(self.viewer)
        ahead = rows.filter(state__in=OPEN_STATES, ends_at__gt=now)
        past = rows.exclude(pk__in=ahead.values("pk")).order_by("-starts_at", "-pk")
        show_past = self.request.GET.get("show") == "past"
        page = Paginator(
            past if show_past else ahead.order_by("starts_at", "pk"), PER_PAGE
        ).get_page(self.request.GET.get("page"))
        counts = {"ahead": ahead.count(), "past": past.count()}
        return super().get_context_data(
            tabs=[
                {
                    "label": _("To come (%(n)s)") % {"n": counts["ahead"]},
                    "url": "?",
                    "current": not show_past,
                },
                {
                    "label": _("Over (%(n)s)") % {"n": counts["past"]},
                    "url": "?show=past",
                    "current": show_past,
                },
            ],
            page_obj=page,
            rows=list_rows(list(page)),
            columns=[pgettext("booking", "Booking"), _("State"), _("Whose turn"), _("When")],
            show_past=show_past,
            name=self.viewer.profile_name,
            trail=[{"label": _("Rooms"), "url": reverse("rooms")}, {"label": _("My bookings")}],
            **kwargs,
        )


def list_rows(bookings: Sequence[Booking]) -> list[dict[str, Any]]:
    """Return the lines of the list."""
    words = words_of_rooms([booking.room for booking in bookings])
    return [
        {
            "url": reverse("booking", args=[booking.reference]),
            "label": words[booking.room_id].title,
            "note": f"{booking.reference} · {booking.purpose}",
            "state": look_of(booking),
            "state_label": booking.get_state_display(),
            "turn": booking.turn.value,
            "cells": [
                span_words(Span(booking.starts_at, booking.ends_at), whole_days=booking.all_day)
            ],
        }
        for booking in bookings
    ]


class BookingMixin(ViewerRequiredMixin):
    """Pages of one of the viewer's bookings; foreign ones do not exist."""

    kwargs: dict[str, Any]

    @cached_property
    def booking(self) -> Booking:
        """The booking of the address."""
        return booking_for_viewer(self.viewer, self.kwargs["reference"])

    @property
    def user(self) -> User:
        """Who acts."""
        return person_acting(self.viewer)

    @property
    def address(self) -> str:
        """The page of the booking."""
        return reverse("booking", args=[self.booking.reference])

    @property
    def revision(self) -> int:
        """The state of the booking that the person has read."""
        text = self.request.POST.get("revision", "")
        return int(text) if text.isdecimal() else -1


class BookingView(BookingMixin, TemplateView):
    """One booking: where it stands, whose turn it is, and everything about it."""

    template_name = "rooms/booking.html"
    open_to_agents = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**booking_context(self.booking, self.viewer), **kwargs)


class AnswerView(BookingMixin, TemplateView):
    """Takes the answer to a proposed time; a refusal is told on the page of the booking."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = {"accept": decisions.accept_proposal, "refuse": decisions.refuse_proposal}.get(
            request.POST.get("answer", "")
        )
        if act is None:
            return redirect(self.address)
        try:
            moved = act(booking=self.booking, viewer=self.viewer, revision=self.revision)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(self.address)
        if moved.state == BookingState.PENDING:
            messages.success(request, _("Your first wish is kept. The municipality decides on it."))
        elif moved.state == BookingState.CONFIRMED:
            messages.success(request, _("The new time is yours: your booking is confirmed."))
        else:
            messages.success(request, _("The new time is yours as soon as it is paid."))
        return redirect(self.address)


class CancelView(BookingMixin, TemplateView):
    """Asks before a booking, or what is to come of its series, is cancelled; shows the fee first."""

    template_name = "rooms/cancel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.one():
            messages.error(request, _("This booking cannot be cancelled any more."))
            return redirect(self.address)
        return super().get(request, *args, **kwargs)

    def one(self) -> list[Booking]:
        """Return the booking if it can be cancelled."""
        now = timezone.now()
        return list(cancellable(bookings_of(self.viewer).filter(pk=self.booking.pk), now=now))

    def whole(self) -> list[Booking]:
        """Return what can be cancelled of its series, if it is more than this one."""
        if self.booking.series_id is None:
            return []
        rows = bookings_of(self.viewer).filter(series=self.booking.series_id)
        found = list(cancellable(rows, now=timezone.now()))
        return found if len(found) > 1 else []

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        series = self.booking.series
        try:
            if request.POST.get("what") == "series" and series is not None:
                seen = dict(
                    text.split(":", 1) for text in request.POST.getlist("seen") if ":" in text
                )
                done = cancel_series(
                    series=series,
                    viewer=self.viewer,
                    seen={ref: int(n) for ref, n in seen.items() if n.isdecimal()},
                )
            else:
                done = [
                    decisions.cancel(
                        booking=self.booking, viewer=self.viewer, revision=self.revision
                    )
                ]
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect(self.address)
        words = ngettext(
            "Your booking is cancelled.", "%(count)s bookings are cancelled.", len(done)
        )
        messages.success(request, words % {"count": len(done)})
        return redirect(self.address)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        booking, whole = self.booking, self.whole()
        now = timezone.now()
        fees = {row.pk: decisions.fee_now(row, now=now) for row in [booking, *whole]}
        waits = booking.state in (BookingState.PENDING, BookingState.PROPOSED)
        return super().get_context_data(
            booking=booking,
            waits=waits,
            when=span_words(Span(booking.starts_at, booking.ends_at), whole_days=booking.all_day),
            fee=fees[booking.pk],
            free_days=booking.room.free_cancel_days,
            percent=formats.percent(booking.room.late_cancel_percent),
            whole=whole,
            whole_rows=series_rows(whole, booking),
            whole_fee=sum(fees[row.pk] for row in whole),
            trail=[
                {"label": _("My bookings"), "url": reverse("bookings")},
                {"label": booking.reference, "url": self.address},
                {"label": _("Cancel"), "url": ""},
            ],
            **kwargs,
        )
