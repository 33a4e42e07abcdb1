"""How rooms are furnished, opened, decided upon and priced."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Layout(TextChoices):
    """How a room is set up; each layout holds its own number of people."""

    STANDING = "standing", _("Standing")
    THEATRE = "theatre", _("Rows of chairs")
    CLASSROOM = "classroom", _("Classroom")
    MEETING = "meeting", _("Meeting table")
    BANQUET = "banquet", _("Banquet tables")


class FeatureKind(TextChoices):
    """What a feature of a room tells: what is in it, who can get in, what it is good for."""

    EQUIPMENT = "equipment", _("Equipment")
    ACCESS = "access", _("Accessibility")
    TAG = "tag", _("Suitable for")


class Approval(TextChoices):
    """Who confirms a request."""

    MANUAL = "manual", _("An agent confirms")
    AUTOMATIC = "automatic", _("Confirmed at once")


class PendingPolicy(TextChoices):
    """What a request does to its time until it is decided."""

    BLOCK = "block", _("The first request holds the time")
    COMPETE = "compete", _("Several requests may wait for the same time")


class PriceUnit(TextChoices):
    """What an amount of a tariff pays for."""

    HOUR = "hour", pgettext_lazy("price unit", "per hour")
    HALF_DAY = "half_day", pgettext_lazy("price unit", "per half day")
    DAY = "day", pgettext_lazy("price unit", "per day")
    EVENING = "evening", pgettext_lazy("price unit", "per evening")
    WEEKEND = "weekend", pgettext_lazy("price unit", "per weekend")
    FIXED = "fixed", pgettext_lazy("price unit", "per booking")


class DayKind(TextChoices):
    """On which days an opening rule counts."""

    NORMAL = "normal", _("Ordinary days")
    SCHOOL_HOLIDAY = "school_holiday", _("School holidays")
    PUBLIC_HOLIDAY = "public_holiday", _("Public holidays")


class HolidayKind(TextChoices):
    """Whose holiday it is."""

    PUBLIC = "public", _("Public holiday")
    SCHOOL = "school", _("School holiday")
    LOCAL = "local", _("Local closing day")


class Community(TextChoices):
    """Whose school calendar counts: each Belgian community has its own."""

    FRENCH = "fr", _("French Community")
    FLEMISH = "nl", _("Flemish Community")
    GERMAN = "de", _("German-speaking Community")
