"""Pages on which people start, fill in, check and send a file."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import annexes as annex_actions
from eservices.actions import drafts, submissions
from eservices.enums import RevisionKind
from eservices.errors import DomainError, DraftClash, DraftExists, NotFound, UploadRefused
from eservices.forms.submissions import (
    DiscardForm,
    SendForm,
    chapter_form,
    checked_form,
    clash_rows,
    links_of,
    without_row,
)
from eservices.models import Procedure, Submission
from eservices.queries.progress import ChapterProgress, chapters_of
from eservices.queries.submissions import (
    Content,
    FrozenForm,
    annex_for,
    annexes_of,
    content_of,
    file_for,
    form_of,
    level_missing,
    open_drafts,
)
from eservices.questions.answers import summary
from eservices.questions.conditions import client_rules
from eservices.questions.forms import ChapterForm, ChapterResult
from eservices.questions.structure import Chapter
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.rows import (
    change_rows,
    chapter_rows,
    chapter_url,
    draft_url,
    neighbours,
    number_of,
    problem_of,
    question_rows,
    saved_words,
)
from eservices.views.submissions import FileMixin


class StartView(ViewerRequiredMixin, TemplateView):
    """Starts a file; offers the open drafts first."""

    template_name = "submissions/start.html"

    @cached_property
    def procedure(self) -> Procedure:
        """What is asked for."""
        procedures = Procedure.objects.select_related("current", "team")
        return get_object_or_404(procedures, code=self.kwargs["code"])

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
        found = open_drafts(self.viewer, self.procedure)
        rows = [
            {
                "label": draft.reference,
                "url": reverse("submission", args=[draft.reference]),
                "text": _("Saved on %(date)s.") % {"date": formats.date_time(draft.saved_at)},
            }
            for draft in found
        ]
        context = {"procedure": self.procedure, "rows": rows}
        return super().get_context_data(**context, **kwargs)


class DraftMixin(FileMixin):
    """Pages of a draft; once it is sent they lead to its file page."""

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.viewer.is_authenticated and not self.submission.is_draft:
            return redirect("submission", self.submission.reference)
        return super().dispatch(request, *args, **kwargs)

    def carry_over(self) -> None:
        """Bring the draft to the current version of its form, before anything is shown."""
        current = self.submission.procedure.current_id
        if current is not None and current != self.submission.version_id:
            drafts.carry_over(
                submission=self.submission, by=self.user, locale=get_language() or "fr"
            )
            del self.submission

    @cached_property
    def form_of_file(self) -> FrozenForm:
        """The frozen form in the reader's language."""
        return form_of(self.submission)

    def draft_context(self, content: Content, current: str) -> dict[str, Any]:
        """Return what the side list and the bars of every page of a draft need."""
        chapters = chapters_of(self.form_of_file, content, annexes_of(self.submission))
        return {
            "submission": self.submission,
            "title": self.submission.procedure.title,
            "trail": self.trail,
            "progress": chapters,
            "chapters": chapter_rows(self.submission, chapters, current),
            "done": sum(chapter.state == "done" for chapter in chapters),
            "total": len(chapters),
            "saved": saved_words(self.submission),
            "changes": change_rows(self.submission, self.form_of_file, chapters),
        }


class ChapterView(DraftMixin, TemplateView):
    """One chapter: shown, saved, left for the next."""

    template_name = "submissions/chapter.html"

    @cached_property
    def chapter(self) -> Chapter:
        """The chapter of the address."""
        try:
            return self.form_of_file.structure.chapter(self.kwargs["chapter"])
        except KeyError:
            raise Http404 from None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.carry_over()
        content, annexes = content_of(self.submission), annexes_of(self.submission)
        if "check" in request.GET:
            form = checked_form(self.form_of_file, self.chapter, content, annexes)
        else:
            extra = {request.GET["rows"]: 1} if "rows" in request.GET else None
            form = chapter_form(
                self.form_of_file, self.chapter, content, annexes=annexes, extra_rows=extra
            )
        return self.show(form, content)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save what was typed, take files, then go where the pressed button says."""
        data: Any = request.POST
        if "remove_row" in data:
            data = without_row(data, data["remove_row"])
        form = chapter_form(self.form_of_file, self.chapter, content_of(self.submission), data=data)
        try:
            self.save(form.result)
        except DraftClash as clash:
            return self.show_clash(clash)
        try:
            self.take_files()
        except UploadRefused as refusal:
            return self.show_saved(data, refusal)
        if "delete_annex" in data:
            self.delete_annex(data["delete_annex"])
        return self.go_on(data, form)

    def save(self, result: ChapterResult) -> None:
        """Save and read the draft again."""
        self.__dict__["submission"] = save_draft(self, result, RevisionKind.SAVE)

    def take_files(self) -> None:
        """Take the documents that came with the form: without script they do."""
        for name, files in self.request.FILES.lists():
            for uploaded in files:
                annex_actions.add(
                    submission=self.submission,
                    question=name.removeprefix("file-"),
                    uploaded=uploaded,
                    by=self.user,
                )

    def delete_annex(self, wanted: str) -> None:
        """Delete the document whose button was pressed."""
        try:
            annex_id = UUID(wanted)
        except ValueError:
            raise NotFound from None
        annex_actions.delete(
            annex=annex_for(self.viewer, self.submission.reference, annex_id), by=self.user
        )

    def go_on(self, data: Any, form: ChapterForm) -> HttpResponse:
        """Stay, or go to the next chapter unless something is to be put right here."""
        here = reverse("submission-chapter", args=[self.submission.reference, self.chapter.id])
        table = form.wants_row()
        if table:
            return redirect(f"{here}?rows={table}#id_{table}")
        if data.get("go") != "next":
            return redirect(here)
        content, annexes = content_of(self.submission), annexes_of(self.submission)
        checked = checked_form(self.form_of_file, self.chapter, content, annexes)
        if checked.answer_errors():
            return self.show(checked, content, status=422)
        return redirect(self.next_url(chapters_of(self.form_of_file, content, annexes)))

    def next_url(self, chapters: list[ChapterProgress]) -> str:
        """Return the address of the next chapter that asks anything, else of the last page."""
        return neighbours(self.submission, chapters, self.chapter.id)[1]

    def show_clash(self, clash: DraftClash) -> HttpResponse:
        """Show what was typed, and beside it what another window saved meanwhile."""
        content, revision = clash.params["content"], clash.params["revision"]
        form = chapter_form(
            self.form_of_file, self.chapter, content, annexes=annexes_of(self.submission)
        )
        rows = clash_rows(self.form_of_file, clash.params["clashes"])
        more = {"clashes": rows, "refusal": str(clash), "revision": revision}
        return self.show(form, content, status=clash.status, **more)

    def show_saved(self, data: Any, refusal: UploadRefused) -> HttpResponse:
        """Show the chapter, which is saved, with the sentence why a document was not taken."""
        submission = file_for(self.viewer, self.submission.reference)
        self.__dict__["submission"] = submission
        content = content_of(submission)
        form = chapter_form(
            self.form_of_file, self.chapter, content, annexes=annexes_of(submission)
        )
        name = next((key for key in self.request.FILES), "").removeprefix("file-")
        refused = {"refused_file": name, "refusal_text": str(refusal)}
        return self.show(form, content, status=refusal.status, **refused)

    def show(
        self, form: ChapterForm, content: Content, status: int = 200, **more: Any
    ) -> HttpResponse:
        """Render the chapter."""
        context = self.draft_context(content, self.chapter.id)
        back_url, next_url = neighbours(self.submission, context["progress"], self.chapter.id)
        structure = self.form_of_file.structure
        annexes = annexes_of(self.submission)
        words = self.form_of_file.words
        errors = links_of(form.answer_errors(), words) if form.is_bound else []
        if "refusal_text" in more:
            errors = [{"text": more["refusal_text"], "href": f"#id_{more['refused_file']}"}]
        context |= {
            "form": form,
            "chapter": self.chapter,
            "chapter_title": self.form_of_file.words.title(self.chapter.id),
            "number": number_of(context["progress"], self.chapter.id),
            "intro": self.form_of_file.words.of(self.chapter.id, "intro"),
            "items": question_rows(form, annexes),
            "errors": errors,
            "rules": json.dumps(client_rules(structure, self.chapter.id, content.answers)),
            "controls": {c.field for spec in self.chapter.questions for c in spec.show_if},
            "revision": self.submission.revision,
            "back_url": back_url,
            "next_url": next_url,
        }
        return render(self.request, self.template_name, context | more, status=status)


class AutosaveView(FileMixin, View):
    """Saves a chapter while somebody types; JSON for eg-autosave."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        """Answer the hour and the new revision; 409 with the fresh values when another window was
        faster.
        """
        form = form_of(self.submission)
        try:
            chapter = form.structure.chapter(kwargs["chapter"])
        except KeyError:
            raise Http404 from None
        typed = chapter_form(form, chapter, content_of(self.submission), data=request.POST)
        try:
            saved = save_draft(self, typed.result, RevisionKind.AUTOSAVE)
        except DomainError as refusal:
            return JsonResponse(problem_of(refusal), status=refusal.status)
        return JsonResponse({"saved_at": formats.clock(saved.saved_at), "revision": saved.revision})


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
                chapter.errors,
                form.words,
                f"{chapter_url(self.submission, chapter.id)}?check=1",
            )
        ]
        chapters = summary(form.structure, form.words, content.answers, annexes=names)
        context |= {
            "missing": missing,
            "answers": [(c, chapter_url(self.submission, c.id)) for c in chapters],
            "level_missing": level_missing(self.viewer, self.submission.procedure),
            "back_url": chapter_url(self.submission, context["progress"][-1].id)
            if context["progress"]
            else reverse("dashboard"),
        }
        return super().get_context_data(**context, **kwargs)


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


class DismissChangesView(DraftMixin, View):
    """Puts the list of changed questions away."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Put it away and stay at the same place."""
        drafts.dismiss_changes(submission=self.submission)
        return redirect(draft_url(self.submission))


def save_draft(view: FileMixin, result: ChapterResult, kind: RevisionKind) -> Submission:
    """Save what one page sent, merged with what others saved since the page was made."""
    revision = view.request.POST.get("revision", "")
    return drafts.save(
        submission=view.submission,
        result=result,
        base_revision=int(revision) if revision.isdecimal() and len(revision) < 9 else -1,
        by=view.user,
        kind=kind,
        chapter=view.kwargs["chapter"],
    )
