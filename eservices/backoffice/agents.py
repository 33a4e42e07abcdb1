"""What every page for agents shares: who may open it, and the file that it is about."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from eservices.models import Submission, User
from eservices.queries.reviews import file_for_agent


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
