"""No link leads into a wall: each route that somebody can reach by links, opened on both databases."""

import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from eservices.models import User
from tests.e2e.pages import PAGES
from tests.factories.eservices import log_in

#: Answers that are no fault; who must identify anew is led away.
FINE = {200, 204, 301, 302, 303, 304, 307, 308}
LINK = re.compile(r'href="([^"]+)"')
#: Lists of the CMS that are its own affair, and addresses that end a session.
LEFT_OUT = re.compile(
    r"^/(static|media)/|^/admin/(?!$|files|agent|procedures|exports|statistics)|logout|deconnexion"
)


def key_of(url: str) -> str:
    """What counts as one route: the pattern, whatever its values and query."""
    try:
        return resolve(urlsplit(url).path).route
    except Resolver404:
        return urlsplit(url).path


@pytest.mark.feature("X14")
@pytest.mark.postgres_only  # on SQLite each page has tests of its own
@pytest.mark.parametrize("user", [None, "citizen", "parent", "club", "agent"], ids=str)
def test_every_link_that_somebody_can_follow_leads_to_a_page(demo, client, user):
    if user:
        log_in(client, User.objects.get(email=f"{user}@example.org"))
    waiting = deque(page.address("fr") for page in PAGES if page.user == user and not page.statuses)
    waiting.append("/fr/")
    seen, opened, wrong = set(waiting), set(), {}
    while waiting:
        url = waiting.popleft()
        if (key := key_of(url)) in opened:
            continue
        opened.add(key)
        answer = client.get(url)
        if answer.status_code not in FINE:
            wrong[url] = answer.status_code
        if answer.status_code in (301, 302, 303):
            found = [answer.headers["Location"]]
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            found = LINK.findall(answer.content.decode())
        else:
            found = []
        answer.close()
        for link in found:
            target = urldefrag(urljoin(url, unescape(link))).url
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or LEFT_OUT.search(parts.path) or target in seen:
                continue
            seen.add(target)
            waiting.append(target)
    assert wrong == {}
    assert len(opened) > 10
