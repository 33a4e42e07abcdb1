"""The personal space."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.generic import TemplateView

from eservices import formats
from eservices.enums import ProfileKind
from eservices.models import Submission
from eservices.queries.dashboard import tiles_for
from eservices.queries.ebox import is_offered
from eservices.queries.own_files import OwnFilters, OwnTab, own_counts, own_list
from eservices.queries.requests import awaited_in
from eservices.queries.submissions import badge_of
from eservices.views.base import ViewerRequiredMixin
from eservices.views.ebox import dashboard_card
from eservices.views.notices import unread_rows
from eservices.views.spaces import state_words

PER_PAGE = 20


class DashboardView(ViewerRequiredMixin, TemplateView):
    """What waits for somebody, and all files of the profile."""

    template_name = "dashboard/dashboard.html"
    open_to_agents = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        filters = OwnFilters.read({"tab": self.request.GET.get("files")})
        counts = own_counts(self.viewer)
        pages = Paginator(own_list(self.viewer, filters), PER_PAGE)
        pages.count = counts[filters.tab]  # counted already, with the numbers on the tabs
        page = pages.get_page(self.request.GET.get("page"))
        waiting, tiles = tiles_for(self.viewer)
        return super().get_context_data(
            waiting=waiting,
            tiles=[{"url": t.url, "label": t.title, "text": t.text, "icon": t.icon} for t in tiles],
            tabs=tab_rows(counts, filters.tab, "files"),
            has_files=bool(counts[OwnTab.ALL]),
            page_obj=page,
            rows=[file_row(submission) for submission in page],
            **self.space(),
            notices=unread_rows(self.viewer),
            ebox=dashboard_card(self.viewer) if is_offered() else {},
            columns=[pgettext("request", "File"), _("State"), _("Whose turn"), _("Changed")],
            **kwargs,
        )

    def space(self) -> dict[str, Any]:
        """Return the name of an organisation's space, and what limits a right that nobody has confirmed."""
        profile, membership = self.viewer.profile, self.viewer.membership
        if profile is None or profile.kind == ProfileKind.CITIZEN:
            return {}
        context: dict[str, Any] = {"space_name": self.viewer.profile_name}
        if membership is not None and not self.viewer.sees_whole_profile:
            context["limited"] = state_words(membership)
            context["limited_url"] = reverse("space", args=[membership.public_id])
        return context


def tab_rows(counts: Mapping[OwnTab, int], current: OwnTab, name: str) -> list[dict[str, Any]]:
    """Return the tabs above the list, with their numbers; `name` is the parameter that chooses one."""
    words = {
        OwnTab.ALL: _("All (%(n)s)"),
        OwnTab.DRAFT: _("Started (%(n)s)"),
        OwnTab.WAITING: _("Waiting for me (%(n)s)"),
        OwnTab.PROGRESS: _("Sent, in progress (%(n)s)"),
        OwnTab.DECIDED: _("Decided (%(n)s)"),
    }
    return [
        {"label": label % {"n": counts[tab]}, "url": f"?{name}={tab}", "current": tab == current}
        for tab, label in words.items()
    ]


def file_row(submission: Submission) -> dict[str, Any]:
    """Return one line of the list."""
    return {
        "url": reverse("submission", args=[submission.reference]),
        "label": submission.procedure.title,
        "note": submission.reference,
        "badge": news_of(submission),
        "state": badge_of(submission),
        "turn": submission.turn.value,
        "turn_label": awaited_in(submission).words,
        "cells": [formats.short_date(submission.modified)],  # type: ignore[attr-defined]
    }


def unread_words(number: int) -> str:
    """Return how many messages are unread; nothing when none is."""
    words = ngettext("%(n)s new message", "%(n)s new messages", number)
    return words % {"n": number} if number else ""


def news_of(submission: Submission) -> str:
    """Return what is new in a file since the last look, in words; nothing when nothing is."""
    words = unread_words(submission.unread_messages)  # type: ignore[attr-defined]
    return words or (pgettext("file", "New") if submission.unread else "")  # type: ignore[attr-defined]
