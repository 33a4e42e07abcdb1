"""Forms around what a file waits for: asked by agents, answered by citizens and by other teams."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.actions.wanted import Wanted, offered_kinds
from eservices.enums import RequestKind
from eservices.models import Team, User
from eservices.money import Money

#: An answer is awaited until this hour of its day: people think of the end of an office day.
END_OF_DAY = time(17, 0)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what they are, the action checks."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the list of files, empty for none."""
        return [item for item in data if item] if isinstance(data, list) else [data] if data else []


class DocumentAnswerForm(forms.Form):
    """The documents that were asked for."""

    files = FilesField(
        label=_("Your documents"),
        help_text=_("PDF, JPG, PNG, DOCX, XLSX or ODT; at most ten files."),
        required=False,
    )


class TextAnswerForm(forms.Form):
    """An answer in words."""

    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class NoCorrectionForm(forms.Form):
    """Why an answer stays as it is."""

    text = forms.CharField(
        label=_("Why your answer is right as it is"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def end_of(day: Any) -> datetime:
    """Return the moment at which the time to answer ends on a day."""
    return timezone.make_aware(datetime.combine(day, END_OF_DAY))


class ItemForm(forms.Form):
    """One thing to ask; a line without words is left out."""

    kind = forms.ChoiceField(label=_("What you ask for"))
    question = forms.ChoiceField(label=_("Question to correct"), required=False)
    euros = forms.DecimalField(
        label=_("Amount to pay (euros)"),
        required=False,
        max_digits=9,
        decimal_places=2,
        localize=True,
        help_text=_("Paid at the counter; write below what it is for."),
    )
    text = forms.CharField(
        label=_("In words, for the citizen"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, *args: Any, questions: list[tuple[str, str]], language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in offered_kinds()]  # type: ignore[attr-defined]
        self.fields["question"].choices = [("", "–"), *questions]  # type: ignore[attr-defined]
        self.fields["text"].widget.attrs["lang"] = language

    @property
    def wanted(self) -> Wanted | None:
        """What is asked; None for a line with neither words nor an amount."""
        given = self.cleaned_data
        kind, euros = RequestKind(given["kind"]), given.get("euros")
        amount = None
        if kind == RequestKind.PAYMENT and euros is not None:
            amount = Money.from_decimal(euros)
        if not given.get("text", "").strip() and amount is None:
            return None
        return Wanted(
            kind=kind,
            text=given["text"],
            question=given.get("question", ""),
            amount=amount,
        )


class DueForm(forms.Form):
    """Until when an answer is awaited."""

    due_on = forms.DateField(
        label=_("Answer by"),
        help_text=_("At five in the afternoon of this day. Without an answer the file is closed."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class RequestForm(DueForm):
    """Other words or another day for one request."""

    text = forms.CharField(
        label=_("In words, for the citizen"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("text", "due_on")


class AssignForm(forms.Form):
    """Which colleague follows the file."""

    to = forms.ModelChoiceField(label=_("Colleague"), queryset=User.objects.none())

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = colleagues
        field.label_from_instance = lambda user: user.display_name


class TeamForm(forms.Form):
    """Another team, with words for it."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    reason = forms.CharField(
        required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, teams: Any, label: str | Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
        field.label_from_instance = lambda team: team.name
        self.fields["reason"].label = label


class OpinionForm(forms.Form):
    """The opinion of one's team."""

    text = forms.CharField(
        label=_("Opinion of your team"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class PaymentForm(forms.Form):
    """What was paid at the counter; the amount is typed, so that a wrong file is noticed."""

    euros = forms.DecimalField(
        label=_("Amount received (euros)"), max_digits=9, decimal_places=2, localize=True
    )
    receipt = forms.CharField(label=_("Number of the receipt"), required=False, max_length=60)
