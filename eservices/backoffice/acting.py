"""In the back office: asking to look at a person's space."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from eservices.actions import acting
from eservices.errors import DomainError
from eservices.identity.acting import GRANT_KEY
from eservices.models import Submission, User
from eservices.queries.acting import may_look_at


class LookForm(forms.Form):
    """Why the agent needs to look; the person reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("The person reads it under “Who looked at my data”."),
        error_messages={"required": gettext_lazy("Say why you need to look.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reference = forms.CharField(
        label=gettext_lazy("File"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("The reference of the file that this is about, if there is one."),
    )


class LookView(WagtailAdminTemplateMixin, FormView):
    """Asks for a reason, then opens the person's space as the person sees it, for half an hour."""

    template_name = "backoffice/look.html"
    form_class = LookForm
    header_icon = "view"
    page_title = gettext_lazy("Look at a person’s space")

    @cached_property
    def person(self) -> User:
        """Whose space."""
        return get_object_or_404(User, public_id=self.kwargs["public_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_look_at(agent=request.user, person=self.person):  # type: ignore[arg-type]
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_initial(self) -> dict[str, Any]:
        return {"reference": self.request.GET.get("file", "")[:20]}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.person.display_name}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            person=self.person, minutes=acting.LASTS.seconds // 60, **kwargs
        )

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        reference = form.cleaned_data["reference"].strip().upper()
        file = None
        if reference:
            about = Submission.objects.select_related("profile")
            file = about.filter(reference=reference, acting_user=self.person).first()
            if file is None:
                form.add_error("reference", _("This person has no file with this reference."))
                return self.form_invalid(form)
        try:
            grant = acting.begin(
                agent=self.request.user,  # type: ignore[arg-type]
                person=self.person,
                reason=form.cleaned_data["reason"],
                reference=reference,
                profile=file.profile if file else None,
            )
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
            return self.form_invalid(form)
        self.request.session[GRANT_KEY] = str(grant.public_id)
        with override(self.request.user.language):  # type: ignore[union-attr]
            return redirect(reverse("dashboard"))


def urls() -> list[URLPattern]:
    """Return the addresses of this file, below /admin/."""
    return [path("people/<uuid:public_id>/look/", LookView.as_view(), name="agent-look")]
