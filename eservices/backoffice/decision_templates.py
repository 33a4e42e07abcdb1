"""Templates of decisions: written in every language, each saving makes a version, looked at as PDF."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.actions.decision_documents import check_words, write_version
from eservices.downloads import pdf_answer
from eservices.errors import DomainError, NotFound
from eservices.models import DocumentTemplate
from eservices.queries.decision_documents import PARTS, PLACEHOLDERS, sample_pdf

_LABELS = {"title": _("Title"), "body": _("Text"), "closing": _("How to appeal")}


class TemplateForm(WagtailAdminModelForm):
    """Name, title, text and appeal notice for each language."""

    class Meta:
        model = DocumentTemplate
        fields = ("code", "procedure", "outcome", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        procedures: Any = self.fields["procedure"]
        procedures.label_from_instance = lambda procedure: procedure.title
        last = self.instance.versions.first() if self.instance.pk else None
        texts = last.texts if last else {}
        named = ", ".join(f"{{{{ {name} }}}}" for name in PLACEHOLDERS)
        for code, language in settings.LANGUAGES:
            self.fields[f"name_{code}"] = forms.CharField(
                label=format_lazy("{} ({})", _("Name in lists"), language),
                max_length=120,
                initial=self.instance.names.get(code, ""),
            )
            for part in PARTS:
                long = part != "title"
                self.fields[f"{part}_{code}"] = forms.CharField(
                    label=format_lazy("{} ({})", _LABELS[part], language),
                    required=part != "closing",
                    max_length=10_000 if long else 200,
                    help_text=named if part == "body" else "",
                    widget=forms.Textarea(attrs={"rows": 6, "lang": code})
                    if long
                    else forms.TextInput(attrs={"lang": code}),
                    initial=texts.get(code, {}).get(part, ""),
                )

    def texts(self) -> dict[str, dict[str, str]]:
        """Return what was typed, by language and part."""
        return {
            code: {part: self.cleaned_data.get(f"{part}_{code}", "") for part in PARTS}
            for code, _language in settings.LANGUAGES
        }

    def clean(self) -> dict[str, Any]:
        """Refuse what the action would refuse."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_words(cleaned["outcome"], self.texts())
            except DomainError as refusal:
                raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return cleaned

    def save(self, commit: bool = True) -> DocumentTemplate:
        """Store names, and the words as the next version."""
        self.instance.names = {
            code: self.cleaned_data[f"name_{code}"] for code, _language in settings.LANGUAGES
        }
        template: DocumentTemplate = super().save(commit)
        write_version(template=template, texts=self.texts(), by=self.for_user)
        return template


class TemplateViewSet(ModelViewSet):
    """Administrators write the documents of decisions."""

    model = DocumentTemplate
    icon = "doc-full-inverse"
    menu_label = _("Documents of decisions")
    add_to_settings_menu = True
    menu_order = 310
    list_display = ("__str__", "code", "outcome", "is_active")
    form_fields = ("code", "procedure", "outcome", "is_active")
    edit_template_name = "backoffice/template_edit.html"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return TemplateForm


def sample(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Answer a template as PDF with the names of its placeholders."""
    if not request.user.has_perm("eservices.change_documenttemplate"):
        raise PermissionDenied
    template = get_object_or_404(DocumentTemplate, pk=pk)
    version = template.versions.first()
    if version is None:
        raise NotFound
    known = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    return pdf_answer(sample_pdf(version, known), f"{template.code}-{known}")


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [
        path("decision-templates/<int:pk>/<str:language>.pdf", sample, name="decision-template-pdf")
    ]
