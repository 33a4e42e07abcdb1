"""Files for agents: the list with its tabs and the page of one file with its actions always in view."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from eservices.actions import reviews
from eservices.backoffice.history import event_words
from eservices.downloads import download
from eservices.enums import Level, SubmissionState
from eservices.errors import DomainError
from eservices.models import Annex, DecisionReason, Submission, User
from eservices.queries.journal import entries_about
from eservices.queries.reviews import (
    UNSENT,
    Tab,
    agent_list,
    annex_for_agent,
    counts,
    deadline_of,
    file_for_agent,
    procedures_of_agent,
)
from eservices.queries.submissions import annexes_of, content_of, frozen_form
from eservices.questions.answers import summary

ROWS = 25
TABS: tuple[tuple[Tab, Any], ...] = (
    ("unassigned", gettext_lazy("Unassigned")),
    ("mine", gettext_lazy("Mine")),
    ("done", pgettext_lazy("files", "Done")),
    ("all", gettext_lazy("All")),
)


def may_handle_files(user: User) -> bool:
    """Whether somebody sees files at all; which ones, the queries say."""
    return user.is_active and user.has_perm("eservices.view_submission")


class AgentMixin(WagtailAdminTemplateMixin):
    """Only for agents; pages in the frame of the Wagtail admin, which keeps browsers from storing them."""

    header_icon = "folder-open-inverse"
    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_handle_files(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @property
    def agent(self) -> User:
        """Who works here."""
        return self.request.user  # type: ignore[return-value]


class FileMixin(AgentMixin):
    """One file of the agent's teams, by its reference."""

    kwargs: dict[str, Any]

    @cached_property
    def submission(self) -> Submission:
        """The file; NotFound for those of other teams."""
        return file_for_agent(self.agent, self.kwargs["reference"])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *super().get_breadcrumbs_items(),
            {"url": reverse("agent-files"), "label": _("Files")},
            {"url": "", "label": self.submission.reference},
        ]

    def get_page_title(self) -> str:
        return f"{self.submission.procedure.title} {self.submission.reference}"


class FileListView(AgentMixin, TemplateView):
    """The files of the agent's teams under four tabs, the most urgent first."""

    template_name = "backoffice/file_list.html"
    page_title = gettext_lazy("Files")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Files")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        numbers = counts(self.agent)
        tab = next((key for key, _label in TABS if key == asked.get("tab")), "unassigned")
        search, procedure, state = (
            asked.get(name, "").strip() for name in ("q", "procedure", "state")
        )
        found = agent_list(self.agent, tab=tab, search=search, procedure=procedure, state=state)
        page = Paginator(found, ROWS).get_page(asked.get("p"))
        return super().get_context_data(
            tabs=[
                {"key": key, "label": label, "count": getattr(numbers, key), "current": key == tab}
                for key, label in TABS
            ],
            tab=tab,
            search=search,
            procedure=procedure,
            state=state,
            procedures=procedures_of_agent(self.agent),
            states=[item for item in SubmissionState if item not in UNSENT],
            page_obj=page,
            rows=[{"file": row, "deadline": deadline_of(row)} for row in page.object_list],
            narrowed=bool(search or procedure or state),
            **kwargs,
        )


class FileView(FileMixin, TemplateView):
    """One file: what was asked, with which documents, what happened, and what can be done now."""

    template_name = "backoffice/file.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reviews.record_reading(submission=self.submission, by=self.agent)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        language = translation.get_language()
        # The same version in the agent's language: what was sent stays as it was, labels are read by colleagues.
        form = frozen_form(row.version, language)
        documents = annexes_of(row)
        entries = list(entries_about(row))
        return super().get_context_data(
            file=row,
            deadline=deadline_of(row),
            chapters=summary(
                form.structure,
                form.words,
                content_of(row).answers,
                locale=language,
                annexes={str(annex.public_id): annex.name for annex in documents},
            ),
            annexes=documents,
            history=[{"entry": entry, "words": event_words(entry)} for entry in reversed(entries)],
            view=self.request.GET.get("view", "answers"),
            acts=acts_for(row, self.agent),
            level=Level(row.level_used).label if row.level_used is not None else "",
            **kwargs,
        )


def acts_for(submission: Submission, agent: User) -> set[str]:
    """Return what this agent can do with a file now; the actions check again."""
    state = SubmissionState(submission.state)
    mine = submission.assignee_id == agent.pk
    if state == SubmissionState.SUBMITTED:
        return {"claim"}
    if state == SubmissionState.IN_REVIEW and mine:
        return {"accept", "reject", "release"}
    if state in (SubmissionState.ACCEPTED, SubmissionState.REJECTED):
        return {"close", "reconsider"}
    if state == SubmissionState.CLOSED_NO_REPLY:
        return {"reconsider"}
    return set()


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
        except DomainError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, done)
        return redirect("agent-file", reference=self.submission.reference)


class DecisionForm(forms.Form):
    """The words of a decision, as the citizen will read them."""

    reason = forms.CharField(
        max_length=5000, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 8})
    )


class DecisionView(FileMixin, TemplateView):
    """Accept, refuse or take up again: one page with the words that the citizen will read."""

    template_name = "backoffice/decision.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionForm(request.POST)
        act = kwargs["act"]
        words = form.cleaned_data["reason"] if form.is_valid() else request.POST.get("reason", "")
        status = 422
        if form.is_valid():
            try:
                self.decide(act, words)
            except DomainError as refusal:
                form.add_error("reason" if refusal.field else None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, self.done(act))
                return redirect("agent-file", reference=self.submission.reference)
        return self.render_to_response(self.get_context_data(form=form, **kwargs), status=status)

    def decide(self, act: str, words: str) -> None:
        """Call the action."""
        if act == "accept":
            reviews.accept(submission=self.submission, by=self.agent, note=words)
        elif act == "reject":
            reviews.reject(submission=self.submission, by=self.agent, reason=words)
        else:
            reviews.reconsider(submission=self.submission, by=self.agent, reason=words)

    @staticmethod
    def done(act: str) -> str:
        """Return what happened, in words."""
        return {
            "accept": _("The request is granted. The citizen gets an e-mail."),
            "reject": _("The request is refused. The citizen gets an e-mail."),
            "reconsider": _("The file is in review again, in your charge."),
        }[act]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.submission
        act = kwargs.pop("act", self.kwargs["act"])
        reasons = list(DecisionReason.objects.all()) if act == "reject" else []
        chosen = next((r for r in reasons if r.code == self.request.GET.get("start")), None)
        kwargs.setdefault(
            "form",
            DecisionForm(
                initial={"reason": chosen.text_in(row.locale) if chosen else row.decision_reason}
            ),
        )
        return super().get_context_data(
            file=row,
            act=act,
            reasons=reasons,
            chosen=chosen,
            possible=act in acts_for(row, self.agent),
            **kwargs,
        )


class AgentAnnexView(AgentMixin, View):
    """Hands out a document of one of the agent's files, and writes down that it was read."""

    def get(self, request: HttpRequest, reference: str, annex_id: UUID) -> FileResponse:
        annex: Annex = annex_for_agent(self.agent, reference, annex_id)
        reviews.record_reading(submission=annex.submission, by=self.agent)
        return download(annex)


class FilesMenuItem(MenuItem):
    """The entry of the main menu, for agents only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_handle_files(request.user)  # type: ignore[arg-type]


def menu_item() -> FilesMenuItem:
    """Return the menu item of the files."""
    return FilesMenuItem(
        gettext_lazy("Files"),
        reverse("agent-files"),
        name="files",
        icon_name="folder-open-inverse",
        order=90,
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    file = "files/<str:reference>/"
    return [
        path("files/", FileListView.as_view(), name="agent-files"),
        path(file, FileView.as_view(), name="agent-file"),
        path(f"{file}annexes/<uuid:annex_id>/", AgentAnnexView.as_view(), name="agent-annex"),
        *[
            path(f"{file}{act}/", ActView.as_view(), {"act": act}, name=f"agent-{act}")
            for act in ("claim", "release", "close")
        ],
        *[
            path(f"{file}{act}/", DecisionView.as_view(), {"act": act}, name=f"agent-{act}")
            for act in ("accept", "reject", "reconsider")
        ],
    ]
