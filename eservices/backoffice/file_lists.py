"""The list of files for agents: tabs, filters that an address carries, columns, saved lists, and its menu entry."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem

from eservices.actions import batches, lists
from eservices.backoffice.agents import AgentMixin, may_handle_files
from eservices.backoffice.history import words_of_event
from eservices.enums import Turn
from eservices.errors import DomainError
from eservices.models import User
from eservices.queries.inbox import (
    LISTED_STATES,
    DueFilter,
    FileFilters,
    Order,
    Tab,
    TabCount,
    choices_for,
    colleague_of,
    list_counts,
    page_of_files,
    procedures_of_agent,
    standing_of,
)
from eservices.queries.introducers import introducers_of
from eservices.queries.requests import opinions_for
from eservices.queries.saved_lists import kept_for

#: The name under which lists of this page are kept.
LIST = "files"
ROWS = 25
#: Seconds for which the options of the filters are remembered: they change with teams and procedures.
REMEMBERED = 60
#: In the session: a new value after each change of one's own lists.
CHANGES = "files-changes"
TABS: tuple[tuple[Tab, Any], ...] = (
    (Tab.UNASSIGNED, gettext_lazy("Unassigned")),
    (Tab.MINE, gettext_lazy("Mine")),
    (Tab.DONE, pgettext_lazy("files", "Done")),
    (Tab.ALL, gettext_lazy("All")),
)
#: Columns beside the file itself; the first ones are shown to who has chosen nothing.
COLUMNS: dict[str, Any] = {
    "state": gettext_lazy("State"),
    "turn": gettext_lazy("Whose turn"),
    "due": gettext_lazy("Deadline"),
    "fact": gettext_lazy("Last fact"),
    "assignee": gettext_lazy("Followed by"),
    "team": gettext_lazy("Team"),
    "sent": gettext_lazy("Sent"),
    "decided": gettext_lazy("Decided"),
}
USUAL = ("state", "turn", "due", "fact", "assignee")
TURNS = ((Turn.US, gettext_lazy("Ours")), (Turn.YOU, gettext_lazy("The citizen’s")))
DUE: tuple[tuple[DueFilter, Any], ...] = (
    (DueFilter.LATE, pgettext_lazy("deadline", "Late")),
    (DueFilter.WEEK, gettext_lazy("Within a week")),
    (DueFilter.PAUSED, pgettext_lazy("deadline", "Paused")),
    (DueFilter.NONE, gettext_lazy("Without deadline")),
)
ORDERS: tuple[tuple[Order, Any], ...] = (
    (Order.URGENT, gettext_lazy("Deadline")),
    (Order.ACTIVE, gettext_lazy("Last act of the citizen")),
    (Order.NEWEST, gettext_lazy("Newest first")),
    (Order.OLDEST, gettext_lazy("Oldest first")),
    (Order.DECIDED, gettext_lazy("Last decided first")),
    (Order.NAME, gettext_lazy("Name")),
)


class ListMixin(AgentMixin):
    """A page about the list as its address filters it."""

    @cached_property
    def filters(self) -> FileFilters:
        """The filters of the address; without a tab the one of files that nobody has taken."""
        given = {name: str(value) for name, value in self.request.GET.items()}
        return FileFilters.read({"tab": Tab.UNASSIGNED, **given})

    @cached_property
    def offered(self) -> dict[str, Any]:
        """What the list offers, remembered for a minute; what one changes oneself is seen at once."""
        change = self.request.session.get(CHANGES, 0)
        key = f"files-offered:{self.agent.pk}:{get_language()}:{change}"
        found: dict[str, Any] = cache.get_or_set(key, lambda: offered_to(self.agent), REMEMBERED)
        return found

    def changed(self) -> None:
        """Forget what is remembered of one's own lists."""
        self.request.session[CHANGES] = uuid4().hex

    def back(self) -> HttpResponseRedirect:
        """Lead back to the list as it was."""
        return HttpResponseRedirect(list_address(self.filters))


def list_address(filters: FileFilters, **changes: Any) -> str:
    """Return the address of the list with these filters."""
    return f"{reverse('agent-files')}?{urlencode(filters.parameters() | changes)}"


class FileListView(ListMixin, TemplateView):
    """The files of the agent's teams under four tabs, the most urgent first."""

    template_name = "backoffice/file_list.html"
    page_title = gettext_lazy("Files")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": _("Files")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters, offered = self.filters, self.offered
        counts = list_counts(self.agent, filters)
        page = Paginator(range(counts.shown), ROWS).get_page(self.request.GET.get("p"))
        files = page_of_files(self.agent, filters, start=(page.number - 1) * ROWS, size=ROWS)
        by = introducers_of(files)
        shown = [key for key in offered["columns"] if key in COLUMNS] or USUAL
        further = (filters.team, filters.state, filters.assignee, filters.since, filters.until)
        return super().get_context_data(
            tabs=tab_rows(self.agent, counts.tabs, filters.tab),
            filters=filters,
            query=urlencode(filters.parameters()),
            fields=offered["fields"] | fixed_fields(),
            further=any(further) or bool(filters.order),
            saved=saved_rows(offered["saved"], filters),
            columns=[{"key": key, "label": COLUMNS[key]} for key in shown],
            all_columns=[
                {"key": key, "label": label, "chosen": key in shown}
                for key, label in COLUMNS.items()
            ],
            page_obj=page,
            count=counts.shown,
            rows=[
                {
                    "file": row,
                    "by": by[row.pk],
                    "standing": standing_of(row),
                    "fact": words_of_event(row.fact) if row.fact else "",  # type: ignore[attr-defined]
                }
                for row in files
            ],
            **kwargs,
        )


def saved_rows(saved: Mapping[str, Any], filters: FileFilters) -> list[dict[str, Any]]:
    """Return the saved lists as links, with the one that is shown."""
    read = {name: FileFilters.read(given) for name, given in saved.items()}
    return [
        {"name": name, "url": list_address(one), "current": one == filters}
        for name, one in read.items()
    ]


def fixed_fields() -> dict[str, Sequence[tuple[str, Any]]]:
    """Return the options of the filters that are the same for everybody: (value, words)."""
    return {
        "turn": [(str(turn), words) for turn, words in TURNS],
        "due": [(str(due), words) for due, words in DUE],
        "state": [(state.value, state.label) for state in LISTED_STATES],
        "order": [(str(order), words) for order, words in ORDERS],
    }


def offered_to(agent: User) -> dict[str, Any]:
    """Return what the list offers one agent: options of filters, saved lists, columns."""
    choices, kept = choices_for(agent), kept_for(agent, LIST)
    return {
        "fields": {
            "procedure": [(row.code, row.title) for row in procedures_of_agent(agent)],
            "team": [(team.code, team.name) for team in choices.teams],
            "assignee": [(str(one.public_id), one.display_name) for one in choices.colleagues],
        },
        "saved": {row.name: row.filters for row in kept.named},
        "columns": list(kept.columns),
    }


def tab_rows(
    agent: User, numbers: Mapping[Tab, TabCount], current: Tab | None
) -> list[dict[str, Any]]:
    """Return the tabs with their numbers; a tab keeps no filter, so that its number is true.

    The last one leads to the files of other teams about which one's own are asked; it is the current one for None.
    """
    tabs = [
        {
            "url": list_address(FileFilters(tab=tab)),
            "label": label,
            "count": numbers[tab].files,
            "unread": numbers[tab].unread,
            "current": tab == current,
        }
        for tab, label in TABS
    ]
    asked = {
        "url": reverse("agent-opinions"),
        "label": _("Opinions asked of us"),
        "count": opinions_for(agent).count(),
        "current": current is None,
    }
    return [*tabs, asked]


class SaveListView(ListMixin, View):
    """Keeps the filters of the address under a name, or forgets a name."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.POST.get("name", "")
        try:
            if request.POST.get("act") == "delete":
                lists.delete(user=self.agent, list=LIST, name=name)
                messages.success(request, _("The list “%(name)s” is deleted.") % {"name": name})
            else:
                row = lists.save(
                    user=self.agent, list=LIST, name=name, filters=self.filters.parameters()
                )
                messages.success(request, _("The list “%(name)s” is saved.") % {"name": row.name})
        except DomainError as refusal:
            messages.error(request, str(refusal))
        self.changed()
        return self.back()


class ColumnsView(ListMixin, View):
    """Keeps which columns an agent wants to see."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = [key for key in COLUMNS if key in request.POST.getlist("column")]
        lists.choose_columns(user=self.agent, list=LIST, columns=chosen)
        self.changed()
        return self.back()


class BatchView(ListMixin, TemplateView):
    """Does one act on all ticked files and tells for each what became of it."""

    http_method_names = ("post",)
    template_name = "backoffice/batch.html"
    page_title = gettext_lazy("Report")
    acts = {"claim": batches.claim, "release": batches.release, "close": batches.close}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": _("Report")}
        files = {"url": list_address(self.filters), "label": _("Files")}
        return [*super().get_breadcrumbs_items(), files, here]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        references = request.POST.getlist("file")
        act = request.POST.get("act", "")
        if not references:
            messages.error(request, _("Tick the files first."))
            return self.back()
        if act == "export":
            ticked = FileFilters(tab=Tab.ALL, only=" ".join(references))
            return HttpResponseRedirect(
                f"{reverse('agent-export-new')}?{urlencode(ticked.parameters())}"
            )
        report = self.run(act, references)
        if report is None:
            messages.error(request, _("Choose what to do with the ticked files."))
            return self.back()
        return self.render_to_response(self.get_context_data(report=report))

    def run(self, act: str, references: Sequence[str]) -> list[batches.BatchRow] | None:
        """Call the action; None for an act that does not exist."""
        if act in self.acts:
            return self.acts[act](references=references, by=self.agent)
        if act == "assign" and (to := colleague_of(self.agent, self.request.POST.get("to", ""))):
            return batches.assign(references=references, by=self.agent, to=to)
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = kwargs["report"]
        done = sum(row.done for row in report)
        return super().get_context_data(
            done=done, refused=len(report) - done, back=list_address(self.filters), **kwargs
        )


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
    """Return the addresses of the list below /admin/."""
    return [
        path("files/", FileListView.as_view(), name="agent-files"),
        path("files/saved/", SaveListView.as_view(), name="agent-files-save"),
        path("files/columns/", ColumnsView.as_view(), name="agent-files-columns"),
        path("files/batch/", BatchView.as_view(), name="agent-files-batch"),
    ]
