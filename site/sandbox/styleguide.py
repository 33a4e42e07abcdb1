"""The living style guide: every part of the design system on one page, in German (long words).

For designers and tests; reachable in the demo only.
"""

import datetime
from pathlib import Path
from typing import Any

import yaml
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

STREETS = [
    ("street", "Die ganze Straße"),
    ("pavement", "Ein Bürgersteig oder ein Platz"),
    ("parking", "Parkplätze"),
]
SERVICES = [
    ("electricity", "Stromanschluss"),
    ("barriers", "Absperrungen und Beschilderung"),
    ("waste", "Zusätzliche Abfallbehälter"),
]


class SampleForm(forms.Form):
    """One field of every kind, with the hints that a municipality would give."""

    part = forms.ChoiceField(
        label="Welchen Teil der Straße belegen Sie?", choices=STREETS, widget=forms.RadioSelect
    )
    street = forms.CharField(
        label="Straße",
        help_text="Beginnen Sie zu tippen und wählen Sie dann aus der Liste.",
    )
    start = forms.CharField(label="Beginn", help_text="Zum Beispiel 27.06.2026")
    end = forms.DateField(
        label="Ende",
        help_text="Zum Beispiel 27.06.2026",
        error_messages={
            "invalid": "Das Ende liegt vor dem Beginn. "
            "Geben Sie Samstag, den 27. Juni 2026 oder später an."
        },
    )
    people = forms.IntegerField(
        label="Wie viele Personen erwarten Sie?",
        help_text="Zur Stoßzeit. Eine Schätzung genügt.",
        error_messages={"invalid": "Geben Sie die Zahl in Ziffern an, zum Beispiel 120."},
    )
    district = forms.ChoiceField(
        label="Ortschaft",
        required=False,
        choices=[("", "Bitte wählen"), ("1", "Talmühle"), ("2", "Oberwald")],
    )
    services = forms.MultipleChoiceField(
        label="Was brauchen Sie von der Gemeinde?",
        help_text="Mehrere Antworten sind möglich.",
        choices=SERVICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    plan = forms.FileField(
        label="Lageplan", help_text="PDF, JPG oder PNG, höchstens 10 MB.", required=False
    )
    note = forms.CharField(
        label="Gibt es zum Ort noch etwas zu sagen?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    consent = forms.BooleanField(
        label="Ich habe die allgemeine verwaltungspolizeiliche Verordnung gelesen.",
        error_messages={"required": "Bestätigen Sie, dass Sie die Verordnung gelesen haben."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].is_short = True
        self.fields["part"].option_hints = {
            "street": "Der Verkehr wird unterbrochen; ein Umleitungsplan ist nötig."
        }
        self.fields["services"].show_if = [{"field": "part", "op": "is", "value": "street"}]


class CodeForm(forms.Form):
    """The six-digit code of a log-in."""

    code = forms.CharField(
        label="Sechsstelliger Code",
        help_text="Tippen Sie ihn ein oder fügen Sie ihn ein, mit oder ohne Leerzeichen.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show all parts; `?theme=rocheval` shows the second municipality."""
    with translation.override("de"):
        return render(request, "sandbox/styleguide.html", _context(request))


def _context(request: HttpRequest) -> dict[str, Any]:
    june = datetime.datetime(2026, 6, 19, 17, 0, tzinfo=timezone.get_default_timezone())
    wrong = {
        "part": "street",
        "street": "Gerberstraße, vom Perronplatz bis Nr. 31",
        "start": "27.06.2026",
        "end": "am Samstag",
        "people": "etwa hundert",
        "note": "Die Einfahrt von Nr. 22 muss frei bleiben.",
    }
    texts = yaml.safe_load((Path(__file__).parent / "styleguide.yaml").read_text(encoding="utf-8"))
    texts["steps"] = [mark_safe(step) for step in texts["steps"]]  # noqa: S308  our own file
    for question in texts["questions"]:
        question["body"] = mark_safe(question["body"])  # noqa: S308  our own file
    return {
        **texts,
        "theme": "rocheval" if request.GET.get("theme") == "rocheval" else "valmont",
        "add_profile_url": "#",
        "demo_inbox_url": "/sandbox/mail/",
        "form": SampleForm(wrong),
        "code_form": CodeForm(),
        "june": june,
        "page_obj": Paginator(range(240), 10).page(5),
    }
