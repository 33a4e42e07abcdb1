"""Documents of a file: taken with progress, handed out only to those who may see them."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views import View

from eservices.actions import annexes
from eservices.downloads import download_from
from eservices.errors import DomainError, UploadEmpty
from eservices.queries.submissions import annex_for
from eservices.views.base import ViewerRequiredMixin
from eservices.views.rows import problem_of
from eservices.views.submissions import FileMixin


class AnnexAddView(FileMixin, View):
    """Takes one document for a question; eg-upload puts the answer's row into the list."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Answer the row of the new document, or why it cannot be taken."""
        uploaded = next((files[0] for _name, files in request.FILES.lists()), None)
        try:
            if uploaded is None:
                raise UploadEmpty
            annex = annexes.add(
                submission=self.submission,
                question=kwargs["question"],
                uploaded=uploaded,
                by=self.user,
            )
        except DomainError as refusal:
            return JsonResponse(problem_of(refusal), status=refusal.status)
        html = render_to_string("submissions/annex_row.html", {"annex": annex}, request)
        return JsonResponse({"html": html, "id": str(annex.public_id)}, status=HTTPStatus.CREATED)


class AnnexView(ViewerRequiredMixin, View):
    """Hands out a document of one of the viewer's files."""

    def get(
        self, request: HttpRequest, reference: str, annex_id: UUID, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer the bytes, to be kept and not opened in the page's place."""
        annex = annex_for(self.viewer, reference, annex_id)
        return download_from(annex, request.headers.get("Range", ""))
