"""Pages on which people start, check, send and delete a file; views/chapters.py has those that fill it in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import drafts, retention, submissions
from eservices.errors import DraftClash, DraftExists, MoveRefused
from eservices.forms.submissions import DiscardForm, KeepForm, SendForm, links_of
from eservices.models import Procedure, Submission
from eservices.queries.annexes import missing_annexes
from eservices.queries.requirements import (
    Asking,
    asking_at_start,
    asking_of,
    is_met,
    requirement_words,
)
from eservices.queries.submissions import annexes_of, content_of, may_copy, open_drafts
from eservices.questions.answers import summary
from eservices.views.base import ActionFormView
from eservices.views.file_sections import annex_section
from eservices.views.requirements import RequirementMixin
from eservices.views.rows import draft_rows, draft_url
from eservices.views.sheets import SheetMixin
from eservices.views.submissions import FileMixin


class StartView(RequirementMixin, TemplateView):
    """Starts a file; offers the open drafts first."""

    template_name = "submissions/start.html"

    @cached_property
    def procedure(self) -> Procedure:
        """What is asked for."""
        procedures = Procedure.objects.select_related("current", "team")
        return get_object_or_404(procedures, code=self.kwargs["code"])

    @property
    def asking(self) -> Asking:
        """What the procedure asks before the form."""
        return asking_at_start(self.procedure)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Start, unless there is a draft and the person has not said to start another."""
        try:
            draft = drafts.start(
                procedure=self.procedure,
                viewer=self.viewer,
                locale=get_language() or "fr",
                another=request.POST.get("another") == "yes",
            )
        except DraftExists:
            context = self.get_context_data(code=code)
            return self.render_to_response(context, status=DraftExists.status)
        return redirect(draft_url(draft))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = draft_rows(open_drafts(self.viewer, self.procedure))
        context = {"procedure": self.procedure, "rows": rows}
        return super().get_context_data(**context, **kwargs)


class CopyView(FileMixin, TemplateView):
    """Starts a new file with the answers of one that was sent; says first what is taken over and what is not."""

    template_name = "submissions/copy.html"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.viewer.is_authenticated and not may_copy(self.submission):
            return redirect("submission", self.submission.reference)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Start; open drafts were shown with the question, so that another one is what the person wants."""
        draft = drafts.copy(
            submission=self.submission,
            viewer=self.viewer,
            locale=get_language() or "fr",
            another=True,
        )
        messages.success(
            request, _("Your earlier answers are in this draft. Read them again before you send.")
        )
        return redirect(draft_url(draft))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = draft_rows(open_drafts(self.viewer, self.submission.procedure))
        context = {"submission": self.submission, "trail": self.trail, "rows": rows}
        return super().get_context_data(**context, **kwargs)


class DraftMixin(SheetMixin):
    """Pages of a draft; once it is sent they lead to its file page."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.viewer.is_authenticated and not self.is_open:
            if request.method == "POST" and self.submission.submitted_at is None:
                raise MoveRefused
            return self.leave()
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether there is still something to fill in."""
        return self.submission.is_draft

    def leave(self) -> HttpResponse:
        """Go where the file is shown."""
        return redirect("submission", self.submission.reference)

    def carry_over(self) -> None:
        """Bring the draft to the current version of its form, before anything is shown."""
        current = self.submission.procedure.current_id
        if current is not None and current != self.submission.version_id:
            drafts.carry_over(
                submission=self.submission, by=self.user, locale=get_language() or "fr"
            )
            del self.submission

    def come_to(self, chapter: str) -> None:
        """Count that the draft has come to a chapter."""
        drafts.reach_chapter(submission=self.submission, chapter=chapter)

    @property
    def place(self) -> str:
        """The chapter to go on with, where a page only takes forms."""
        return super().place if hasattr(self, "get") else draft_url(self.submission)


class SummaryView(DraftMixin, ActionFormView):
    """Check and send: all answers, what is missing first, one button."""

    template_name = "submissions/summary.html"
    form_class = SendForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.carry_over()
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.submission.revision}

    def act(self, form: Any) -> Submission:
        """Send what the person has read."""
        try:
            return submissions.submit(
                submission=self.submission,
                viewer=self.viewer,
                revision=form.cleaned_data["revision"],
                locale=get_language() or "fr",
            )
        except DraftClash:
            form.data = form.data.copy()
            form.data["revision"] = str(self.submission.revision)
            raise

    def get_success_url(self) -> str:
        messages.success(
            self.request, _("Your request is sent. We have mailed you a confirmation.")
        )
        return reverse("submission", args=[self.submission.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content, form = content_of(self.submission), self.form_of_file
        context = self.draft_context(content, "")
        names = {str(a.public_id): a.name for a in annexes_of(self.submission)}
        missing = [
            link
            for chapter in context["progress"]
            for link in links_of(
                chapter.errors, form.words, f"{self.places.chapter(chapter.id)}?check=1"
            )
        ]
        missing += [
            {"text": error.message, "href": f"#id_{error.question}"}
            for error in missing_annexes(self.submission, form)
        ]
        chapters = summary(form.structure, form.words, content.answers, annexes=names)
        context |= {
            "missing": missing,
            "annexes": annex_section(self.submission, form, self.viewer),
            "answers": [(c, self.places.chapter(c.id)) for c in chapters],
            "identify_with": self.identification_missing(),
            "back_url": self.places.chapter(context["progress"][-1].id)
            if context["progress"]
            else reverse("dashboard"),
        }
        return super().get_context_data(**context, **kwargs)

    def identification_missing(self) -> str:
        """Return with what the person will identify after pressing the button; empty when nothing is missing."""
        requirement = asking_of(self.submission.procedure).requirement
        return "" if is_met(self.viewer, requirement) else requirement_words(requirement)


class DiscardView(FileMixin, ActionFormView):
    """Asks before a draft is deleted for good."""

    template_name = "submissions/discard.html"
    form_class = DiscardForm

    def act(self, form: Any) -> Submission:
        """Delete it."""
        return drafts.discard(submission=self.submission, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submission=self.submission, trail=self.trail, **kwargs)

    def get_success_url(self) -> str:
        messages.success(self.request, _("The draft is deleted."))
        return reverse("dashboard")


class KeepView(FileMixin, ActionFormView):
    """Keeps a draft for another whole term; the mail that announces its deletion leads here."""

    template_name = "submissions/keep.html"
    form_class = KeepForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.submission.is_draft:
            return redirect("submission", self.submission.reference)
        return super().get(request, *args, **kwargs)

    def act(self, form: Any) -> Submission:
        """Keep it."""
        kept = retention.keep_draft(submission=self.submission, by=self.user)
        self.submission.purge_on = kept.purge_on
        return kept

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submission=self.submission, trail=self.trail, **kwargs)

    def get_success_url(self) -> str:
        until = self.submission.purge_on
        messages.success(
            self.request,
            _("The draft is kept until %(date)s.") % {"date": formats.full_date(until)}
            if until
            else "",
        )
        return draft_url(self.submission)


class DismissChangesView(DraftMixin, View):
    """Puts the list of changed questions away."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put it away and stay at the same place."""
        drafts.dismiss_changes(submission=self.submission)
        return redirect(draft_url(self.submission))
