"""Holidays are imported once, in four languages, and never over what somebody changed."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from rooms.actions import holidays
from rooms.actions.holidays import ImportReport, import_holidays
from rooms.enums import Community
from rooms.errors import HolidaysMissing
from rooms.models import HolidayPeriod
from tests.factories.eservices import log_in, make_user
from tests.factories.rooms import make_site

pytestmark = [pytest.mark.django_db, pytest.mark.feature("X12")]


def test_importing_twice_changes_nothing_and_never_what_was_changed_by_hand(capsys):
    """Test 13 of the list: idempotent."""
    make_site(community=Community.FRENCH)
    call_command("rooms_import_holidays", "--years", "2026")
    rows = list(HolidayPeriod.objects.order_by("pk").values())
    carnival = HolidayPeriod.objects.get(kind="school", first_day="2026-02-16")
    assert (carnival.last_day, carnival.community) == (date(2026, 3, 1), "fr")
    winter = HolidayPeriod.objects.filter(kind="school", first_day__year=2026).last()
    assert (winter.first_day, winter.last_day) == (date(2026, 12, 21), date(2027, 1, 3))
    national = HolidayPeriod.objects.get(kind="public", first_day="2026-07-21")
    assert national.names == {
        "fr": "Fête nationale",
        "nl": "Nationale feestdag",
        "de": "Nationalfeiertag",
        "en": "National Day",
    }

    assert import_holidays(years=[2026]) == ImportReport()
    assert list(HolidayPeriod.objects.order_by("pk").values()) == rows

    HolidayPeriod.objects.filter(pk=carnival.pk).update(
        changed_by_hand=True, last_day=date(2026, 3, 8)
    )
    HolidayPeriod.objects.filter(pk=national.pk).update(last_day=date(2026, 7, 22))
    assert import_holidays(years=[2026]) == ImportReport(changed=1, kept=1)
    carnival.refresh_from_db()
    assert carnival.last_day == date(2026, 3, 8)


def test_a_list_without_a_community_is_refused_instead_of_imported_empty(monkeypatch):
    """Test 13 of the list: the package gives nothing, without a word, for a subdivision that it does not get."""
    monkeypatch.setitem(holidays._SUBDIVISIONS, Community.GERMAN, None)
    with pytest.raises(CommandError, match="2026"):
        call_command("rooms_import_holidays", "--years", "2026", "--communities", "de")
    with pytest.raises(HolidaysMissing):
        import_holidays(years=[2026], communities=[Community.GERMAN])
    assert not HolidayPeriod.objects.exists()


def test_the_button_imports_and_says_how_many(client):
    log_in(client, make_user(is_staff=True, is_superuser=True, language="en"))
    address = reverse("agent-holidays-import")
    assert address in client.get(reverse("rooms_holiday:index")).content.decode()
    assert client.post(address, {}).status_code == 422
    year = client.get(address).context["form"].fields["years"].choices[0][0]
    answer = client.post(address, {"years": [year], "communities": ["nl"]}, follow=True)
    assert f"{HolidayPeriod.objects.count()} added" in answer.content.decode()
