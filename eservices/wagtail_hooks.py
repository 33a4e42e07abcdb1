"""What the core adds to the Wagtail admin: a list of registrations."""

from django.http import HttpRequest
from django.urls import URLPattern
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from eservices.backoffice import panels, procedures, submissions
from eservices.backoffice.invitations import InvitationViewSet
from eservices.backoffice.reasons import ReasonViewSet
from eservices.views.procedures import serve_frozen


@hooks.register("register_admin_urls")
def agent_urls() -> list[URLPattern]:
    """The pages of agents."""
    return submissions.urls()


@hooks.register("register_admin_menu_item")
def files_menu_item() -> MenuItem:
    """The files of one's teams."""
    return submissions.menu_item()


@hooks.register("construct_homepage_panels")
def waiting_files(request: HttpRequest, shown: list[Component]) -> None:
    """What waits for an agent, on the first page."""
    panels.add_panels(request, shown)


@hooks.register("register_admin_viewset")
def decision_reasons() -> ReasonViewSet:
    """Ready texts for refusals."""
    return ReasonViewSet("decision_reasons")


@hooks.register("register_admin_viewset")
def procedure_group() -> procedures.ProcedureGroup:
    """Procedures, teams and sections."""
    return procedures.ProcedureGroup()


hooks.register("before_serve_page", serve_frozen)
hooks.register("after_publish_page", procedures.tell_after_publishing)
hooks.register("before_delete_page", procedures.refuse_deleting_page)
hooks.register("before_bulk_action", procedures.refuse_bulk_deleting)


@hooks.register("register_admin_viewset")
def invitations() -> InvitationViewSet:
    """Invitations to open an account."""
    return InvitationViewSet()
