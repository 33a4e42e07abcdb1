"""What all blocks of the builder are made of: words, structural values, codes, conditions, options.

Three rules keep translations whole (wagtail-localize): words are `WordsBlock`s, whose empty value is no segment;
everything else is structural and never reaches a translator; lists stand directly in their question, because a list in
a struct in a struct is skipped silently.
"""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail_localize.segments import StringSegmentValue

from eservices.enums import Operator

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


class FixedChoiceBlock(Structural, blocks.ChoiceBlock):
    """A choice that is the same in all languages."""


class PlainBlock(Structural, blocks.CharBlock):
    """Text that is compared, not read."""


class HelpPageBlock(Structural, blocks.PageChooserBlock):
    """A page with help; people get it in their own language."""


def code_block(**kwargs: Any) -> CodeBlock:
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
    key = code_block()

    class Meta:
        label = _("Option")
        icon = "radio-full"
        label_format = "{label}"


def conditions_block() -> blocks.ListBlock:
    return blocks.ListBlock(ConditionBlock(), default=[], required=False, label=_("Ask only if"))


class WordedBlock(blocks.StructBlock):
    """A block with words; rarely used children stand behind the gear."""

    BEHIND_GEAR: ClassVar[tuple[str, ...]] = (
        "key",
        "show_if",
        "help_page",
        "prefill",
        "sensitive",
    )

    def get_form_layout(self) -> blocks.BlockGroup:
        """Make the layout for each class: an inherited one would hide the children of a subclass."""
        behind = [name for name in self.BEHIND_GEAR if name in self.child_blocks]
        return blocks.BlockGroup(
            children=[name for name in self.child_blocks if name not in behind], settings=behind
        )
