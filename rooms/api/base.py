"""What the addresses of the rooms share: languages, moments, refusals with what is in the way."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_field
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from eservices.api.authentication import ReadingSessionAuthentication
from eservices.api.base import ViewerApiView
from eservices.api.requirements import REFUSED
from eservices.errors import NotFound
from rooms.actions.series import PlannedTime
from rooms.enums import Layout
from rooms.errors import EndNotLater, SeriesNotFree, SlotTaken
from rooms.models import Room
from rooms.queries.availability import availability
from rooms.queries.clock import Span, local
from rooms.queries.timeline import Stretch, taken_during

LANGUAGES: Final = [code for code, _name in settings.LANGUAGES]
LOCALE: Final = OpenApiParameter(
    "locale", str, enum=LANGUAGES, description="Language of the words; the main one by default."
)
FROM: Final = OpenApiParameter(
    "from", OpenApiTypes.DATE, description="First day (YYYY-MM-DD); today by default."
)
TO: Final = OpenApiParameter(
    "to",
    OpenApiTypes.DATE,
    description="Last day, included; at most 62 days in all, 31 by default.",
)
PROBLEM: Final = OpenApiResponse(
    OpenApiTypes.OBJECT, "Problem document (RFC 9457) with a stable code."
)
NOT_MODIFIED: Final = OpenApiResponse(description="Nothing changed since the ETag that was sent.")
READS: Final = {403: REFUSED, 404: PROBLEM, 422: PROBLEM}
WRITES: Final = {403: REFUSED, 404: PROBLEM, 409: PROBLEM, 422: PROBLEM, 429: PROBLEM}
#: Rows of a list.
PAGE: Final = 50
LARGEST: Final = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 2000, 2199
#: So many times are asked for together, as on the page.
MOST_TIMES: Final = 60


class MomentField(serializers.DateTimeField):
    """A moment in ISO 8601 with its offset, such as 2026-06-26T16:00:00+02:00; the hour that comes twice has two."""

    default_error_messages = {  # noqa: RUF012  as DRF has it
        "offset": _("Give the moment with its offset, for example 2026-06-26T16:00:00+02:00."),
        "range": _("Enter a valid date."),
    }

    def enforce_timezone(self, value: datetime) -> datetime:
        """Return the moment in UTC; one without an offset is refused."""
        if timezone.is_naive(value):
            self.fail("offset")
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            self.fail("range")
        return value.astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        """Return it as the wall clock in Belgium shows it, with the offset."""
        return local(value).isoformat(timespec="seconds")


class DayField(serializers.DateField):
    """A day (YYYY-MM-DD) of a calendar that somebody uses."""

    default_error_messages = {"range": _("Enter a valid date.")}  # noqa: RUF012  as DRF has it

    def to_internal_value(self, value: Any) -> Any:
        """Return the day; one outside of 2000 to 2199 is refused."""
        found = super().to_internal_value(value)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.fail("range")
        return found


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}$", "example": "19:30"})
class HourField(serializers.TimeField):
    """An hour of the wall clock (HH:MM)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)

    def to_internal_value(self, value: Any) -> time:
        """Return it without seconds, which no room counts in."""
        found: time = super().to_internal_value(value)
        return found.replace(second=0, microsecond=0, tzinfo=None)


class SlotSerializer(serializers.Serializer[Any]):
    """A time."""

    starts_at = MomentField()
    ends_at = MomentField()


class StateSerializer(SlotSerializer):
    """A time with its word."""

    state = serializers.ChoiceField(
        choices=["free", "option", "busy", "closed"],
        help_text="free: can be asked for; option: somebody asked for it and waits; busy: taken, with the time that is "
        "kept free around; closed: not open, or too near, too far or out of season to be asked for.",
    )


class LayoutField(serializers.ChoiceField):
    """How a room is set up."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Layout.choices, **kwargs)


class PublicView(ViewerApiView):
    """Base of what everybody may read; who is logged in reads the own prices."""

    authentication_classes = (ReadingSessionAuthentication,)
    permission_classes = (AllowAny,)

    def language(self) -> str:
        """Return the language asked for, else the main one; NotFound for one that the portal does not have."""
        wanted: str = self.request.query_params.get("locale", settings.LANGUAGE_CODE)
        if wanted not in LANGUAGES:
            raise NotFound(field="locale")
        return wanted


def span_of(slot: Mapping[str, datetime]) -> Span:
    """Return a time that was sent; raises EndNotLater."""
    if slot["ends_at"] <= slot["starts_at"]:
        raise EndNotLater(field="ends_at")
    return Span(slot["starts_at"], slot["ends_at"])


def slot_of(span: Span) -> dict[str, datetime]:
    """Return a time as it is answered."""
    return {"starts_at": span.start, "ends_at": span.end}


def states_of(rows: Sequence[Stretch]) -> list[dict[str, Any]]:
    """Return times with their words as they are answered."""
    found = [{**slot_of(row.span), "state": row.word.value} for row in rows]
    return [dict(row) for row in StateSerializer(found, many=True).data]


def planned_rows(planned: Sequence[PlannedTime]) -> list[dict[str, Any]]:
    """Return the dates of a series as they are answered, each with what stands against it."""
    return [
        {
            "day": row.day.isoformat(),
            "start": f"{row.start:%H:%M}",
            "end": f"{row.end:%H:%M}",
            "starts_at": local(row.span.start).isoformat() if row.span else None,
            "ends_at": local(row.span.end).isoformat() if row.span else None,
            "state": row.standing.value,
            "why": row.why,
        }
        for row in planned
    ]


def with_obstacles(
    answer: Response, refusal: Exception, room: Room | None, spans: Sequence[Span]
) -> Response:
    """Add to a refusal what everybody may know of what is in the way: times and words, never whose they are."""
    if isinstance(refusal, SeriesNotFree):
        answer.data["dates"] = planned_rows(refusal.params["dates"])
    if isinstance(refusal, SlotTaken) and room is not None and spans:
        first = local(min(span.start for span in spans)).date()
        last = local(max(span.end for span in spans)).date()
        found = availability([room], first, last, now=timezone.now())
        rows = {row.span: row for span in spans for row in taken_during(found, room, span)}
        answer.data["in_the_way"] = states_of([rows[span] for span in sorted(rows)])
    return answer
