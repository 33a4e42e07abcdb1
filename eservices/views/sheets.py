"""What all pages have on which answers are typed, be it in a draft or in a correction of what was sent."""

from collections.abc import Collection
from typing import Any

from django.utils.functional import cached_property

from eservices.actions import drafts
from eservices.enums import RevisionKind
from eservices.models import Annex, Correction, Submission
from eservices.queries.progress import chapters_of
from eservices.queries.submissions import Content, FrozenForm, annexes_of, content_of, form_of
from eservices.questions.forms import ChapterResult
from eservices.views.rows import Places, change_rows, chapter_rows, saved_words
from eservices.views.submissions import FileMixin


class SheetMixin(FileMixin):
    """Pages on which answers are typed: here those of a draft."""

    #: What stands below the list of chapters.
    actions_template = "submissions/chapter_actions.html"

    @property
    def sheet(self) -> Submission | Correction:
        """What holds the answers, with their revision."""
        return self.submission

    @property
    def places(self) -> Places:
        """The addresses of these pages."""
        return Places(reference=self.submission.reference)

    @property
    def locked(self) -> Collection[str]:
        """The questions that cannot be answered here."""
        return ()

    @cached_property
    def form_of_file(self) -> FrozenForm:
        """The frozen form in the reader's language."""
        return form_of(self.submission)

    def content(self) -> Content:
        """Return what is saved by now."""
        return content_of(self.sheet)

    def documents(self) -> list[Annex]:
        """Return the documents that the answers can hold."""
        return annexes_of(self.submission)

    def write(
        self, result: ChapterResult, *, base_revision: int, kind: RevisionKind
    ) -> Submission | Correction:
        """Save what one chapter sent."""
        saved = drafts.save(
            submission=self.submission,
            result=result,
            base_revision=base_revision,
            by=self.user,
            kind=kind,
            chapter=self.kwargs["chapter"],
        )
        self.__dict__["submission"] = saved
        return saved

    def read_again(self) -> None:
        """Forget what was read of the file."""
        self.__dict__.pop("submission", None)

    def come_to(self, chapter: str) -> None:
        """Take note that somebody opened a chapter."""

    def draft_context(self, content: Content, current: str) -> dict[str, Any]:
        """Return what the side list and the bars of every page need."""
        chapters = chapters_of(self.form_of_file, content, self.documents(), locked=self.locked)
        return {
            "submission": self.submission,
            "title": self.submission.procedure.title,
            "trail": self.trail,
            "progress": chapters,
            "chapters": chapter_rows(self.places, chapters, current),
            "done": sum(chapter.state == "done" for chapter in chapters),
            "total": len(chapters),
            "saved": saved_words(self.sheet),
            "changes": change_rows(self.submission, self.form_of_file, chapters),
            "actions_template": self.actions_template,
        }
