"""All addresses: machines first, then pages below their language, Wagtail's page tree last."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.admin.auth import require_admin_access
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.documents.views.serve import authenticate_with_password as open_document
from wagtail.views import authenticate_with_password as open_page

from cms_pages.api import api_router
from eservices.api.schema import SchemaView
from eservices.backoffice.accounts import OwnAccountView
from eservices.contract import registry
from eservices.identity.throttling import counted
from faq.views import site_map, start
from portal import health
from portal.errors import api_not_found

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", start, name="root"),
    path("sitemap.xml", site_map),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", include("eservices.identity.provider_urls")),
    path("api/v2/", api_router.urls),
    path("api/v1/schema/", SchemaView.as_view(), name="api-schema"),
    path("api/v1/", include("eservices.api.urls")),
    path("api/v1/", include("faq.api_urls")),
    *[
        path(f"api/v1/{service.slug}/", include(list(route.patterns)))
        for service in registry
        for route in service.api_routes()
    ],
    re_path(r"^api/", api_not_found),
    *[address for service in registry for address in service.root_urls()],
    # Wagtail's own login page would skip the second factor: ours comes first (see eservices.middleware).
    path("admin/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    # Wagtail's page of one's own account, with the values locked that an official source gave.
    path("admin/account/", require_admin_access(OwnAccountView.as_view())),
    path("admin/", include(wagtailadmin_urls)),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        counted(open_document),
        name="wagtaildocs_authenticate_with_password",
    ),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.ANYMAIL:
    urlpatterns.append(path("hooks/mail/", include("anymail.urls")))

if settings.SANDBOX:
    urlpatterns.append(path("sandbox/", include("sandbox.urls")))

if settings.SERVE_MEDIA:
    urlpatterns.append(
        re_path(
            r"^media/(?P<path>(?:images|original_images)/.*)$",
            serve,
            {"document_root": settings.MEDIA_ROOT},
        )
    )

urlpatterns += i18n_patterns(
    path("", include("eservices.identity.urls")),
    path("", include("eservices.urls")),
    path("", include("faq.urls")),
    *[
        path(service.address or f"{service.slug}/", include(list(service.urls())))
        for service in registry
        if service.urls()
    ],
    # Wagtail's pages for visitors: no second login page, and shared passwords are counted.
    path("_util/login/", RedirectView.as_view(pattern_name="login", query_string=True)),
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        counted(open_page),
        name="wagtailcore_authenticate_with_password",
    ),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
