"""People in the back office: found by name or mail address, read and never edited here."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from eservices.identity.providers import name_of
from eservices.models import User
from eservices.permissions import VIEW_PEOPLE
from eservices.queries.acting import may_look_at
from eservices.queries.details import locks_of, reports
from eservices.queries.members import people, person_for_agent, person_rows
from eservices.queries.profiles import memberships_of
from eservices.queries.roles import may_enter_for
from eservices.queries.sessions import open_sessions

ROWS = 25


class RightMixin(WagtailAdminTemplateMixin):
    """A page in the frame of the Wagtail admin for people with one right; `right` is "app.codename"."""

    right = VIEW_PEOPLE
    request: HttpRequest
    #: What stands in the breadcrumbs above this page: (route, words).
    trail: tuple[tuple[str, Any], ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_perm(self.right):  # type: ignore[union-attr]
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    @property
    def agent(self) -> User:
        """Who works here."""
        return self.request.user  # type: ignore[return-value]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": reverse(route), "label": words} for route, words in self.trail]
        here = {"url": "", "label": self.get_page_title()}
        return [*super().get_breadcrumbs_items(), *above, here]


class RightMenuItem(MenuItem):
    """An entry of the main menu for people with one right."""

    def __init__(self, *args: Any, right: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm(self.right)  # type: ignore[union-attr]


class PeopleView(RightMixin, TemplateView):
    """Accounts that match what was typed; without it nobody is listed, so that nobody leafs through people."""

    template_name = "backoffice/people.html"
    page_title = gettext_lazy("People")
    header_icon = "user"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        search = self.request.GET.get("q", "").strip()
        found = people(search=search) if len(search) > 1 else User.objects.none()
        page = Paginator(found, ROWS).get_page(self.request.GET.get("p"))
        rows = person_rows(list(page.object_list))
        return super().get_context_data(
            search=search,
            page_obj=page,
            rows=[
                {"row": row, "providers": [name_of(key) for key in row.providers]} for row in rows
            ],
            **kwargs,
        )


class PersonView(RightMixin, TemplateView):
    """One account: how sure we are of the person, spaces, sessions, reports; nothing can be changed here."""

    template_name = "backoffice/person.html"
    header_icon = "user"
    trail = (("agent-people", gettext_lazy("People")),)

    @cached_property
    def person(self) -> User:
        """Whose account; NotFound for none."""
        return person_for_agent(self.kwargs["public_id"])

    def get_page_title(self) -> str:
        return self.person.display_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        [row] = person_rows([person])
        return super().get_context_data(
            person=person,
            row=row,
            providers=[name_of(key) for key in row.providers],
            locked=[(field, source.label) for field, source in locks_of(person).items()],
            memberships=memberships_of(person),
            open_reports=reports(answered=False).filter(user=person),
            sessions=open_sessions(person, now=timezone.now()).count(),
            may_enter=may_enter_for(agent=self.agent, person=person),
            may_look=may_look_at(agent=self.agent, person=person),
            may_see_memberships=self.agent.has_perm("eservices.change_membership"),
            **kwargs,
        )


def menu_item() -> RightMenuItem:
    """Return the menu item of people."""
    return RightMenuItem(
        gettext_lazy("People"),
        reverse("agent-people"),
        name="people",
        icon_name="user",
        order=115,
        right=VIEW_PEOPLE,
    )


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("people/", PeopleView.as_view(), name="agent-people"),
        path("people/<uuid:public_id>/", PersonView.as_view(), name="agent-person"),
    ]
