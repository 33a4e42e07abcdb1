"""Health addresses for load balancers and people on duty."""

from django.http import HttpRequest, HttpResponse


def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The process can serve people."""
    return HttpResponse("ok", content_type="text/plain")
