"""Notices in the space: the list, opening one, marking as read."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import notices
from eservices.contract import Viewer
from eservices.models import Profile
from eservices.queries.notices import ShownNotice, notice_named, notices_of, shown
from eservices.views.privacy import OwnDataMixin

PER_PAGE = 20
#: So many unread notices stand on the dashboard.
ON_DASHBOARD = 3


class NoticesView(OwnDataMixin, TemplateView):
    """Everything that was told to a person, newest first, over all their spaces."""

    template_name = "notices/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        only_unread = self.request.GET.get("show") == "unread"
        rows = notices_of(self.user)
        unread = rows.filter(read_at=None)
        pages = Paginator(unread if only_unread else rows, PER_PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        unread_number = pages.count if only_unread else unread.count()
        return super().get_context_data(
            page_obj=page,
            rows=[notice_row(row, self.viewer) for row in shown(page, self.user)],
            unread=unread_number,
            tabs=[
                {"label": _("All"), "url": "?", "current": not only_unread},
                {
                    "label": _("Unread (%(n)s)") % {"n": unread_number},
                    "url": "?show=unread",
                    "current": only_unread,
                },
            ],
            **kwargs,
        )


class OpenNoticeView(OwnDataMixin, View):
    """Leads to what a notice tells, and remembers that it was read."""

    def get(self, request: HttpRequest, notice: UUID) -> HttpResponse:
        row = notice_named(self.user, notice)
        if elsewhere(row.profile, self.viewer):
            messages.info(request, _("This notice belongs to another space. Switch to it first."))
            return redirect("notices")
        notices.mark_read(notices=notices_of(self.user).filter(pk=row.pk))
        return redirect(shown([row], self.user)[0].path)


class ReadNoticesView(OwnDataMixin, View):
    """Marks all notices as read."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        count = notices.mark_read(notices=notices_of(self.user))
        messages.success(
            request,
            ngettext("%(n)s notice is marked as read.", "%(n)s notices are marked as read.", count)
            % {"n": count},
        )
        return redirect("notices")


def elsewhere(profile: Profile | None, viewer: Viewer) -> bool:
    """Whether a notice is about a space that is not the one in use."""
    return profile is not None and profile != viewer.profile


def notice_row(row: ShownNotice, viewer: Viewer) -> dict[str, Any]:
    """Return one line of the list."""
    return {
        "id": row.notice.public_id,
        "url": reverse("notice-open", args=[row.notice.public_id]),
        "profile": row.notice.profile if elsewhere(row.notice.profile, viewer) else None,
        "space": row.space,
        "unread": row.is_unread,
        "icon": row.icon,
        "label": row.title,
        "text": row.about,
        "reference": row.reference,
        "at": formats.date_time(row.notice.created_at),
        "iso": row.notice.created_at.isoformat(),
    }


def unread_rows(viewer: Viewer) -> list[dict[str, Any]]:
    """Return the newest unread notices for the dashboard; none for who only looks at the space."""
    if viewer.user is None or viewer.agent is not None:
        return []
    rows = notices_of(viewer.user).filter(read_at=None)[:ON_DASHBOARD]
    return [notice_row(row, viewer) for row in shown(rows, viewer.user)]
