"""The demo on one's own machine: everything works, nothing leaves it."""

import os

from portal.identity_providers import sandbox

from .base import *  # noqa: F403
from .base import INSTALLED_APPS

SECRET_KEY = "demo-only-not-secret-0123456789-abcdefghijklmnopqrstuvwxyz"  # noqa: S105  demo
FIELD_ENCRYPTION_KEYS = ["demo:ZGVtby1vbmx5LW5vdC1zZWNyZXQtMzItYnl0ZXMhISE="]
LOOKUP_HMAC_KEYS = ["demo:ZGVtby1vbmx5LWxvb2t1cC1rZXktMzItYnl0ZXMhISE="]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = ["sandbox", *INSTALLED_APPS]
SANDBOX = True
# Identity providers in miniature, by their issuers: IDENTITY_SANDBOX_CSAM and IDENTITY_SANDBOX_ITSME.
IDENTITY_PROVIDERS = sandbox(os.environ)
NATIONAL_NUMBER_AUTHORISATION = "Demo: invented people with invented numbers."
EMAIL_BACKEND = "sandbox.mail.InboxBackend"
# The demo serves published images itself.
SERVE_MEDIA = True
