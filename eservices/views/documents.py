"""Forms as PDF: empty for everybody, as a draft or as sent for those whose file it is."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views import View

from eservices.downloads import pdf_answer
from eservices.queries.documents import empty_pdf, pdf_of
from eservices.queries.procedures import current_version, procedure_for
from eservices.views.submissions import FileMixin


class SubmissionPdfView(FileMixin, View):
    """A file as PDF: a draft is marked as not sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the document as a download."""
        return pdf_answer(pdf_of(self.submission), self.submission.reference)


class EmptyPdfView(View):
    """The empty form of a procedure, to fill in by hand."""

    with_fields = False

    def get(self, request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the document as a download."""
        procedure = procedure_for(code)
        version = current_version(procedure)
        if version is None:
            raise Http404
        locale = get_language() or procedure.source_locale
        content = empty_pdf(version, locale, with_fields=self.with_fields)
        return pdf_answer(content, slugify(procedure.title) or code)


class FillablePdfView(EmptyPdfView):
    """The same form with fields, to fill in on a screen."""

    with_fields = True
