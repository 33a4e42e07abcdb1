"""The button that imports holidays."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.widgets.button import Button

from rooms.actions.holidays import import_holidays
from rooms.backoffice.agents import RoomsMixin
from rooms.enums import Community
from rooms.errors import HolidaysMissing
from rooms.models import RoomSite
from rooms.queries.clock import today

RIGHT = "rooms.add_holidayperiod"


class ImportForm(forms.Form):
    """Which years and communities."""

    years = forms.MultipleChoiceField(
        label=gettext_lazy("Years"), widget=forms.CheckboxSelectMultiple
    )
    communities = forms.MultipleChoiceField(
        label=gettext_lazy("School calendars"),
        choices=Community,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = today().year
        self.fields["years"].choices = [(str(y), str(y)) for y in range(this, this + 4)]  # type: ignore[attr-defined]


class ImportView(RoomsMixin, TemplateView):
    """Imports, and says what came of it."""

    right = RIGHT
    template_name = "backoffice/rooms/holidays.html"
    trail = (("rooms_holiday:index", gettext_lazy("Holidays")),)

    def get_page_title(self) -> str:
        return _("Import holidays")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST)
        if form.is_valid():
            try:
                report = import_holidays(
                    years=[int(year) for year in form.cleaned_data["years"]],
                    communities=[Community(code) for code in form.cleaned_data["communities"]],
                )
            except HolidaysMissing as refusal:
                form.add_error(None, str(refusal))
            else:
                words = _("%(added)s added, %(changed)s changed, %(kept)s kept as changed by hand.")
                messages.success(request, words % vars(report))
                return redirect("rooms_holiday:index")
        return self.render_to_response(self.get_context_data(form=form, **kwargs), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        this = today().year
        own = sorted(set(RoomSite.objects.values_list("community", flat=True)))
        begin = {"years": [str(this), str(this + 1)], "communities": own or Community.values}
        kwargs.setdefault("form", ImportForm(initial=begin))
        return super().get_context_data(**kwargs)


class ImportButtonMixin:
    """The import beside the list of holidays."""

    request: HttpRequest

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The buttons of the list, and the import for those who may add holidays."""
        buttons: list[Button] = list(super().header_more_buttons)  # type: ignore[misc]
        if self.request.user.has_perm(RIGHT):  # type: ignore[union-attr]
            address = reverse("agent-holidays-import")
            buttons.append(Button(_("Import holidays"), address, icon_name="download"))
        return buttons


def urls() -> list[URLPattern]:
    """Return the addresses below /admin/."""
    return [path("rooms/holidays/import/", ImportView.as_view(), name="agent-holidays-import")]
