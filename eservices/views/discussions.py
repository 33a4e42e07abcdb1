"""Writing in the discussion of a file."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from eservices.actions import annexes, discussions
from eservices.enums import Side
from eservices.errors import DomainError, MessageEditOver, StepUpRequired, UploadEmpty
from eservices.forms.discussions import known_ids
from eservices.identity import kept_posts
from eservices.models import Message
from eservices.queries.discussions import is_editable, message_of
from eservices.views.base import ActionFormView
from eservices.views.file_sections import (
    discussion_section,
    staged_row,
    staged_rows,
)
from eservices.views.kept import KeptFormMixin
from eservices.views.rows import problem_of
from eservices.views.submissions import FileMixin, SubmissionView


class MessageView(SubmissionView):
    """Takes a message with its documents; a refusal shows the page again with all that was typed.

    What comes after the end of the session waits for the person on the page of the file.
    """

    open_to_agents = False
    keeps_posts = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = reverse("submission", args=[self.submission.reference])
        return redirect(f"{place}#message-form")

    def identify_first(self, refusal: StepUpRequired) -> HttpResponseBase:
        """Let the message wait for the identification too."""
        if self.request.method == "POST":
            kept_posts.keep(self.request, user=self.user)
        return super().identify_first(refusal)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it; documents that came with the form are kept when something else is refused."""
        body, key = request.POST.get("body", ""), request.POST.get("key", "")
        staged = request.POST.getlist("attachment")[: discussions.MAX_ATTACHMENTS + 1]
        try:
            for uploaded in request.FILES.getlist("files"):
                annex = annexes.stage(
                    submission=self.submission, uploaded=uploaded, by=self.user, side=Side.CITIZEN
                )
                staged.append(str(annex.public_id))
            discussions.post(
                submission=self.submission,
                by=self.user,
                side=Side.CITIZEN,
                body=body,
                key=key,
                staged=known_ids(staged),
            )
        except DomainError as refusal:
            typed = {"body": body, "key": key, "error": str(refusal)}
            typed["staged"] = staged_rows(self.submission, self.user, staged)
            context = self.get_context_data(typed=typed, **kwargs)
            return self.render_to_response(context, status=refusal.status)
        kept_posts.drop(request)
        messages.success(request, _("Your message is sent."))
        place = reverse("submission", args=[self.submission.reference])
        return redirect(f"{place}#discussion")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        typed = kwargs.pop("typed", None)
        context = super().get_context_data(**kwargs)
        return context | {"discussion": discussion_section(self.submission, self.viewer, typed)}


class MessageFileView(FileMixin, View):
    """Takes one document for the message that is being written; eg-upload puts the answer's row into the form."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Answer the row of the document, or why it cannot be taken."""
        uploaded = next((files[0] for _name, files in request.FILES.lists()), None)
        try:
            if uploaded is None:
                raise UploadEmpty
            annex = annexes.stage(submission=self.submission, uploaded=uploaded, by=self.user)
        except DomainError as refusal:
            return JsonResponse(problem_of(refusal), status=refusal.status)
        html = render_to_string(
            "submissions/staged_annex.html", {"row": staged_row(annex)}, request
        )
        return JsonResponse({"html": html, "id": str(annex.public_id)}, status=HTTPStatus.CREATED)


class MessageForm(forms.Form):
    """The words of a message."""

    body = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=discussions.MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class MessageEditView(KeptFormMixin, FileMixin, ActionFormView):
    """Changes one's own message while that is possible."""

    template_name = "submissions/message_edit.html"
    form_class = MessageForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_editable(self.message, self.user):
            messages.error(request, str(MessageEditOver()))
            return redirect(self.file_url)
        return super().get(request, *args, **kwargs)

    @property
    def message(self) -> Message:
        """The message; NotFound for those of others."""
        return message_of(self.submission, self.kwargs["message_id"], author=self.user)

    @property
    def file_url(self) -> str:
        """Where the discussion stands."""
        return reverse("submission", args=[self.submission.reference]) + "#discussion"

    def get_initial(self) -> dict[str, Any]:
        return {"body": self.message.body}

    def act(self, form: Any) -> Message:
        """Change it."""
        return discussions.edit(message=self.message, by=self.user, body=form.cleaned_data["body"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"submission": self.submission, "trail": self.trail, "back_url": self.file_url}
        return super().get_context_data(**context, **kwargs)

    def get_success_url(self) -> str:
        messages.success(self.request, _("Your message is changed."))
        return self.file_url
