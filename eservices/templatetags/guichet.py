"""Template tags of the design system: icons, form controls, status words and whose turn it is."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eservices.formats import date_time

register = template.Library()

TEXT_CLASSES = "utrecht-textbox utrecht-textbox--html-input"
AREA_CLASSES = "utrecht-textarea utrecht-textarea--html-textarea"
SELECT_CLASSES = "utrecht-select utrecht-select--html-select"
RADIO_CLASSES = "utrecht-radio-button utrecht-radio-button--html-input"
CHECKBOX_CLASSES = "utrecht-checkbox utrecht-checkbox--html-input"
SHORT_FIELDS = (forms.DateField, forms.TimeField, forms.IntegerField, forms.DecimalField)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a state is shown to people: a tone, an icon and always a word."""

    tone: str
    icon: str
    label: str | Promise


LOOKS: Mapping[str, Look] = {
    "draft": Look(tone="neutral", icon="pencil-line", label=_("Draft")),
    "your_step": Look(tone="warning", icon="circle-alert", label=_("To sign / To pay")),
    "to_sign": Look(tone="warning", icon="signature", label=_("To sign")),
    "to_pay": Look(tone="warning", icon="credit-card", label=_("To pay")),
    "received": Look(tone="neutral", icon="inbox", label=_("Received")),
    "in_progress": Look(tone="neutral", icon="search", label=_("In progress")),
    "awaiting_you": Look(tone="warning", icon="circle-alert", label=_("Your answer is awaited")),
    "decision": Look(tone="safe", icon="circle-check", label=_("Decision")),
    "accepted": Look(tone="safe", icon="circle-check", label=_("Granted")),
    "rejected": Look(tone="danger", icon="circle-x", label=_("Refused")),
    "signed": Look(tone="safe", icon="circle-check", label=_("Signed")),
    "paid": Look(tone="safe", icon="circle-check", label=_("Paid")),
    "confirmed": Look(tone="safe", icon="circle-check", label=_("Confirmed")),
    "waiting": Look(tone="warning", icon="hourglass", label=_("Waiting list")),
    "full": Look(tone="danger", icon="circle-x", label=_("Full")),
    "closed": Look(tone="neutral", icon="folder-check", label=_("Closed")),
    "closed_no_reply": Look(tone="neutral", icon="folder-check", label=_("Closed without reply")),
    "withdrawn": Look(tone="neutral", icon="undo-2", label=_("Withdrawn")),
    "cancelled": Look(tone="neutral", icon="ban", label=_("Cancelled")),
    "expired": Look(tone="neutral", icon="clock", label=_("Expired")),
    "discarded": Look(tone="neutral", icon="trash-2", label=_("Discarded")),
}
TURNS: Mapping[str, Look] = {
    "you": Look(tone="you", icon="user-round", label=_("Your turn")),
    "us": Look(tone="them", icon="landmark", label=_("The municipality's turn")),
    "none": Look(tone="none", icon="", label=_("Finished")),
}
NOTICES: Mapping[str, Look] = {
    "info": Look(tone="info", icon="info", label=_("Good to know")),
    "success": Look(tone="ok", icon="circle-check", label=_("Done")),
    "warning": Look(tone="warning", icon="triangle-alert", label=_("Please note")),
    "danger": Look(tone="error", icon="circle-alert", label=_("Problem")),
}
PROFILE_ICONS = {"citizen": "user-round", "enterprise": "store", "association": "users-round"}


@dataclass(frozen=True, kw_only=True)
class Option:
    """One radio button or box of a set."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool
    attributes: SafeString


@dataclass(frozen=True, kw_only=True)
class FieldLook:
    """What parts/field.html needs to know about a bound form field."""

    kind: str
    is_group: bool
    is_required: bool
    is_short: bool
    hint_id: str
    error_id: str
    describedby: str
    show_if: str
    options: list[Option] = dataclass_field(default_factory=list)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw the icon `name` (a Lucide name listed in static/src/icons.txt); always beside a word.

    `extra` is one or more classes, for example `eg-icon--large` or `eg-icon--accent`.
    """
    classes = f"eg-icon {extra}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def look(state: str, kind: str = "status") -> Look:
    """Return tone, icon and word of a state; `kind` is status, turn or notice."""
    table = {"status": LOOKS, "turn": TURNS, "notice": NOTICES}[kind]
    key = str(getattr(state, "value", state))
    unknown = {"status": "in_progress", "turn": "none", "notice": "info"}[kind]
    if key in table:
        return table[key]
    return Look(tone=table[unknown].tone, icon=table[unknown].icon, label=key)


@register.filter
def profile_icon(kind: str) -> str:
    """Return the icon of a profile kind (citizen, enterprise, association)."""
    return PROFILE_ICONS.get(str(kind), "user-round")


@register.filter
def notice_kind(level_tag: str) -> str:
    """Turn the level of a Django message (debug, info, success, warning, error) into a notice."""
    return {"error": "danger", "debug": "info"}.get(level_tag, level_tag or "info")


def _kind(widget: forms.Widget) -> str:
    """Name the kind of control a widget is, for the layout of the field."""
    ordered: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.FileInput, "file"),
        (forms.Textarea, "textarea"),
        (forms.Select, "select"),
        (forms.MultiWidget, "group"),
    ]
    return next((kind for cls, kind in ordered if isinstance(widget, cls)), "text")


def _options(bound: BoundField) -> Iterable[Option]:
    """List the choices of a radio or box set; hints come from `option_hints` of the form field."""
    hints = getattr(bound.field, "option_hints", {})
    for choice in bound.subwidgets:
        data = choice.data
        attributes = {k: v for k, v in data["attrs"].items() if k not in ("id", "checked", "class")}
        value = "" if data["value"] is None else str(data["value"])
        yield Option(
            id=data["attrs"].get("id", f"{bound.auto_id}_{data['index']}"),
            value=value,
            label=data["label"],
            hint=hints.get(value, ""),
            checked=data["selected"],
            attributes=flatatt(attributes),
        )


@register.simple_tag
def field_look(bound: BoundField) -> FieldLook:
    """Describe a bound field for parts/field.html.

    A form field may carry `show_if` (list of rules for `eg-conditions`), `option_hints`
    (value: text) and `is_short` (narrow input).
    """
    kind = _kind(bound.field.widget)
    hint_id = f"{bound.auto_id}_helptext" if bound.help_text else ""
    error_id = f"{bound.auto_id}_error" if bound.errors else ""
    rules = getattr(bound.field, "show_if", None)
    return FieldLook(
        kind=kind,
        is_group=kind in ("radios", "checkboxes", "group"),
        is_required=bound.field.required,
        is_short=bool(getattr(bound.field, "is_short", isinstance(bound.field, SHORT_FIELDS))),
        hint_id=hint_id,
        error_id=error_id,
        describedby=" ".join(part for part in (hint_id, error_id) if part),
        show_if=json.dumps(rules) if rules else "",
        options=list(_options(bound)) if kind in ("radios", "checkboxes") else [],
    )


@register.simple_tag
def control(bound: BoundField) -> SafeString:
    """Render the control of a field with the classes of the design system.

    Django 5.2 itself adds `aria-describedby` and `aria-invalid`.
    """
    widget = bound.field.widget
    kind = _kind(widget)
    classes = {
        "text": TEXT_CLASSES,
        "textarea": AREA_CLASSES,
        "select": SELECT_CLASSES,
        "checkbox": CHECKBOX_CLASSES,
        "file": "eg-pick__input",
        "group": TEXT_CLASSES,
    }[kind]
    if bound.errors and kind in ("text", "textarea", "select"):
        block = classes.split()[0]
        classes = f"{classes} {block}--invalid"
    own = widget.attrs.get("class")
    attributes: dict[str, Any] = {"class": f"{classes} {own}" if own else classes}
    if isinstance(widget, forms.NumberInput):
        # A number input drops what is not a number: what was typed would be lost.
        widget.input_type = "text"
        is_whole = isinstance(bound.field, forms.IntegerField)
        attributes["inputmode"] = "numeric" if is_whole else "decimal"
    elif isinstance(widget, forms.DateInput) and "inputmode" not in widget.attrs:
        attributes["inputmode"] = "numeric"
    return bound.as_widget(attrs=attributes)


@register.simple_tag
def error_links(form: forms.BaseForm) -> list[dict[str, str]]:
    """List the errors of a form for the summary: text and the anchor of the question.

    Errors of the whole form have no anchor. A set of radio buttons or boxes is reached by its
    fieldset, every other field by its control.
    """
    links = [{"text": str(error), "href": ""} for error in form.non_field_errors()]
    for bound in form:
        kind = _kind(bound.field.widget)
        grouped = kind in ("radios", "checkboxes", "group")
        target = bound.auto_id if grouped else bound.id_for_label
        links += [{"text": str(error), "href": f"#{target}"} for error in bound.errors]
    return links


@register.simple_tag
def theme_asset(name: str, theme: str | None = None) -> str:
    """Return the address of a file of the municipality's theme: `tokens` (sheet) or `mark` (sign).

    Without `theme` (error pages have no context) the setting GUICHET_THEME decides.
    """
    chosen = theme or getattr(settings, "GUICHET_THEME", "valmont")
    return static(f"theme-{chosen}.css" if name == "tokens" else f"{chosen}-{name}.svg")


@register.simple_tag
def moment(when: datetime) -> SafeString:
    """Render a point in time in words, for machines too: weekday, date and hour inside `<time>`."""
    return format_html(
        '<strong><time datetime="{}">{}</time></strong>', when.isoformat(), date_time(when)
    )


@register.simple_tag(takes_context=True)
def page_address(context: template.Context, number: int, param: str = "") -> str:
    """Return the address of page `number` of a list; other parameters are kept."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    query[param or "page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_numbers(page: Page[Any]) -> list[int | str]:
    """List the page numbers around `page`, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


@dataclass(frozen=True, kw_only=True)
class Pen:
    """One numbered box over a picture: box in percent, dot in pixels, as SVG writes numbers."""

    pen: int
    label: str
    text: str
    x: str
    y: str
    width: str
    height: str
    dot_x: str
    dot_y: str
    radius: str
    font_size: str


PEN_WORDS = {
    1: _("Red box, solid line:"),
    2: _("Green box, dashed line:"),
    3: _("Blue box, dotted line:"),
}


@register.simple_tag
def shot_boxes(boxes: Iterable[Mapping[str, Any]], width: int, height: int) -> list[Pen]:
    """Prepare the boxes of an annotated screenshot; pens go round when there are more than three.

    The number stands on the upper right corner of its box, in pixels so that it stays round.
    """
    radius = float(width) * 0.02
    pens = []
    for index, box in enumerate(boxes):
        pen = index % len(PEN_WORDS) + 1
        x, y, box_width = (float(box[key]) for key in ("x", "y", "width"))
        pens.append(
            Pen(
                pen=pen,
                label=str(PEN_WORDS[pen]),
                text=str(box["text"]),
                x=f"{x:g}",
                y=f"{y:g}",
                width=f"{box_width:g}",
                height=f"{float(box['height']):g}",
                dot_x=f"{min((x + box_width) * width / 100, width - radius):g}",
                dot_y=f"{max(y * height / 100, radius):g}",
                radius=f"{radius:g}",
                font_size=f"{radius * 1.2:g}",
            )
        )
    return pens
