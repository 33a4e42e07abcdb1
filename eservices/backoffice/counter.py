"""Files entered at the counter: the person, the procedure, then the whole form on one page, kept or sent."""

import json
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from eservices import formats
from eservices.actions import counter, drafts
from eservices.backoffice.agents import may_handle_files
from eservices.backoffice.people import RightMixin
from eservices.contract import Viewer
from eservices.enums import Level
from eservices.errors import (
    AnswersIncomplete,
    CounterDraftTaken,
    DomainError,
    NotFound,
    ProcedureClosed,
)
from eservices.forms.submissions import chapter_form, checked_form, links_of, without_row
from eservices.models import Annex, Procedure, Submission, User
from eservices.queries.corrections import locked_questions
from eservices.queries.counter import annex_of_draft, counter_draft, counter_drafts
from eservices.queries.members import people, person_for_agent
from eservices.queries.procedures import procedure_for
from eservices.queries.roles import may_enter_for, procedures_at_counter
from eservices.queries.submissions import (
    Content,
    FrozenForm,
    annexes_of,
    content_of,
    frozen_form,
)
from eservices.questions.conditions import client_rules
from eservices.questions.forms import ChapterForm, ChapterResult
from eservices.questions.structure import QuestionSpec, RequestedAnnex
from eservices.uploads import DEFAULT_ACCEPT

#: So many people are listed for one search; more need another word.
MOST_PEOPLE: Final = 10
#: So many drafts are listed.
ROWS: Final = 50


class CounterMixin(RightMixin):
    """Pages about a new file for one person."""

    kwargs: dict[str, Any]
    header_icon = "user"
    trail = (("agent-people", gettext_lazy("People")),)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_handle_files(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def person(self) -> User:
        """Who stands at the counter; NotFound for none."""
        return person_for_agent(self.kwargs["public_id"])

    def get_page_title(self) -> str:
        return self.person.display_name


class ChooseView(CounterMixin, TemplateView):
    """The procedures in which the agent can enter a file."""

    template_name = "backoffice/counter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        possible = may_enter_for(agent=self.agent, person=self.person)
        return super().get_context_data(
            person=self.person,
            procedures=procedures_at_counter(self.agent) if possible else [],
            **kwargs,
        )


class StartView(CounterMixin, TemplateView):
    """From the list of files: who stands at the counter, and the drafts that wait there."""

    template_name = "backoffice/counter_start.html"
    page_title = gettext_lazy("New file at the counter")
    trail = (("agent-files", gettext_lazy("Files")),)

    def get_page_title(self) -> str:
        return str(self.page_title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").strip()
        found = people(search=search)[: MOST_PEOPLE + 1] if len(search) > 1 else []
        return super().get_context_data(
            search=search,
            people=[row for row in found if may_enter_for(agent=self.agent, person=row)][
                :MOST_PEOPLE
            ],
            too_many=len(found) > MOST_PEOPLE,
            drafts=[
                {"row": row, "url": draft_address(row)} for row in counter_drafts(self.agent)[:ROWS]
            ],
            **kwargs,
        )


class EnterView(CounterMixin, TemplateView):
    """The whole form, in the language of the person; what is typed can be kept as a draft of the person."""

    template_name = "backoffice/counter_form.html"

    @cached_property
    def procedure(self) -> Procedure:
        """What is asked for; refused as the action refuses it."""
        found = procedure_for(self.kwargs["code"])
        counter.check_entry(procedure=found, person=self.person, by=self.agent)
        return found

    @cached_property
    def draft(self) -> Submission | None:
        """The draft that the address or the form names; none before it is kept, and once it is sent."""
        found = counter_draft(self.person, self.key)
        if found is not None and found.procedure_id != self.procedure.pk:
            raise NotFound
        return found

    @property
    def frozen(self) -> FrozenForm:
        """The form of the draft, or the current one, with its words in the person's language."""
        version = self.draft.version if self.draft else self.procedure.current
        if version is None:
            raise ProcedureClosed
        return frozen_form(version, self.person.language)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the draft, or the form with what the portal knows of the person already."""
        person, procedure = self.person, self.procedure
        if "draft" not in request.GET:
            self.draft = None
            viewer = Viewer(user=person, profile=person.citizen_profile, level=Level.LOW)
            answers, _sources = drafts.first_answers(self.frozen.structure, viewer)
            return self.show(Content(answers=answers), key=str(uuid4()))
        if self.draft is None:
            raise NotFound
        counter.check_draft(submission=self.draft, by=self.agent)
        if self.draft.version_id != procedure.current_id:
            self.draft = drafts.carry_over(
                submission=self.draft, by=self.agent, locale=person.language
            )
        return self.show(content_of(self.draft), key=str(self.key))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep, send, or show the form again with another row or other questions; what was typed stays."""
        data: Any = request.POST
        if "remove_row" in data:
            data = without_row(data, data["remove_row"])
        go, table = data.get("go", ""), data.get("add_row", "")
        content, result = self.typed(data)
        try:
            if self.draft or go == "keep" or request.FILES:
                self.keep(result)
                if self.documents_changed() or go == "keep":
                    return redirect(draft_address(self.kept))
            if go == "send":
                return self.send(content)
        except DomainError as refusal:
            return self.show(content, key=str(self.key), refusal=refusal)
        if self.draft:
            content = content_of(self.draft)
        return self.show(content, key=str(self.key), table=table)

    def keep(self, result: ChapterResult) -> None:
        """Keep what was typed."""
        given = self.request.POST.get("revision", "")
        self.draft = counter.keep(
            procedure=self.procedure,
            person=self.person,
            result=result,
            base_revision=int(given) if given.isascii() and given.isdigit() else 0,
            by=self.agent,
            key=self.key,
            locale=self.person.language,
        )
        if self.request.POST.get("go") == "keep":
            words = _("The draft is kept. %(name)s finds it in the own space too.")
            messages.success(self.request, words % {"name": self.person.display_name})

    @property
    def kept(self) -> Submission:
        """The draft, where there is one."""
        if self.draft is None:
            raise NotFound
        return self.draft

    def documents_changed(self) -> bool:
        """Take the chosen documents in and the unwanted ones out; what cannot be taken is said, the rest is kept."""
        changed = False
        for name in self.request.FILES:
            for uploaded in self.request.FILES.getlist(name):
                changed = True
                try:
                    counter.attach(
                        submission=self.kept,
                        place=name.removeprefix("file-"),
                        uploaded=uploaded,
                        by=self.agent,
                    )
                except DomainError as refusal:
                    messages.error(self.request, f"{uploaded.name}: {refusal}")
                else:
                    words = _("%(name)s is attached.") % {"name": uploaded.name}
                    messages.success(self.request, words)
        if unwanted := self.request.POST.get("remove_document"):
            changed = True
            try:
                counter.detach(annex=annex_of_draft(self.kept, UUID(unwanted)), by=self.agent)
            except ValueError:
                raise NotFound from None
        return changed

    def send(self, content: Content) -> HttpResponse:
        """Send the draft, or what was typed where there is none."""
        if self.draft:
            file = counter.send(submission=self.draft, by=self.agent)
        else:
            file = counter.enter(
                procedure=self.procedure,
                person=self.person,
                content=content,
                by=self.agent,
                key=self.key,
                locale=self.person.language,
            )
        messages.success(self.request, _("The file is sent. The person gets the confirmation."))
        return redirect("agent-file", reference=file.reference)

    @property
    def key(self) -> UUID:
        """The number under which the page was made: sent twice, it enters one file."""
        try:
            return UUID(self.request.POST.get("key") or self.request.GET.get("draft", ""))
        except ValueError:
            raise NotFound from None

    def typed(self, data: Any) -> tuple[Content, ChapterResult]:
        """Return all that the form holds, chapter after chapter, and what was typed in one piece."""
        content = content_of(self.draft) if self.draft else Content()
        answers: dict[str, Any] = {}
        unfinished: dict[str, Any] = {}
        touched: set[str] = set()
        for chapter in self.frozen.structure.chapters:
            result = chapter_form(
                self.frozen, chapter, content, data=data, locked=self.documents
            ).result
            content = Content(
                answers=result.applied_to(content.answers),
                unfinished=result.unfinished_applied_to(content.unfinished),
            )
            answers |= result.answers
            unfinished |= result.unfinished
            touched |= result.touched
        whole = ChapterResult(answers=answers, unfinished=unfinished, touched=frozenset(touched))
        return content, whole

    @property
    def documents(self) -> frozenset[str]:
        """The questions for documents, which are attached to a draft or follow later."""
        return frozenset(locked_questions(self.frozen.structure))

    def show(
        self, content: Content, *, key: str, table: str = "", refusal: DomainError | None = None
    ) -> HttpResponse:
        """Show all chapters; after a refusal with what is to be put right."""
        incomplete = isinstance(refusal, AnswersIncomplete)
        forms = [
            checked_form(self.frozen, chapter, content, [], locked=self.documents)
            if incomplete
            else chapter_form(
                self.frozen,
                chapter,
                content,
                extra_rows={table: 1} if table else None,
                locked=self.documents,
            )
            for chapter in self.frozen.structure.chapters
        ]
        errors = [error for form in forms if form.is_bound for error in form.answer_errors()]
        context = self.get_context_data(
            person=self.person,
            procedure=self.procedure,
            key=key,
            draft=self.draft,
            revision=self.draft.revision if self.draft else 0,
            wanted=self.wanted(),
            chapters=[self.part(form, content) for form in forms],
            errors=links_of(errors, self.frozen.words),
            refused=str(refusal) if refusal else "",
            language=self.person.get_language_display(),
        )
        return self.render_to_response(context, status=refusal.status if refusal else 200)

    def part(self, form: ChapterForm, content: Content) -> dict[str, Any]:
        """Return one chapter for the page."""
        name, words = form.chapter.id, self.frozen.words
        return {
            "id": name,
            "title": words.title(name),
            "intro": words.of(name, "intro"),
            "entries": [
                {"entry": entry, **self.documents_of(entry.id, entry.question.spec)}
                for entry in form.entries()
            ],
            "rules": json.dumps(client_rules(form.structure, name, content.answers)),
        }

    @cached_property
    def stored(self) -> list[Annex]:
        """The documents of the draft."""
        return annexes_of(self.draft) if self.draft else []

    def documents_of(self, place: str, spec: QuestionSpec | RequestedAnnex) -> dict[str, Any]:
        """Return the documents of a question, or of a line of the list, and which kinds are taken."""
        kinds = [name.upper() for name in spec.accept or DEFAULT_ACCEPT]
        return {
            "accept": formats.join_list(kinds),
            "documents": [
                {"id": annex.public_id, "name": annex.name, "size": formats.file_size(annex.size)}
                for annex in self.stored
                if annex.question_id == place
            ],
        }

    def wanted(self) -> list[dict[str, Any]]:
        """Return the documents that the procedure lists beside its questions."""
        return [
            {
                "id": spec.id,
                "label": self.frozen.words.label(spec.id),
                **self.documents_of(spec.id, spec),
            }
            for spec in self.frozen.structure.annexes
        ]


class DiscardView(CounterMixin, View):
    """Deletes a draft that was kept at the counter."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft = counter_draft(self.person, kwargs["key"])
        if draft is None:
            raise NotFound
        try:
            counter.discard(submission=draft, by=self.agent)
        except CounterDraftTaken as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The draft is deleted."))
        return redirect("agent-counter-start")


def draft_address(draft: Submission) -> str:
    """Return where an agent goes on with a draft."""
    place = reverse("agent-counter-form", args=[draft.acting_user.public_id, draft.procedure.code])
    return f"{place}?{urlencode({'draft': draft.public_id})}"


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    place = "people/<uuid:public_id>/file/"
    return [
        path("counter/", StartView.as_view(), name="agent-counter-start"),
        path(place, ChooseView.as_view(), name="agent-counter"),
        path(
            f"{place}drafts/<uuid:key>/discard/",
            DiscardView.as_view(),
            name="agent-counter-discard",
        ),
        path(f"{place}<slug:code>/", EnterView.as_view(), name="agent-counter-form"),
    ]
