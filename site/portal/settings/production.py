"""Production: secrets from the environment, no sandbox, cookies for https only."""

import os

from django.core.exceptions import ImproperlyConfigured

from eservices.keyring import ring
from portal.identity_providers import unsafe

from .base import *  # noqa: F403
from .base import FIELD_ENCRYPTION_KEYS, IDENTITY_PROVIDERS, PUBLIC_BASE_URL, logging_configuration


def _required(name: str, purpose: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}: {purpose}.")
    return value


def _refuse(name: str, reason: str) -> None:
    raise ImproperlyConfigured(f"The environment variable {name} {reason}.")


SECRET_KEY = _required("SECRET_KEY", "a long random text that signs sessions and links")
if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("demo-only"):
    _refuse("SECRET_KEY", "is too short or the one of the demo: use 50 random characters")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
ALLOWED_HOSTS = _required(
    "ALLOWED_HOSTS", "the host names of the portal, with commas between"
).split(",")
if "*" in ALLOWED_HOSTS:
    _refuse("ALLOWED_HOSTS", "must name the hosts: “*” lets anybody choose the address in mails")
_required("PUBLIC_BASE_URL", "the https address of the portal")
if not PUBLIC_BASE_URL.startswith("https://"):
    _refuse("PUBLIC_BASE_URL", "must begin with https://")
_required("FIELD_ENCRYPTION_KEYS", "id:key pairs that encrypt national numbers")
if b"demo" in ring(FIELD_ENCRYPTION_KEYS):
    _refuse("FIELD_ENCRYPTION_KEYS", "holds the key of the demo, which everybody knows")
_required("LOOKUP_HMAC_KEYS", "id:key pairs of the hashes by which national numbers are found")
_lookup_keys = ring(LOOKUP_HMAC_KEYS, name="LOOKUP_HMAC_KEYS")
if b"demo" in _lookup_keys:
    _refuse("LOOKUP_HMAC_KEYS", "holds the key of the demo, which everybody knows")
if set(_lookup_keys.values()) & {*ring(FIELD_ENCRYPTION_KEYS).values(), SECRET_KEY.encode()[:32]}:
    _refuse("LOOKUP_HMAC_KEYS", "holds a key that is used elsewhere: make keys of its own")
if any(name.startswith("IDENTITY_SANDBOX_") for name in os.environ):
    _refuse("IDENTITY_SANDBOX_…", "belongs to the demo: anybody could log in as anybody")
if name := unsafe(IDENTITY_PROVIDERS):
    _refuse("IDENTITY_PROVIDERS", f"names “{name}” on this machine, in a sandbox or without https")

CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
SESSION_COOKIE_NAME = "__Host-sessionid"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_COOKIE_SECURE = True
SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = int(os.environ.get("SECURE_HSTS_SECONDS", "31536000"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if os.environ.get("BEHIND_TLS_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/"]

# Another one for a mail service, such as anymail.backends.mailgun.EmailBackend (with ANYMAIL).
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "0") == "1"
SERVE_MEDIA = os.environ.get("SERVE_MEDIA", "0") == "1"

LOGGING = logging_configuration(json=True, level=os.environ.get("LOG_LEVEL", "INFO"))
