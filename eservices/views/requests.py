"""The page on which somebody answers one request of the municipality."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from eservices.actions import requests
from eservices.actions.wanted import ANSWERED_HERE
from eservices.enums import RequestKind, RequestState
from eservices.errors import RequestElsewhere, RequestEnded
from eservices.forms.requests import DocumentAnswerForm, NoCorrectionForm, TextAnswerForm
from eservices.models import InformationRequest
from eservices.queries.corrections import may_correct
from eservices.queries.requests import request_in
from eservices.queries.submissions import form_of
from eservices.views.base import ActionFormView
from eservices.views.kept import KeptFormMixin
from eservices.views.request_rows import title_of
from eservices.views.submissions import FileMixin


class RequestView(KeptFormMixin, FileMixin, ActionFormView):
    """Answers one request: documents, words, or a correction of the form."""

    template_name = "submissions/request.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except (RequestEnded, RequestElsewhere) as refusal:
            messages.info(request, str(refusal))
            return redirect("submission", reference=kwargs["reference"])

    def get_form_class(self) -> type[BaseForm]:
        """Return the form for the kind of what is asked; raises RequestEnded when it is over.

        What to pay and to sign is said on the page of the file: RequestElsewhere.
        """
        if self.item.state != RequestState.OPEN:
            raise RequestEnded
        if self.item.kind not in ANSWERED_HERE:
            raise RequestElsewhere
        if self.item.kind == RequestKind.DOCUMENT:
            return DocumentAnswerForm
        return NoCorrectionForm if self.item.kind == RequestKind.CORRECTION else TextAnswerForm

    @cached_property
    def item(self) -> InformationRequest:
        """The request of the address."""
        return request_in(self.submission, self.kwargs["request_id"])

    def act(self, form: Any) -> InformationRequest:
        """Send the answer."""
        given = form.cleaned_data
        return requests.answer(
            request=self.item,
            by=self.user,
            text=given.get("text", ""),
            files=given.get("files", ()),
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item = self.item
        label = ""
        if item.kind == RequestKind.CORRECTION:
            label = form_of(self.submission).words.label(item.question_id)
        file = {"label": self.submission.procedure.title, "url": self.get_success_url()}
        return super().get_context_data(
            submission=self.submission,
            item=item,
            heading=title_of(item),
            question=label,
            correcting=item.kind == RequestKind.CORRECTION and may_correct(self.submission),
            trail=[self.trail[0], file, {"label": title_of(item), "url": ""}],
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("submission", args=[self.submission.reference])

    def form_valid(self, form: BaseForm) -> Any:
        answer = super().form_valid(form)
        if answer.status_code == 302:
            messages.success(self.request, _("Your answer is sent."))
        return answer
