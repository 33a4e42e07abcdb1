"""From one day to another, as programs ask for free and busy times."""

from datetime import date, timedelta

from rooms.errors import PeriodRefused
from rooms.queries.clock import today

#: The longest time that somebody can ask for.
MOST_DAYS = 62
#: Nobody said until when.
USUAL_DAYS = 31


def read_period(first: str, last: str) -> tuple[date, date]:
    """Return the first and the last day of what was asked: from today on, for 31 days, where nothing is said.

    Raises PeriodRefused for what are no days, end before they begin, or are more than 62.
    """
    begin = _day(first, today())
    end = _day(last, begin + timedelta(days=USUAL_DAYS - 1))
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise PeriodRefused(days=MOST_DAYS)
    return begin, end


def _day(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text) if text else otherwise
    except ValueError as mistake:
        raise PeriodRefused(days=MOST_DAYS) from mistake
    if not 1970 <= found.year <= 2100:
        raise PeriodRefused(days=MOST_DAYS)
    return found
