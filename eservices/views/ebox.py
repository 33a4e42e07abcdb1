"""The eBox: activating it, the list of official documents, opening one, its receipt."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from eservices import formats
from eservices.actions import ebox
from eservices.downloads import download_for, pdf_answer
from eservices.enums import EboxState
from eservices.errors import EboxNotActive, EboxNotOpened, NotFound
from eservices.forms.ebox import EboxAddressForm, EboxCodeForm
from eservices.models import EboxActivation, EboxMessage
from eservices.queries.ebox import (
    activation_of,
    asking_for,
    message_for,
    messages_for,
    receipt_pdf,
    title_in,
)
from eservices.queries.requirements import Asking
from eservices.views.base import ActionFormView
from eservices.views.privacy import OwnDataMixin
from eservices.views.requirements import RequirementMixin

PER_PAGE = 20
#: So many documents stand on the dashboard.
ON_DASHBOARD = 2


class EboxView(OwnDataMixin, TemplateView):
    """The documents of the space in use; who has not activated the eBox reads what it is."""

    template_name = "ebox/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        activation = activation_of(self.user)
        rows = messages_for(self.viewer) if activation else EboxMessage.objects.none()
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            activation=activation,
            page_obj=page,
            rows=[message_row(row) for row in page],
            space_name=self.viewer.profile_name if self.viewer.membership else "",
            limited=not self.viewer.sees_whole_profile,
            **kwargs,
        )


class ActivateView(OwnDataMixin, ActionFormView):
    """Takes the address at which documents are announced, and mails a code to it."""

    template_name = "ebox/activate.html"
    form_class = EboxAddressForm

    def get_initial(self) -> dict[str, Any]:
        activation = activation_of(self.user)
        return {"email": activation.email if activation else self.user.email}

    def act(self, form: Any) -> None:
        ebox.ask(user=self.user, email=form.cleaned_data["email"])

    def get_success_url(self) -> str:
        return reverse("ebox-code")


class ConfirmView(OwnDataMixin, ActionFormView):
    """Takes the code from the mail; the eBox is then active."""

    template_name = "ebox/code.html"
    form_class = EboxCodeForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.viewer.is_authenticated and self.pending is None:
            return redirect("ebox-activate")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def pending(self) -> EboxActivation | None:
        """The activation that waits for its code."""
        return EboxActivation.objects.filter(user=self.user).exclude(pending_email="").first()

    def act(self, form: Any) -> None:
        ebox.confirm(user=self.user, code=form.cleaned_data["otp_token"])
        messages.success(self.request, _("Your eBox is active."))

    def get_success_url(self) -> str:
        return reverse("ebox")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pending=self.pending, **kwargs)


class EndView(OwnDataMixin, TemplateView):
    """Asks whether to end the eBox, and ends it."""

    template_name = "ebox/end.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if activation_of(self.user) is None:
            return redirect("ebox")
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ebox.end(user=self.user)
        messages.success(request, _("Your eBox is ended. You can activate it again at any time."))
        return redirect("ebox")


class MessageMixin(OwnDataMixin, RequirementMixin):
    """Pages of one document; foreign ones do not exist, and each asks for its level."""

    kwargs: dict[str, Any]

    @cached_property
    def message(self) -> EboxMessage:
        """The document of the address."""
        return message_for(self.viewer, self.kwargs["message"])

    @property
    def asking(self) -> Asking:
        """What opening it asks."""
        if activation_of(self.user) is None:
            raise EboxNotActive
        return asking_for(self.message)

    @property
    def asking_of_strangers(self) -> Asking | None:
        """Whose document it is, and so what it asks, is known after the login."""
        return None

    @property
    def opened(self) -> EboxMessage:
        """The document with its receipt; raises EboxNotOpened before."""
        if self.message.state != EboxState.OPENED:
            raise EboxNotOpened
        return self.message


class MessageView(MessageMixin, TemplateView):
    """One document: before the opening its title and the button, afterwards its files and the receipt."""

    template_name = "ebox/message.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.message
        is_open = row.state == EboxState.OPENED
        return super().get_context_data(
            **{**kwargs, "message": row},
            title=title_in(row),
            sender=row.team.name if row.team else "",
            published=formats.date_time(row.published_at) if row.published_at else "",
            is_open=is_open,
            files=file_rows(row) if is_open else [],
            receipt=receipt_rows(row) if is_open else [],
            trail=[
                {"label": "eBox", "url": reverse("ebox")},
                {"label": title_in(row), "url": ""},
            ],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ebox.open_message(message=self.message, viewer=self.viewer)
        return redirect("ebox-message", message=self.message.public_id)


class DocumentView(MessageMixin, View):
    """Hands out a file of a document that was opened."""

    def get(self, request: HttpRequest, *, position: int, **kwargs: Any) -> HttpResponseBase:
        part = self.opened.documents.filter(position=position).select_related("annex").first()
        if part is None:
            raise NotFound
        return download_for(part.annex, request, self.user)


class ReceiptView(MessageMixin, View):
    """The receipt as a PDF: what was delivered when, and who opened it when."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        content = receipt_pdf(self.opened, get_language() or "fr")
        return pdf_answer(content, f"receipt-{str(self.message.public_id)[:8]}")


def message_row(row: EboxMessage) -> dict[str, Any]:
    """Return one line of the list."""
    unread = row.state == EboxState.PUBLISHED
    came = formats.date_time(row.published_at) if row.published_at else ""
    return {
        "url": reverse("ebox-message", args=[row.public_id]),
        "unread": unread,
        "icon": "mailbox" if unread else "mail-open",
        "label": title_in(row),
        "text": row.team.name if row.team else "",
        "reference": row.submission.reference if row.submission else "",
        "at": came,
        "iso": row.published_at.isoformat() if row.published_at else "",
        "opened": formats.date_time(row.opened_at) if row.opened_at else "",
    }


def file_rows(row: EboxMessage) -> list[dict[str, Any]]:
    """Return the files of a document, to be downloaded."""
    return [
        {
            "name": part.annex.name,
            "note": formats.file_size(part.annex.size),
            "url": reverse("ebox-document", args=[row.public_id, part.position]),
        }
        for part in row.documents.select_related("annex")
    ]


def receipt_rows(row: EboxMessage) -> list[dict[str, str]]:
    """Return when a document was delivered, opened, and by whom."""
    return [
        {"label": _("Delivered"), "value": formats.date_time(row.published_at)},  # type: ignore[arg-type]
        {"label": _("Opened"), "value": formats.date_time(row.opened_at)},  # type: ignore[arg-type]
        {"label": _("Opened by"), "value": row.opened_by.display_name if row.opened_by else "–"},
    ]


def dashboard_card(viewer: Any) -> dict[str, Any]:
    """Return the newest documents for the dashboard; nothing for who only looks or has not activated the eBox."""
    if viewer.user is None or viewer.agent is not None or activation_of(viewer.user) is None:
        return {}
    rows = messages_for(viewer)[:ON_DASHBOARD]
    return {"rows": [message_row(row) for row in rows]}
