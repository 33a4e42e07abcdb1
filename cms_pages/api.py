"""Wagtail's content API v2: pages, images, documents; JSON only."""

from rest_framework.renderers import JSONRenderer
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet


class Pages(PagesAPIViewSet):
    """Public pages."""

    renderer_classes = [JSONRenderer]


class Images(ImagesAPIViewSet):
    """Public pictures."""

    renderer_classes = [JSONRenderer]


class Documents(DocumentsAPIViewSet):
    """Public documents."""

    renderer_classes = [JSONRenderer]


# The name that Wagtail's cache invalidation reverses.
api_router = WagtailAPIRouter("wagtailapi_v2")
api_router.register_endpoint("pages", Pages)
api_router.register_endpoint("images", Images)
api_router.register_endpoint("documents", Documents)
