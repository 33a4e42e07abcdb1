"""Production starts only when it is safe to, and has nothing of the demo in it."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "n5Vq8zRk2LwX7cJt4HsYp9GdBm3FuEa6QoTi1WxKe0ZrSvCyNb7Dh2Mj"
COMPLETE = {
    "CLAMD_ADDRESS": "unix:/run/clamav/clamd.ctl",
    "SECRET_KEY": SECRET,
    "ALLOWED_HOSTS": "guichet.example",
    "PUBLIC_BASE_URL": "https://guichet.example",
    "FIELD_ENCRYPTION_KEYS": f"k1:{base64.b64encode(b'a key that only these tests have').decode()}",
    "LOOKUP_HMAC_KEYS": f"l1:{base64.b64encode(b'another that only the tests have').decode()}",
}


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the settings of production and nothing else in the environment."""
    fixed = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "GUICHET_DATA": str(folder),
    }
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=fixed | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("name", sorted(COMPLETE.keys() - {"CLAMD_ADDRESS"}))
def test_a_missing_variable_stops_the_start_with_a_plain_sentence(name, tmp_path):
    environment = {key: value for key, value in COMPLETE.items() if key != name}
    ended = run("from django.conf import settings; settings.DEBUG", tmp_path, **environment)
    assert ended.returncode != 0
    last = ended.stderr.strip().splitlines()[-1]
    assert f"Set the environment variable {name}: " in last
    assert last.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "a-short-one"),
        ("SECRET_KEY", "demo-only-not-secret-0123456789-abcdefghijklmnopqrstuvwxyz"),
        ("PUBLIC_BASE_URL", "http://guichet.example"),
        ("FIELD_ENCRYPTION_KEYS", "demo:ZGVtby1vbmx5LW5vdC1zZWNyZXQtMzItYnl0ZXMhISE="),
        ("FIELD_ENCRYPTION_KEYS", "k1:not-a-key"),
        ("LOOKUP_HMAC_KEYS", "demo:ZGVtby1vbmx5LWxvb2t1cC1rZXktMzItYnl0ZXMhISE="),
        ("LOOKUP_HMAC_KEYS", "l1:c2hvcnQ="),
        ("LOOKUP_HMAC_KEYS", COMPLETE["FIELD_ENCRYPTION_KEYS"].replace("k1:", "l1:")),
        ("LOOKUP_HMAC_KEYS", f"l1:{base64.b64encode(SECRET[:32].encode()).decode()}"),
        ("ALLOWED_HOSTS", "*"),
    ],
)
def test_a_value_that_is_not_safe_stops_the_start(name, value, tmp_path):
    ended = run(
        "from django.conf import settings; settings.DEBUG", tmp_path, **COMPLETE | {name: value}
    )
    assert ended.returncode != 0
    last = ended.stderr.strip().splitlines()[-1]
    assert name in last
    if name in {"SECRET_KEY", "FIELD_ENCRYPTION_KEYS", "LOOKUP_HMAC_KEYS"}:
        assert value not in ended.stderr, "a secret is not repeated"


WALK = """
import django, sys
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.urls import Resolver404, resolve
assert not apps.is_installed("sandbox") and not settings.SANDBOX and not settings.DEBUG
assert "sandbox" not in settings.EMAIL_BACKEND
for path in ("/sandbox/mail/", "/sandbox/styleguide/", "/sandbox/"):
    try:
        resolve(path)
    except Resolver404:
        continue
    sys.exit(f"{path} is routed")
assert not any(name.startswith("sandbox") for name in sys.modules), "imported"
assert settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
from django.db import connections
assert all(connection.connection is None for connection in connections.all()), "connected at start"
call_command("check", deploy=True, fail_level="WARNING")
print("clean")
"""


@pytest.mark.feature("X16")
def test_production_has_no_sandbox_and_passes_the_deployment_checks(tmp_path):
    ended = run(WALK, tmp_path, **COMPLETE)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip().endswith("clean")


def test_the_demo_has_the_sandbox(settings):
    """The control: the walk above would find it."""
    from django.apps import apps
    from django.urls import resolve

    assert apps.is_installed("sandbox")
    assert resolve("/sandbox/mail/").url_name == "sandbox-mail"


COOKIES = """
import django
django.setup()
from django.conf import settings
for kind in ("SESSION", "CSRF"):
    assert getattr(settings, f"{kind}_COOKIE_NAME").startswith("__Host-"), kind
    assert getattr(settings, f"{kind}_COOKIE_SECURE") is True, kind
    assert getattr(settings, f"{kind}_COOKIE_SAMESITE") == "Lax", kind
    assert getattr(settings, f"{kind}_COOKIE_DOMAIN") is None, kind
    assert getattr(settings, f"{kind}_COOKIE_PATH") == "/", kind
assert settings.SESSION_COOKIE_HTTPONLY is True
assert settings.SESSION_ENGINE != "django.contrib.sessions.backends.signed_cookies"
assert settings.SESSION_COOKIE_AGE == 3600
print("clean")
"""


def test_cookies_belong_to_this_host_alone(tmp_path):
    """Browsers take a cookie named `__Host-` only with Secure, path / and without domain (RFC 6265bis, 4.1.3)."""
    ended = run(COOKIES, tmp_path, **COMPLETE)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stdout.strip().endswith("clean")
