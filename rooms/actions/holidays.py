"""Public and school holidays from the lists of the package `holidays`, copied into rows that people may change."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from holidays import Belgium

from rooms.enums import Community, HolidayKind
from rooms.errors import HolidaysMissing
from rooms.models import HolidayPeriod, RoomSite

#: What the package calls the communities, and our languages.
_SUBDIVISIONS = {
    Community.FRENCH: "French",
    Community.FLEMISH: "Flemish",
    Community.GERMAN: "German",
}
_LANGUAGES = {"en": "en_US"}


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """How many rows an import added and changed, and how many it left because somebody had changed them."""

    added: int = 0
    changed: int = 0
    kept: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """A run of days with one name; `source` is the key under which it is imported again."""

    kind: HolidayKind
    community: str
    names: dict[str, str]
    first_day: date
    last_day: date
    source: str


@transaction.atomic
def import_holidays(
    *, years: Sequence[int], communities: Iterable[Community] | None = None
) -> ImportReport:
    """Copy the public holidays, and the school holidays of the communities (those of the sites), of some years.

    Doing it twice changes nothing; a row that somebody changed by hand stays as it is. Raises HolidaysMissing when the
    lists hold nothing for a year or a community: nothing is imported then.
    """
    wanted = list(communities or _communities_of_sites())
    found = [*_public(years)]
    for community in wanted:
        found += _school(years, community)
    known = {
        row.source: row
        for row in HolidayPeriod.objects.filter(source__in=[f.source for f in found])
    }
    added = changed = kept = 0
    for item in found:
        columns = {
            "kind": item.kind,
            "community": item.community,
            "names": item.names,
            "first_day": item.first_day,
            "last_day": item.last_day,
        }
        row = known.get(item.source)
        if row is None:
            HolidayPeriod.objects.create(source=item.source, **columns)
            added += 1
        elif row.changed_by_hand:
            kept += 1
        elif any(getattr(row, name) != value for name, value in columns.items()):
            HolidayPeriod.objects.filter(pk=row.pk).update(**columns)
            changed += 1
    return ImportReport(added=added, changed=changed, kept=kept)


def _communities_of_sites() -> list[Community]:
    own = set(RoomSite.objects.values_list("community", flat=True))
    return [community for community in Community if community in own] or list(Community)


def _public(years: Sequence[int]) -> list[Found]:
    by_day = _days(years, "public", None)
    _check(years, by_day, "")
    found = [
        _found(HolidayKind.PUBLIC, "", day, day, names)
        for day, names in by_day.items()
        if day.year in years
    ]
    return list(_named_once(found))


def _school(years: Sequence[int], community: Community) -> list[Found]:
    """Return the runs of days that touch the years; winter holidays are one run, whatever the year."""
    around = range(min(years) - 1, max(years) + 2)
    by_day = _days(around, "school", _SUBDIVISIONS[community])
    _check(years, by_day, str(community.label))
    found = []
    run: list[date] = []
    for day in [*sorted(by_day), date.max]:
        if run and (day - run[-1] != timedelta(days=1) or by_day.get(day) != by_day[run[-1]]):
            if run[0].year in years or run[-1].year in years:
                names = by_day[run[0]]
                found.append(_found(HolidayKind.SCHOOL, community.value, run[0], run[-1], names))
            run = []
        run.append(day)
    return list(_named_once(found))


def _days(
    years: Iterable[int], category: str, subdivision: str | None
) -> dict[date, dict[str, str]]:
    """Return the days of the lists with their names in the languages of the portal."""
    found: dict[date, dict[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        listed = Belgium(  # type: ignore[no-untyped-call]
            years=list(years),
            subdiv=subdivision,
            categories=(category,),
            language=_LANGUAGES.get(code, code),
        )
        for day, name in sorted(listed.items()):
            found.setdefault(day, {})[code] = name
    return found


def _check(years: Sequence[int], by_day: dict[date, dict[str, str]], community: str) -> None:
    for year in years:
        if not any(day.year == year for day in by_day):
            raise HolidaysMissing(year=year, community=community or "–")


def _found(
    kind: HolidayKind, community: str, first: date, last: date, names: dict[str, str]
) -> Found:
    word = slugify(names.get("en") or next(iter(names.values())))
    source = ":".join(part for part in (kind.value, community, str(first.year), word) if part)
    return Found(
        kind=kind,
        community=community,
        names=names,
        first_day=first,
        last_day=last,
        source=source[:38],
    )


def _named_once(found: Iterable[Found]) -> Iterator[Found]:
    """Number the second and further runs of one name in one year."""
    taken: dict[str, int] = {}
    for item in found:
        taken[item.source] = taken.get(item.source, 0) + 1
        number = taken[item.source]
        yield item if number == 1 else Found(**{**vars(item), "source": f"{item.source}:{number}"})
