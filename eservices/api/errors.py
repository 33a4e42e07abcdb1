"""Refusals as `application/problem+json` (RFC 9457), with the same codes as the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from eservices.errors import (
    AnswersIncomplete,
    DomainError,
    InOtherSpace,
    LoginRequired,
    ProofTooOld,
    SessionEnded,
    TooMany,
)
from eservices.errors.procedures import StepUpRequired
from eservices.identity.entrance import refusal
from eservices.queries.requirements import refusal_document


def problem(*, status_code: int, code: str, title: str, **extra: Any) -> Response:
    """Return one problem document."""
    return Response(
        {"type": "about:blank", "title": title, "status": status_code, "code": code, **extra},
        status=status_code,
        content_type="application/problem+json",
    )


def _of_domain_error(error: DomainError) -> Response:
    extra: dict[str, Any] = {}
    if error.field:
        extra["field"] = error.field
    if isinstance(error, AnswersIncomplete) or "errors" in error.params:
        extra["errors"] = error.params.get("errors", [])
    if isinstance(error, LoginRequired | SessionEnded):
        extra["login_url"] = reverse("login")
    if isinstance(error, InOtherSpace):
        extra["profile"] = str(error.profile)
    if isinstance(error, ProofTooOld):
        extra["url"] = reverse("reauthenticate")
    if isinstance(error, StepUpRequired):
        extra |= refusal_document(error)
    answer = problem(status_code=error.status, code=error.code, title=str(error), **extra)
    if isinstance(error, TooMany) and "seconds" in error.params:
        answer["Retry-After"] = str(error.params["seconds"])
    return answer


def _field_errors(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    if isinstance(detail, dict):
        return [
            e for key, value in detail.items() for e in _field_errors(value, f"{pointer}/{key}")
        ]
    if isinstance(detail, list) and any(isinstance(value, (dict, list)) for value in detail):
        return [e for n, value in enumerate(detail) for e in _field_errors(value, f"{pointer}/{n}")]
    values = detail if isinstance(detail, list) else [detail]
    return [
        {"pointer": pointer, "code": str(getattr(value, "code", "invalid")), "detail": str(value)}
        for value in values
    ]


_TITLES = {
    status.HTTP_400_BAD_REQUEST: ("malformed", lambda: _("The request cannot be understood.")),
    status.HTTP_405_METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        lambda: _("This address does not take this method."),
    ),
    status.HTTP_406_NOT_ACCEPTABLE: (
        "not_acceptable",
        lambda: _("This address answers in JSON only."),
    ),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: (
        "media_type",
        lambda: _("Send JSON (application/json)."),
    ),
}


def _refusal(context: dict[str, Any]) -> DomainError:
    """Return why nobody may do this: nobody is logged in, or the session is over."""
    request = context.get("request")
    return refusal(request._request) if request is not None else LoginRequired()


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view raised into a problem document; None means a programming error (500)."""
    match error:
        case LoginRequired() | exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            answer = _of_domain_error(_refusal(context))
        case DomainError():
            answer = _of_domain_error(error)
        case Http404() | exceptions.NotFound():
            answer = problem(
                status_code=404,
                code="not_found",
                title=_("There is no such thing, or it is not yours."),
            )
        case exceptions.PermissionDenied() | PermissionDenied():
            csrf = "CSRF" in str(error)
            answer = problem(
                status_code=403,
                code="csrf" if csrf else "refused",
                title=_("The security token is missing or too old.")
                if csrf
                else _("You do not have the right to do this."),
            )
        case exceptions.ValidationError():
            answer = problem(
                status_code=422,
                code="invalid",
                title=_("Some values need to be put right."),
                errors=_field_errors(error.detail),
            )
        case exceptions.Throttled():
            answer = _of_domain_error(TooMany(seconds=int(getattr(error, "wait", None) or 1)))
        case exceptions.APIException():
            code, title = _TITLES.get(error.status_code, ("error", lambda: str(error.detail)))
            answer = problem(status_code=error.status_code, code=code, title=title())
        case _:
            return None
    request: HttpRequest | None = context.get("request")
    view = context.get("view")
    if answer.status_code == 405 and view is not None and request is not None:
        answer["Allow"] = ", ".join(view.allowed_methods)
    return answer
