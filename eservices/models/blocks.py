"""What a form is built of in the editor: chapters, questions of all types, options, columns and conditions.

Names of children are the names of the frozen structure (`eservices.questions.structure`), so that reading the
builder is mere copying. Three rules keep translations whole (wagtail-localize): words are `WordsBlock`s, whose empty
value is no segment; everything else is structural and never reaches a translator; lists stand directly in their
question, because a list in a struct in a struct is skipped silently.
"""

from collections import defaultdict
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail_localize.segments import StringSegmentValue

from eservices.enums import Operator, QuestionType
from eservices.models.builder import read_builder
from eservices.questions.issues import Issue, structure_issues, words_issues
from eservices.questions.structure import Structure

#: Codes of questions and options: they appear in exports and conditions.
CODE = r"^[a-z][a-z0-9_]{0,49}$"
BOUND = r"^(\d{4}-\d{2}-\d{2}|today([+-]\d{1,4})?)$"
TEXT_FEATURES = ["bold", "italic", "ul", "ol", "link"]
FILE_TYPES = [
    ("pdf", "PDF"),
    ("jpg", "JPEG"),
    ("png", "PNG"),
    ("docx", "Word (docx)"),
    ("xlsx", "Excel (xlsx)"),
    ("odt", "OpenDocument (odt)"),
]


class Words:
    """Text that translators translate; nothing typed means nothing to translate."""

    def get_translatable_segments(self, value: str | None) -> list[StringSegmentValue]:
        """Return the one segment, or none for an empty or missing text."""
        return [StringSegmentValue("", value)] if value else []

    def restore_translated_segments(self, value: str, segments: list[StringSegmentValue]) -> str:
        """Return the translated text."""
        return segments[0].render_text() if segments else value


class WordsBlock(Words, blocks.CharBlock):
    """One line of words."""


class WordsTextBlock(Words, blocks.TextBlock):
    """Words on several lines."""


class Structural:
    """A value that belongs to the source page and never reaches a translator."""

    def get_translatable_segments(self, value: Any) -> list[StringSegmentValue]:
        """Return nothing to translate."""
        return []

    def restore_translated_segments(self, value: Any, segments: list[Any]) -> Any:
        """Return the value of the source."""
        return value


class CodeBlock(Structural, blocks.RegexBlock):
    """A short code in ASCII."""


class PlainBlock(Structural, blocks.CharBlock):
    """Text that is compared, not read."""


class HelpPageBlock(Structural, blocks.PageChooserBlock):
    """A page with help; people get it in their own language."""


def _code(**kwargs: Any) -> CodeBlock:
    return CodeBlock(
        regex=CODE,
        required=False,
        label=_("Code"),
        help_text=_("A short name for conditions and exports: small letters, digits and _."),
        error_messages={
            "invalid": _("Start with a small letter; then small letters, digits and _ only.")
        },
        **kwargs,
    )


class ConditionBlock(Structural, blocks.StructBlock):
    """One condition; a question with several is asked only if all of them hold."""

    question = PlainBlock(label=_("Code of an earlier question"), max_length=60)
    op = blocks.ChoiceBlock(label=_("Comparison"), choices=Operator.choices, default=Operator.IS)
    value = PlainBlock(
        label=_("Value"),
        required=False,
        max_length=200,
        help_text=_("For a list: the code of the option. For yes or no: yes or no."),
    )

    class Meta:
        label = _("Condition")
        icon = "crosshairs"
        label_format = "{question} {op} {value}"


class OptionBlock(blocks.StructBlock):
    """One answer to choose."""

    label = WordsBlock(label=_("Label"), max_length=200)
    key = _code()

    class Meta:
        label = _("Option")
        icon = "radio-full"
        label_format = "{label}"


def _conditions() -> blocks.ListBlock:
    return blocks.ListBlock(ConditionBlock(), default=[], required=False, label=_("Ask only if"))


class _WordedBlock(blocks.StructBlock):
    """A block with words; rarely used children stand behind the gear."""

    BEHIND_GEAR: ClassVar[tuple[str, ...]] = ("key", "show_if", "help_page", "sensitive")

    def get_form_layout(self) -> blocks.BlockGroup:
        """Make the layout for each class: an inherited one would hide the children of a subclass."""
        behind = [name for name in self.BEHIND_GEAR if name in self.child_blocks]
        return blocks.BlockGroup(
            children=[name for name in self.child_blocks if name not in behind], settings=behind
        )


class QuestionBlock(_WordedBlock):
    """What all questions have in common; each type adds its limits."""

    label = WordsBlock(label=_("Question"), max_length=250)
    help = WordsTextBlock(label=_("Help"), required=False, max_length=600, rows=2)
    required = blocks.BooleanBlock(label=_("An answer is required"), required=False, default=True)
    key = _code()
    show_if = _conditions()
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


class InfoBlock(_WordedBlock):
    """A text to read."""

    label = WordsBlock(label=_("Title"), required=False, max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)
    key = _code()
    show_if = _conditions()

    class Meta:
        label_format = "{label}"


class _ColumnBlock(_WordedBlock):
    """A column of a table: a simple question without conditions."""

    label = WordsBlock(label=_("Column"), max_length=120)
    required = blocks.BooleanBlock(label=_("An answer is required"), required=False, default=True)
    key = _code()

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
    kind: QuestionType, block: type[blocks.StructBlock], icon: str
) -> tuple[str, blocks.StructBlock]:
    return kind.value, block(label=kind.label, icon=icon)


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
        q = QuestionType
        questions = [
            _typed(q.TEXT, TextQuestionBlock, "pilcrow"),
            _typed(q.LONG_TEXT, TextQuestionBlock, "align-left"),
            _typed(q.CHOICE, ChoiceQuestionBlock, "radio-full"),
            _typed(q.CHOICES, ChoiceQuestionBlock, "list-ul"),
            _typed(q.YES_NO, QuestionBlock, "check"),
            _typed(q.NUMBER, NumberQuestionBlock, "order"),
            _typed(q.MONEY, AmountQuestionBlock, "tag"),
            _typed(q.DATE, DateQuestionBlock, "date"),
            _typed(q.TIME, QuestionBlock, "time"),
            _typed(q.EMAIL, QuestionBlock, "mail"),
            _typed(q.PHONE, QuestionBlock, "mobile-alt"),
            _typed(q.ADDRESS, QuestionBlock, "site"),
            _typed(q.NATIONAL_NUMBER, QuestionBlock, "user"),
            _typed(q.BCE, QuestionBlock, "home"),
            _typed(q.IBAN, QuestionBlock, "tag"),
            _typed(q.FILE, FileQuestionBlock, "doc-full"),
            _typed(q.TABLE, TableQuestionBlock, "table"),
            _typed(q.CONSENT, ConsentBlock, "clipboard-list"),
            _typed(q.INFO, InfoBlock, "info-circle"),
        ]
        super().__init__(questions, **kwargs)


class ChapterBlock(_WordedBlock):
    """One page of the form."""

    BEHIND_GEAR = ("key", "show_if")

    title = WordsBlock(label=_("Title"), max_length=120)
    intro = WordsTextBlock(label=_("Introduction"), required=False, max_length=600, rows=2)
    questions = QuestionsBlock(label=_("Questions"), collapsed=True, min_num=1)
    key = _code()
    show_if = _conditions()

    class Meta:
        label = pgettext_lazy("part of a form", "Chapter")
        icon = "folder-open-inverse"
        label_format = "{title}"


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
