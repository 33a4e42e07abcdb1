"""What a first visit downloads besides the page itself, compressed and without fonts."""

import gzip

import pytest
from django.conf import settings

ASSETS = settings.BUILD / "assets"
FIRST_VISIT = (
    "portal.css",
    "portal.js",
    "icons.svg",
    "theme-valmont.css",
    "valmont-mark.svg",
    "valmont-contours.svg",
)
# A page may weigh 60 kB in all; the rest is left to its own HTML and pictures.
LIMIT = 50_000


@pytest.mark.skipif(not ASSETS.is_dir(), reason="the front end was not built")
def test_a_first_visit_stays_light():
    sizes = {name: len(gzip.compress((ASSETS / name).read_bytes(), 9)) for name in FIRST_VISIT}
    assert sum(sizes.values()) <= LIMIT, sizes
