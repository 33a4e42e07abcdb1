"""The demo's inbox, for people and for machines."""

from itertools import islice

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from sandbox.mail import folder, inbox, read

#: What one page or answer shows at most.
LIMIT = 100


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first; JSON for machines (default), a page for browsers."""
    mails = list(islice(inbox(request.GET.get("to", "")), LIMIT))
    if "text/html" in request.headers.get("Accept", ""):
        return render(
            request, "sandbox/mailbox.html", {"mails": mails, "to": request.GET.get("to", "")}
        )
    return JsonResponse(
        [
            {
                "to": mail.to,
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "attachments": mail.attachments,
                "sent_at": mail.sent_at.isoformat(),
            }
            for mail in mails
        ],
        safe=False,
    )


@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """Show the HTML of one mail as a mail program would: in a frame, scripts off, its inline styles
    allowed.
    """
    path = folder() / f"{key}.eml"
    if not path.is_file():
        raise Http404
    response = HttpResponse(read(path).html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; sandbox "
        "allow-popups allow-top-navigation-by-user-activation"
    )
    return response


@require_safe
def mail_page(request: HttpRequest, key: str) -> HttpResponse:
    """Show one mail with its head, HTML in a frame, and its text."""
    path = folder() / f"{key}.eml"
    if not path.is_file():
        raise Http404
    response = render(request, "sandbox/mail.html", {"mail": read(path)})
    policy = {**settings.CONTENT_SECURITY_POLICIES["citizen"], "frame-src": "'self'"}
    response["Content-Security-Policy"] = "; ".join(
        f"{name} {value}" for name, value in policy.items()
    )
    return response
