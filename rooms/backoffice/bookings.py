"""The page of one booking: all facts, price, discussion, documents, history, and what can be done now."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from eservices.downloads import download
from eservices.enums import AmountState, Side
from eservices.errors import DomainError, NotFound
from eservices.models.procedures import in_language
from rooms.actions import details, dues
from rooms.actions import messages as discussion
from rooms.backoffice.agents import BookingMixin, posted_revision
from rooms.queries.acts import acts_for
from rooms.queries.board import conflicts_of
from rooms.queries.history import journal_of
from rooms.queries.quotes import Quote


class BookingView(BookingMixin, TemplateView):
    """One booking; opening it is written down."""

    template_name = "backoffice/rooms/booking.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        details.record_reading(booking=self.booking, by=self.agent)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.booking
        price = Quote.from_json(row.quote)
        extras = {extra.code: extra.name for extra in row.room.extras.all()}
        kwargs.setdefault("message_key", str(uuid4()))
        return super().get_context_data(
            booking=row,
            introducer=self.introducer,
            acts=acts_for(row, now=timezone.now()),
            price=price,
            wanted=[(extras.get(code, code), count) for code, count in row.extras.items()],
            amounts=[
                {
                    "row": amount,
                    "title": in_language(amount.titles),
                    "due": amount.state == AmountState.DUE,
                }
                for amount in dues.amounts_of(row)
            ],
            conflicts=conflicts_of([row], agent=self.agent)[row.pk],
            thread=list(row.messages.select_related("author").prefetch_related("documents")),
            documents=list(row.documents.filter(message=None, handover=None)),
            handovers=list(row.handovers.select_related("by").prefetch_related("photos")),
            history=journal_of(row),
            **kwargs,
        )


class MessageView(BookingView):
    """Writes to the person; a refusal shows the page with what was typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.address)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.POST
        try:
            discussion.write(
                booking=self.booking,
                by=self.agent,
                side=Side.AGENT,
                body=posted.get("body", ""),
                key=posted.get("key", "") or str(uuid4()),
                files=request.FILES.getlist("files"),
            )
        except DomainError as refusal:
            context = self.get_context_data(
                message_error=str(refusal),
                message_body=posted.get("body", ""),
                message_key=posted.get("key", "") or str(uuid4()),
                **kwargs,
            )
            return self.render_to_response(context, status=refusal.status)
        messages.success(request, _("The message is sent."))
        return redirect(f"{self.address}#discussion")


class TitleView(BookingMixin, View):
    """Shows the title of the booking to everybody, or no longer."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        approved = request.POST.get("approved") == "yes"
        revision = posted_revision(request)
        try:
            details.approve_title(
                booking=self.booking, by=self.agent, revision=revision, approved=approved
            )
        except DomainError as refusal:
            messages.error(request, f"{refusal} {self.changed_meanwhile(revision)}")
        else:
            done = _("Everybody reads the title now.") if approved else _("The title is hidden.")
            messages.success(request, done)
        return redirect(self.address)


class DocumentView(BookingMixin, View):
    """Hands out one document of the booking."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = self.booking.documents.filter(public_id=kwargs["document_id"]).first()
        if found is None:
            raise NotFound
        details.record_reading(booking=self.booking, by=self.agent)
        return download(
            found,  # type: ignore[arg-type]  as documents of files: file, name, size, hash
            wanted=request.headers.get("Range", ""),
            if_range=request.headers.get("If-Range", ""),
        )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    row = "rooms/bookings/<str:reference>/"
    return [
        path(row, BookingView.as_view(), name="agent-booking"),
        path(f"{row}message/", MessageView.as_view(), name="agent-booking-message"),
        path(f"{row}title/", TitleView.as_view(), name="agent-booking-title"),
        path(
            f"{row}documents/<uuid:document_id>/",
            DocumentView.as_view(),
            name="agent-booking-document",
        ),
    ]
