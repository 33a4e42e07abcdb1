"""Settings shared by all installations; each environment variable is read once, here or in production.py."""

import json
import os
from pathlib import Path
from typing import Any

from eservices.contract import installed_plugins
from portal.csp import ADMIN_POLICY, CITIZEN_POLICY
from portal.databases import database_from_url
from portal.identity_providers import from_environment
from portal.logging import configuration as logging_configuration
from portal.scanners import scanner_from_environment

ROOT = Path(__file__).resolve().parents[3]
# Everything that this installation writes: database, media, mail.
DATA = Path(os.environ.get("GUICHET_DATA", ROOT / "var" / "data")).resolve()
# Built front end (esbuild), collected static files and compiled catalogues; made by ./dev.
BUILD = Path(os.environ.get("GUICHET_BUILD", ROOT / "var")).resolve()

DEBUG = False
ALLOWED_HOSTS: list[str] = []
# Absolute address used in mails and documents, without a slash at the end.
PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
# Slugs of e-services that the operator switches off.
PLUGINS_DISABLED = [slug for slug in os.environ.get("PLUGINS_DISABLED", "").split(",") if slug]

INSTALLED_APPS = [
    "portal",
    "rooms",
    "faq",
    "cms_pages",
    "eservices",
    *installed_plugins(),
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.routable_page",
    "wagtail.embeds",
    "wagtail.sites",
    "portal.apps.UsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v2",
    "wagtail",
    "wagtail_headless_preview",
    "modelcluster",
    "taggit",
    "rest_framework",
    "drf_spectacular",
    "django_tasks",
    "django_tasks_db",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_email",
    "two_factor",
    "two_factor.plugins.email",
    "phonenumber_field",
    "axes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

# Order: session before login, second factor before the gate of the back office, axes last.
MIDDLEWARE = [
    "portal.logging.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.csp.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.locales.PortalLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "eservices.middleware.BackofficeGateMiddleware",
    "eservices.middleware.ViewerMiddleware",
    "eservices.middleware.ActingMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "eservices.middleware.DomainErrorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
                "portal.context.page_frame",
            ],
        },
    }
]

# sqlite:///path (default, below DATA) or postgres://user:password@host:port/name
DATABASES = {"default": database_from_url(os.environ.get("DATABASE_URL", ""), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Only versioned, immutable content goes into this cache: each process may hold its own.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# A session ends after so long without an act, and so long after the login at the latest.
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", "1200"))
SESSION_WARN_SECONDS = int(os.environ.get("SESSION_WARN_SECONDS", "120"))
SESSION_ABSOLUTE_SECONDS = int(os.environ.get("SESSION_ABSOLUTE_SECONDS", str(8 * 3600)))
# Of visitors who are nobody yet, an hour after their last form. The cookie of somebody who logs in outlives the session
# by an hour (eservices.identity.sessions): it then tells why it is over, and holds what was typed too late.
SESSION_COOKIE_AGE = 3600
# Whoever changes how they log in has proved who they are at most so long ago.
FRESH_PROOF_SECONDS = int(os.environ.get("FRESH_PROOF_SECONDS", "600"))
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"

# Accounts
AUTH_USER_MODEL = "eservices.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# OWASP: Argon2id with 19 MiB and two rounds; Django's PBKDF2 costs twelve times its CPU.
PASSWORD_HASHERS = [
    "eservices.passwords.SmallArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
# Whether people get a mail when somebody of the municipality looks at their space.
NEW_DEVICE_NOTICE = os.environ.get("NEW_DEVICE_NOTICE", "1") == "1"
ACTING_NOTICE = os.environ.get("ACTING_NOTICE", "1") == "1"
LOGIN_REDIRECT_URL = "dashboard"
PASSWORD_RESET_TIMEOUT = 3600
INVITATION_DAYS = 14
OTP_EMAIL_TOKEN_VALIDITY = 300
OTP_EMAIL_COOLDOWN_DURATION = 60
OTP_EMAIL_THROTTLE_FACTOR = 1
TWO_FACTOR_PATCH_ADMIN = False
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "eservices.identity.throttling.axes_username"
AXES_LOCKOUT_CALLABLE = "eservices.identity.throttling.axes_lockout"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
PHONENUMBER_DEFAULT_REGION = "BE"
# Who knows the names behind enterprise numbers; NoDirectory lets people type them.
ENTERPRISE_DIRECTORY = {"BACKEND": "eservices.directory.OpenDataDirectory", "OPTIONS": {}}

# Languages: the first is the main one.
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("de", "Deutsch"), ("en", "English")]
#: Languages in which a form must be complete before people get it; empty means all.
PROCEDURE_LANGUAGES = [
    code for code in os.environ.get("PROCEDURE_LANGUAGES", "").split(",") if code
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Brussels"
LOCALE_PATHS = sorted((BUILD / "locale").glob("*"))
FORMAT_MODULE_PATH: list[str] = []
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = BUILD / "static"
STATICFILES_DIRS = [BUILD / "assets"]
MEDIA_ROOT = DATA / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "media", "base_url": "/media/"},
    },
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA / "private", "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Who looks for viruses in documents: the address of clamd, as unix:/path or host:port; none leaves the check of kinds.
VIRUS_SCANNER = scanner_from_environment(os.environ.get("CLAMD_ADDRESS", ""))
# How documents are handed out: by this process ("django"), or by the proxy ("x-accel", "x-sendfile").
FILES_SERVE = os.environ.get("FILES_SERVE", "django")
# Where nginx reads them ("x-accel"): an `internal` location that is an alias of the folder of private files.
FILES_SERVE_LOCATION = os.environ.get("FILES_SERVE_LOCATION", "/private-files/")
# Messages about a file are taken for so many days after its end.
# Whether calendars of others may stand on private addresses: for tests, and for a server in our own network.
ROOMS_CALENDARS_PRIVATE = os.environ.get("ROOMS_CALENDARS_PRIVATE", "") == "1"
DISCUSSION_DAYS = int(os.environ.get("DISCUSSION_DAYS", "90"))
FILE_UPLOAD_HANDLERS = ["eservices.uploads.LimitedUploadHandler"]
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# Mail
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "guichet@example.org")
# A mail service instead of a plain relay (django-anymail): its settings as JSON, with WEBHOOK_SECRET; see
# docs/operations.md. Its events come in at /hooks/mail/<service>/tracking/.
ANYMAIL: dict[str, Any] = json.loads(os.environ.get("ANYMAIL", "{}"))
if ANYMAIL:
    INSTALLED_APPS.append("anymail")
    # A refused address comes back as an event, as a returned mail does; it is no failure to try again.
    ANYMAIL.setdefault("IGNORE_RECIPIENT_STATUS", True)
# Level that opening a document of the eBox asks for: low, substantial or high.
EBOX_LEVEL = os.environ.get("EBOX_LEVEL", "substantial")
# The federal e-Box as a second way out, off when empty: JSON with base_url, federation_url, sender_number,
# application_id, message_type, and token or certificate (paths of certificate and key).
FEDERAL_EBOX: dict[str, Any] = json.loads(os.environ.get("FEDERAL_EBOX", "{}"))
# From this hour on (Europe/Brussels) the daily letters leave.
DIGEST_HOUR = int(os.environ.get("DIGEST_HOUR", "7"))

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Field encryption: "id:base64 key" pairs, newest first; apart from SECRET_KEY.
FIELD_ENCRYPTION_KEYS = [
    key for key in os.environ.get("FIELD_ENCRYPTION_KEYS", "").split(",") if key
]
# Keys of the hashes by which encrypted values are found again; same form, apart from the above.
LOOKUP_HMAC_KEYS = [key for key in os.environ.get("LOOKUP_HMAC_KEYS", "").split(",") if key]

# Identity providers (CSAM, itsme, Web eID): JSON, or the path of a JSON file (docs/operations.md).
IDENTITY_PROVIDERS = from_environment(os.environ)
# The text that allows the municipality to use national numbers; without it no provider is asked for one.
NATIONAL_NUMBER_AUTHORISATION = os.environ.get("NATIONAL_NUMBER_AUTHORISATION", "")
# Our keys towards identity providers are replaced after so many days.
CLIENT_KEY_DAYS = int(os.environ.get("CLIENT_KEY_DAYS", "90"))

# Content
WAGTAIL_SITE_NAME = "Guichet"
WAGTAILADMIN_BASE_URL = PUBLIC_BASE_URL
WAGTAILADMIN_LOGIN_URL = "login"
WAGTAIL_FRONTEND_LOGIN_URL = "login"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILLOCALIZE_SYNC_LIVE_STATUS_ON_TRANSLATE = False
WAGTAILAPI_BASE_URL = PUBLIC_BASE_URL
WAGTAILAPI_LIMIT_MAX = 100
WAGTAILAPI_RICH_TEXT_FORMAT = "html"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAIL_HEADLESS_PREVIEW = {
    "CLIENT_URLS": {"default": PUBLIC_BASE_URL},
    "SERVE_BASE_URL": None,
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "eservices.api.authentication.VerifiedSessionAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "eservices.api.errors.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Guichet API",
    "DESCRIPTION": "Municipal content and e-services. Errors are RFC 9457 problems with a stable `code`.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "PREPROCESSING_HOOKS": ["eservices.api.schema.only_ours"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "eservices.api.schema.with_problems",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "RequestStateEnum": "eservices.enums.RequestState",
        "RequestKindEnum": "eservices.enums.RequestKind",
        "ProfileKindEnum": "eservices.enums.ProfileKind",
        "MembershipStateEnum": "eservices.enums.MembershipState",
        "MethodEnum": "eservices.enums.Method",
        "MailStateEnum": "eservices.enums.MailState",
        "EboxStateEnum": "eservices.enums.EboxState",
        "NoticeKindEnum": "eservices.enums.NoticeKind",
        "SubmissionStateEnum": "eservices.enums.SubmissionState",
        "AmountStateEnum": "eservices.enums.AmountState",
        "AnnexSideEnum": "eservices.enums.Side",
        "MessageSideEnum": ["citizen", "agent"],
        "BookingStateEnum": "rooms.enums.BookingState",
        "AvailabilityStateEnum": ["free", "option", "busy", "closed"],
        "BlockKindEnum": "rooms.enums.BlockKind",
        "NewBlockKindEnum": ["maintenance", "municipal"],
        "TakenKindEnum": ["booking", "maintenance", "municipal", "external"],
        "HandoverKindEnum": "rooms.enums.HandoverKind",
        "PlannedStateEnum": "rooms.actions.series.Standing",
    },
}

CONTENT_SECURITY_POLICIES = {"citizen": CITIZEN_POLICY, "admin": ADMIN_POLICY}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# Who knows the municipality's name and address, for mails and printed documents.
MUNICIPALITY_PROVIDER = "cms_pages.queries.municipality"
GUICHET_THEME = os.environ.get("GUICHET_THEME", "valmont")
# Set in demo and test only: the outside world in miniature.
SANDBOX = False

LOGGING = logging_configuration(json=False)

SILENCED_SYSTEM_CHECKS = [
    # The address is unique whatever its case: a constraint on Lower(email) says so.
    "auth.W004",
]
