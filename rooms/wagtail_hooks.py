"""What Wagtail needs to know of the rooms beside their viewsets."""

from django.urls import URLPattern
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import register_permission_policy

from rooms.backoffice import acts, blocks, board, bookings, calendars, counter, holidays
from rooms.backoffice.policies import AddOnlyPolicy, TeamRoomsPolicy
from rooms.models import ExternalCalendar, OpeningException, Room, RoomTerms

for _model in (Room, ExternalCalendar, OpeningException):
    register_permission_policy(_model, TeamRoomsPolicy(_model))
register_permission_policy(RoomTerms, AddOnlyPolicy(RoomTerms))


@hooks.register("register_admin_urls")
def rooms_urls() -> list[URLPattern]:
    """The pages of agents about rooms."""
    return [
        url
        for module in (board, bookings, acts, blocks, calendars, counter, holidays)
        for url in module.urls()
    ]


@hooks.register("register_admin_menu_item")
def rooms_menu_item() -> MenuItem:
    """Requests and calendar of one's rooms."""
    return board.menu_item()
