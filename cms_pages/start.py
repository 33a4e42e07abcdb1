"""What the start page shows, ready for its template."""

from datetime import date
from typing import Any

from django.utils import timezone

from cms_pages.destinations import service_icon, service_url
from cms_pages.tree import translated
from eservices.enums import ProcedureState
from eservices.models import Procedure


def tiles(stream: Any, language: str) -> list[dict[str, str]]:
    """Return the services as tiles; one that this installation does not have is left out."""
    found = [
        {
            "url": service_url(item["value"]["service"], language),
            "label": item["value"]["title"],
            "text": item["value"]["text"],
            "icon": service_icon(item["value"]["service"]),
        }
        for item in stream.raw_data
    ]
    return [tile for tile in found if tile["url"]]


def notices(stream: Any, language: str, *, today: date | None = None) -> list[dict[str, Any]]:
    """Return what is coming, the next first; a notice disappears the day after its date."""
    today = today or timezone.localdate()
    found = [
        {**item["value"], "date": date.fromisoformat(str(item["value"]["date"]))}
        for item in stream.raw_data
    ]
    links = translated({notice["page"] for notice in found if notice.get("page")}, language)
    for notice in found:
        notice["url"] = links[notice["page"]].path if notice.get("page") in links else ""
    return sorted((n for n in found if n["date"] >= today), key=lambda notice: notice["date"])


def hours(stream: Any, *, today: date | None = None) -> list[dict[str, Any]]:
    """Return the opening hours by day, with today marked."""
    weekday = (today or timezone.localdate()).isoweekday()
    return [
        {
            "day": item["value"]["day"],
            "hours": item["value"]["hours"],
            "is_today": str(item["value"]["weekday"]) == str(weekday),
        }
        for item in stream.raw_data
    ]


def procedure_rows(language: str, *, limit: int = 5) -> list[dict[str, Any]]:
    """Return procedures that are open, as links in a language with how long they take; three queries."""
    rows = list(
        Procedure.objects.filter(state=ProcedureState.OPEN, current__isnull=False, page__live=True)[
            :limit
        ]
    )
    links = translated({row.page_id for row in rows if row.page_id}, language)
    return [
        {"url": links[row.page_id].path, "label": links[row.page_id].title, "minutes": row.minutes}
        for row in rows
        if row.page_id in links
    ]
