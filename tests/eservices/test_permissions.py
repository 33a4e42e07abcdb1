"""Groups of the back office: there after the migrations, completed and never cut back."""

import pytest
from django.contrib.auth.models import Group, Permission

from eservices.permissions import RIGHTS, ensure_groups

pytestmark = pytest.mark.django_db


def rights_of(name: str) -> set[tuple[str, str]]:
    group = Group.objects.get(name=name)
    return set(group.permissions.values_list("content_type__app_label", "codename"))


@pytest.mark.parametrize("name", RIGHTS)
def test_groups_have_their_rights_after_the_migrations(name):
    assert rights_of(name) >= set(RIGHTS[name])


def test_agents_may_not_write_pages():
    assert not [right for right in rights_of("Agents") if "page" in right[1]]


def test_rights_that_the_municipality_added_stay():
    extra = Permission.objects.get(codename="view_user", content_type__app_label="eservices")
    Group.objects.get(name="Agents").permissions.add(extra)

    ensure_groups()

    assert ("eservices", "view_user") in rights_of("Agents")
