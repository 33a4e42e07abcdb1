"""The table of types: which class knows how to ask a question."""

from collections.abc import Mapping
from functools import lru_cache

from eservices.enums import QuestionType
from eservices.questions.address import AddressQuestion
from eservices.questions.base import Question
from eservices.questions.calculated import CalculatedQuestion
from eservices.questions.choices import ChoiceQuestion, ChoicesQuestion, YesNoQuestion
from eservices.questions.consent import ConsentQuestion, InfoQuestion
from eservices.questions.dates import DateQuestion, TimeQuestion
from eservices.questions.files import FileQuestion
from eservices.questions.identifiers import BceQuestion, IbanQuestion, NationalNumberQuestion
from eservices.questions.numbers import MoneyQuestion, NumberQuestion
from eservices.questions.periods import PeriodQuestion
from eservices.questions.structure import QuestionSpec
from eservices.questions.tables import TableQuestion
from eservices.questions.text import EmailQuestion, LongTextQuestion, PhoneQuestion, TextQuestion

#: Every type but tables, which are built with their columns.
TYPES: Mapping[QuestionType, type[Question]] = {
    QuestionType.TEXT: TextQuestion,
    QuestionType.LONG_TEXT: LongTextQuestion,
    QuestionType.NUMBER: NumberQuestion,
    QuestionType.MONEY: MoneyQuestion,
    QuestionType.DATE: DateQuestion,
    QuestionType.PERIOD: PeriodQuestion,
    QuestionType.TIME: TimeQuestion,
    QuestionType.EMAIL: EmailQuestion,
    QuestionType.PHONE: PhoneQuestion,
    QuestionType.NATIONAL_NUMBER: NationalNumberQuestion,
    QuestionType.BCE: BceQuestion,
    QuestionType.IBAN: IbanQuestion,
    QuestionType.YES_NO: YesNoQuestion,
    QuestionType.CHOICE: ChoiceQuestion,
    QuestionType.CHOICES: ChoicesQuestion,
    QuestionType.ADDRESS: AddressQuestion,
    QuestionType.FILE: FileQuestion,
    QuestionType.CONSENT: ConsentQuestion,
    QuestionType.INFO: InfoQuestion,
    QuestionType.CALCULATED: CalculatedQuestion,
}


@lru_cache(maxsize=4096)
def question(spec: QuestionSpec) -> Question:
    """Return the question of a frozen specification, with the behaviour of its type."""
    if spec.type == QuestionType.TABLE:
        return TableQuestion(spec, tuple(question(column) for column in spec.columns))
    return TYPES[spec.type](spec)
