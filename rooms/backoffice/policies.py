"""Who may edit which rooms: agents those of their teams, administrators all; terms nobody, once they are published."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from eservices.models import User
from rooms.models import ExternalCalendar, OpeningException, Room
from rooms.queries.bookings import rooms_for_agent

#: How the rows of a model belong to rooms: paths to a room, and to a site of which all rooms are meant.
_PATHS: dict[type[Model], tuple[str, ...]] = {
    Room: ("pk",),
    ExternalCalendar: ("room",),
    OpeningException: ("room", "site__rooms"),
}


class TeamRoomsPolicy(ModelPermissionPolicy):
    """The right of the model, for rows of rooms of one's teams only."""

    def own(self, user: User) -> QuerySet[Any]:
        """Return the rows that belong to rooms of the user."""
        rows = self.model._default_manager.all()
        if user.is_superuser:
            return rows
        mine = Q()
        for path in _PATHS[self.model]:
            mine |= Q(**{f"{path}__in": rooms_for_agent(user).order_by()})
        return rows.filter(pk__in=rows.filter(mine).values("pk"))

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return (
            self.user_has_permission(user, action)
            and self.own(user).filter(pk=instance.pk).exists()
        )

    def user_has_any_permission_for_instance(self, user: User, actions: Any, instance: Any) -> bool:
        return (
            self.user_has_any_permission(user, actions)
            and self.own(user).filter(pk=instance.pk).exists()
        )

    def instances_user_has_any_permission_for(self, user: User, actions: Any) -> QuerySet[Any]:
        return super().instances_user_has_any_permission_for(user, actions) & self.own(user)


class AddOnlyPolicy(ModelPermissionPolicy):
    """Rows that are added and read, never changed: not even by administrators."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action in ("add", "view") and super().user_has_permission(user, action)
