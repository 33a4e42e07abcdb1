"""The list of mistakes beside the builder: worked out anew while somebody edits, stored nowhere."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST
from wagtail.permission_policies.pages import PagePermissionPolicy

from eservices.models import ProcedurePage
from eservices.queries.builder import built_from_post, findings_of

#: Rights on pages of which one is needed to work on procedures.
PAGE_RIGHTS = ["add", "change", "publish"]


@require_POST
def check_form(request: HttpRequest, page: int = 0) -> HttpResponse:
    """Answer with the list of what is wrong in the posted form of the editor; `page` is the page that is edited."""
    if not PagePermissionPolicy().user_has_any_permission(request.user, PAGE_RIGHTS):
        raise PermissionDenied
    found = (
        get_object_or_404(ProcedurePage.objects.select_related("locale"), pk=page) if page else None
    )
    if found is not None and not found.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    form = built_from_post(_posted("chapters", request), _posted("annexes", request))
    return render(
        request, "procedures/admin/findings.html", {"findings": findings_of(form, page=found)}
    )


def _posted(name: str, request: HttpRequest) -> Any:
    """Return one field of blocks as the browser holds it now, checked by nobody yet."""
    block = ProcedurePage._meta.get_field(name).stream_block
    if f"{name}-count" not in request.POST:
        return []
    try:
        return block.get_prep_value(block.value_from_datadict(request.POST, request.FILES, name))
    except (KeyError, ValueError) as error:  # no browser posts half a block
        raise BadRequest("The form is not complete.") from error


def urls() -> list[URLPattern]:
    """The addresses of the check, below /admin/."""
    return [
        path("procedures/check/", check_form, name="procedure-check-new"),
        path("procedures/<int:page>/check/", check_form, name="procedure-check"),
    ]
