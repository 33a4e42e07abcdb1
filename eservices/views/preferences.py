"""The page "Preferences": where one begins after the login, and where notices are read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from eservices import formats
from eservices.actions import bounces, preferences
from eservices.enums import MailState
from eservices.errors import TooMany
from eservices.forms.preferences import PreferencesForm
from eservices.models import OutgoingMail
from eservices.queries.notices import test_mail_of
from eservices.queries.preferences import preferences_of
from eservices.views.base import ActionFormView
from eservices.views.privacy import OwnDataMixin


class PreferencesView(OwnDataMixin, ActionFormView):
    """The choices of the person, for all spaces that may be used today."""

    template_name = "accounts/preferences.html"
    form_class = PreferencesForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "preferences": preferences_of(self.user)}

    def act(self, form: Any) -> None:
        preferences.save(
            user=self.user, default_space=form.default_space(), channels=form.channels()
        )
        messages.success(self.request, _("Your preferences are saved."))

    def get_success_url(self) -> str:
        return resolve_url("preferences")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["groups"] = context["form"].groups()
        mail = test_mail_of(self.user)
        context["test_mail"] = mail_words(mail) if mail else ""
        context["test_mail_failed"] = mail is not None and mail.state in _NOT_ARRIVED
        return context


_NOT_ARRIVED = (MailState.FAILED, MailState.BOUNCED)


class TestMailView(OwnDataMixin, View):
    """Sends a mail that says nothing, to see whether it arrives."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            bounces.send_test(user=self.user)
        except TooMany as refusal:
            minutes = -(-refusal.params["seconds"] // 60)
            messages.error(
                request,
                ngettext(
                    "You have asked for several test mails. Try again in %(n)s minute.",
                    "You have asked for several test mails. Try again in %(n)s minutes.",
                    minutes,
                )
                % {"n": minutes},
            )
        else:
            messages.success(
                request,
                _("A test mail is on its way to %(address)s.") % {"address": self.user.email},
            )
        return redirect(f"{resolve_url('preferences')}#test-mail")


def mail_words(mail: OutgoingMail) -> str:
    """Return how far a test mail has come, in a sentence."""
    words = {
        MailState.SENT: _(
            "The last test mail left on %(at)s. If it is not there, look among the unwanted mails."
        ),
        MailState.FAILED: _("The last test mail, of %(at)s, could not leave yet. We try again."),
        MailState.BOUNCED: _(
            "The last test mail, of %(at)s, came back: the address does not work."
        ),
    }
    waiting = _("The last test mail, of %(at)s, is about to leave.")
    at = formats.date_time(mail.sent_at or mail.created_at)
    return words.get(MailState(mail.state), waiting) % {"at": at}
