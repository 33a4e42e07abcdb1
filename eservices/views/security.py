"""The page "Security": how a person logs in, and everything that changes it."""

import base64
import time
from typing import Any, ClassVar
from urllib.parse import quote, urlencode
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView

from eservices import keyring
from eservices.actions import authenticators, backup_codes, login_methods, passwords
from eservices.enums import Method
from eservices.errors import AppSetupOver
from eservices.forms.security import AddAppForm, FirstMethodForm, NameForm
from eservices.identity.methods import ICONS, NAMES
from eservices.identity.origins import browser_of
from eservices.identity.providers import name_of, providers
from eservices.letterhead import municipality
from eservices.models import ExternalIdentity
from eservices.qr import qr_image
from eservices.queries.identities import identities_of
from eservices.queries.login_methods import login_methods_of
from eservices.queries.people import masked_email
from eservices.views.base import ActionFormView, ViewerRequiredMixin
from eservices.views.fresh_proof import FreshProofRequired

#: Where a session keeps the secret of an app that is being added, sealed: {sealed, at}.
SETUP_KEY = "app_setup"
SETUP_SECONDS = 1800


class SecurityView(ViewerRequiredMixin, TemplateView):
    """Password, second steps, passkeys, backup codes, digital identities."""

    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.viewer.user
        methods = login_methods_of(user)
        apps = [("app", Method.AUTHENTICATOR, app) for app in methods.apps]
        linked = identities_of(user)
        keys = [("passkey", Method.PASSKEY, key) for key in methods.passkeys]
        return super().get_context_data(
            masked_email=masked_email(user.email),
            methods=methods,
            apps=[self._row(*row, methods.preferred) for row in apps],
            passkeys=[self._row(*row, methods.preferred) for row in keys],
            mail_is_first=methods.preferred == Method.MAIL_CODE,
            can_choose=len(methods.choices) > 1,
            identities=[self._identity(row) for row in linked],
            providers_to_link=[
                {"name": one.name, "url": resolve_url("identity-link", key=one.key)}
                for one in providers()
                if one.is_openid and one.key not in {row.provider for row in linked}
            ],
            **kwargs,
        )

    @staticmethod
    def _identity(row: ExternalIdentity) -> dict[str, Any]:
        return {
            "name": name_of(row.provider) or row.provider,
            "level": row.get_level_display(),
            "linked_at": row.linked_at,
            "last_used_at": row.last_used_at,
            "unlink_url": resolve_url("identity-unlink", public_id=row.public_id),
        }

    @staticmethod
    def _row(kind: str, method: Method, device: Any, preferred: Method) -> dict[str, Any]:
        return {
            "device": device,
            "icon": ICONS[method],
            "name": device.name or NAMES[method],
            "is_first": method == preferred,
            "rename_url": resolve_url(f"{kind}-rename", public_id=device.public_id),
            "remove_url": resolve_url(f"{kind}-remove", public_id=device.public_id),
        }


class SecurityActView(FreshProofRequired, ActionFormView):
    """Base of the changes: a fresh proof before, the page "Security" after, who and where told to the action."""

    def origin(self) -> dict[str, Any]:
        """Return what the security log and the mail tell about where the change came from."""
        return {"browser": browser_of(self.request), "session": self.viewer.session}

    def get_success_url(self) -> str:
        return resolve_url("security")


@method_decorator(sensitive_post_parameters(), name="dispatch")
class AddAppView(SecurityActView):
    """A QR code and the same secret in letters; the app counts once it has shown a right code."""

    template_name = "accounts/security_app.html"
    form_class = AddAppForm
    kept_fields = ("name",)

    def act(self, form: Any) -> None:
        secret = self.kept_secret()
        if secret is None:
            raise AppSetupOver
        authenticators.add_app(
            user=self.viewer.user,
            secret=secret,
            code=form.cleaned_data["otp_token"],
            name=form.cleaned_data["name"],
            **self.origin(),
        )
        del self.request.session[SETUP_KEY]
        messages.success(self.request, _("Your authenticator app is added."))

    def get_initial(self) -> dict[str, Any]:
        return {"name": _("My phone"), **super().get_initial()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret = self.kept_secret() or self.new_secret()
        uri = self.uri(secret)
        groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
        return super().get_context_data(
            qr_code=qr_image(uri), groups=groups, secret=secret, uri=uri, **kwargs
        )

    @property
    def place(self) -> str:
        """To what the secret is sealed while it waits in the session."""
        return f"app-setup:{self.viewer.user.public_id}"

    def kept_secret(self) -> str | None:
        """Return the secret that this person was shown in the last half hour and has not confirmed."""
        setup = self.request.session.get(SETUP_KEY)
        if not setup or time.time() - setup["at"] > SETUP_SECONDS:
            return None
        try:
            return keyring.unseal(base64.b64decode(setup["sealed"]), place=self.place)
        except InvalidTag:  # somebody else was logged in in this browser
            return None

    def new_secret(self) -> str:
        """Return a new secret and keep it until it is confirmed."""
        secret = authenticators.new_secret()
        sealed = base64.b64encode(keyring.seal(secret, place=self.place)).decode()
        self.request.session[SETUP_KEY] = {"sealed": sealed, "at": int(time.time())}
        return secret

    def uri(self, secret: str) -> str:
        """Return the address that apps read from the QR code (Key Uri Format of Google Authenticator)."""
        issuer = municipality(get_language() or "").get("name") or "Guichet"
        label = f"{quote(issuer)}:{quote(self.viewer.user.email)}"
        query = {"secret": secret, "issuer": issuer, "digits": 6, "period": 30}
        return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"


class AddPasskeyView(FreshProofRequired, TemplateView):
    """A name, and the button that makes the device create a passkey."""

    template_name = "accounts/security_passkey.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        browser = browser_of(self.request)
        name = _("Passkey (%(browser)s)") % {"browser": browser} if browser else _("Passkey")
        return super().get_context_data(form=NameForm(initial={"name": name}), **kwargs)


class DeviceActView(SecurityActView):
    """Base of what is done to one app or passkey of the person; anybody else's is not found (404)."""

    method: ClassVar[Method] = Method.AUTHENTICATOR

    @property
    def public_id(self) -> UUID:
        """Which one."""
        return self.kwargs["public_id"]

    @property
    def device(self) -> Any:
        """The app or the passkey itself."""
        own = login_methods.DEVICES[self.method].objects.filter(user=self.viewer.user)
        return get_object_or_404(own, public_id=self.public_id, confirmed=True)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        name = self.device.name or NAMES[self.method]
        return super().get_context_data(name=name, kind=NAMES[self.method], **kwargs)


class RenameView(DeviceActView):
    """Another name for an app or a passkey."""

    template_name = "accounts/security_name.html"
    form_class = NameForm
    kept_fields = ("name",)

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.device.name, **super().get_initial()}

    def act(self, form: Any) -> None:
        login_methods.rename_method(
            user=self.viewer.user,
            method=self.method,
            public_id=self.public_id,
            name=form.cleaned_data["name"],
            **self.origin(),
        )
        messages.success(self.request, _("The new name is saved."))


class RemoveView(DeviceActView):
    """Asks, and removes an app or a passkey."""

    template_name = "accounts/security_remove.html"
    form_class = Form

    def act(self, form: Any) -> None:
        login_methods.remove_method(
            user=self.viewer.user, method=self.method, public_id=self.public_id, **self.origin()
        )
        messages.success(self.request, _("It is removed. You can no longer log in with it."))


class FirstMethodView(SecurityActView):
    """Which second step is asked first after the password."""

    template_name = "accounts/security_first.html"
    form_class = FirstMethodForm
    kept_fields = ("method",)

    def get_form_kwargs(self) -> dict[str, Any]:
        self.methods = login_methods_of(self.viewer.user)
        choices = [(method.value, NAMES[method]) for method in self.methods.choices]
        return {**super().get_form_kwargs(), "choices": choices}

    def get_initial(self) -> dict[str, Any]:
        preferred = login_methods_of(self.viewer.user).preferred
        return {"method": preferred.value, **super().get_initial()}

    def act(self, form: Any) -> None:
        method = Method(form.cleaned_data["method"])
        login_methods.choose_first(user=self.viewer.user, method=method, **self.origin())
        messages.success(self.request, _("Your choice is saved."))


class BackupCodesView(SecurityActView):
    """Explains the codes; makes ten and shows them, this once."""

    template_name = "accounts/security_codes.html"
    form_class = Form

    def form_valid(self, form: Any) -> HttpResponse:
        codes = backup_codes.make_backup_codes(user=self.viewer.user, **self.origin())
        return render(self.request, "accounts/security_codes_new.html", {"codes": codes})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = login_methods_of(self.viewer.user).codes_left
        return super().get_context_data(codes_left=left, **kwargs)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class BackupCodesFileView(ViewerRequiredMixin):
    """Gives back, as a text file, the codes that the page has just shown; nothing here remembers them."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = request.POST.getlist("code")[: backup_codes.CODES]
        if not backup_codes.are_own_codes(user=self.viewer.user, codes=codes):
            return redirect("backup-codes")
        context = {"codes": codes, "email": self.viewer.user.email}
        context["login_url"] = request.build_absolute_uri(resolve_url("login"))
        response = render(
            request,
            "accounts/security_codes.txt",
            context,
            content_type="text/plain; charset=utf-8",
        )
        response.headers["Content-Disposition"] = f'attachment; filename="{_("backup-codes")}.txt"'
        return response


class PasswordByMailView(FreshProofRequired, View):
    """Mails the link to choose a password to somebody who has none yet."""

    http_method_names = ("post",)
    act_label = gettext_lazy("Send me the link")

    def post(self, request: HttpRequest) -> HttpResponse:
        passwords.request_reset(email=self.viewer.user.email)
        messages.success(
            request, _("We sent you a link. Choose your password on the page that it opens.")
        )
        return redirect("security")
