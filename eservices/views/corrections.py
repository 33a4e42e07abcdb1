"""Pages on which people change what they sent: the chapters of drafts, filled with the changes that wait to be sent."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.actions import corrections
from eservices.enums import RevisionKind
from eservices.errors import CorrectionNotBegun, DraftClash, NotFound
from eservices.forms.submissions import DiscardForm, SendCorrectionForm, links_of
from eservices.models import Annex, Correction, Submission
from eservices.queries.corrections import (
    differences,
    document_names,
    documents_in,
    may_correct,
    open_correction_of,
    unchanged_documents,
)
from eservices.queries.requirements import asking_of, is_met, requirement_words
from eservices.queries.submissions import (
    Content,
    FrozenForm,
    content_of,
    frozen_form,
)
from eservices.questions.forms import ChapterResult
from eservices.views.annexes import AnnexAddView
from eservices.views.base import ActionFormView
from eservices.views.chapters import AutosaveView, ChapterView
from eservices.views.drafts import DraftMixin
from eservices.views.rows import Places
from eservices.views.submissions import FileMixin


class CorrectionMixin(DraftMixin):
    """Pages of the changes that wait; without any they lead to the page of the file."""

    actions_template = "submissions/correction_actions.html"

    @property
    def is_open(self) -> bool:
        """Whether changes wait and can still be sent."""
        return may_correct(self.submission) and self.correction is not None

    def leave(self) -> HttpResponse:
        """Say that there is nothing to go on with, on the page of the file."""
        messages.info(self.request, str(CorrectionNotBegun()))
        return super().leave()

    @cached_property
    def correction(self) -> Correction | None:
        """The changes that wait."""
        return open_correction_of(self.submission)

    @property
    def sheet(self) -> Correction:
        """What holds the changed answers."""
        if self.correction is None:
            raise CorrectionNotBegun
        return self.correction

    @property
    def places(self) -> Places:
        """The addresses of these pages."""
        return Places(reference=self.submission.reference, kind="correction")

    @property
    def locked(self) -> Collection[str]:
        """Documents that stay as they were sent are not checked anew."""
        return unchanged_documents(self.sheet, self.form_of_file.structure)

    def documents(self) -> list[Annex]:
        """The documents of the changed answers."""
        return documents_in(self.sheet)

    @cached_property
    def form_of_file(self) -> FrozenForm:
        """The version on which the file was sent, in the reader's language."""
        return frozen_form(self.submission.version)

    def carry_over(self) -> None:
        """A file that was sent stays on its version."""

    def write(self, result: ChapterResult, *, base_revision: int, kind: RevisionKind) -> Correction:
        """Save what one chapter sent among the changes that wait."""
        self.correction = corrections.save(
            submission=self.submission, result=result, base_revision=base_revision, by=self.user
        )
        return self.correction

    def read_again(self) -> None:
        """Forget what was read of the file and of its changes."""
        super().read_again()
        self.__dict__.pop("correction", None)

    def draft_context(self, content: Content, current: str) -> dict[str, Any]:
        """Say on every page that this is not sent yet."""
        return super().draft_context(content, current) | {"correcting": True}


class CorrectionChapterView(CorrectionMixin, ChapterView):
    """One chapter of a correction."""

    def come_to(self, chapter: str) -> None:
        """Corrections do not count for the statistics of a form."""

    def take_files(self) -> None:
        """Take the documents that came with the form among the changes."""
        for name, files in self.request.FILES.lists():
            for uploaded in files:
                corrections.attach(
                    submission=self.submission,
                    question=name.removeprefix("file-"),
                    uploaded=uploaded,
                    by=self.user,
                )
        self.read_again()

    def delete_annex(self, wanted: str) -> None:
        """Take the document whose button was pressed out of the changed answers."""
        try:
            annex_id = UUID(wanted)
        except ValueError:
            raise NotFound from None
        corrections.detach(submission=self.submission, annex_id=annex_id, by=self.user)
        self.read_again()


class CorrectionAnnexAddView(AnnexAddView):
    """Takes one document for a question of a correction; eg-upload puts the answer's row into the list."""

    def take(self, uploaded: Any, question: str) -> Annex:
        return corrections.attach(
            submission=self.submission, question=question, uploaded=uploaded, by=self.user
        )


class CorrectionAutosaveView(CorrectionMixin, AutosaveView):
    """Saves a chapter of a correction while somebody types."""

    @property
    def is_open(self) -> bool:
        """The action refuses, in words for the page's script."""
        return True

    def content(self) -> Content:
        """Return what is saved by now; the file's answers once the changes are gone."""
        return content_of(self.correction or self.submission)


class BeginCorrectionView(FileMixin, View):
    """Begins to change the answers of a file that was sent."""

    @property
    def place(self) -> str:
        """The page of the file, where the button is."""
        return reverse("submission", args=[self.submission.reference])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begin, or go on with what was begun."""
        corrections.begin(submission=self.submission, viewer=self.viewer)
        first = self.submission.version.structure["chapters"][0]["id"]
        places = Places(reference=self.submission.reference, kind="correction")
        return redirect(places.chapter(first))


class CorrectionCheckView(CorrectionMixin, ActionFormView):
    """Check and send: what was sent and what it becomes, what is missing first, one button."""

    template_name = "submissions/correction.html"
    form_class = SendCorrectionForm

    def get_initial(self) -> dict[str, Any]:
        return {"revision": self.sheet.revision}

    def act(self, form: Any) -> Submission:
        """Send what the person has read."""
        try:
            return corrections.send(
                submission=self.submission,
                viewer=self.viewer,
                revision=form.cleaned_data["revision"],
                locale=get_language() or "fr",
            )
        except DraftClash:
            self.read_again()
            form.data = form.data.copy()
            form.data["revision"] = str(self.sheet.revision)
            raise

    def get_success_url(self) -> str:
        messages.success(
            self.request, _("Your changes are sent. The service sees the new answers.")
        )
        return reverse("submission", args=[self.submission.reference])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content, form = self.content(), self.form_of_file
        context = self.draft_context(content, "")
        names = document_names(self.submission, waiting=True)
        requirement = asking_of(self.submission.procedure).requirement
        is_identified = is_met(self.viewer, requirement)
        context |= {
            "missing": [
                link
                for chapter in context["progress"]
                for link in links_of(
                    chapter.errors, form.words, f"{self.places.chapter(chapter.id)}?check=1"
                )
            ],
            "differences": [
                (item, self.places.chapter(form.structure.chapter_of[item.id].id))
                for item in differences(
                    form, content_of(self.submission).answers, content.answers, annexes=names
                )
            ],
            "identify_with": "" if is_identified else requirement_words(requirement),
        }
        return super().get_context_data(**context, **kwargs)


class DropCorrectionView(CorrectionMixin, ActionFormView):
    """Asks before changes that wait are put away."""

    template_name = "submissions/correction_drop.html"
    form_class = DiscardForm

    def act(self, form: Any) -> Correction:
        """Put them away."""
        return corrections.drop(submission=self.submission, by=self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(submission=self.submission, trail=self.trail, **kwargs)

    def get_success_url(self) -> str:
        messages.success(self.request, _("The changes are dropped. Your file is as you sent it."))
        return reverse("submission", args=[self.submission.reference])
