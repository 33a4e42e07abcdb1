"""What editors build: procedures, their versions and questions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProcedureState(models.TextChoices):
    """Whether new files can be started for a procedure."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class VersionState(models.TextChoices):
    """Life of a frozen version of a form; only one version of a procedure is current."""

    PREPARED = "prepared", _("Prepared")
    CURRENT = "current", _("Current")
    RETIRED = "retired", _("Retired")


class DayUnit(models.TextChoices):
    """How the days of a time limit are counted."""

    CALENDAR = "calendar", _("Calendar days")
    WORKING = "working", _("Working days")


class QuestionType(models.TextChoices):
    """What kind of answer a question of a form takes."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Amount of money")
    DATE = "date", _("Date")
    PERIOD = "period", _("Period")
    TIME = "time", pgettext_lazy("hour of the day", "Time")
    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    NATIONAL_NUMBER = "national_number", _("National register number")
    BCE = "bce", _("Enterprise number")
    IBAN = "iban", _("Bank account (IBAN)")
    YES_NO = "yes_no", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    ADDRESS = "address", _("Address")
    FILE = "file", pgettext_lazy("kind of question", "Files")
    TABLE = "table", _("Table of rows")
    CONSENT = "consent", _("Consent")
    INFO = "info", _("Text to read")
    CALCULATED = "calculated", _("Calculated value")


class SignatureLevel(models.TextChoices):
    """How a form must be signed before it is sent; levels above NONE need a plugin that signs."""

    NONE = "none", _("No signature")
    ADOPTED = "adopted", _("Signature drawn, typed or uploaded")
    SEALED = "sealed", _("Signature and seal of the municipality")
    QUALIFIED = "qualified", _("Qualified signature with eID")


class Prefill(models.TextChoices):
    """From where the first answer to a question comes."""

    PROFILE_NAME = "profile.name", _("Name of the profile")
    PROFILE_PHONE = "profile.phone", _("Phone number of the profile")
    PROFILE_EMAIL = "profile.email", _("E-mail address of the profile")
    FIRST_NAME = "user.first_name", _("First name of the person")
    LAST_NAME = "user.last_name", _("Last name of the person")
    NATIONAL_NUMBER = "user.national_number", _("National register number, if verified")
    BIRTH_DATE = "user.birth_date", _("Date of birth, if verified (the question must be sensitive)")


class Operator(models.TextChoices):
    """How a condition compares an earlier answer with its value."""

    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    HAS = "has", _("contains")
    GT = "gt", _("is more than")
    LT = "lt", _("is less than")
    FILLED = "filled", _("is filled in")


class ChangeKind(models.TextChoices):
    """What carrying a draft over to a new version did to one answer."""

    TYPE = "type", _("The question now asks for another kind of answer.")
    REMOVED = "removed", _("The question is no longer asked.")
    ADDED = "added", _("This question is new.")
    NOW_REQUIRED = "now_required", _("An answer is now required.")
    OPTION_GONE = "option_gone", _("An option that you chose no longer exists.")
    COLUMNS = "columns", _("The columns of the table changed.")
    NOW_ASKED = "now_asked", _("The question is now asked.")
    STRICTER = "stricter", _("The limits of the answer changed.")
    REWORDED = "reworded", _("The wording changed.")
