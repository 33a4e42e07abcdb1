"""Pages on which people follow a file that was sent, and take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.actions import submissions
from eservices.enums import SUBMISSION_MOVES, Side, SubmissionEvent
from eservices.errors import LoginRequired
from eservices.forms.submissions import WithdrawForm
from eservices.models import Submission, User
from eservices.queries.progress import history_of, steps_of, told
from eservices.queries.submissions import annexes_of, badge_of, content_of, file_for, form_of
from eservices.questions.answers import summary
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.rows import annex_row, draft_url, fact_rows

#: The states in which people can take their request back.
WITHDRAWABLE = frozenset(
    move.source
    for move in SUBMISSION_MOVES
    if move.event == SubmissionEvent.WITHDRAW and Side.CITIZEN in move.sides
)


class FileMixin(ViewerRequiredMixin):
    """Pages of one of the viewer's files; foreign ones do not exist."""

    kwargs: dict[str, Any]

    @property
    def user(self) -> User:
        """The account that acts."""
        if self.viewer.user is None:
            raise LoginRequired
        return self.viewer.user

    @cached_property
    def submission(self) -> Submission:
        """The file of the address."""
        return file_for(self.viewer, self.kwargs["reference"])

    @property
    def trail(self) -> list[dict[str, str]]:
        """The way back."""
        return [
            {"label": _("My space"), "url": reverse("dashboard")},
            {"label": self.submission.procedure.title, "url": ""},
        ]


class SubmissionView(FileMixin, TemplateView):
    """The page of a file: where it stands, whose turn it is, what was decided."""

    template_name = "submissions/file.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.submission.is_draft:
            return redirect(draft_url(self.submission))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.submission
        entries = history_of(submission)
        annexes = annexes_of(submission)
        names = {str(annex.public_id): annex.name for annex in annexes}
        form, content = form_of(submission), content_of(submission)
        _language, words = submission.procedure.texts_in()
        return super().get_context_data(
            submission=submission,
            title=submission.procedure.title,
            badge=badge_of(submission),
            trail=self.trail,
            steps=steps_of(submission, entries),
            events=told(entries, submission),
            answers=summary(form.structure, form.words, content.answers, annexes=names),
            annex_rows=[annex_row(annex) for annex in annexes],
            facts=fact_rows(submission),
            received=words.get("received", ""),
            decision=words.get("decision", ""),
            decided=submission.decided_at is not None,
            may_withdraw=submission.state in WITHDRAWABLE,
            **kwargs,
        )


class WithdrawView(FileMixin, ActionFormView):
    """Asks before a request is taken back."""

    template_name = "submissions/withdraw.html"
    form_class = WithdrawForm

    def act(self, form: Any) -> Submission:
        """Take it back."""
        return submissions.withdraw(
            submission=self.submission, by=self.user, reason=form.cleaned_data["reason"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submission=self.submission, trail=self.trail, **kwargs)

    def get_success_url(self) -> str:
        messages.success(self.request, _("Your request is withdrawn."))
        return reverse("submission", args=[self.submission.reference])
