"""What every page needs around its content: municipality, languages, navigation, account menu."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's variables; every one is optional for base.html."""
    return {"theme": settings.GUICHET_THEME}
