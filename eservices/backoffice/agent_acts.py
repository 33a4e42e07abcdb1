"""Acts on a file that need more than a button: asking, handing over, sending to another team, opinions."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from eservices import formats
from eservices.actions import amounts, assignments, opinions, requests
from eservices.actions.wanted import MOST
from eservices.backoffice.agents import FileMixin
from eservices.enums import ReasonUse
from eservices.errors import DomainError, NotFound
from eservices.forms.requests import (
    AssignForm,
    DueForm,
    ItemForm,
    OpinionForm,
    PaymentForm,
    RequestForm,
    TeamForm,
    end_of,
)
from eservices.models import AmountDue, DecisionReason, InformationRequest
from eservices.money import Money
from eservices.queries.amounts import amount_of
from eservices.queries.introducers import introducers_of
from eservices.queries.requests import opinion_in, request_in
from eservices.queries.roles import acts_for, colleagues_of, opinion_asked_of, other_teams
from eservices.queries.submissions import frozen_form

#: So many lines a page of requests begins with, and gets more of.
LINES = 3
#: Proposed time to answer.
USUAL_DAYS = 14


class FormMixin(FileMixin):
    """A page with one act: its form, a refusal where it belongs, and back to the file."""

    act: ClassVar[str]
    heading: ClassVar[str | Promise]
    template_name = "backoffice/act.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        status = 422
        if form.is_valid():
            try:
                done = self.do(form.cleaned_data)
            except DomainError as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
                status = refusal.status
            else:
                messages.success(request, done)
                return self.back()
        return self.render_to_response(  # type: ignore[attr-defined,no-any-return]
            self.get_context_data(form=form, **kwargs), status=status
        )

    def form(self, data: Any = None) -> forms.Form:
        """Return the form of the page."""
        raise TypeError(f"{type(self).__name__} must say what it asks.")

    def do(self, given: dict[str, Any]) -> str:
        """Call the action; return what was done, in words."""
        raise TypeError(f"{type(self).__name__} must say what it does.")

    def back(self) -> HttpResponse:
        """Lead back to the file, or to the list when the file is out of sight now."""
        return redirect("agent-file", reference=self.submission.reference)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        kwargs.setdefault("form", self.form())
        return super().get_context_data(
            file=row,
            heading=self.heading,
            introducer=introducers_of([row])[row.pk],
            possible=self.act in acts_for(row, self.agent),
            **kwargs,
        )


class AskView(FileMixin, TemplateView):
    """Ask the citizen for several things at once; ready texts come in the citizen's language."""

    template_name = "backoffice/ask.html"

    @cached_property
    def questions(self) -> list[tuple[str, str]]:
        """The questions that can be corrected, with their labels in the agent's language."""
        form = frozen_form(self.submission.version, translation.get_language())
        asked = [spec for chapter in form.structure.chapters for spec in chapter.questions]
        return [(spec.id, form.words.label(spec.id)) for spec in asked if spec.takes_answer]

    def lines(self, data: Any = None, *, number: int = LINES) -> Any:
        """Return the lines of the page."""
        initial = []
        if data is None:
            wanted = self.request.GET
            ready = DecisionReason.objects.filter(code=wanted.get("start", "")).first()
            text = ready.text_in(self.submission.locale) if ready else ""
            question = wanted.get("question", "")
            kind = "correction" if question else "document"
            initial = (
                [{"kind": kind, "question": question, "text": text}] if text or question else []
            )
        factory = formset_factory(ItemForm, extra=number, max_num=MOST, absolute_max=25)
        return factory(
            data,
            initial=initial or None,
            prefix="item",
            form_kwargs={"questions": self.questions, "language": self.submission.locale},
        )

    def due(self, data: Any = None) -> DueForm:
        """Return the form with the day."""
        day = timezone.localdate() + timedelta(days=USUAL_DAYS)
        return DueForm(data, initial={"due_on": day})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        data = request.POST.copy()
        if "more" in data:
            data["item-TOTAL_FORMS"] = str(min(_number(data) + LINES, MOST))
        lines, due = self.lines(data), self.due(data)
        status, refused = 422, ""
        if "more" in data:
            status = 200
        elif all([lines.is_valid(), due.is_valid()]):
            asking = [line for line in lines if line.wanted is not None]
            items = [line.wanted for line in asking]
            try:
                requests.ask(
                    submission=self.submission,
                    by=self.agent,
                    items=items,
                    due_at=end_of(due.cleaned_data["due_on"]),
                )
            except DomainError as refusal:
                status, refused = refusal.status, str(refusal)
                if refusal.field == "due_on":
                    due.add_error("due_on", refused)
                _mark(asking, refusal)
            else:
                words = ngettext("%(n)s request is sent.", "%(n)s requests are sent.", len(items))
                messages.success(request, words % {"n": len(items)})
                return redirect("agent-file", reference=self.submission.reference)
        context = self.get_context_data(lines=lines, due=due, refused=refused, **kwargs)
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        kwargs.setdefault("lines", self.lines())
        kwargs.setdefault("due", self.due())
        return super().get_context_data(
            file=row,
            introducer=introducers_of([row])[row.pk],
            possible="ask" in acts_for(row, self.agent),
            reasons=list(DecisionReason.objects.filter(use=ReasonUse.REQUEST)),
            **kwargs,
        )


def _mark(asking: list[Any], refusal: DomainError) -> None:
    """Put a refusal where it belongs: to a field of the line that it names, such as `text-0`."""
    name, _dash, place = (refusal.field or "").partition("-")
    name = {"amount": "euros"}.get(name, name)
    if place.isdigit() and int(place) < len(asking) and name in asking[int(place)].fields:
        asking[int(place)].add_error(name, str(refusal))


def _number(data: Any) -> int:
    given = str(data.get("item-TOTAL_FORMS", ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else LINES


class RequestChangeView(FormMixin, TemplateView):
    """Other words or another day for an open request."""

    act = "ask"
    heading = gettext_lazy("Change a request")

    @cached_property
    def item(self) -> InformationRequest:
        """The request of the address."""
        return request_in(self.submission, self.kwargs["request_id"])

    def form(self, data: Any = None) -> forms.Form:
        day = timezone.localtime(self.item.due_at).date()
        return RequestForm(data, initial={"text": self.item.text, "due_on": day})

    def do(self, given: dict[str, Any]) -> str:
        requests.change(
            request=self.item, by=self.agent, text=given["text"], due_at=end_of(given["due_on"])
        )
        return _("The request is changed.")


class RequestWithdrawView(FileMixin, View):
    """Takes a request back."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            requests.withdraw(
                request=request_in(self.submission, kwargs["request_id"]), by=self.agent
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request is withdrawn."))
        return redirect("agent-file", reference=self.submission.reference)


class AssignView(FormMixin, TemplateView):
    """Give the file to a colleague."""

    act = "assign"
    heading = gettext_lazy("Give the file to a colleague")

    def form(self, data: Any = None) -> forms.Form:
        return AssignForm(data, colleagues=colleagues_of(self.submission))

    def do(self, given: dict[str, Any]) -> str:
        assignments.assign(submission=self.submission, by=self.agent, to=given["to"])
        return _("The file is now followed by %(name)s.") % {"name": given["to"].display_name}


class TransferView(FormMixin, TemplateView):
    """Send the file to another team."""

    act = "transfer"
    heading = gettext_lazy("Send the file to another team")

    def form(self, data: Any = None) -> forms.Form:
        label = gettext_lazy("Why, for your colleagues")
        return TeamForm(data, teams=other_teams(self.submission), label=label)

    def do(self, given: dict[str, Any]) -> str:
        assignments.transfer(
            submission=self.submission, by=self.agent, to=given["team"], reason=given["reason"]
        )
        return _("The file is with the team %(team)s now.") % {"team": given["team"].name}

    def back(self) -> HttpResponse:
        return redirect("agent-files")


class OpinionAskView(FormMixin, TemplateView):
    """Ask another team for its opinion."""

    act = "opinion"
    heading = gettext_lazy("Ask another team for an opinion")

    def form(self, data: Any = None) -> forms.Form:
        label = gettext_lazy("Your question")
        return TeamForm(data, teams=other_teams(self.submission), label=label)

    def do(self, given: dict[str, Any]) -> str:
        opinions.ask(
            submission=self.submission, by=self.agent, team=given["team"], text=given["reason"]
        )
        return _("The team %(team)s is asked.") % {"team": given["team"].name}


class OpinionGiveView(FormMixin, TemplateView):
    """Give the opinion of one's team."""

    act = "opine"
    heading = gettext_lazy("Give the opinion of your team")

    def form(self, data: Any = None) -> forms.Form:
        return OpinionForm(data)

    def do(self, given: dict[str, Any]) -> str:
        opinion = opinion_asked_of(self.agent, self.submission)
        if opinion is None:
            raise NotFound
        opinion.submission = self.submission
        opinions.give(opinion=opinion, by=self.agent, text=given["text"])
        return _("Your opinion is given. Thank you.")

    def back(self) -> HttpResponse:
        return redirect("agent-opinions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        opinion = opinion_asked_of(self.agent, self.submission)
        return super().get_context_data(quoted=opinion.text if opinion else "", **kwargs)


class PaymentView(FormMixin, TemplateView):
    """Record that the fee of a file was paid at the counter, with the number of the receipt."""

    act = "payment"
    heading = gettext_lazy("Record a payment at the counter")
    done = gettext_lazy("The payment is recorded. The file can be taken in charge.")

    @cached_property
    def amount(self) -> AmountDue | None:
        """What is to be paid."""
        return amount_of(self.submission)

    def form(self, data: Any = None) -> forms.Form:
        return PaymentForm(data)

    def do(self, given: dict[str, Any]) -> str:
        if self.amount is None:
            raise NotFound
        amounts.record_payment(
            amount=self.amount,
            by=self.agent,
            receipt=given["receipt"],
            received=Money.from_decimal(given["euros"]),
        )
        return str(self.done)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = _("%(amount)s to pay, reference %(reference)s")
        due = self.amount
        facts = due and {
            "amount": formats.money(due.amount_cents),
            "reference": due.reference,
        }
        return super().get_context_data(quoted=words % facts if facts else "", **kwargs)


class RequestPaymentView(PaymentView):
    """Record that an amount which was asked for in a file was paid at the counter: that answers the request."""

    act = "collect"
    done = gettext_lazy("The payment is recorded; the request is answered.")

    @cached_property
    def amount(self) -> AmountDue | None:
        """What was asked for; none for requests of another kind."""
        return request_in(self.submission, self.kwargs["request_id"]).amount


class OpinionCancelView(FileMixin, View):
    """Says that an opinion is no longer needed."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            opinions.cancel(
                opinion=opinion_in(self.submission, kwargs["opinion_id"]), by=self.agent
            )
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The opinion is no longer awaited."))
        return redirect(reverse("agent-file", args=[self.submission.reference]))


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    file = "files/<str:reference>/"
    item, opinion = f"{file}requests/<uuid:request_id>/", f"{file}opinions/<uuid:opinion_id>/"
    return [
        path(f"{file}ask/", AskView.as_view(), name="agent-ask"),
        path(item, RequestChangeView.as_view(), name="agent-request"),
        path(f"{item}payment/", RequestPaymentView.as_view(), name="agent-request-payment"),
        path(f"{item}withdraw/", RequestWithdrawView.as_view(), name="agent-request-withdraw"),
        path(f"{file}assign/", AssignView.as_view(), name="agent-assign"),
        path(f"{file}transfer/", TransferView.as_view(), name="agent-transfer"),
        path(f"{file}opinion/", OpinionAskView.as_view(), name="agent-opinion"),
        path(f"{file}opine/", OpinionGiveView.as_view(), name="agent-opine"),
        path(f"{file}payment/", PaymentView.as_view(), name="agent-payment"),
        path(f"{opinion}cancel/", OpinionCancelView.as_view(), name="agent-opinion-cancel"),
    ]
