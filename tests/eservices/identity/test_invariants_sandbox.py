"""Invariant 14: nobody logs in to a real portal as an invented person."""

import json

import pytest

from tests.portal.test_production import COMPLETE, run

START = "from django.conf import settings; settings.DEBUG; print('started')"
REAL = "https://idp.provider.example/v2/.well-known/openid-configuration"


def provider(discovery: str, **more: str) -> str:
    """The setting of one provider."""
    return json.dumps({"itsme": {"kind": "itsme", "discovery": discovery, **more}})


@pytest.mark.feature("X16")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IDENTITY_SANDBOX_CSAM", "http://127.0.0.1:9401/fas/oauth2"),
        ("IDENTITY_SANDBOX_ITSME", "http://127.0.0.1:9402/v2"),
        (
            "IDENTITY_PROVIDERS",
            provider("http://127.0.0.1:9402/v2/.well-known/openid-configuration"),
        ),
        ("IDENTITY_PROVIDERS", provider("https://localhost/.well-known/openid-configuration")),
        ("IDENTITY_PROVIDERS", provider("https://[::1]/.well-known/openid-configuration")),
        ("IDENTITY_PROVIDERS", provider("http://idp.provider.example/openid-configuration")),
        ("IDENTITY_PROVIDERS", provider("https://sandbox.provider.example/configuration")),
        ("IDENTITY_PROVIDERS", provider(REAL, expected_issuer="http://127.0.0.1:9402/v2")),
    ],
)
def test_i14_production_does_not_start_with_a_test_provider(name, value, tmp_path):
    ended = run(START, tmp_path, **COMPLETE | {name: value})

    assert ended.returncode != 0
    assert "started" not in ended.stdout
    last = ended.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert name[:16] in last
    assert last.endswith(".")


def test_i14_a_real_provider_starts(tmp_path):
    """The control: it is the test provider that is refused, not any."""
    ended = run(START, tmp_path, **COMPLETE | {"IDENTITY_PROVIDERS": provider(REAL)})

    assert ended.returncode == 0, ended.stderr[-1000:]
    assert "started" in ended.stdout
