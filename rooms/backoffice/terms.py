"""The terms under which rooms are let: each publication is a new version; what people accepted never changes."""

from typing import Any, ClassVar

import nh3
from django import forms
from django.conf import settings
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet

from rooms.models import RoomTerms

_TAGS = {"p", "h2", "h3", "b", "strong", "i", "em", "ul", "ol", "li", "br"}


class TermsForm(forms.ModelForm):
    """One text per language; it begins with that of the version in force."""

    class Meta:
        model = RoomTerms
        fields = ()

    def __init__(self, *args: Any, for_user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance if self.instance.pk else RoomTerms.objects.first()
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=format_lazy(_("Text ({language})"), language=name),
                initial=current.texts.get(code, "") if current else "",
                widget=get_rich_text_editor_widget(
                    features=["h2", "h3", "bold", "italic", "ul", "ol"]
                ),
            )

    def save(self, commit: bool = True) -> RoomTerms:
        """Publish the next version."""
        self.instance.number = (RoomTerms.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        self.instance.texts = {
            code: nh3.clean(self.cleaned_data[f"text_{code}"], tags=_TAGS, attributes={})
            for code, _name in settings.LANGUAGES
        }
        saved: RoomTerms = super().save(commit)
        return saved


class TermsViewSet(ModelViewSet):
    """Versions of the terms: added and read only (`policies.AddOnlyPolicy`)."""

    model = RoomTerms
    name = "rooms_terms"
    icon = "doc-full-inverse"
    menu_label = _("Terms of the rooms")
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields: ClassVar[list[str]] = ["number", "published_at", "texts"]
    list_display: ClassVar[list[Any]] = [
        Column("number", label=_("Version")),
        "published_at",
    ]

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return TermsForm
