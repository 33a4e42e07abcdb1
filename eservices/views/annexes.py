"""Documents of a file: taken with progress, handed out only to those who may see them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from eservices.actions import annexes
from eservices.downloads import download_for
from eservices.errors import DomainError, UploadEmpty
from eservices.models import Annex, Submission
from eservices.queries.submissions import annex_for
from eservices.views.base import ActionFormView
from eservices.views.file_sections import sent_row
from eservices.views.rows import problem_of
from eservices.views.submissions import FileMixin


class AnnexAddView(FileMixin, View):
    """Takes one document for a question; eg-upload puts the answer's row into the list."""

    def check_identification(self) -> None:
        """Take it whatever the identification: nothing else of the file is shown."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Answer the row of the new document, or why it cannot be taken."""
        uploaded = next((files[0] for _name, files in request.FILES.lists()), None)
        try:
            if uploaded is None:
                raise UploadEmpty
            annex = self.take(uploaded, kwargs["question"])
        except DomainError as refusal:
            return JsonResponse(problem_of(refusal), status=refusal.status)
        html = render_to_string("submissions/annex_row.html", {"annex": annex}, request)
        return JsonResponse({"html": html, "id": str(annex.public_id)}, status=HTTPStatus.CREATED)

    def take(self, uploaded: Any, question: str) -> Annex:
        """Take it as (part of) the answer."""
        return annexes.add(
            submission=self.submission, question=question, uploaded=uploaded, by=self.user
        )


class AnnexSendView(FileMixin, View):
    """Takes documents beside the form: one of the list, or further ones."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the row of the document to eg-upload; without script, take all and lead back to the list."""
        files = [uploaded for _name, found in request.FILES.lists() for uploaded in found]
        wanted = kwargs.get("wanted", "")
        try:
            if not files:
                raise UploadEmpty
            sent = [
                annexes.send(
                    submission=self.submission, uploaded=uploaded, by=self.user, wanted=wanted
                )
                for uploaded in files
            ]
        except DomainError as refusal:
            if wants_json(request):
                return JsonResponse(problem_of(refusal), status=refusal.status)
            messages.error(request, str(refusal))
            return redirect(list_url(self.submission))
        if wants_json(request):
            row = sent_row(sent[-1], may_change=True)
            html = render_to_string("submissions/sent_annex.html", {"row": row}, request)
            return JsonResponse({"html": html}, status=HTTPStatus.CREATED)
        messages.success(request, _("Your document is received."))
        return redirect(list_url(self.submission))


class AnnexDeleteView(FileMixin, View):
    """Takes a document away again."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer nothing to eg-upload, which takes the row away; without script, lead back to the list."""
        annex = annex_for(self.viewer, self.submission.reference, kwargs["annex_id"])
        try:
            annexes.delete(annex=annex, by=self.user)
        except DomainError as refusal:
            if wants_json(request):
                return JsonResponse(problem_of(refusal), status=refusal.status)
            messages.error(request, str(refusal))
            return redirect(list_url(self.submission))
        if wants_json(request):
            return JsonResponse({"html": ""})
        messages.success(request, _("The document is deleted."))
        return redirect(list_url(self.submission))


class ReplaceForm(forms.Form):
    """The new version of a document."""

    file = forms.FileField(label=gettext_lazy("New version"), allow_empty_file=True)


class AnnexReplaceView(FileMixin, ActionFormView):
    """Takes the new version of a document; the former one stays readable."""

    template_name = "submissions/annex_replace.html"
    form_class = ReplaceForm

    @property
    def annex(self) -> Annex:
        """The document that is replaced."""
        return annex_for(self.viewer, self.submission.reference, self.kwargs["annex_id"])

    def act(self, form: Any) -> Annex:
        """Send it."""
        return annexes.send(
            submission=self.submission,
            uploaded=form.cleaned_data["file"],
            by=self.user,
            replaces=self.annex,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"submission": self.submission, "trail": self.trail, "annex": self.annex}
        return super().get_context_data(**context, back_url=list_url(self.submission), **kwargs)

    def get_success_url(self) -> str:
        messages.success(self.request, _("The new version is received."))
        return list_url(self.submission)


def list_url(submission: Submission) -> str:
    """Return where the documents of a file are listed: on its page, before that on the page that sends it."""
    name = "submission-check" if submission.is_draft else "submission"
    return reverse(name, args=[submission.reference]) + "#annexes"


def wants_json(request: HttpRequest) -> bool:
    """Whether one of our scripts asks."""
    return request.headers.get("Accept", "") == "application/json"


class AnnexView(FileMixin, View):
    """Hands out a document of one of the viewer's files."""

    def get(
        self, request: HttpRequest, reference: str, annex_id: UUID, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer the bytes, to be kept and not opened in the page's place."""
        annex = annex_for(self.viewer, reference, annex_id)
        return download_for(annex, request, self.viewer.user)
