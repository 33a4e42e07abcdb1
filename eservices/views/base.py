"""Bases of citizen pages: who may see them, and how a refusal comes back to the form that caused it."""

from typing import Any, ClassVar, cast

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views import View
from django.views.generic import FormView

from eservices.contract import Viewer
from eservices.errors import ActingReadOnly, DomainError, StepUpRequired
from eservices.identity.entrance import ask_to_log_in


class ViewerRequest(HttpRequest):
    """A request as the middleware leaves it."""

    viewer: Viewer


class ViewerRequiredMixin(View):
    """Only for people with a confirmed login; others log in first and come back to the same address.

    An agent who looks at somebody's space sees only pages that say so (`open_to_agents`).
    """

    open_to_agents: ClassVar[bool] = False
    #: Whether what somebody posts here after the end of the session waits for them; the page must then show it.
    keeps_posts: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.viewer.is_authenticated:
            return ask_to_log_in(request, keep=self.keeps_posts)
        if self.viewer.agent is not None and not self.open_to_agents:
            raise ActingReadOnly
        response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    @property
    def viewer(self) -> Viewer:
        """Who looks."""
        return cast(ViewerRequest, self.request).viewer


class ActionFormView(FormView[BaseForm]):
    """A form whose act is one action: `act(form)` calls it, a refusal is shown where it belongs.

    A DomainError with a `field` of the form goes to that field, any other to the top; what was typed stays and the
    answer has the refusal's status.
    """

    def act(self, form: BaseForm) -> Any:
        """Call the action."""
        raise TypeError(f"{type(self).__name__} must say what it does.")

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            self.act(form)
        except StepUpRequired:  # RequirementMixin leads to the page that offers the identification
            raise
        except DomainError as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        return super().form_valid(form)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
