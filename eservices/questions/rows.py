"""The rows of a table as a Django formset, with messages of our own."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from eservices.questions.base import MISSING, Fault
from eservices.questions.conditions import is_empty
from eservices.questions.tables import TableQuestion
from eservices.questions.words import Words

#: Without script, the button that adds a row to a table posts this name with the id of the
#: question.
ADD_ROW = "add_row"
#: Without script, the button that deletes a row posts this name with "<id of the question>-<row>".
REMOVE_ROW = "remove_row"


class RowForm(forms.Form):
    """One row of a table."""

    table: ClassVar[TableQuestion]
    words: ClassVar[Words]
    complete: ClassVar[bool]
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = self.table.row_fields(self.words, complete=self.complete)

    @cached_property
    def raw(self) -> dict[str, Any]:
        """What was typed into the row, by column id."""
        return {
            column.id: "" if (raw := column.raw_from(self)) is MISSING else raw
            for column in self.table.columns
        }

    def clean(self) -> dict[str, Any]:
        """Ask for required cells, once the row holds anything."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.complete and any(not is_empty(raw) for raw in self.raw.values()):
            for column in self.table.columns:
                if (
                    column.spec.required
                    and column.id not in self.errors
                    and cleaned.get(column.id) is None
                ):
                    add_fault(self, column.id, column.required_fault(self.words))
        return cleaned


class RowFormSet(forms.BaseFormSet[RowForm]):
    """The rows of one table; its prefix is the id of the question."""

    table: ClassVar[TableQuestion]
    words: ClassVar[Words]
    complete: ClassVar[bool]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            data = _with_row_count(data, kwargs["prefix"], self.absolute_max)
        super().__init__(data, *args, **kwargs)

    @property
    def raw(self) -> list[dict[str, Any]]:
        """What was typed into all rows, without the row whose "Delete" button was pressed."""
        removed = self.data.get(REMOVE_ROW)
        return [{} if removed == form.prefix else form.raw for form in self.forms]

    def clean(self) -> None:
        """Check how many rows are filled in; empty rows do not count."""
        collected = self.table.collect(self.raw)
        if self.complete and collected.answer:
            for fault in self.table.complete_faults(collected.answer):
                raise ValidationError(fault.message, code=fault.code)

    def row_place(self, index: int) -> int:
        """Return the place in the answer of a row of the page: empty rows before it do not
        count.
        """
        return sum(
            1 for raw in self.raw[:index] if any(not is_empty(cell) for cell in raw.values())
        )


def row_set(table: TableQuestion, words: Words, *, complete: bool) -> type[RowFormSet]:
    """Return the formset class of one table in one language."""
    attributes = {"table": table, "words": words, "complete": complete}
    row_form = type("RowForm", (RowForm,), attributes)
    rows: type[Any] = forms.formset_factory(
        row_form,
        formset=type("RowFormSet", (RowFormSet,), attributes),
        extra=0,
        max_num=table.spec.max_rows,
        absolute_max=table.spec.max_rows + 1,
    )
    return cast(type[RowFormSet], rows)


def add_fault(form: forms.BaseForm, name: str, fault: Fault) -> None:
    """Put a fault at a field of a form."""
    form.add_error(name, ValidationError(fault.message, code=fault.code))


def _with_row_count(data: Any, prefix: str, most: int) -> MultiValueDict[str, str]:
    """Return posted data with a number of rows that can be trusted: Django's own message for others
    is for developers.
    """
    total = data.get(f"{prefix}-TOTAL_FORMS") or ""
    trusted = MultiValueDict({name: data.getlist(name) for name in data})
    number = int(total) if total.isascii() and total.isdigit() and len(total) < 9 else 0
    trusted.setlist(f"{prefix}-TOTAL_FORMS", [str(min(number, most))])
    trusted.setlist(f"{prefix}-INITIAL_FORMS", ["0"])
    return trusted
