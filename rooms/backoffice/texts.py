"""What is written about rooms: snippets that editors write and translate like any content."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.views.snippets import SnippetViewSet

from rooms.models import RoomText


class RoomTextViewSet(SnippetViewSet):
    """The words and pictures of rooms, one row per language."""

    model = RoomText
    icon = "doc-full"
    menu_label = _("Texts of rooms")
    list_display: ClassVar[list[Any]] = ["title", "room"]
    list_filter: ClassVar[list[str]] = ["room"]
    search_fields: ClassVar[list[str]] = ["title", "summary"]
    search_backend_name = None
    copy_view_enabled = False
    panels = (
        FieldPanel("room"),
        FieldPanel("title"),
        FieldPanel("summary"),
        FieldPanel("description"),
        FieldPanel("access"),
        FieldPanel("photos"),
    )
