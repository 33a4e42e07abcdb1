"""Mistakes of editors in words: what they must put right before a form can be frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGES: Mapping[str, str | Promise] = {
    "format": _("This form was not written in a format that we know."),
    "no_chapters": _("Add a first chapter."),
    "no_id": _("A block has no identifier. Save the page again, or make the block anew."),
    "id_form": _("The identifier “%(id)s” cannot be used. Make the block anew."),
    "id_twice": _("Two blocks have the same identifier. Delete one and make it anew."),
    "code_twice": _("The code “%(code)s” is used twice. Give each question its own code."),
    "unknown_key": _("The setting “%(name)s” is not known."),
    "unknown_type": _("The type “%(type)s” is not known."),
    "empty_chapter": _("This chapter has no questions. Add one or delete the chapter."),
    "no_options": _("Give at least two answers to choose from."),
    "no_columns": _("Give the table at least one column."),
    "column_type": _("A column of a table cannot be of the type “%(type)s”."),
    "column_condition": _("A column of a table cannot have conditions."),
    "condition_unknown": _("The condition looks at a question that does not exist."),
    "condition_later": _(
        "The condition looks at a question that comes later. Conditions can only look back."
    ),
    "condition_operator": _(
        "The comparison “%(operator)s” does not work with this type of question."
    ),
    "condition_value": _(
        "The value “%(value)s” of the condition is not an answer to its question."
    ),
    "not_before": _("“Not before” must name an earlier question that asks for a date."),
    "formula": _(
        "The formula cannot be read from character %(place)s. Write for example: people * 12.50 + sum(rooms.price)"
    ),
    "formula_unknown": _("The formula names “%(name)s”, which is no earlier question of the form."),
    "formula_type": _(
        "The formula cannot use “%(name)s” like this: calculate with numbers and amounts, sum columns of numbers, "
        "count tables, lists and files."
    ),
    "setting": _("The setting “%(name)s” cannot be used as it is."),
    "limit": _("The limit “%(name)s” cannot be used."),
    "limits_order": _("The smallest value is greater than the greatest one."),
    "too_many": _(
        "The form has %(count)s questions; the limit is %(limit)s. Divide it into two procedures."
    ),
    "words_missing": _("Words are missing: %(kind)s."),
    "words_unknown": _("There are words for a block that does not exist."),
    "words_form": _("These words are not text."),
    "chapter_unreachable": _("This chapter is never shown: its conditions cannot all hold."),
    "question_unreachable": _("This is never asked: its conditions cannot all hold."),
    "option_twice": _("Two options read “%(label)s”. Nobody can tell which one to choose."),
    "label_twice": _(
        "The label “%(label)s” is used twice in a chapter. Make clear which is which."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Issue:
    """One mistake of an editor. `kind` is a key of MESSAGES; `block_id` is empty when the block has
    none.
    """

    kind: str
    block_id: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The mistake in a sentence, in the language of the reader."""
        return str(MESSAGES[self.kind]) % self.params
