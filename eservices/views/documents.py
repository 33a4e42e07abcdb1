"""Forms as PDF: empty for everybody, as a draft or as sent for those whose file it is."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.views import View

from eservices import pdf
from eservices.models import Submission
from eservices.queries.procedures import current_version, procedure_for
from eservices.queries.submissions import content_of, form_of, frozen_form
from eservices.views.submissions import FileMixin


class SubmissionPdfView(FileMixin, View):
    """A file as PDF: a draft is marked as not sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the document as a download."""
        return pdf_answer(pdf_of(self.submission), self.submission.reference)


class EmptyPdfView(View):
    """The empty form of a procedure, to fill in by hand."""

    def get(self, request: HttpRequest, code: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the document as a download."""
        procedure = procedure_for(code)
        version = current_version(procedure)
        if version is None:
            raise Http404
        form = frozen_form(version)
        content = pdf.render_form(
            version=form.version,
            text=form.text,
            answers={},
            mode="empty",
            locale=get_language() or form.text.locale,
        )
        return pdf_answer(content, slugify(procedure.title) or code)


def pdf_of(submission: Submission) -> bytes:
    """Return a file as PDF: what was sent, or the draft with its watermark."""
    form = form_of(submission)
    return pdf.render_form(
        version=form.version,
        text=form.text,
        answers=content_of(submission).answers,
        mode="final" if submission.submitted_at else "draft",
        locale=form.text.locale,
        submission=submission,
    )


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    """Return a PDF as a download with a plain name."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer
