"""Acts on a booking: each has its page with what it does, its form, and what stands in the way."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions.amounts import record_payment
from eservices.enums import ReasonUse
from eservices.errors import DomainError, NotFound
from eservices.forms.requests import PaymentForm
from eservices.models import AmountDue, DecisionReason
from eservices.models.procedures import in_language
from eservices.money import Money
from rooms.actions import decisions, details, dues, handovers
from rooms.backoffice.agents import BookingMixin, posted_revision
from rooms.enums import BookingState
from rooms.errors import SlotTaken
from rooms.forms.agents import HandoverForm, MoveForm, ReasonForm, ResidenceForm, span_initial
from rooms.queries.acts import acts_for
from rooms.queries.board import conflicts_of, in_the_way
from rooms.queries.bookings import rooms_for_agent


class ActView(BookingMixin, TemplateView):
    """One act: its form, a refusal where it belongs with what was typed, and back to the booking."""

    act: ClassVar[str]
    heading: ClassVar[str | Promise]
    intro: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = gettext_lazy("Save")
    danger: ClassVar[bool] = False
    template_name = "backoffice/rooms/act.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, status, revision = self.form(request.POST), 422, posted_revision(request)
        more: dict[str, Any] = {}
        if form.is_valid():
            try:
                done = self.do(form.cleaned_data, revision)
            except DomainError as refusal:
                names = getattr(form, "names", {})
                field = names.get(refusal.field, refusal.field)
                form.add_error(field if field in form.fields else None, str(refusal))
                status = refusal.status
                self.__dict__.pop("booking", None)  # as it stands now
                more["meanwhile"] = self.changed_meanwhile(revision)
                if isinstance(refusal, SlotTaken):
                    more["obstacles"] = self.obstacles(form.cleaned_data)
            else:
                messages.success(request, done)
                return redirect(self.address)
        context = self.get_context_data(form=form, **more, **kwargs)
        return self.render_to_response(context, status=status)

    def form(self, data: Any = None) -> forms.Form:
        """Return the form of the page; without any there is only the button."""
        return forms.Form(data)

    def do(self, given: dict[str, Any], revision: int) -> str:
        """Call the action; return what was done, in words."""
        raise TypeError(f"{type(self).__name__} must say what it does.")

    def obstacles(self, given: dict[str, Any]) -> list[Any]:
        """Return what takes the time that was wanted."""
        if "span" not in given:
            return [
                row
                for row in conflicts_of([self.booking], agent=self.agent)[self.booking.pk]
                if row.blocking
            ]
        found = in_the_way(given["room"], given["span"], agent=self.agent, without=self.booking)
        return [row for row in found if row.blocking]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.booking
        kwargs.setdefault("form", self.form())
        return super().get_context_data(
            booking=row,
            introducer=self.introducer,
            heading=self.heading,
            intro=self.intro,
            button=self.button,
            danger=self.danger,
            possible=self.act in acts_for(row, now=timezone.now()),
            **kwargs,
        )


class ConfirmView(ActView):
    """Say yes, after looking at who else wants the time."""

    act = "confirm"
    heading = gettext_lazy("Confirm this booking")
    intro = gettext_lazy(
        "The person gets an e-mail. If there is a price, the booking waits for the money first."
    )
    button = gettext_lazy("Confirm the booking")

    def do(self, given: dict[str, Any], revision: int) -> str:
        row = decisions.confirm(booking=self.booking, by=self.agent, revision=revision)
        if row.state == BookingState.AWAITING_PAYMENT:
            return _("The booking is accepted and waits for the money.")
        return _("The booking is confirmed.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rivals = conflicts_of([self.booking], agent=self.agent)[self.booking.pk]
        kwargs.setdefault("obstacles", [row for row in rivals if row.blocking])
        lost = [
            row
            for row in rivals
            if row.booking and row.booking.state in (BookingState.PENDING, BookingState.PROPOSED)
        ]
        return super().get_context_data(rivals=lost, **kwargs)


class WithReason(ActView):
    """An act with a reason; ready texts come in the person's language."""

    danger = True

    def form(self, data: Any = None) -> forms.Form:
        chosen = DecisionReason.objects.filter(code=self.request.GET.get("start", "")).first()
        words = chosen.text_in(self.booking.locale) if chosen else ""
        form = ReasonForm(data, initial={"reason": words})
        form.fields["reason"].widget.attrs["lang"] = self.booking.locale
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reasons = list(DecisionReason.objects.filter(use=ReasonUse.REFUSAL))
        return super().get_context_data(reasons=reasons, **kwargs)


class DeclineView(WithReason):
    """Say no."""

    act = "decline"
    heading = gettext_lazy("Decline this request")
    button = gettext_lazy("Decline the request")

    def do(self, given: dict[str, Any], revision: int) -> str:
        decisions.decline(
            booking=self.booking, by=self.agent, revision=revision, reason=given["reason"]
        )
        return _("The request is declined. The person gets an e-mail.")


class RevokeView(WithReason):
    """Cancel for the municipality."""

    act = "revoke"
    heading = gettext_lazy("Cancel this booking")
    intro = gettext_lazy("The municipality keeps nothing of the price. The person gets an e-mail.")
    button = gettext_lazy("Cancel the booking")

    def do(self, given: dict[str, Any], revision: int) -> str:
        decisions.revoke(
            booking=self.booking, by=self.agent, revision=revision, reason=given["reason"]
        )
        return _("The booking is cancelled. The person gets an e-mail.")


class ProposeView(ActView):
    """Propose another time or room."""

    act = "propose"
    heading = gettext_lazy("Propose another time")
    intro = gettext_lazy(
        "The time that was asked for stays held until the person answers, five days at most."
    )
    button = gettext_lazy("Send the proposal")

    def form(self, data: Any = None) -> forms.Form:
        row = self.booking
        begin = span_initial(row.starts_at, row.ends_at) | {"room": row.room.code}
        return MoveForm(data, initial=begin, rooms=rooms_for_agent(self.agent))

    def do(self, given: dict[str, Any], revision: int) -> str:
        decisions.propose(
            booking=self.booking,
            by=self.agent,
            revision=revision,
            span=given["span"],
            room=given["room"],
            reason=given["reason"],
        )
        return _("The proposal is sent.")


class MoveView(ProposeView):
    """Move to another time or room, as agreed with the person."""

    act = "move"
    heading = gettext_lazy("Move this booking")
    intro = gettext_lazy(
        "As agreed with the person: the rules of the room do not apply, and the price stays."
    )
    button = gettext_lazy("Move the booking")

    def do(self, given: dict[str, Any], revision: int) -> str:
        decisions.reschedule(
            booking=self.booking,
            by=self.agent,
            revision=revision,
            span=given["span"],
            room=given["room"],
            reason=given["reason"],
        )
        return _("The booking is moved.")


class MissView(ActView):
    """Note that nobody came."""

    act = "miss"
    heading = gettext_lazy("Nobody came")
    intro = gettext_lazy("The booking is marked as not used. The price stays due.")
    button = gettext_lazy("Mark as not used")
    danger = True

    def do(self, given: dict[str, Any], revision: int) -> str:
        decisions.miss(booking=self.booking, by=self.agent, revision=revision)
        return _("The booking is marked as not used.")


class ResidenceView(ActView):
    """Correct whether the person is from the municipality."""

    act = "residence"
    heading = gettext_lazy("Correct the residence")
    intro = gettext_lazy("The price is worked out anew. After the approval it stays as it is.")

    def form(self, data: Any = None) -> forms.Form:
        return ResidenceForm(data, initial={"resident": self.booking.resident})

    def do(self, given: dict[str, Any], revision: int) -> str:
        row = details.correct_residence(
            booking=self.booking, by=self.agent, revision=revision, resident=given["resident"]
        )
        return _("The price is now %(price)s.") % {"price": formats.price(row.quote["total_cents"])}


class PaymentView(ActView):
    """Record that price or deposit was paid at the counter."""

    act = "pay"
    heading = gettext_lazy("Record a payment at the counter")

    @cached_property
    def amount(self) -> AmountDue:
        """What is to be paid; NotFound for amounts of other bookings."""
        found = dues.amounts_of(self.booking).filter(reference=self.kwargs["amount"]).first()
        if found is None:
            raise NotFound
        return found

    def form(self, data: Any = None) -> forms.Form:
        return PaymentForm(data)

    def do(self, given: dict[str, Any], revision: int) -> str:
        record_payment(
            amount=self.amount,
            by=self.agent,
            receipt=given["receipt"],
            received=Money.from_decimal(given["euros"]),
        )
        self.__dict__.pop("booking", None)
        if self.booking.state == BookingState.CONFIRMED:
            return _("The payment is recorded; the booking is confirmed.")
        return _("The payment is recorded.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = _("%(title)s: %(amount)s to pay, reference %(reference)s") % {
            "title": in_language(self.amount.titles),
            "amount": formats.money(self.amount.amount_cents),
            "reference": self.amount.reference,
        }
        return super().get_context_data(quoted=words, **kwargs)


class HandoverView(ActView):
    """Write down that keys went out or came back."""

    act = "handover"
    heading = gettext_lazy("Record a handover")
    intro = gettext_lazy("What is written here is never changed; both sides can read it.")
    template_name = "backoffice/rooms/handover.html"

    def form(self, data: Any = None) -> forms.Form:
        kind = "back" if self.booking.handovers.filter(kind="out").exists() else "out"
        return HandoverForm(
            data, self.request.FILES if data is not None else None, initial={"kind": kind}
        )

    def do(self, given: dict[str, Any], revision: int) -> str:
        handovers.record(booking=self.booking, by=self.agent, **given)
        return _("The handover is recorded.")


_VIEWS = (
    *(ConfirmView, DeclineView, RevokeView, ProposeView, MoveView, MissView),
    *(ResidenceView, HandoverView),
)


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    row = "rooms/bookings/<str:reference>/"
    plain = [
        path(f"{row}{view.act}/", view.as_view(), name=f"agent-booking-{view.act}")
        for view in _VIEWS
    ]
    return [
        *plain,
        path(f"{row}pay/<str:amount>/", PaymentView.as_view(), name="agent-booking-pay"),
    ]
