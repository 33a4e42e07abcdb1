"""The pages about a person's sessions: where one is logged in, what happened, why one is logged out."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions.sessions import end_by_person
from eservices.enums import SessionEnd
from eservices.errors import message_of
from eservices.identity import kept_posts, sessions
from eservices.identity.entrance import is_ours
from eservices.identity.origins import origin_of
from eservices.identity.session_words import identified, why
from eservices.models import AuthenticationEvent, PortalSession
from eservices.queries.sessions import open_session, open_sessions, proofs_of, security_log
from eservices.views.base import ViewerRequiredMixin

EVENTS_PER_PAGE = 25


@method_decorator(never_cache, name="dispatch")
class SessionEndedView(TemplateView):
    """Says why the session is over and leads back to where the person was.

    Somebody who has logged in again meanwhile, in another tab, goes there at once.
    """

    template_name = "accounts/session_ended.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.GET.get("next", "")
        self.goal = wanted if wanted and is_ours(request, wanted) else ""
        if request.user.is_authenticated:
            return redirect(self.goal or resolve_url("dashboard"))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        over = sessions.ended(self.request)
        reason = SessionEnd(over.end_reason) if over and over.end_reason else None
        login = reverse("login")
        return super().get_context_data(
            reason=reason,
            why=why(
                reason,
                idle=settings.SESSION_IDLE_SECONDS,
                absolute=settings.SESSION_ABSOLUTE_SECONDS,
            ),
            kept=bool(over and kept_posts.of_user(self.request, over.user)),
            login_again=f"{login}?{urlencode({'next': self.goal})}" if self.goal else login,
            **kwargs,
        )


class SessionsView(ViewerRequiredMixin, TemplateView):
    """Where the person is logged in now."""

    template_name = "accounts/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        here = self.viewer.session
        rows = [row_of(row, here) for row in open_sessions(self.viewer.user, now=timezone.now())]
        rows.sort(key=lambda row: not row["is_this"])
        return super().get_context_data(
            rows=rows,
            others=sum(not row["is_this"] for row in rows),
            events=[event_row(event) for event in self.latest_events()],
            **kwargs,
        )

    def latest_events(self) -> Any:
        """Return the newest lines of the security log."""
        return security_log(self.viewer.user, now=timezone.now())[:5]


def row_of(session: PortalSession, here: PortalSession | None) -> dict[str, Any]:
    """Return one session as the list shows it."""
    return {
        "public_id": session.public_id,
        "browser": session.browser or _("Unknown browser"),
        "network": session.network,
        "since": session.began_at,
        "last_active": session.last_active_at,
        "identified": identified(proofs_of(session)),
        "is_this": here is not None and session.pk == here.pk,
    }


def event_row(event: AuthenticationEvent) -> dict[str, Any]:
    """Return one line of the security log as the list shows it."""
    where = ", ".join(part for part in (event.browser, event.network) if part)
    at, why_refused = formats.date_time(event.at), message_of(event.code)
    facts = [("fingerprint-pattern", event.get_method_display()), ("monitor", where)]
    return {
        "label": event.get_kind_display(),
        "text": f"{at} – {why_refused}" if why_refused else at,
        "meta": [{"icon": icon, "text": text} for icon, text in facts if text],
    }


class EndSessionView(ViewerRequiredMixin, View):
    """Ends one session; ending this one logs out."""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """End it and come back to the list."""
        wanted = open_session(self.viewer.user, public_id, now=timezone.now())
        if self.viewer.session is not None and wanted.pk == self.viewer.session.pk:
            return log_out(request)
        _end(self, [wanted])
        messages.success(request, _("The session is ended."))
        return redirect("sessions")


class EndOtherSessionsView(ViewerRequiredMixin, View):
    """Ends every session but this one."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them and come back to the list."""
        here = self.viewer.session
        rows = open_sessions(self.viewer.user, now=timezone.now())
        count = _end(self, [row for row in rows if here is None or row.pk != here.pk])
        text = ngettext(
            "%(count)s other session is ended.", "%(count)s other sessions are ended.", count
        )
        messages.success(request, text % {"count": count})
        return redirect("sessions")


class EndAllSessionsView(ViewerRequiredMixin, View):
    """Ends every session, this one too."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """End them; the person is logged out everywhere."""
        here = self.viewer.session
        rows = open_sessions(self.viewer.user, now=timezone.now())
        _end(self, [row for row in rows if here is None or row.pk != here.pk])
        return log_out(request)


class SecurityLogView(ViewerRequiredMixin, TemplateView):
    """What happened around the person's ways in, twelve months back."""

    template_name = "accounts/security_log.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = security_log(self.viewer.user, now=timezone.now())
        page = Paginator(events, EVENTS_PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page_obj=page, rows=[event_row(event) for event in page], **kwargs
        )


def log_out(request: HttpRequest) -> HttpResponse:
    """End the session of a request and say so on the login page."""
    sessions.end(request)
    messages.success(request, _("You are logged out."))
    return redirect("login")


def _end(view: ViewerRequiredMixin, rows: list[PortalSession]) -> int:
    origin = origin_of(view.request)
    return end_by_person(
        user=view.viewer.user, sessions=rows, browser=origin.browser, network=origin.network
    )
