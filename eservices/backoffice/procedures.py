"""What editors do with procedures: list, teams, sections, and being told what publishing did."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import DeleteView
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from eservices.backoffice.exchange import may_import
from eservices.contract import Requirement
from eservices.identity.providers import providers
from eservices.models import ProcedurePage, Section, Team
from eservices.queries.procedures import files_below, publication_of
from eservices.queries.requirements import can_be_proved_here, requirement_of

#: Rights on pages of which one is needed to see the list of procedures.
PAGE_RIGHTS = ["add", "change", "publish"]


# Teams and sections: their names are kept per language in one column


class NamesForm(WagtailAdminModelForm):
    """A form with one field of the name for each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, _name in settings.LANGUAGES:
            self.fields[f"name_{code}"].initial = self.instance.names.get(code, "")

    def save(self, commit: bool = True) -> models.Model:
        """Put the names together and save."""
        self.instance.names = {
            code: self.cleaned_data[f"name_{code}"].strip() for code, _name in settings.LANGUAGES
        }
        saved: models.Model = super().save(commit=commit)
        return saved


LABELS = {
    "code": gettext_lazy("Code"),
    "phone": gettext_lazy("Phone number"),
    "email": gettext_lazy("E-mail address"),
    "members": gettext_lazy("Members"),
    "icon": gettext_lazy("Icon"),
    "position": gettext_lazy("Position"),
}


def names_form(model: type[models.Model], fields: list[str]) -> type[NamesForm]:
    """Make the form of a model with `names`: the code, a name per language, then the other fields."""
    names = {
        f"name_{code}": forms.CharField(
            label=format_lazy(gettext_lazy("Name ({language})"), language=name), max_length=100
        )
        for code, name in settings.LANGUAGES
    }
    order = ["code", *names, *(name for name in fields if name != "code")]
    meta = type("Meta", (), {"model": model, "fields": fields, "labels": LABELS})
    return type(
        f"{model.__name__}Form", (NamesForm,), {**names, "Meta": meta, "field_order": order}
    )


class KeptDeleteView(DeleteView):
    """Deleting what procedures or files still name is refused in words."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Delete, or go back with the reason."""
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except models.ProtectedError:
            messages.error(
                self.request,
                _("“%(name)s” cannot be deleted: procedures or files still use it.")
                % {"name": self.object},
            )
            return redirect(self.get_success_url())
        return response


class _NamedViewSet(ModelViewSet):
    """Things with a name in each language."""

    delete_view_class = KeptDeleteView

    fields: ClassVar[list[str]]
    list_display: ClassVar[list[str]] = ["name", "code"]
    search_fields: ClassVar[list[str]] = ["code"]
    search_backend_name = None
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[NamesForm]:
        """Return the form with names per language; a code stays once it is chosen."""
        return names_form(
            self.model, [name for name in self.fields if name != "code" or not for_update]
        )


class TeamViewSet(_NamedViewSet):
    """The services that handle files."""

    model = Team
    icon = "group"
    menu_label = gettext_lazy("Teams")
    fields: ClassVar[list[str]] = ["code", "phone", "email", "members"]


class SectionViewSet(_NamedViewSet):
    """The headings under which citizens find procedures."""

    model = Section
    icon = "list-ul"
    menu_label = gettext_lazy("Sections")
    list_display: ClassVar[list[str]] = ["name", "code", "position"]
    fields: ClassVar[list[str]] = ["code", "icon", "position"]


# The list of procedures


class ProcedureMenuItem(MenuItem):
    """Shown to people who may work on pages; agents have no pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this person may work on pages."""
        return bool(PagePermissionPolicy().user_has_any_permission(request.user, PAGE_RIGHTS))


class ProcedureIndexView(IndexView):
    """The list with its one button."""

    @cached_property
    def add_item_label(self) -> str:
        """The words on the button."""
        return _("New procedure")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The import beside the list."""
        buttons: list[Button] = list(super().header_more_buttons)
        if may_import(self.request):
            address = reverse("procedure-import")
            buttons.append(Button(_("Import a procedure"), address, icon_name="upload"))
        return buttons


class ProcedureListing(PageListingViewSet):
    """All procedure pages of all languages."""

    model = ProcedurePage
    name = "procedure_pages"
    icon = "form"
    menu_label = gettext_lazy("Procedures")
    index_view_class = ProcedureIndexView
    menu_item_class = ProcedureMenuItem


class ProcedureGroup(ViewSetGroup):
    """Everything about procedures under one heading of the menu."""

    items = (ProcedureListing, TeamViewSet, SectionViewSet)
    menu_label = gettext_lazy("Procedures")
    menu_icon = "form"
    menu_order = 150


# What Wagtail asks


def tell_after_publishing(request: HttpRequest, page: Page) -> None:
    """`after_publish_page`: say at once whether people get the form that was just published."""
    page = page.specific
    if not isinstance(page, ProcedurePage) or not page.live:
        return
    state = publication_of(page)
    if state.procedure and not can_be_identified(requirement_of(state.procedure)):
        messages.warning(
            request,
            _(
                "Nobody can identify as this procedure asks: no identity provider of this portal gives that level with "
                "these methods. See “Rules”."
            ),
        )
    if state.issues:
        messages.warning(
            request,
            ngettext(
                "The page is published, but its form is not in use: there is %(count)s mistake. See “Publication”.",
                "The page is published, but its form is not in use: there are %(count)s mistakes. See “Publication”.",
                len(state.issues),
            )
            % {"count": len(state.issues)},
        )
    elif state.missing:
        names = ", ".join(str(dict(settings.LANGUAGES)[code]) for code in state.missing)
        messages.info(
            request,
            _("The new form is used as soon as all languages are ready. Missing: %(languages)s.")
            % {"languages": names},
        )


def can_be_identified(requirement: Requirement) -> bool:
    """Whether there is any way in this portal to meet what is asked."""
    return can_be_proved_here(requirement) or any(
        provider.can_satisfy(requirement) for provider in providers()
    )


def refuse_deleting_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """`before_delete_page`: refuse while files depend on the procedure or on one below."""
    count = files_below([page])
    if not count:
        return None
    messages.error(request, _refusal(count))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def refuse_bulk_deleting(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """`before_bulk_action`: the same for many pages at once."""
    if action_type != "delete" or not all(isinstance(item, Page) for item in objects):
        return None
    count = files_below(objects)
    if not count:
        return None
    messages.error(request, _refusal(count))
    return redirect(action.next_url or "wagtailadmin_home")


def _refusal(count: int) -> str:
    return ngettext(
        "This cannot be deleted: %(count)s file depends on it. Unpublish the page to stop new files.",
        "This cannot be deleted: %(count)s files depend on it. Unpublish the page to stop new files.",
        count,
    ) % {"count": count}
