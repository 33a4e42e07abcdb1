"""Wagtail's content API v2: pages, images, documents; JSON only."""

from typing import Any, ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet


class Public:
    """Anybody may read, as JSON; nobody is asked who they are."""

    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = [AllowAny]
    renderer_classes: ClassVar[list[Any]] = [JSONRenderer]


class Pages(Public, PagesAPIViewSet):
    """Public pages."""


class Images(Public, ImagesAPIViewSet):
    """Public pictures."""


class Documents(Public, DocumentsAPIViewSet):
    """Public documents."""


# The name that Wagtail's cache invalidation reverses.
api_router = WagtailAPIRouter("wagtailapi_v2")
api_router.register_endpoint("pages", Pages)
api_router.register_endpoint("images", Images)
api_router.register_endpoint("documents", Documents)
