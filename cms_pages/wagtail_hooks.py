"""What editors see in the back office about translations."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from cms_pages import translating


class TranslationsPanel(Component):
    """Pages whose translations need work, on the first page of the back office."""

    name = "translations"
    order = 60
    template_name = "cms_pages/translations_panel.html"
    SHOWN = 12

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """List the first ones and say how many there are."""
        found = translating.lagging()
        return {"rows": found[: self.SHOWN], "total": len(found)}


@hooks.register("construct_homepage_panels")
def add_translations_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Show the panel to those who may edit pages."""
    if request.user.has_perm("wagtail_localize.submit_translation"):
        panels.append(TranslationsPanel())


@hooks.register("before_edit_page", order=-10)
def refuse_incomplete_translation(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Do not publish a translation with missing words; wagtail-localize would put the source's words there."""
    wants = request.POST.get("action") == "publish" or "action-publish" in request.POST
    if request.method != "POST" or not wants:
        return None
    missing = translating.missing_words(page)
    if not missing:
        return None
    messages.error(
        request,
        ngettext(
            "This page is not published: %(number)s text is not translated yet.",
            "This page is not published: %(number)s texts are not translated yet.",
            missing,
        )
        % {"number": missing},
    )
    return redirect("wagtailadmin_pages:edit", page.pk)
