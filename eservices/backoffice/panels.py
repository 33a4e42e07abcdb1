"""The first page of the back office for agents: what waits for their teams and for themselves."""

from typing import Any

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from eservices.backoffice.submissions import may_handle_files
from eservices.queries.reviews import agent_list, counts, deadline_of

ROWS = 5


class WaitingFilesPanel(Component):
    """The most urgent files: one's own first, then those that nobody has taken."""

    name = "waiting_files"
    template_name = "backoffice/home_panel.html"
    order = 50

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        user = parent_context["request"].user
        mine, free = agent_list(user, tab="mine"), agent_list(user, tab="unassigned")
        return {
            "counts": counts(user),
            "mine": [{"file": row, "deadline": deadline_of(row)} for row in mine[:ROWS]],
            "unassigned": [{"file": row, "deadline": deadline_of(row)} for row in free[:ROWS]],
        }


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Put the agents' panel first; people who may edit no page lose Wagtail's panels about pages."""
    if may_handle_files(request.user):  # type: ignore[arg-type]
        panels.append(WaitingFilesPanel())
