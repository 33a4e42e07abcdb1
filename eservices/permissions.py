"""Who may do what in the back office: the groups that every installation has.

Editors write pages (their rights on the page tree are given where the tree is made); agents handle files and
invite people; each e-service adds what they may do with its own rows. The municipality may add groups of its own;
these two are only completed, never cut back.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.models import Group, Permission

from eservices.contract import registry

#: Who may read which files were deleted at the end of their time; administrators give it to archivists.
READ_PURGES = "eservices.view_purgedfile"

#: What somebody of the municipality needs to see who has an account.
VIEW_PEOPLE = "eservices.view_profile"

EDITORS = "Editors"
AGENTS = "Agents"

#: Rights by group: (app, codename).
RIGHTS: dict[str, tuple[tuple[str, str], ...]] = {
    EDITORS: (("wagtailadmin", "access_admin"),),
    AGENTS: (
        ("wagtailadmin", "access_admin"),
        ("eservices", "view_submission"),
        ("eservices", "change_submission"),
        ("eservices", "view_invitation"),
        ("eservices", "add_invitation"),
        ("eservices", "change_invitation"),
        ("eservices", "change_membership"),
        ("eservices", "change_detailsreport"),
        ("eservices", "view_profile"),
    ),
}


def ensure_groups() -> dict[str, Group]:
    """Make the groups and give them their rights; doing it twice changes nothing."""
    groups = {}
    for name, rights in RIGHTS.items():
        groups[name], _made = Group.objects.get_or_create(name=name)
        further = [right for service in registry for right in service.rights.get(name, ())]
        groups[name].permissions.add(*_permissions([*rights, *further]))
    return groups


def ensure_groups_after_migration(sender: AppConfig, **kwargs: Any) -> None:
    """Receive `post_migrate`: rights exist only when the tables do."""
    ensure_groups()


def _permissions(rights: Iterable[tuple[str, str]]) -> list[Permission]:
    found = []
    for app_label, codename in rights:
        found += Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    return found
