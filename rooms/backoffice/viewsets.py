"""The administration of the rooms: everything that is edited, under one entry of the menu."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, DeleteView, EditView, IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.widgets.button import Button

from rooms.backoffice.holidays import ImportButtonMixin
from rooms.backoffice.policies import TeamRoomsPolicy
from rooms.backoffice.room_forms import room_panels
from rooms.backoffice.terms import TermsViewSet
from rooms.backoffice.texts import RoomTextViewSet
from rooms.enums import CalendarFailure
from rooms.models import (
    ExternalCalendar,
    HolidayPeriod,
    OpeningException,
    Room,
    RoomFeature,
    RoomSite,
    RoomUnit,
)
from rooms.queries.bookings import rooms_for_agent


class OwnIndexView(IndexView):
    """Only rows of rooms of one's teams."""

    def get_base_queryset(self) -> Any:
        rows = super().get_base_queryset()
        policy = self.permission_policy
        if isinstance(policy, TeamRoomsPolicy):
            rows = rows.filter(pk__in=policy.own(self.request.user).values("pk"))
        return rows


class OwnObjectMixin:
    """Rows of rooms of other teams are refused."""

    permission_required: str

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)  # type: ignore[misc]
        if not self.user_has_permission_for_instance(self.permission_required, found):  # type: ignore[attr-defined]
            raise PermissionDenied
        return found


class OwnEditView(OwnObjectMixin, EditView):
    """Editing rows of rooms of one's teams."""


class KeptDeleteView(OwnObjectMixin, DeleteView):
    """Deleting what rooms or bookings still use is refused in words."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Delete, or go back with the reason."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except models.ProtectedError:
            words = _("“%(name)s” cannot be deleted: rooms or bookings still use it.")
            messages.error(self.request, words % {"name": self.object})
            return redirect(self.get_success_url())
        return response


class OwnRoomsForm(WagtailAdminModelForm):
    """A form with a choice of rooms, or of sites: those of one's teams."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.for_user is None:
            return
        rooms = rooms_for_agent(self.for_user)
        if "room" in self.fields:
            self.fields["room"].queryset = rooms
        if "site" in self.fields and not self.for_user.is_superuser:
            self.fields["site"].queryset = RoomSite.objects.filter(
                pk__in=rooms.order_by().values("site")
            )


class ExceptionForm(OwnRoomsForm):
    """A time at which one room, or all rooms of a site, are open or closed."""

    def clean(self) -> dict[str, Any]:
        """Refuse both or neither, and an end that is not later."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("room")) == bool(cleaned.get("site")):
            self.add_error("room", gettext_lazy("Choose either a room or a site."))
        start, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", gettext_lazy("The end must be later than the start."))
        return cleaned

    def _post_clean(self) -> None:
        """Leave out the sentences of the database about what is said above already."""
        if not self.errors:
            super()._post_clean()


class HolidayForm(WagtailAdminModelForm):
    """A holiday; what was imported and is changed here is never overwritten by the next import."""

    def clean(self) -> dict[str, Any]:
        """Refuse a last day before the first, and a community for what is no school holiday."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", gettext_lazy("The last day must not be before the first."))
        if cleaned.get("community") and cleaned.get("kind") != "school":
            self.add_error("community", gettext_lazy("Only school holidays have a community."))
        return cleaned

    def _post_clean(self) -> None:
        if not self.errors:
            super()._post_clean()

    def save(self, commit: bool = True) -> HolidayPeriod:
        """Note that somebody typed it."""
        if self.has_changed():
            self.instance.changed_by_hand = True
        saved: HolidayPeriod = super().save(commit)
        return saved


class SiteForm(WagtailAdminModelForm):
    """A site; latitude and longitude come together."""

    def clean(self) -> dict[str, Any]:
        """Refuse one without the other."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (cleaned.get("latitude") is None) != (cleaned.get("longitude") is None):
            self.add_error("longitude", gettext_lazy("Give both latitude and longitude, or none."))
        return cleaned


class _ViewSet(ModelViewSet):
    """What all share: a list with search, refusals in words, no copies."""

    index_view_class: ClassVar[type[IndexView]] = OwnIndexView
    add_view_class: ClassVar[type[CreateView]] = CreateView
    edit_view_class: ClassVar[type[EditView]] = OwnEditView
    delete_view_class: ClassVar[type[DeleteView]] = KeptDeleteView
    copy_view_enabled = False
    search_backend_name = None


class RoomViewSet(_ViewSet):
    """What can be booked."""

    model = Room
    name = "rooms_room"
    icon = "home"
    menu_label = gettext_lazy("Rooms")
    edit_handler = room_panels
    list_display: ClassVar[list[Any]] = ["name", "site", "team", "published"]
    list_filter: ClassVar[list[str]] = ["site", "published"]
    search_fields: ClassVar[list[str]] = ["name", "code"]


class ExceptionViewSet(_ViewSet):
    """Open or closed against the rules."""

    model = OpeningException
    name = "rooms_exception"
    icon = "date"
    menu_label = gettext_lazy("Exceptions")
    edit_handler = ObjectList(
        [
            FieldPanel("room"),
            FieldPanel("site"),
            FieldPanel("starts_at"),
            FieldPanel("ends_at"),
            FieldPanel("is_open"),
            FieldPanel("label"),
        ],
        base_form_class=ExceptionForm,
    )
    list_display: ClassVar[list[Any]] = ["__str__", "starts_at", "ends_at", "is_open", "label"]
    search_fields: ClassVar[list[str]] = ["label"]


class HolidayIndexView(ImportButtonMixin, OwnIndexView):
    """The list with its import."""


class HolidayViewSet(_ViewSet):
    """Days that are no ordinary days."""

    model = HolidayPeriod
    index_view_class: ClassVar[type[IndexView]] = HolidayIndexView
    name = "rooms_holiday"
    icon = "calendar-alt"
    menu_label = gettext_lazy("Holidays")
    edit_handler = ObjectList(
        [
            FieldPanel("kind"),
            FieldPanel("community"),
            FieldPanel("names", heading=gettext_lazy("Name")),
            FieldPanel("first_day"),
            FieldPanel("last_day"),
        ],
        base_form_class=HolidayForm,
    )
    list_display: ClassVar[list[Any]] = [
        Column("name", label=gettext_lazy("Name")),
        "first_day",
        "last_day",
        Column("get_kind_display", label=gettext_lazy("Kind")),
        Column("get_community_display", label=gettext_lazy("Community")),
    ]
    list_filter: ClassVar[list[str]] = ["kind", "community"]


class CalendarForm(OwnRoomsForm):
    """A calendar; addresses that begin with webcal:// are those of the web."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("url", "").startswith("webcal://"):
            self.data = self.data.copy()
            self.data["url"] = "https://" + self.data["url"].removeprefix("webcal://")

    def clean_url(self) -> str:
        """Refuse what is no address of the web."""
        url: str = self.cleaned_data["url"]
        if not url.startswith(("http://", "https://")):
            raise forms.ValidationError(CalendarFailure.ADDRESS.label)
        return url

    def save(self, commit: bool = True) -> ExternalCalendar:
        """Forget what another address answered."""
        if "url" in self.changed_data:
            self.instance.etag, self.instance.content_hash = "", ""
        saved: ExternalCalendar = super().save(commit)
        return saved


class CalendarIndexView(OwnIndexView):
    """The list, with the way to what the last readings changed."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The buttons of the list, and the page of the readings."""
        address = reverse("agent-room-calendars")
        own = Button(gettext_lazy("Readings"), address, icon_name="history")
        return [*super().header_more_buttons, own]


class CalendarViewSet(_ViewSet):
    """Calendars of others that block rooms."""

    model = ExternalCalendar
    index_view_class: ClassVar[type[IndexView]] = CalendarIndexView
    name = "rooms_calendar"
    icon = "link-external"
    menu_label = gettext_lazy("External calendars")
    edit_handler = ObjectList(
        [
            FieldPanel("room"),
            FieldPanel("name"),
            FieldPanel(
                "url",
                help_text=gettext_lazy(
                    "Where the other side shares its calendar: https://… or webcal://…. It is read every 15 minutes."
                ),
            ),
            FieldPanel("active"),
        ],
        base_form_class=CalendarForm,
    )
    list_display: ClassVar[list[Any]] = ["name", "room", "active", "fetched_at"]
    search_fields: ClassVar[list[str]] = ["name"]


class SiteViewSet(_ViewSet):
    """Places with rooms."""

    model = RoomSite
    name = "rooms_site"
    icon = "site"
    menu_label = gettext_lazy("Sites")
    edit_handler = ObjectList(
        [
            FieldPanel(name)
            for name in (
                *("name", "code", "street", "postcode", "locality", "latitude", "longitude"),
                *("community", "phone", "email"),
            )
        ],
        base_form_class=SiteForm,
    )
    list_display: ClassVar[list[Any]] = ["name", "street", "locality"]
    search_fields: ClassVar[list[str]] = ["name", "code"]


class UnitViewSet(_ViewSet):
    """The parts that rooms are made of."""

    model = RoomUnit
    name = "rooms_unit"
    icon = "grip"
    menu_label = gettext_lazy("Units")
    panels = (FieldPanel("site"), FieldPanel("name"), FieldPanel("code"))
    list_display: ClassVar[list[Any]] = ["name", "site", "code"]
    search_fields: ClassVar[list[str]] = ["name", "code"]


class FeatureViewSet(_ViewSet):
    """What people filter rooms by."""

    model = RoomFeature
    name = "rooms_feature"
    icon = "tag"
    menu_label = gettext_lazy("Features")
    panels = (
        FieldPanel("names", heading=gettext_lazy("Name")),
        FieldPanel("code"),
        FieldPanel("kind"),
        FieldPanel("icon"),
        FieldPanel("position"),
    )
    list_display: ClassVar[list[Any]] = [
        Column("name", label=gettext_lazy("Name")),
        Column("get_kind_display", label=gettext_lazy("Kind")),
        "code",
        "position",
    ]
    list_filter: ClassVar[list[str]] = ["kind"]


class RoomsGroup(ViewSetGroup):
    """Everything about rooms under one heading of the menu."""

    items = (
        RoomViewSet,
        RoomTextViewSet,
        ExceptionViewSet,
        HolidayViewSet,
        CalendarViewSet,
        SiteViewSet,
        UnitViewSet,
        FeatureViewSet,
        TermsViewSet,
    )
    menu_label = gettext_lazy("Room settings")
    menu_icon = "home"
    menu_order = 160
