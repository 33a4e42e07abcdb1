"""Ready texts for decisions, requests and messages: a list that the municipality keeps in four languages."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.models import DecisionReason


class ReasonForm(forms.ModelForm):
    """One short name and one text per language, instead of raw JSON."""

    class Meta:
        model = DecisionReason
        fields = ("code", "use", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"label_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", _("Short name"), name),
                max_length=120,
                initial=self.instance.labels.get(code, ""),
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", _("Text"), name),
                max_length=5000,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
                initial=self.instance.texts.get(code, ""),
            )

    def save(self, commit: bool = True) -> DecisionReason:
        """Gather the languages."""
        codes = [code for code, _name in settings.LANGUAGES]
        self.instance.labels = {code: self.cleaned_data[f"label_{code}"] for code in codes}
        self.instance.texts = {code: self.cleaned_data[f"text_{code}"] for code in codes}
        return super().save(commit)


class ReasonViewSet(ModelViewSet):
    """Administrators edit the library of texts."""

    model = DecisionReason
    icon = "list-ul"
    menu_label = _("Ready texts")
    add_to_settings_menu = True
    menu_order = 300
    list_display = ("__str__", "use", "code", "position")
    form_fields = ("code", "use", "position")

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ReasonForm
