"""Languages live in the path of pages only; machine addresses answer as they are asked."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

#: Addresses without a language in the path: a 404 there is answered as it is, never by a way to
#: /fr/….
UNPREFIXED_PATHS = (
    "/admin/",
    "/api/",
    "/documents/",
    "/embed/",
    "/health/",
    "/hooks/",
    "/ical/",
    "/media/",
    "/oidc/",
    "/sandbox/",
    "/static/",
    "/.well-known/",
)


class PortalLocaleMiddleware(LocaleMiddleware):
    """Django's language choice, except that machine addresses are never redirected.

    The API speaks the language of `Accept-Language` (or of the account, where views ask for it).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith(UNPREFIXED_PATHS):
            if isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Language", translation.get_language() or "")
            if response.status_code >= 400:  # only refusals are worded for the reader here
                patch_vary_headers(response, ("Accept-Language",))
            return response
        return super().process_response(request, response)
