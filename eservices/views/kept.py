"""Pages that show again what somebody typed there when the session was over."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict

from eservices.identity import kept_posts
from eservices.views.base import ViewerRequiredMixin


class KeptPostMixin(ViewerRequiredMixin):
    """A page that keeps what is posted too late, and asks for it with `kept_values()` when it is shown again.

    Its template shows the notice `parts/kept.html` when the context has `kept`, and marks its form `data-keep`.
    """

    keeps_posts = True

    def kept_values(self) -> QueryDict | None:
        """Return what waits for this page, unless the person is sending the form now."""
        if self.request.method != "GET" or self.viewer.user is None:
            return None
        if "saved" in self.request.GET:  # the person prefers what is saved
            kept_posts.drop(self.request)
            return None
        return kept_posts.kept(self.request, user=self.viewer.user)


class KeptFormMixin(KeptPostMixin):
    """The same for a form view, which it precedes among the bases."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with what waits for the person."""
        arguments: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        typed = self.kept_values()
        return arguments if typed is None else {**arguments, "data": typed}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Forget what waited: it is being saved."""
        kept_posts.drop(self.request)
        answer: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell whether the form shows what waited."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "kept": self.request.method == "GET" and context["form"].is_bound}
