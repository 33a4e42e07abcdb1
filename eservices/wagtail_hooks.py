"""What the core adds to the Wagtail admin: a list of registrations."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from eservices.backoffice import (
    acting,
    agent_acts,
    builder,
    counter,
    decision_templates,
    decisions,
    discussions,
    exchange,
    exports,
    file_lists,
    files,
    memberships,
    opinions,
    panels,
    people,
    procedures,
    reports,
    retention,
    statistics,
)
from eservices.backoffice.invitations import InvitationViewSet
from eservices.backoffice.reasons import ReasonViewSet
from eservices.backoffice.team_roles import TeamRoleViewSet
from eservices.contract import registry
from eservices.views.procedures import serve_frozen


@hooks.register("register_admin_urls")
def agent_urls() -> list[URLPattern]:
    """The pages of agents."""
    lists = (file_lists, opinions, exports, statistics)
    file = (files, agent_acts, decisions, decision_templates, discussions)
    forms = (builder, exchange)
    pages = (*lists, *file, *forms, acting, counter, memberships, people, reports, retention)
    return [url for module in pages for url in module.urls()]


@hooks.register("register_admin_menu_item")
def files_menu_item() -> MenuItem:
    """The files of one's teams."""
    return file_lists.menu_item()


@hooks.register("register_admin_menu_item")
def memberships_menu_item() -> MenuItem:
    """Rights to act for organisations."""
    return memberships.menu_item()


@hooks.register("register_admin_menu_item")
def people_menu_item() -> MenuItem:
    """Who has an account."""
    return people.menu_item()


@hooks.register("register_admin_menu_item")
def reports_menu_item() -> MenuItem:
    """Values that people say are wrong."""
    return reports.menu_item()


@hooks.register("register_reports_menu_item")
def purged_files_menu_item() -> MenuItem:
    """What was deleted at the end of its time."""
    return retention.menu_item()


@hooks.register("construct_homepage_panels")
def waiting_files(request: HttpRequest, shown: list[Component]) -> None:
    """What waits for an agent, on the first page."""
    panels.add_panels(request, shown)


@hooks.register("register_admin_viewset")
def decision_reasons() -> ReasonViewSet:
    """Ready texts for refusals."""
    return ReasonViewSet("decision_reasons")


@hooks.register("register_admin_viewset")
def document_templates() -> decision_templates.TemplateViewSet:
    """Documents of decisions."""
    return decision_templates.TemplateViewSet("decision_documents")


@hooks.register("register_admin_viewset")
def team_roles() -> TeamRoleViewSet:
    """Roles in teams."""
    return TeamRoleViewSet("team_roles")


@hooks.register("register_admin_viewset")
def procedure_group() -> procedures.ProcedureGroup:
    """Procedures, teams and sections."""
    return procedures.ProcedureGroup()


@hooks.register("register_admin_viewset")
def viewsets_of_services() -> list[Any]:
    """What the e-services add."""
    return [viewset for service in registry for viewset in service.backoffice_viewsets()]


@hooks.register("register_permissions")
def rights_over_numbers() -> QuerySet[Permission]:
    """The right to see national numbers in full, so that administrators can give it to a group."""
    return Permission.objects.filter(
        content_type__app_label="eservices", codename="reveal_personidentifier"
    )


@hooks.register("register_permissions")
def rights_over_people() -> QuerySet[Permission]:
    """The rights to confirm memberships, to answer reports, to find people and to read what was deleted."""
    return Permission.objects.filter(
        content_type__app_label="eservices",
        codename__in=(
            "change_membership",
            "change_detailsreport",
            "view_profile",
            "view_purgedfile",
        ),
    )


hooks.register("before_serve_page", serve_frozen)
hooks.register("register_page_header_buttons", exchange.header_buttons)
hooks.register("after_publish_page", procedures.tell_after_publishing)
hooks.register("before_delete_page", procedures.refuse_deleting_page)
hooks.register("before_bulk_action", procedures.refuse_bulk_deleting)


@hooks.register("register_admin_viewset")
def invitations() -> InvitationViewSet:
    """Invitations to open an account."""
    return InvitationViewSet()
