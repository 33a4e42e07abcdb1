"""Asking for a room: the form, the dates of a series, the check with the price, and sending.

One address and no state on the server: what was said travels with the pages, so that nothing is lost by going back.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from eservices.actions import spaces
from eservices.errors import (
    DomainError,
    LoginRequired,
    ScannerUnavailable,
    StepUpRequired,
    UploadRefused,
)
from eservices.identity import kept_posts
from eservices.models import Profile
from eservices.models.procedures import in_language
from eservices.queries.profiles import other_spaces, profile_named, spaces_of
from eservices.queries.requirements import Asking
from eservices.views.kept import KeptPostMixin
from eservices.views.requirements import RequirementMixin
from rooms.actions import requests
from rooms.actions.series import (
    PlannedTime,
    Standing,
    plan,
    request_times,
    wanted_of,
)
from rooms.errors import DocumentInfected, SlotTaken
from rooms.forms.requests import RequestForm, read_plan
from rooms.models import Booking, Room, RoomTerms
from rooms.queries.availability import availability, room_named
from rooms.queries.clock import Span, local
from rooms.queries.words import asking_of_room, room_name
from rooms.views.addresses import query_of, read_times, write_time
from rooms.views.request_parts import hidden_rows, plan_rows, price_section, said_rows

FORM, PLAN, CHECK = "form", "plan", "check"
#: In the address after the profile was changed on this page: what was typed did not come too late.
SWITCHED = "switched"


class RequestView(KeptPostMixin, RequirementMixin, TemplateView):
    """The three pages of a request: form, dates of a series, check."""

    kwargs: dict[str, Any]

    @cached_property
    def room(self) -> Room:
        """The room of the address."""
        return room_named(self.kwargs["code"])

    @property
    def asking(self) -> Asking:
        """What the room asks of who books it."""
        return asking_of_room(self.room)

    @cached_property
    def profile(self) -> Profile:
        """In whose name."""
        if self.viewer.profile is None:
            raise LoginRequired
        return self.viewer.profile

    @cached_property
    def terms(self) -> RoomTerms | None:
        """The terms in force."""
        return RoomTerms.objects.first()

    def identify_first(self, refusal: StepUpRequired, place: str = "") -> HttpResponseBase:
        """Let what was typed wait for the identification."""
        if self.request.method == "POST" and self.viewer.user is not None:
            kept_posts.keep(self.request, user=self.viewer.user)
        return super().identify_first(refusal, place)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = self.kept_values()
        times = read_times(typed if typed is not None else request.GET)
        if not times:
            return redirect("room", code=self.room.code)
        form = self.form(typed, times)
        late = typed is not None and SWITCHED not in request.GET
        return self.page(FORM, form, kept=late)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        go, times = request.POST.get("go", CHECK), read_times(request.POST)
        if not times:
            return redirect("room", code=self.room.code)
        if profile := request.POST.get("profile"):
            return self.switch(profile, times)
        if go == "send" and (made := requests.made_with(self.viewer, request.POST.get("key", ""))):
            return redirect("booking", reference=made[0].reference)
        form = self.form(self.current(request.POST), times)
        if go == "change":
            return self.page(FORM, form)
        if not form.is_valid():
            return self.page(FORM, form, status=422)
        try:
            return self.advance(go, form, times)
        except StepUpRequired:
            raise
        except DomainError as refusal:
            return self.refused(form, refusal)

    def current(self, data: QueryDict) -> QueryDict:
        """Return what was posted; terms that are no longer in force must be accepted anew."""
        if self.terms is None or data.get("terms_number") == str(self.terms.number):
            return data
        changed = data.copy()
        changed.pop("terms", None)
        changed["terms_number"] = str(self.terms.number)
        return changed

    def switch(self, wanted: str, times: Sequence[Span]) -> HttpResponse:
        """Change in whose name the request is made, and keep all that was typed."""
        user, session = self.viewer.user, self.viewer.session
        if user is None or session is None:
            raise LoginRequired
        profile = profile_named(user, wanted)
        spaces.enter(session=session, user=user, profile=profile)
        kept_posts.keep(self.request, user=user)
        query = query_of(times, **{SWITCHED: "1"})
        return redirect(reverse("room-request", args=[self.room.code]) + query)

    def form(self, data: QueryDict | None, times: Sequence[Span]) -> RequestForm:
        """Return the form with what was typed."""
        people = self.request.GET.get("people", "")
        initial = {"attendees": people} if people.isdecimal() else {}
        return RequestForm(data, room=self.room, times=times, terms=self.terms, initial=initial)

    def advance(self, go: str, form: RequestForm, times: Sequence[Span]) -> HttpResponse:
        """Go one page further, or send."""
        planned: list[PlannedTime] = []
        if form.recipe is not None:
            known = self.request.POST.get("recipe") == json.dumps(form.recipe.to_json())
            wanted = read_plan(self.request.POST) if known else []
            planned = plan(self.room, wanted or wanted_of(form.recipe))
            open_rows = [
                row for row in planned if not row.is_free and row.standing != Standing.SKIPPED
            ]
            left = sum(row.is_free for row in planned)
            if not wanted or go == PLAN or open_rows or left < 1:
                asked = bool(wanted) and go != PLAN
                return self.page(
                    PLAN,
                    form,
                    planned=planned,
                    open_rows=open_rows if asked else [],
                    none_left=asked and not left,
                    status=422 if asked else 200,
                )
            spans = [row.span for row in planned if row.is_free and row.span]
        else:
            spans = list(times)
        requests.check(
            self.room,
            spans,
            form.wish,
            kind=self.profile.kind,
            profile_id=self.profile.pk,
            now=timezone.now(),
        )
        if go == "send":
            return self.send(form, spans, planned)
        self.check_free(spans)
        return self.page(CHECK, form, planned=planned, spans=spans)

    def check_free(self, spans: Sequence[Span]) -> None:
        """Raise SlotTaken now rather than after the check when a time is taken."""
        first, last = min(spans).start, max(span.end for span in spans)
        found = availability(
            [self.room], local(first).date(), local(last).date(), now=timezone.now()
        )
        if any(found.blocked(self.room, span) for span in spans):
            raise SlotTaken(field="starts_at")

    def make(
        self, form: RequestForm, spans: Sequence[Span], planned: Sequence[PlannedTime]
    ) -> list[Booking]:
        """Call the action that asks for one time, or for several together."""
        said: dict[str, Any] = {
            "viewer": self.viewer,
            "room": self.room,
            "wish": form.wish,
            "key": self.request.POST.get("key", "") or uuid.uuid4().hex,
            "locale": get_language() or "",
            "files": self.request.FILES.getlist("files"),
        }
        return request_times(**said, spans=spans, planned=planned, recipe=form.recipe)

    def send(
        self, form: RequestForm, spans: Sequence[Span], planned: Sequence[PlannedTime]
    ) -> HttpResponse:
        """Send it; a document that is refused, or a time that is gone, shows the check again."""
        try:
            made = self.make(form, spans, planned)
        except (UploadRefused, DocumentInfected, ScannerUnavailable) as refusal:
            return self.page(
                CHECK,
                form,
                planned=planned,
                spans=spans,
                upload_error=str(refusal),
                status=refusal.status,
            )
        kept_posts.drop(self.request)
        words = ngettext(
            "Your request is sent.", "Your request for %(count)s times is sent.", len(made)
        )
        messages.success(self.request, words % {"count": len(made)})
        return redirect("booking", reference=made[0].reference)

    def refused(self, form: RequestForm, refusal: DomainError) -> HttpResponse:
        """Show a refusal at the question that it is about."""
        field = refusal.field if refusal.field in form.fields else None
        if refusal.field == "extras":
            field = next((name for name in form.fields if name.startswith("extra-")), None)
        if refusal.field == "count":
            field = "until"
        form.add_error(field, str(refusal))
        if isinstance(refusal, SlotTaken) and form.recipe is not None:
            planned = plan(self.room, read_plan(self.request.POST) or wanted_of(form.recipe))
            return self.page(PLAN, form, planned=planned, status=refusal.status)
        about_time = refusal.field in ("starts_at", "ends_at")
        return self.page(FORM, form, status=refusal.status, about_time=about_time)

    def page(
        self, stage: str, form: RequestForm, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """Answer one of the three pages."""
        self.template_name = f"rooms/request_{stage}.html"
        room, times = self.room, form.times
        spans = context.get("spans") or list(times)
        name = room_name(room)
        back = reverse("room", args=[room.code]) + query_of(times)
        data = form.data
        context = {
            **context,
            "stage": stage,
            "form": form,
            "room": room,
            "room_name": name,
            "times": [write_time(span) for span in times],
            "price": price_section(room, spans, self.profile.kind, form),
            "key": data.get("key") or uuid.uuid4().hex,
            "recipe": json.dumps(form.recipe.to_json()) if _has_recipe(form) else "",
            "hidden": hidden_rows(form),
            "said": said_rows(form) if stage == CHECK else [],
            "plan": plan_rows(context.get("planned") or ()),
            "terms": self.terms,
            "terms_text": in_language(self.terms.texts) if self.terms else "",
            "profile_name": self.viewer.profile_name,
            "others": other_spaces(spaces_of(self.viewer), self.viewer, room.kinds or _ALL_KINDS),
            "accepted": room.accepts(self.profile.kind),
            "room_url": back + "#request",
            "trail": [
                {"label": _("Rooms"), "url": reverse("rooms")},
                {"label": name, "url": back},
                {"label": _("Request a booking"), "url": ""},
            ],
        }
        return self.render_to_response(self.get_context_data(**context), status=status)


_ALL_KINDS = ("citizen", "enterprise", "association")


def _has_recipe(form: RequestForm) -> bool:
    return form.is_bound and form.is_valid() and form.recipe is not None
