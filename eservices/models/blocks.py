"""What a form is built of in the editor: chapters, questions of all types, columns, annexes and texts by state.

Names of children are the names of the frozen structure (`eservices.questions.structure`), so that reading the
builder is mere copying.
"""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from eservices.enums import Prefill, QuestionType, SubmissionState
from eservices.models.block_parts import (
    BOUND,
    FILE_TYPES,
    TEXT_FEATURES,
    CodeBlock,
    FixedChoiceBlock,
    HelpPageBlock,
    OptionBlock,
    PlainBlock,
    WordedBlock,
    WordsBlock,
    WordsTextBlock,
    code_block,
    conditions_block,
)
from eservices.models.builder import read_builder
from eservices.questions.issues import structure_issues
from eservices.questions.mistakes import Issue
from eservices.questions.structure import Structure
from eservices.questions.words_issues import words_issues


class QuestionBlock(WordedBlock):
    """What all questions have in common; each type adds its limits."""

    label = WordsBlock(label=_("Question"), max_length=250)
    help = WordsTextBlock(label=_("Help"), required=False, max_length=600, rows=2)
    required = blocks.BooleanBlock(label=_("An answer is required"), required=False, default=True)
    key = code_block()
    show_if = conditions_block()
    help_page = HelpPageBlock(label=_("Page with help"), required=False)
    sensitive = blocks.BooleanBlock(
        label=_("Sensitive"), required=False, help_text=_("Stored encrypted and shown masked.")
    )

    class Meta:
        label_format = "{label}"


class TextQuestionBlock(QuestionBlock):
    """Words in one or several lines."""

    min_length = blocks.IntegerBlock(label=_("At least (characters)"), required=False, min_value=0)
    max_length = blocks.IntegerBlock(label=_("At most (characters)"), required=False, min_value=1)


class AmountQuestionBlock(QuestionBlock):
    """An amount of money in euros."""

    minimum = blocks.DecimalBlock(label=_("Smallest value"), required=False)
    maximum = blocks.DecimalBlock(label=_("Greatest value"), required=False)


class NumberQuestionBlock(AmountQuestionBlock):
    """A number with its unit."""

    decimals = blocks.IntegerBlock(
        label=_("Digits after the comma"), required=False, min_value=0, max_value=6
    )
    unit = WordsBlock(label=_("Unit"), required=False, max_length=20)


class DateQuestionBlock(QuestionBlock):
    """A day."""

    earliest = CodeBlock(
        regex=BOUND,
        required=False,
        label=_("Not earlier than"),
        help_text=_("A day such as 2026-07-14, or today, today+7, today-30."),
    )
    latest = CodeBlock(regex=BOUND, required=False, label=_("Not later than"))
    not_before = PlainBlock(
        label=_("Not before the date asked in"),
        required=False,
        max_length=60,
        help_text=_("Code of an earlier question."),
    )


class PeriodQuestionBlock(QuestionBlock):
    """From one day to another."""

    earliest = CodeBlock(
        regex=BOUND,
        required=False,
        label=_("Not earlier than"),
        help_text=_("A day such as 2026-07-14, or today, today+7, today-30."),
    )
    latest = CodeBlock(regex=BOUND, required=False, label=_("Not later than"))


class ChoiceQuestionBlock(QuestionBlock):
    """One or several of a list."""

    options = blocks.ListBlock(OptionBlock(), label=_("Options"), min_num=1)


class FileQuestionBlock(QuestionBlock):
    """Files to join."""

    accept = blocks.MultipleChoiceBlock(
        label=_("Kinds of files"), choices=FILE_TYPES, required=False, default=["pdf", "jpg", "png"]
    )
    max_files = blocks.IntegerBlock(
        label=_("At most (files)"), min_value=1, max_value=20, default=1
    )


class ConsentBlock(QuestionBlock):
    """A statement to tick."""


class InfoBlock(WordedBlock):
    """A text to read."""

    label = WordsBlock(label=_("Title"), required=False, max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)
    key = code_block()
    show_if = conditions_block()

    class Meta:
        label_format = "{label}"


class CalculatedBlock(WordedBlock):
    """A value calculated from earlier answers."""

    label = WordsBlock(label=_("Label"), max_length=250)
    help = WordsTextBlock(label=_("Help"), required=False, max_length=600, rows=2)
    formula = PlainBlock(
        label=_("Formula"),
        max_length=500,
        help_text=_(
            "Codes of earlier questions with + - * and brackets; sum(table.column) and count(table). For example: "
            "people * 12.50 + sum(rooms.price * rooms.nights)"
        ),
    )
    money = blocks.BooleanBlock(label=_("An amount in euros"), required=False)
    decimals = blocks.IntegerBlock(
        label=_("Digits after the comma"), required=False, min_value=0, max_value=6
    )
    unit = WordsBlock(label=_("Unit"), required=False, max_length=20)
    key = code_block()
    show_if = conditions_block()
    help_page = HelpPageBlock(label=_("Page with help"), required=False)

    class Meta:
        label_format = "{label}"


class _ColumnBlock(WordedBlock):
    """A column of a table: a simple question without conditions."""

    label = WordsBlock(label=_("Column"), max_length=120)
    required = blocks.BooleanBlock(label=_("An answer is required"), required=False, default=True)
    key = code_block()

    class Meta:
        label_format = "{label}"


class _TextColumnBlock(_ColumnBlock):
    max_length = blocks.IntegerBlock(label=_("At most (characters)"), required=False, min_value=1)


class _AmountColumnBlock(_ColumnBlock):
    minimum = blocks.DecimalBlock(label=_("Smallest value"), required=False)
    maximum = blocks.DecimalBlock(label=_("Greatest value"), required=False)


class _NumberColumnBlock(_AmountColumnBlock):
    decimals = blocks.IntegerBlock(
        label=_("Digits after the comma"), required=False, min_value=0, max_value=6
    )
    unit = WordsBlock(label=_("Unit"), required=False, max_length=20)


class _ChoiceColumnBlock(_ColumnBlock):
    options = blocks.ListBlock(OptionBlock(), label=_("Options"), min_num=2)


def _typed(
    kind: QuestionType, block: type[blocks.StructBlock], icon: str, *prefills: Prefill
) -> tuple[str, blocks.StructBlock]:
    """Return the block of a type; `prefills` are the sources that its first answer can come from."""
    more = []
    if prefills:
        choices = [(source.value, source.label) for source in prefills]
        more = [
            ("prefill", FixedChoiceBlock(label=_("First answer"), choices=choices, required=False))
        ]
    return kind.value, block(more, label=kind.label, icon=icon)


class ColumnsBlock(blocks.StreamBlock):
    """The columns of a table."""

    def __init__(self, **kwargs: Any) -> None:
        q = QuestionType
        columns = [
            _typed(q.TEXT, _TextColumnBlock, "pilcrow"),
            _typed(q.LONG_TEXT, _TextColumnBlock, "align-left"),
            _typed(q.NUMBER, _NumberColumnBlock, "order"),
            _typed(q.MONEY, _AmountColumnBlock, "tag"),
            _typed(q.DATE, _ColumnBlock, "date"),
            _typed(q.TIME, _ColumnBlock, "time"),
            _typed(q.EMAIL, _ColumnBlock, "mail"),
            _typed(q.PHONE, _ColumnBlock, "mobile-alt"),
            _typed(q.NATIONAL_NUMBER, _ColumnBlock, "user"),
            _typed(q.BCE, _ColumnBlock, "home"),
            _typed(q.IBAN, _ColumnBlock, "tag"),
            _typed(q.YES_NO, _ColumnBlock, "check"),
            _typed(q.CHOICE, _ChoiceColumnBlock, "radio-full"),
        ]
        super().__init__(columns, **kwargs)


class TableQuestionBlock(QuestionBlock):
    """Rows with the same columns."""

    columns = ColumnsBlock(label=_("Columns"), min_num=1, max_num=8)
    min_rows = blocks.IntegerBlock(label=_("At least (rows)"), required=False, min_value=0)
    max_rows = blocks.IntegerBlock(
        label=_("At most (rows)"), required=False, min_value=1, max_value=100, default=20
    )


class QuestionsBlock(blocks.StreamBlock):
    """The questions of a chapter, of all types."""

    def __init__(self, **kwargs: Any) -> None:
        q, p = QuestionType, Prefill
        names = (p.PROFILE_NAME, p.FIRST_NAME, p.LAST_NAME)
        questions = [
            _typed(q.TEXT, TextQuestionBlock, "pilcrow", *names),
            _typed(q.LONG_TEXT, TextQuestionBlock, "align-left"),
            _typed(q.CHOICE, ChoiceQuestionBlock, "radio-full"),
            _typed(q.CHOICES, ChoiceQuestionBlock, "list-ul"),
            _typed(q.YES_NO, QuestionBlock, "check"),
            _typed(q.NUMBER, NumberQuestionBlock, "order"),
            _typed(q.MONEY, AmountQuestionBlock, "tag"),
            _typed(q.DATE, DateQuestionBlock, "date", p.BIRTH_DATE),
            _typed(q.PERIOD, PeriodQuestionBlock, "calendar-alt"),
            _typed(q.TIME, QuestionBlock, "time"),
            _typed(q.EMAIL, QuestionBlock, "mail", p.PROFILE_EMAIL),
            _typed(q.PHONE, QuestionBlock, "mobile-alt", p.PROFILE_PHONE),
            _typed(q.ADDRESS, QuestionBlock, "site"),
            _typed(q.NATIONAL_NUMBER, QuestionBlock, "user", p.NATIONAL_NUMBER),
            _typed(q.BCE, QuestionBlock, "home"),
            _typed(q.IBAN, QuestionBlock, "tag"),
            _typed(q.FILE, FileQuestionBlock, "doc-full"),
            _typed(q.TABLE, TableQuestionBlock, "table"),
            _typed(q.CONSENT, ConsentBlock, "clipboard-list"),
            _typed(q.INFO, InfoBlock, "info-circle"),
            _typed(q.CALCULATED, CalculatedBlock, "decimal"),
        ]
        super().__init__(questions, **kwargs)


class ChapterBlock(WordedBlock):
    """One page of the form."""

    BEHIND_GEAR = ("key", "show_if")

    title = WordsBlock(label=_("Title"), max_length=120)
    intro = WordsTextBlock(label=_("Introduction"), required=False, max_length=600, rows=2)
    questions = QuestionsBlock(label=_("Questions"), collapsed=True, min_num=1)
    key = code_block()
    show_if = conditions_block()

    class Meta:
        label = pgettext_lazy("part of a form", "Chapter")
        icon = "folder-open-inverse"
        label_format = "{title}"


class RequestedAnnexBlock(WordedBlock):
    """A document that people are asked for, ticked off in the file when it is there."""

    BEHIND_GEAR = ("key",)

    label = WordsBlock(label=_("Document"), max_length=200)
    help = WordsTextBlock(label=_("Help"), required=False, max_length=600, rows=2)
    required = blocks.BooleanBlock(label=_("Needed before sending"), required=False, default=False)
    accept = blocks.MultipleChoiceBlock(
        label=_("Kinds of files"), choices=FILE_TYPES, required=False, default=["pdf", "jpg", "png"]
    )
    max_files = blocks.IntegerBlock(
        label=_("At most (files)"), min_value=1, max_value=20, default=1
    )
    key = code_block()

    class Meta:
        label = _("Document")
        icon = "doc-full"
        label_format = "{label}"


class RequestedAnnexesBlock(blocks.StreamBlock):
    """The list of documents to send with a file."""

    annex = RequestedAnnexBlock()

    class Meta:
        required = False


class StateTextBlock(WordedBlock):
    """Words of the municipality for files in one state."""

    BEHIND_GEAR = ()

    state = FixedChoiceBlock(
        label=_("State"),
        choices=[
            choice
            for choice in SubmissionState.choices
            if choice[0] not in ("draft", "expired", "discarded")
        ],
    )
    text = WordsTextBlock(label=_("Text"), max_length=600, rows=3)

    class Meta:
        icon = "comment"
        label_format = "{state}"


class StateTextsBlock(blocks.StreamBlock):
    """What people read in a file while it is in a state, beside the general words."""

    text = StateTextBlock(label=_("Text for a state"))

    class Meta:
        required = False


class ChaptersBlock(blocks.StreamBlock):
    """A whole form. Publishing is refused with each mistake at its block; drafts may be half done."""

    chapter = ChapterBlock()

    def clean(self, value: blocks.StreamValue, **kwargs: Any) -> blocks.StreamValue:
        """Check the form as freezing does, except when a draft is saved."""
        cleaned = super().clean(value, **kwargs)
        if self.is_deferred_validation:
            return cleaned
        form = read_builder(self.get_prep_value(cleaned))
        issues = structure_issues(form.structure)
        if not issues:
            issues = words_issues(Structure.from_json(form.structure), form.words, "")
        if issues:
            raise _at_their_blocks(cleaned, form.structure, issues)
        return cleaned


def _at_their_blocks(
    value: blocks.StreamValue, structure: dict[str, Any], issues: list[Issue]
) -> StreamBlockValidationError:
    """Return the error that shows each issue at its chapter or question."""
    messages: dict[str, list[str]] = defaultdict(list)
    for issue in issues:
        messages[issue.block_id].append(issue.message)
    errors: dict[int, StructBlockValidationError] = {}
    for number, chapter in enumerate(structure["chapters"]):
        inside: dict[int, StructBlockValidationError] = {}
        for place, question in enumerate(chapter["fields"]):
            parts = [question, *question.get("options", ()), *question.get("columns", ())]
            parts += [
                option
                for column in question.get("columns", ())
                for option in column.get("options", ())
            ]
            found = [text for part in parts for text in messages.pop(part.get("id", ""), [])]
            if found:
                inside[place] = StructBlockValidationError(non_block_errors=_errors(found))
        own = messages.pop(chapter.get("id", ""), [])
        if inside or own:
            errors[number] = StructBlockValidationError(
                block_errors={"questions": StreamBlockValidationError(block_errors=inside)}
                if inside
                else None,
                non_block_errors=_errors(own),
            )
    rest = [text for texts in messages.values() for text in texts]
    return StreamBlockValidationError(block_errors=errors, non_block_errors=_errors(rest))


def _errors(texts: list[str]) -> list[ValidationError]:
    return [ValidationError(text) for text in texts]
