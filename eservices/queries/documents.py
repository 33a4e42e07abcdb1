"""Forms as PDF, made from what is stored."""

from eservices import pdf
from eservices.models import ProcedureVersion, Submission
from eservices.queries.profiles import sender_name
from eservices.queries.submissions import content_of, form_of, frozen_form


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
        sent_by=sender_name(profile=submission.profile, user=submission.acting_user),
    )


def empty_pdf(version: ProcedureVersion, locale: str, *, with_fields: bool = False) -> bytes:
    """Return a form without answers, to be filled in by hand, or on a screen if it is to have fields."""
    form = frozen_form(version, locale)
    return pdf.render_form(
        version=form.version,
        text=form.text,
        answers={},
        mode="fill" if with_fields else "empty",
        locale=form.text.locale,
    )
