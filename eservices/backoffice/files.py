"""The page of one file for agents, with its actions always in view."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from eservices import formats
from eservices.actions import discussions, reviews
from eservices.actions.identifiers import REVEAL, reveal
from eservices.backoffice.agents import AgentMixin, FileMixin
from eservices.backoffice.file_parts import (
    annex_part,
    asked_corrections,
    discussion_part,
    note_rows,
)
from eservices.backoffice.history import event_words
from eservices.downloads import download_for
from eservices.enums import AnnexPurpose
from eservices.errors import DomainError, NotFound, ReasonRequired
from eservices.models import Annex
from eservices.queries.acting import may_look_at
from eservices.queries.corrections import (
    document_names,
    may_correct,
    open_correction_of,
    sent_corrections,
)
from eservices.queries.identifiers import masked_number
from eservices.queries.introducers import introducers_of
from eservices.queries.journal import entries_about
from eservices.queries.notices import deliveries_of
from eservices.queries.requests import opinions_of, requests_of
from eservices.queries.requirements import identification_words
from eservices.queries.reviews import annex_for_agent, deadline_of
from eservices.queries.roles import acts_for
from eservices.queries.submissions import annexes_of, content_of, frozen_form
from eservices.questions.answers import summary

#: The parts of the page of a file, the first by default.
VIEWS: tuple[tuple[str, Any], ...] = (
    ("examination", gettext_lazy("Examination")),
    ("answers", gettext_lazy("Answers")),
    ("annexes", gettext_lazy("Annexes")),
    ("discussion", gettext_lazy("Discussion")),
    ("journal", gettext_lazy("Journal")),
)
#: So many facts stand beside every part.
LAST_FACTS = 4


class FileView(FileMixin, TemplateView):
    """One file: what was asked, with which documents, what happened, and what can be done now."""

    template_name = "backoffice/file.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reviews.record_reading(submission=self.submission, by=self.agent)
        answer = super().get(request, *args, **kwargs)
        if self.part_asked_for() == "discussion":
            answer.add_post_render_callback(self.mark_read)  # type: ignore[attr-defined]
        return answer

    def part_asked_for(self) -> str:
        """Return which part of the page is shown."""
        wanted = self.request.GET.get("view", "")
        return wanted if wanted in dict(VIEWS) else str(VIEWS[0][0])

    def mark_read(self, _answer: HttpResponse) -> None:
        """Note that the agent has read the discussion, once the page has told what was new."""
        discussions.mark_read(submission=self.submission, by=self.agent)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        documents = annexes_of(row)
        history = [
            {"entry": entry, "words": event_words(entry)}
            for entry in reversed(list(entries_about(row)))
        ]
        tabs = self.tabs(documents, history)
        acts, requests = acts_for(row, self.agent), requests_of(row)
        return super().get_context_data(
            file=row,
            introducer=introducers_of([row])[row.pk],
            deadline=deadline_of(row),
            **self.answers(documents),
            annexes=documents,
            documents=annex_part(
                row, frozen_form(row.version, translation.get_language()), self.agent
            ),
            discussion=discussion_part(
                row,
                self.agent,
                start=self.request.GET.get("start", ""),
                typed=kwargs.pop("typed", None),
            ),
            notes=note_rows(row, self.agent),
            history=history,
            last_facts=history[:LAST_FACTS],
            deliveries=deliveries_of(row),
            tabs=tabs,
            view=next(tab["key"] for tab in tabs if tab["current"]),
            requests=requests,
            corrections_asked=asked_corrections(requests),
            opinions=opinions_of(row),
            acts=acts,
            more_acts=acts & {"assign", "opinion", "release", "close"},
            identification=identification_words(row),
            masked_number=masked_number(row.acting_user) if row.acting_user else "",
            may_reveal=self.agent.has_perm(REVEAL),
            may_look=may_look_at(agent=self.agent, person=row.acting_user),
            **kwargs,
        )

    def answers(self, documents: Sequence[Annex]) -> dict[str, Any]:
        """Return the answers in the agent's language, and what became different since they were sent.

        What was sent stays as it was; labels are read by colleagues.
        """
        row, language = self.submission, translation.get_language()
        form = frozen_form(row.version, language)
        names = {str(annex.public_id): annex.name for annex in documents}
        answers = content_of(row).answers
        return {
            "chapters": summary(
                form.structure, form.words, answers, locale=language, annexes=names
            ),
            "corrections": sent_corrections(row, form, annexes=document_names(row)),
            "unsent": may_correct(row) and open_correction_of(row),
            "correctable": {
                spec.id
                for chapter in form.structure.chapters
                for spec in chapter.questions
                if spec.takes_answer
            },
        }

    def tabs(self, documents: Sequence[Annex], history: Sequence[Any]) -> list[dict[str, Any]]:
        """Return the parts of the page with their numbers; the first is shown when none is asked for."""
        known = self.part_asked_for()
        beside = [annex for annex in documents if annex.purpose != AnnexPurpose.MESSAGE]
        numbers = {
            "annexes": len(beside),
            "discussion": self.submission.messages.count(),
            "journal": len(history),
        }
        return [
            {"key": key, "label": label, "count": numbers.get(key), "current": key == known}
            for key, label in VIEWS
        ]


class NumberView(FileView):
    """Shows the national number of the person on the page of the file, once, to those who have the right."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("agent-file", reference=self.submission.reference)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row, reason = self.submission, request.POST.get("reason", "")
        shown: dict[str, Any] = {}
        status = 200
        try:
            if row.acting_user is None:
                raise NotFound
            number = reveal(
                person=row.acting_user, by=self.agent, reason=reason, reference=row.reference
            )
            shown["number"] = formats.national_number(number)
        except ReasonRequired as refusal:
            status, shown["number_error"] = refusal.status, str(refusal)
        return self.render_to_response(self.get_context_data(**shown, **kwargs), status=status)


class ActView(FileMixin, View):
    """An act without words: take in charge, give back, close."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = {"claim": reviews.claim, "release": reviews.release, "close": reviews.close}[
            kwargs["act"]
        ]
        done = {
            "claim": _("You have taken the file in charge."),
            "release": _("The file is back with the team."),
            "close": _("The file is closed."),
        }[kwargs["act"]]
        try:
            act(submission=self.submission, by=self.agent)
        except NotFound:
            raise
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return self.as_it_stands(refusal)
        messages.success(request, done)
        return redirect("agent-file", reference=self.submission.reference)

    def as_it_stands(self, refusal: DomainError) -> HttpResponse:
        """Return the page of the file as it is now, with the refusal and its status."""
        page = FileView()
        page.setup(self.request, reference=self.submission.reference)
        answer = page.get(self.request)
        answer.status_code = refusal.status
        return answer


class AgentAnnexView(AgentMixin, View):
    """Hands out a document of one of the agent's files, and writes down that it was read."""

    def get(self, request: HttpRequest, reference: str, annex_id: UUID) -> HttpResponseBase:
        annex: Annex = annex_for_agent(self.agent, reference, annex_id)
        reviews.record_reading(submission=annex.submission, by=self.agent)
        return download_for(annex, request, self.agent)


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    file = "files/<str:reference>/"
    return [
        path(file, FileView.as_view(), name="agent-file"),
        path(f"{file}number/", NumberView.as_view(), name="agent-number"),
        path(f"{file}annexes/<uuid:annex_id>/", AgentAnnexView.as_view(), name="agent-annex"),
        *[
            path(f"{file}{act}/", ActView.as_view(), {"act": act}, name=f"agent-{act}")
            for act in ("claim", "release", "close")
        ],
    ]
