"""Statistics for agents: numbers of their teams as drawings, with the same numbers in tables and a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from eservices import formats
from eservices.backoffice.agents import AgentMixin
from eservices.enums import ExportFormat
from eservices.queries.inbox import choices_for, procedures_of_agent
from eservices.queries.statistics import MOST_DAYS, USUAL_DAYS, Period, Statistics, statistics_for
from eservices.spreadsheets import MEDIA_TYPES, XlsxTable

#: The longest bar, in units of the drawing, and what a bar with its label takes in height.
LONGEST_BAR, STEP = 380, 46


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar of a drawing: where, how long, and what it says."""

    label: str
    value: int
    y: int
    text_y: int
    length: int
    note: str = ""


def bars(rows: Sequence[tuple[str, int]], *, most: int = 0) -> list[Bar]:
    """Return bars under each other, each below its label, the longest over the whole width."""
    top = max(most, *(value for _label, value in rows), 1) if rows else 1
    return [
        Bar(
            label=label,
            value=value,
            y=number * STEP + 20,
            text_y=number * STEP + 14,
            length=max(round(LONGEST_BAR * value / top), 2 if value else 0),
        )
        for number, (label, value) in enumerate(rows)
    ]


class StatisticsMixin(AgentMixin):
    """The numbers that the address asks for."""

    @cached_property
    def period(self) -> Period:
        """The days of the address; without them, or where they make no sense, the last twelve months."""
        today = timezone.localdate()
        until = self._day("until") or today
        since = self._day("since") or until - timedelta(days=USUAL_DAYS)
        if not timedelta(0) <= until - since <= timedelta(days=MOST_DAYS):
            since = until - timedelta(days=USUAL_DAYS)
        return Period(since=since, until=until)

    def _day(self, name: str) -> date | None:
        try:
            day = date.fromisoformat(self.request.GET.get(name, ""))
        except ValueError:
            return None
        return day if 2000 <= day.year <= 2200 else None

    def chosen(self, name: str) -> str:
        """Return a code of the address."""
        return self.request.GET.get(name, "").replace("\0", "")[:60]

    @cached_property
    def numbers(self) -> Statistics:
        """The numbers."""
        return statistics_for(
            self.agent,
            self.period,
            procedure=self.chosen("procedure"),
            team=self.chosen("team"),
        )

    def address(self) -> str:
        """Return what the address asks for, for links."""
        return urlencode(
            {
                "since": self.period.since.isoformat(),
                "until": self.period.until.isoformat(),
                "procedure": self.chosen("procedure"),
                "team": self.chosen("team"),
            }
        )


class StatisticsView(StatisticsMixin, TemplateView):
    """The page."""

    template_name = "backoffice/statistics.html"
    page_title = gettext_lazy("Statistics")
    header_icon = "view"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        files = {"url": reverse("agent-files"), "label": _("Files")}
        return [*super().get_breadcrumbs_items(), files, {"url": "", "label": _("Statistics")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.numbers
        procedures = [(row.code, row.title) for row in procedures_of_agent(self.agent)]
        teams = [(team.code, team.name) for team in choices_for(self.agent).teams]
        return super().get_context_data(
            numbers=found,
            median=days(found.times.median),
            ninetieth=days(found.times.ninetieth),
            period=self.period,
            query=self.address(),
            fields={"procedure": procedures, "team": teams},
            procedure=self.chosen("procedure"),
            team=self.chosen("team"),
            charts=charts_of(found),
            **kwargs,
        )


def days(value: float | None) -> str:
    """Return a number of days with one decimal, as people write it."""
    return "–" if value is None else formats.number(str(value), decimals=1)


def month_name(first: date) -> str:
    """Return a month as people read it."""
    return f"{formats.short_month(first)} {first.year}"


def charts_of(found: Statistics) -> list[dict[str, Any]]:
    """Return the drawings: title, what they say in a sentence, bars, head and lines of the table."""
    charts = []
    for key, title, rows in (
        ("procedures", _("Received by procedure"), found.by_procedure),
        ("states", _("Received by state today"), found.by_state),
    ):
        pairs = [(row.label, row.count) for row in rows]
        charts.append(
            _chart(key, title, pairs, [_("What"), _("Files")], [list(pair) for pair in pairs])
        )
    months = [(month_name(month.first), month.received) for month in found.by_month]
    lines = [[month_name(m.first), m.received, m.decided] for m in found.by_month]
    head = [_("Month"), _("Received"), _("Decided")]
    charts.append(_chart("months", _("Received by month"), months, head, lines))
    if found.drop_off is not None:
        drop = found.drop_off
        steps = [(chapter.title, chapter.reached) for chapter in drop.chapters]
        steps.append((_("Sent"), drop.sent))
        title = _("How far people come: %(procedure)s") % {"procedure": drop.procedure}
        first = max((count for _label, count in steps), default=0)
        lines = [
            [label, count, formats.percent(round(100 * count / first)) if first else "–"]
            for label, count in steps
        ]
        head = [_("Chapter"), _("Files that came here"), _("Share")]
        charts.append(_chart("chapters", title, steps, head, lines))
    return charts


def _chart(
    key: str,
    title: str,
    pairs: Sequence[tuple[str, int]],
    head: Sequence[str],
    lines: Sequence[Sequence[Any]],
) -> dict[str, Any]:
    drawn = bars(pairs)
    said = "; ".join(f"{label}: {value}" for label, value in pairs)
    return {
        "key": key,
        "title": title,
        "said": said,
        "bars": drawn,
        "height": len(drawn) * STEP + 4,
        "head": head,
        "lines": lines,
    }


class StatisticsFileView(StatisticsMixin, View):
    """The same numbers as a spreadsheet with one sheet for each table."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found, stream = self.numbers, BytesIO()
        head = [_("What"), _("Value")]
        with XlsxTable(stream, head, title=str(_("Summary")), widths=(50, 20)) as book:
            book.write([_("From"), self.period.since])
            book.write([_("Until"), self.period.until])
            book.write([_("Received"), found.received])
            book.write([_("Decided"), found.times.decided])
            book.write([_("Median of the days until the decision"), found.times.median])
            book.write([_("Nine of ten within so many days"), found.times.ninetieth])
            for chart in charts_of(found):
                book.next_sheet(chart["title"], chart["head"], widths=(50, 20, 20))
                for line in chart["lines"]:
                    book.write(line)
        answer = HttpResponse(stream.getvalue(), content_type=MEDIA_TYPES[ExportFormat.XLSX])
        name = f"statistics-{self.period.since}-{self.period.until}.xlsx"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["X-Content-Type-Options"] = "nosniff"
        answer["Cache-Control"] = "private, no-store"
        return answer


def urls() -> list[URLPattern]:
    """Return the addresses of statistics below /admin/."""
    return [
        path("statistics/", StatisticsView.as_view(), name="agent-statistics"),
        path("statistics/file/", StatisticsFileView.as_view(), name="agent-statistics-file"),
    ]
