"""Decisions on files: grant, refuse, take up again, each on a page with the words that the citizen will read."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.actions import reviews
from eservices.backoffice.agents import FileMixin
from eservices.downloads import pdf_answer
from eservices.enums import Outcome, ReasonUse
from eservices.errors import AnswersChanged, DomainError, NotFound
from eservices.models import DecisionReason
from eservices.queries.decision_documents import decision_pdf, template_for
from eservices.queries.introducers import introducers_of
from eservices.queries.roles import acts_for


class DecisionForm(forms.Form):
    """The words of a decision, as the citizen will read them."""

    reason = forms.CharField(
        max_length=5000, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 8})
    )
    #: The state of the answers that the agent has read; without one the state of the moment.
    revision = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class DecisionView(FileMixin, TemplateView):
    """Accept, refuse or take up again: one page with the words that the citizen will read."""

    template_name = "backoffice/decision.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionForm(request.POST)
        act = kwargs["act"]
        if "preview" in request.POST and form.is_valid():
            return self.preview(act, form.cleaned_data["reason"])
        words = form.cleaned_data["reason"] if form.is_valid() else request.POST.get("reason", "")
        status = 422
        if form.is_valid():
            try:
                self.decide(act, words, form.cleaned_data["revision"])
            except AnswersChanged as refusal:
                form = DecisionForm({"reason": words, "revision": self.submission.revision})
                form.add_error(None, str(refusal))
                status = refusal.status
            except DomainError as refusal:
                form.add_error("reason" if refusal.field else None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, self.done(act))
                return redirect("agent-file", reference=self.submission.reference)
        return self.render_to_response(self.get_context_data(form=form, **kwargs), status=status)

    def preview(self, act: str, words: str) -> HttpResponse:
        """Answer the document as it would be made now; nothing is decided."""
        outcome = Outcome.REFUSED if act == "reject" else Outcome.GRANTED
        version = template_for(self.submission, outcome)
        if version is None:
            raise NotFound
        now = timezone.now()
        content = decision_pdf(self.submission, version, reason=words, decided_at=now, preview=True)
        return pdf_answer(content, f"{self.submission.reference}-preview")

    def decide(self, act: str, words: str, revision: int | None) -> None:
        """Call the action."""
        if act == "accept":
            reviews.accept(submission=self.submission, by=self.agent, note=words, revision=revision)
        elif act == "reject":
            reviews.reject(
                submission=self.submission, by=self.agent, reason=words, revision=revision
            )
        else:
            reviews.reconsider(submission=self.submission, by=self.agent, reason=words)

    @property
    def read(self) -> int:
        """The state of the answers that the file page showed, as its link to this page says."""
        asked = self.request.GET.get("read", "")
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
        return int(asked) if is_number else self.submission.revision

    @staticmethod
    def done(act: str) -> str:
        """Return what happened, in words."""
        return {
            "accept": _("The request is granted. The citizen gets an e-mail."),
            "reject": _("The request is refused. The citizen gets an e-mail."),
            "reconsider": _("The file is in review again, in your charge."),
        }[act]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        act = kwargs.pop("act", self.kwargs["act"])
        use = {"reject": ReasonUse.REFUSAL, "accept": ReasonUse.GRANT}.get(act)
        reasons = list(DecisionReason.objects.filter(use=use)) if use else []
        outcome = {"reject": Outcome.REFUSED, "accept": Outcome.GRANTED}.get(act)
        chosen = next((r for r in reasons if r.code == self.request.GET.get("start")), None)
        kwargs.setdefault(
            "form",
            DecisionForm(
                initial={
                    "reason": chosen.text_in(row.locale) if chosen else row.decision_reason,
                    "revision": self.read,
                }
            ),
        )
        return super().get_context_data(
            file=row,
            introducer=introducers_of([row])[row.pk],
            act=act,
            reasons=reasons,
            chosen=chosen,
            document=template_for(row, outcome) if outcome else None,
            read=self.read,
            possible=act in acts_for(row, self.agent),
            **kwargs,
        )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path(
            f"files/<str:reference>/{act}/",
            DecisionView.as_view(),
            {"act": act},
            name=f"agent-{act}",
        )
        for act in ("accept", "reject", "reconsider")
    ]
