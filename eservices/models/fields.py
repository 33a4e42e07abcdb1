"""Fields whose definitions stay out of the migrations: blocks of forms and pages, ticked choices, amounts, names."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.fields import StreamField

from eservices.money import Money


class BlocksField(StreamField):
    """A StreamField that migrations know as the JSON column that it is.

    Blocks change often and are no matter of the database. A historical model therefore reads and writes the plain JSON;
    dropping only the blocks would make a data migration read an empty value and wipe every page. The price: a data
    migration walks the JSON itself, in the page rows, in `Revision.content` and in `TranslationSource.content_json`.
    """

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column, not the blocks."""
        name, _path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, "django.db.models.JSONField", [], kwargs


class ChoicesField(models.JSONField):
    """Several values of a closed list, ticked in forms and kept as a JSON list in the order of `options`.

    `options` are (value, words) pairs; what is no longer among them is dropped at the next save of a form.
    """

    def __init__(self, *, options: Sequence[tuple[str, Any]] = (), **kwargs: Any) -> None:
        self.options = tuple(options)
        super().__init__(**{"default": list, "blank": True, **kwargs})

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column, not the list of options."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", list(args), kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Return a list of boxes to tick."""
        return forms.MultipleChoiceField(
            choices=self.options,
            required=not self.blank,
            label=kwargs.get("label") or self.verbose_name,
            help_text=kwargs.get("help_text") or self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


class EurosField(forms.DecimalField):
    """An amount typed in euros, with at most two decimals; its value is cents."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"max_digits": 9, "decimal_places": 2, "min_value": 0, "localize": True, **kwargs}
        )

    def prepare_value(self, value: Any) -> Any:
        """Show stored cents as euros; what was typed as it was typed."""
        return f"{Decimal(value) / 100:.2f}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return cents; None for an empty field that may be empty."""
        euros = super().clean(value)
        return None if euros is None else Money.from_decimal(euros).cents

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare cents with cents."""
        try:
            return bool(self.clean(data) != initial)
        except forms.ValidationError:
            return True


class CentsField(models.PositiveIntegerField):
    """An amount kept in cents and typed in euros."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.PositiveIntegerField", list(args), kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Return a field for euros."""
        return EurosField(
            label=kwargs.get("label") or self.verbose_name,
            help_text=kwargs.get("help_text") or self.help_text,
            required=not self.blank,
            initial=self.default if self.has_default() else None,
        )


class NamesWidget(forms.MultiWidget):
    """One text field for each language of the portal, one below the other."""

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        inputs = {code: forms.TextInput(attrs={"lang": code}) for code, _name in settings.LANGUAGES}
        super().__init__(inputs, dict(attrs or {}))

    def id_for_label(self, id_: str) -> str:
        """The label of the group names the first field."""
        return f"{id_}_0" if id_ else id_

    def decompress(self, value: Mapping[str, str] | None) -> list[str]:
        """Return the names in the order of the languages."""
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the fields, each with the name of its language."""
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        rows = zip(settings.LANGUAGES, self.widgets, parts, strict=True)
        return format_html(
            '<div class="eg-bo-names">{}</div>',
            format_html_join(
                "",
                '<div><label for="{}">{}</label>{}</div>',
                (
                    (
                        part["attrs"].get("id", ""),
                        language,
                        widget.render(part["name"], part["value"], part["attrs"], renderer),
                    )
                    for (_code, language), widget, part in rows
                ),
            ),
        )


class NamesFormField(forms.MultiValueField):
    """Names by code of language, one field for each; all are wanted when one is."""

    widget = NamesWidget

    def __init__(self, *, max_length: int = 100, **kwargs: Any) -> None:
        fields = [forms.CharField(max_length=max_length) for _language in settings.LANGUAGES]
        super().__init__(fields, **kwargs)

    def compress(self, data_list: Sequence[str]) -> dict[str, str]:
        """Return the names by code of language."""
        codes = [code for code, _name in settings.LANGUAGES]
        return {code: text.strip() for code, text in zip(codes, data_list, strict=False) if text}


class NamesField(models.JSONField):
    """Names of a thing by code of language (JSON object of strings), typed in one field for each language."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", list(args), kwargs

    def formfield(self, **kwargs: Any) -> forms.Field:
        """Return a field for each language."""
        label = kwargs.get("label") or self.verbose_name
        return NamesFormField(label=label, required=not self.blank)
