"""Pages of one chapter: shown, saved by its buttons, saved while somebody types."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import annexes as annex_actions
from eservices.enums import RevisionKind
from eservices.errors import DomainError, DraftClash, NotFound, StepUpRequired, UploadRefused
from eservices.forms.submissions import (
    chapter_form,
    checked_form,
    clash_rows,
    links_of,
    merged_values,
    without_row,
)
from eservices.identity import kept_posts
from eservices.models import Annex, Correction, Submission
from eservices.queries.progress import ChapterProgress, chapters_of
from eservices.queries.submissions import Content, annex_for, content_of
from eservices.questions.conditions import client_rules
from eservices.questions.forms import ChapterForm, ChapterResult
from eservices.questions.structure import Chapter
from eservices.views.drafts import DraftMixin
from eservices.views.kept import KeptPostMixin
from eservices.views.rows import neighbours, number_of, problem_of, question_rows
from eservices.views.sheets import SheetMixin
from eservices.views.submissions import FileMixin


class SavesFirstMixin(FileMixin):
    """Takes what its owner typed whatever the identification: it is saved, nothing of the file is shown."""

    def check_identification(self) -> None:
        """Ask of readers only."""
        if self.request.method != "POST":
            super().check_identification()

    @property
    def refusal(self) -> StepUpRequired | None:
        """Why nothing can be shown after saving; None when it can."""
        try:
            super().check_identification()
        except StepUpRequired as refusal:
            return refusal
        return None


class ChapterView(KeptPostMixin, SavesFirstMixin, DraftMixin, TemplateView):
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
        self.come_to(self.chapter.id)
        content, annexes = self.content(), self.documents()
        typed = self.kept_values()
        if typed is not None:
            return self.show_kept(typed, content)
        if "check" in request.GET:
            form = self.checked(content, annexes)
        else:
            extra = {request.GET["rows"]: 1} if "rows" in request.GET else None
            form = self.filled(content, annexes=annexes, extra_rows=extra)
        return self.show(form, content)

    def filled(self, content: Content, **options: Any) -> ChapterForm:
        """Return the form of the chapter with what is saved, or with what was posted."""
        return chapter_form(self.form_of_file, self.chapter, content, locked=self.locked, **options)

    def checked(self, content: Content, annexes: list[Annex]) -> ChapterForm:
        """Return the form with what stands between its saved answers and sending."""
        return checked_form(self.form_of_file, self.chapter, content, annexes, locked=self.locked)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Save what was typed, take files, then go where the pressed button says.

        Who has to identify first does so then, and arrives where the button would have led.
        """
        data: Any = request.POST
        if "remove_row" in data:
            data = without_row(data, data["remove_row"])
        form = self.filled(self.content(), data=data)
        missing = self.refusal
        try:
            save_sheet(self, form.result, RevisionKind.SAVE)
        except DraftClash as clash:
            if missing:  # the values of the other window are not for this eye yet
                kept_posts.keep(request, user=self.user)
                return self.identify_first(missing)
            return self.show_clash(clash)
        try:
            self.take_files()
        except UploadRefused as refused:
            if missing:
                messages.error(request, str(refused))
                return self.identify_first(missing)
            return self.show_saved(data, refused)
        if "delete_annex" in data:
            self.delete_annex(data["delete_annex"])
        return self.go_on(data, form, missing)

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

    def go_on(
        self, data: Any, form: ChapterForm, missing: StepUpRequired | None = None
    ) -> HttpResponseBase:
        """Stay, or go to the next chapter unless something is to be put right here.

        With `missing` all of it happens after the identification.
        """
        here = self.places.chapter(self.chapter.id)
        place, table = here, form.wants_row()
        if table:
            place = f"{here}?rows={table}#id_{table}"
        elif data.get("go") == "next":
            content, annexes = self.content(), self.documents()
            checked = self.checked(content, annexes)
            if not checked.answer_errors():
                place = self.next_url(
                    chapters_of(self.form_of_file, content, annexes, locked=self.locked)
                )
            elif missing:
                place = f"{here}?check=1"
            else:
                return self.show(checked, content, status=422)
        return self.identify_first(missing, place) if missing else redirect(place)

    def next_url(self, chapters: list[ChapterProgress]) -> str:
        """Return the address of the next chapter that asks anything, else of the last page."""
        return neighbours(self.places, chapters, self.chapter.id)[1]

    def show_kept(self, typed: QueryDict, content: Content) -> HttpResponse:
        """Show what somebody typed when the session was over; nothing of it is saved yet."""
        form = self.filled(content, data=typed, annexes=self.documents())
        revision = typed.get("revision", self.sheet.revision)
        return self.show(form, content, kept=True, errors=[], revision=revision)

    def show_clash(self, clash: DraftClash) -> HttpResponse:
        """Show what was typed, and beside it what another window saved meanwhile."""
        content, revision = clash.params["content"], clash.params["revision"]
        form = self.filled(content, annexes=self.documents())
        rows = clash_rows(self.form_of_file, clash.params["clashes"])
        more = {"clashes": rows, "refusal": str(clash), "revision": revision}
        return self.show(form, content, status=clash.status, **more)

    def show_saved(self, data: Any, refusal: UploadRefused) -> HttpResponse:
        """Show the chapter, which is saved, with the sentence why a document was not taken."""
        self.read_again()
        content = self.content()
        form = self.filled(content, annexes=self.documents())
        name = next((key for key in self.request.FILES), "").removeprefix("file-")
        refused = {"refused_file": name, "refusal_text": str(refusal)}
        return self.show(form, content, status=refusal.status, **refused)

    def show(
        self, form: ChapterForm, content: Content, status: int = 200, **more: Any
    ) -> HttpResponse:
        """Render the chapter."""
        context = self.draft_context(content, self.chapter.id)
        back_url, next_url = neighbours(self.places, context["progress"], self.chapter.id)
        structure = self.form_of_file.structure
        annexes = self.documents()
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
            "revision": self.sheet.revision,
            "autosave_url": self.places.autosave(self.chapter.id),
            "back_url": back_url,
            "next_url": next_url,
        }
        return render(self.request, self.template_name, context | more, status=status)


class AutosaveView(SavesFirstMixin, SheetMixin, View):
    """Saves a chapter while somebody types; JSON for eg-autosave."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the hour, the new revision and the values that another window saved meanwhile; 409 with the fresh
        values when both changed the same, unless those ask for another identification.
        """
        form = self.form_of_file
        try:
            chapter = form.structure.chapter(kwargs["chapter"])
            typed = chapter_form(
                form, chapter, self.content(), data=request.POST, locked=self.locked
            )
            saved = save_sheet(self, typed.result, RevisionKind.AUTOSAVE)
        except KeyError:
            raise Http404 from None
        except DraftClash as clash:
            refusal = self.refusal or clash
            return JsonResponse(problem_of(refusal), status=refusal.status)
        except DomainError as refused:
            return JsonResponse(problem_of(refused), status=refused.status)
        answer: dict[str, Any] = {"saved_at": formats.clock(saved.saved_at)}
        values = merged_values(form, chapter, typed.result, content_of(saved))
        if values and self.refusal:  # not for this eye yet: the page goes on from what it has seen
            return JsonResponse(answer)
        answer["revision"] = saved.revision
        return JsonResponse(answer | ({"values": values} if values else {}))


def save_sheet(
    view: SheetMixin, result: ChapterResult, kind: RevisionKind
) -> Submission | Correction:
    """Save what one page sent, merged with what others saved since the page was made."""
    revision = view.request.POST.get("revision", "")
    route = f"{view.places.kind}-chapter"
    kept_posts.drop(view.request, place=kept_posts.place_named(route, view.kwargs))
    return view.write(
        result,
        base_revision=int(revision) if revision.isdecimal() and len(revision) < 9 else -1,
        kind=kind,
    )
