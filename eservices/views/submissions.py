"""Pages on which people follow a file that was sent, and take it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.actions import discussions, submissions
from eservices.actions.notices import mark_file_read
from eservices.enums import SUBMISSION_MOVES, Side, SubmissionEvent
from eservices.errors import LoginRequired
from eservices.forms.submissions import WithdrawForm
from eservices.identity import kept_posts
from eservices.models import Submission, User
from eservices.queries.amounts import amount_of
from eservices.queries.corrections import may_correct, open_correction_of
from eservices.queries.progress import history_of, steps_of, told
from eservices.queries.requests import awaited_in
from eservices.queries.requirements import (
    Asking,
    asking_for_reading,
    asking_of,
)
from eservices.queries.submissions import (
    annexes_of,
    badge_of,
    content_of,
    file_for,
    form_of,
    may_copy,
)
from eservices.questions.answers import summary
from eservices.views.base import ActionFormView
from eservices.views.file_sections import annex_section, discussion_section, staged_rows
from eservices.views.kept import KeptFormMixin
from eservices.views.request_rows import panel_of
from eservices.views.requirements import RequirementMixin
from eservices.views.rows import draft_url, fact_rows

#: The states in which people can take their request back.
WITHDRAWABLE = frozenset(
    move.source
    for move in SUBMISSION_MOVES
    if move.event == SubmissionEvent.WITHDRAW and Side.CITIZEN in move.sides
)


class FileMixin(RequirementMixin):
    """Pages of one of the viewer's files; foreign ones do not exist.

    They ask what the procedure asks of who reads the file, which is known after the login only.
    """

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
    def asking(self) -> Asking:
        """What the content of the file asks of its reader."""
        return asking_for_reading(self.submission)

    @property
    def asking_of_strangers(self) -> Asking | None:
        """Whose file it is, and so what it asks, is known after the login."""
        return None

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
    open_to_agents = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.submission.is_draft:
            return redirect(draft_url(self.submission))
        if self.viewer.agent is None:
            mark_file_read(submission=self.submission, user=self.user)
        answer = super().get(request, *args, **kwargs)
        if self.viewer.agent is None:
            answer.add_post_render_callback(self.mark_read)  # type: ignore[attr-defined]
        return answer

    def mark_read(self, _answer: HttpResponse) -> None:
        """Note that the person has read the file, once the page has told what was new."""
        discussions.mark_read(submission=self.submission, by=self.user)

    def kept_message(self) -> dict[str, Any]:
        """Return the message that was sent when the session was over; it waits for its sender here."""
        if (
            self.request.method != "GET"
            or self.viewer.user is None
            or self.viewer.agent is not None
        ):
            return {}
        place = kept_posts.place_named("message-send", {"reference": self.submission.reference})
        if "saved" in self.request.GET:  # the person does not want it any more
            kept_posts.drop(self.request, place=place)
        typed = kept_posts.kept(self.request, user=self.user, place=place)
        if typed is None:
            return {}
        staged = staged_rows(self.submission, self.user, typed.getlist("attachment"))
        if not staged and not typed.get("body", "").strip():
            return {}
        return {
            "body": typed.get("body", ""),
            "key": typed.get("key", ""),
            "staged": staged,
            "kept": True,
        }

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
            annexes=annex_section(submission, form, self.viewer),
            discussion=discussion_section(submission, self.viewer, self.kept_message()),
            facts=fact_rows(submission),
            amount=amount_of(submission),
            awaited=awaited_in(submission),
            **panel_of(submission),
            state_text=words.get("states", {}).get(submission.state, ""),
            received=words.get("received", ""),
            decision=words.get("decision", ""),
            decided=submission.decided_at is not None,
            may_withdraw=submission.state in WITHDRAWABLE,
            may_copy=may_copy(submission),
            may_correct=may_correct(submission),
            correction=open_correction_of(submission) if may_correct(submission) else None,
            **kwargs,
        )


class WithdrawView(KeptFormMixin, FileMixin, ActionFormView):
    """Asks before a request is taken back; that asks for the same identification as sending it."""

    template_name = "submissions/withdraw.html"
    form_class = WithdrawForm

    @property
    def asking(self) -> Asking:
        """What sending asked."""
        return asking_of(self.submission.procedure)

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
