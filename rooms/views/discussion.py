"""Writing about a booking, and its documents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices.downloads import download
from eservices.enums import Side
from eservices.errors import DomainError
from eservices.identity import kept_posts
from eservices.views.kept import KeptPostMixin
from rooms.actions.messages import write
from rooms.views.booking_parts import booking_context
from rooms.views.bookings import BookingMixin


class MessageView(KeptPostMixin, BookingMixin, TemplateView):
    """Takes a message; a refusal shows the page of the booking with all that was typed.

    What comes after the end of the session waits here for its sender.
    """

    template_name = "rooms/booking.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = self.kept_values()
        if typed is None:
            return redirect(f"{self.address}#discussion")
        kept = {"body": typed.get("body", ""), "key": typed.get("key", ""), "kept": True}
        return self.render_to_response(booking_context(self.booking, self.viewer, kept))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        body, key = request.POST.get("body", ""), request.POST.get("key", "")
        try:
            write(
                booking=self.booking,
                by=self.user,
                side=Side.CITIZEN,
                body=body,
                key=key,
                files=request.FILES.getlist("files"),
            )
        except DomainError as refusal:
            typed = {"body": body, "key": key, "error": str(refusal)}
            context = booking_context(self.booking, self.viewer, typed)
            return self.render_to_response(context, status=refusal.status)
        kept_posts.drop(request)
        messages.success(request, _("Your message is sent."))
        return redirect(f"{self.address}#discussion")


class DocumentView(BookingMixin, View):
    """Hands out a document of one of the viewer's bookings."""

    open_to_agents = True

    def get(
        self, request: HttpRequest, reference: str, document_id: UUID, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer the bytes, or the part that is asked for."""
        document = self.booking.documents.filter(public_id=document_id).first()
        if document is None:
            raise Http404
        return download(
            document,
            wanted=request.headers.get("Range", ""),
            if_range=request.headers.get("If-Range", ""),
        )
