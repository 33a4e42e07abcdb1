"""What agents write in a file and do with its documents; refusals show the page again with what was typed."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from eservices.actions import annexes, discussions, notes
from eservices.actions.rights import check_role
from eservices.backoffice.agents import FileMixin
from eservices.backoffice.file_parts import our_row, staged_row
from eservices.backoffice.files import FileView
from eservices.enums import AnnexPurpose, Side
from eservices.errors import DomainError, UploadEmpty
from eservices.forms.discussions import known_ids
from eservices.models import Annex, Submission, User
from eservices.queries.discussions import message_of
from eservices.queries.reviews import annex_for_agent


class PartView(FileView):
    """An act on one part of the page, to which it leads back; the address names the part (`?view=`)."""

    part = "discussion"
    done = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.part_url)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Act; a refusal shows the part with what was typed."""
        try:
            self.act()
        except DomainError as refusal:
            context = self.get_context_data(**self.typed(refusal), **kwargs)
            return self.render_to_response(context, status=refusal.status)
        messages.success(request, self.done_words())
        return redirect(self.part_url)

    @property
    def part_url(self) -> str:
        """Where the part stands."""
        return reverse("agent-file", args=[self.submission.reference]) + f"?view={self.part}"

    def part_asked_for(self) -> str:
        return self.part


class MessageView(PartView):
    """Writes to the citizen, with documents."""

    @cached_property
    def attached(self) -> list[str]:
        """The ids of the documents that go with the message."""
        given = self.request.POST.getlist("attachment")[: discussions.MAX_ATTACHMENTS + 1]
        return known_ids(given)

    def act(self) -> None:
        """Send the message; documents that came with the form are kept when something else is refused."""
        posted = self.request.POST
        for uploaded in self.request.FILES.getlist("files"):
            annex = stage(self.submission, uploaded, self.agent)
            self.attached.append(str(annex.public_id))
        discussions.post(
            submission=self.submission,
            by=self.agent,
            side=Side.AGENT,
            body=posted.get("body", ""),
            key=posted.get("key", ""),
            staged=self.attached,
        )

    def typed(self, refusal: DomainError) -> dict[str, Any]:
        """Return what was typed, with the refusal."""
        posted = self.request.POST
        rows = annexes.staged_by(self.submission, self.agent).filter(public_id__in=self.attached)
        typed = {
            "body": posted.get("body", ""),
            "key": posted.get("key", ""),
            "staged": [staged_row(self.submission, annex) for annex in rows],
        }
        return {"typed": typed | {"error": str(refusal)}}

    def done_words(self) -> str:
        """Return what happened."""
        return _("The message is sent. The citizen gets an e-mail.")


class MessageFileView(FileMixin, View):
    """Takes one document for the message that is being written; eg-upload puts the answer's row into the form."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the row of the document, or why it cannot be taken."""
        try:
            annex = stage(self.submission, sent_files(request)[0], self.agent)
        except DomainError as refusal:
            return refused(refusal)
        row = staged_row(self.submission, annex)
        return row_answer("backoffice/staged_document.html", row, request)


def stage(submission: Submission, uploaded: UploadedFile[Any], by: User) -> Annex:
    """Keep a document for a message of somebody who may write one."""
    check_role(submission, by)
    return annexes.stage(submission=submission, uploaded=uploaded, by=by, side=Side.AGENT)


def sent_files(request: HttpRequest) -> list[UploadedFile[Any]]:
    """Return all files of a request; raises UploadEmpty for none."""
    found = [uploaded for _name, files in request.FILES.lists() for uploaded in files]
    if not found:
        raise UploadEmpty
    return found


def wants_row(request: HttpRequest) -> bool:
    """Whether eg-upload asks, which puts the answer into the page."""
    return request.headers.get("Accept", "") == "application/json"


def row_answer(template: str, row: Mapping[str, Any], request: HttpRequest) -> JsonResponse:
    """Answer eg-upload with the row of a document."""
    html = render_to_string(template, {"row": row}, request)
    return JsonResponse({"html": html}, status=HTTPStatus.CREATED)


def refused(refusal: DomainError) -> JsonResponse:
    """Answer eg-upload with a refusal in words."""
    return JsonResponse(
        {"title": str(refusal), "status": refusal.status, "code": refusal.code},
        status=refusal.status,
        content_type="application/problem+json",
    )


class NoteView(PartView):
    """Writes an internal note."""

    part = "examination"

    def act(self) -> None:
        """Write it."""
        notes.write(
            submission=self.submission, by=self.agent, body=self.request.POST.get("note", "")
        )

    def typed(self, refusal: DomainError) -> dict[str, Any]:
        """Return what was typed, with the refusal."""
        return {"note": self.request.POST.get("note", ""), "note_error": str(refusal)}

    def done_words(self) -> str:
        """Return what happened."""
        return _("The note is kept. Only colleagues read it.")


class DocumentView(PartView):
    """Puts documents into the file for the citizen."""

    part = "annexes"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the row of the document to eg-upload; without script, take all and lead back to the list."""
        if not wants_row(request):
            return super().post(request, *args, **kwargs)
        try:
            annex = self.act()[-1]
        except DomainError as refusal:
            return refused(refusal)
        row = our_row(self.submission, annex, handles=True)
        return row_answer("backoffice/our_document.html", row, request)

    def act(self) -> list[Annex]:
        """Store them."""
        return [
            annexes.inform(submission=self.submission, uploaded=uploaded, by=self.agent)
            for uploaded in sent_files(self.request)
        ]

    def typed(self, refusal: DomainError) -> dict[str, Any]:
        """Return the refusal."""
        return {"document_error": str(refusal)}

    def done_words(self) -> str:
        """Return what happened."""
        return _("The document is in the file. The citizen is told.")


class SmallActView(FileMixin, View):
    """An act by one button, or by one field: a refusal is told above the part."""

    part = "annexes"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act and lead back; scripts get an empty row instead, or the refusal."""
        try:
            self.act()
        except DomainError as refusal:
            if wants_row(request):
                return refused(refusal)
            messages.error(request, str(refusal))
        else:
            if wants_row(request):
                return JsonResponse({"html": ""})
            messages.success(request, self.done_words())
        return redirect(
            reverse("agent-file", args=[self.submission.reference]) + f"?view={self.part}"
        )


class TakeView(SmallActView):
    """Takes a citizen's document into account."""

    def act(self) -> None:
        """Take it."""
        annex = annex_for_agent(self.agent, self.submission.reference, self.kwargs["annex_id"])
        annexes.take_into_account(annex=annex, by=self.agent)

    def done_words(self) -> str:
        """Return what happened."""
        return _("The document is taken into account: the citizen can no longer delete it.")


class TakeBackView(SmallActView):
    """Takes back a document that was sent to the citizen, or one that goes with the message that is being written."""

    def act(self) -> None:
        """Take it back."""
        annex = annex_for_agent(self.agent, self.submission.reference, self.kwargs["annex_id"])
        if annex.purpose == AnnexPurpose.MESSAGE:
            self.part = "discussion"
        annexes.take_back(annex=annex, by=self.agent)

    def done_words(self) -> str:
        """Return what happened."""
        return _("The document is taken back; its name stays in the file.")


class MessageEditView(SmallActView):
    """Changes one's own message within five minutes."""

    part = "discussion"

    def act(self) -> None:
        """Change it."""
        message = message_of(self.submission, self.kwargs["message_id"], author=self.agent)
        discussions.edit(message=message, by=self.agent, body=self.request.POST.get("body", ""))

    def done_words(self) -> str:
        """Return what happened."""
        return _("The message is changed.")


class NoteEditView(SmallActView):
    """Changes one's own note."""

    part = "examination"

    def act(self) -> None:
        """Change it."""
        note = get_object_or_404(self.submission.notes, public_id=self.kwargs["note_id"])
        notes.edit(note=note, by=self.agent, body=self.request.POST.get("note", ""))

    def done_words(self) -> str:
        """Return what happened."""
        return _("The note is changed.")


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    file = "files/<str:reference>/"
    annex = f"{file}annexes/<uuid:annex_id>/"
    return [
        path(f"{file}messages/", MessageView.as_view(), name="agent-message"),
        path(f"{file}messages/files/", MessageFileView.as_view(), name="agent-message-file"),
        path(
            f"{file}messages/<uuid:message_id>/",
            MessageEditView.as_view(),
            name="agent-message-edit",
        ),
        path(f"{file}notes/", NoteView.as_view(), name="agent-note"),
        path(f"{file}notes/<uuid:note_id>/", NoteEditView.as_view(), name="agent-note-edit"),
        path(f"{file}documents/", DocumentView.as_view(), name="agent-document"),
        path(f"{annex}take/", TakeView.as_view(), name="agent-annex-take"),
        path(f"{annex}take-back/", TakeBackView.as_view(), name="agent-annex-back"),
    ]
