"""How fast public content is answered: `./dev bench content`.

Measures in one process and one run, on the loaded demo, through the whole WSGI application (all middleware): our list
of questions from the cache, its 304, and the same questions from Wagtail's API v2. Prints requests per second, the
ratios (at least 30 are wanted) and the numbers of queries (304: at most 1; uncached list: at most 8). The exit status
is 1 when a wish is not met.
"""

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.demo")

import django  # noqa: E402  the path comes first

django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from portal.wsgi import application  # noqa: E402

OURS = "/api/v1/faq/?locale=fr"
WAGTAIL = "/api/v2/pages/?type=faq.FaqQuestionPage&fields=*&limit=50&locale=fr"
SECONDS = 3.0
RATIO = 30
MAX_NOT_MODIFIED, MAX_UNCACHED = 1, 8


def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send one request through the WSGI application; returns status, headers, body."""
    environ = RequestFactory(headers=headers).get(path).environ | {"SERVER_NAME": "127.0.0.1"}
    environ["HTTP_HOST"] = "127.0.0.1"
    seen: list[tuple[int, dict[str, str]]] = []

    def start(status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
        seen.append((int(status.split()[0]), dict(headers)))

    answer = application(environ, start)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, found = seen[0]
    return status, found, body


def queries(work: Callable[[], object]) -> int:
    """Return how many queries something takes."""
    with CaptureQueriesContext(connection) as caught:
        work()
    return len(caught)


def rate(work: Callable[[], object]) -> float:
    """Return how often per second something can be done."""
    count, start = 0, perf_counter()
    while perf_counter() - start < SECONDS:
        work()
        count += 1
        reset_queries()
    return count / (perf_counter() - start)


def main() -> int:
    """Measure, print, judge."""
    logging.disable(logging.INFO)  # a line per request would drown the numbers
    cache.clear()
    connection.ensure_connection()
    uncached = queries(lambda: ask(OURS))
    status, headers, body = ask(OURS)
    number = body.count(b'"short_answer"')
    if status != 200 or number < 40:
        print(
            f"The demo is not loaded: {status}, {number} questions. Run `manage.py load_demo` first."
        )
        return 1
    etag = headers["ETag"]
    if ask(OURS, **{"If-None-Match": etag})[0] != 304 or ask(WAGTAIL)[0] != 200:
        print("An answer is not what it should be.")
        return 1
    not_modified = queries(lambda: ask(OURS, **{"If-None-Match": etag}))
    cached = queries(lambda: ask(OURS))
    theirs = queries(lambda: ask(WAGTAIL))
    slow = rate(lambda: ask(WAGTAIL))
    fast = rate(lambda: ask(OURS))
    fastest = rate(lambda: ask(OURS, **{"If-None-Match": etag}))
    print(f"{number} questions, {len(body)} bytes")
    print(f"API v2 list          {slow:9.1f} requests/s  {theirs:4d} queries")
    print(f"our list, cached     {fast:9.1f} requests/s  {cached:4d} queries  {fast / slow:6.0f}x")
    print(
        f"our list, 304        {fastest:9.1f} requests/s  {not_modified:4d} queries  {fastest / slow:6.0f}x"
    )
    print(f"our list, uncached                            {uncached:4d} queries")
    good = (
        fast >= RATIO * slow
        and fastest >= RATIO * slow
        and not_modified <= MAX_NOT_MODIFIED
        and uncached <= MAX_UNCACHED
    )
    print("met" if good else "NOT met")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
