"""The browser of tests and pictures: Debian's Chromium without the windows around the pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

#: Same sources, engine and protocol as `chromium`; tabs and menus that nobody sees took a third of its time.
BROWSER = "chromium-headless-shell"
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright) -> Browser:
    """Start the browser, asking nobody on the network for anything."""
    return playwright.chromium.launch(executable_path=shutil.which(BROWSER), args=_QUIET)
