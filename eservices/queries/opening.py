"""When a procedure takes requests: its opening period, checked and put into words."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices import formats
from eservices.errors import ProcedureOpensLater, ProcedureOver
from eservices.models import Procedure


def check_period(procedure: Procedure, *, now: datetime | None = None) -> None:
    """Refuse what comes before or after the opening period: ProcedureOpensLater, ProcedureOver.

    Both hold for starting and for sending: a draft begun in time can be sent until the end and not after.
    """
    now = now or timezone.now()
    if procedure.opens_at and now < procedure.opens_at:
        raise ProcedureOpensLater(date=formats.date_time(procedure.opens_at))
    if procedure.closes_at and now >= procedure.closes_at:
        raise ProcedureOver(date=formats.date_time(procedure.closes_at))


def period_words(procedure: Procedure) -> str:
    """Return until when or from when requests are taken, with date and hour; empty without a period."""
    if procedure.is_over and procedure.closes_at:
        return _("Closed since %(date)s") % {"date": formats.date_time(procedure.closes_at)}
    if procedure.opens_later and procedure.opens_at:
        if procedure.closes_at:
            return _("Opens on %(start)s, closes on %(end)s") % {
                "start": formats.date_time(procedure.opens_at),
                "end": formats.date_time(procedure.closes_at),
            }
        return _("Opens on %(date)s") % {"date": formats.date_time(procedure.opens_at)}
    if procedure.closes_at:
        return _("Open until %(date)s") % {"date": formats.date_time(procedure.closes_at)}
    return ""
