"""The page of all ways in: what it offers depends on what the installation accepts."""

import re

import pytest

from portal.identity_providers import sandbox
from tests.addresses import at

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "IDENTITY_SANDBOX_CSAM": "http://127.0.0.1:1/fas/oauth2",
    "IDENTITY_SANDBOX_ITSME": "http://127.0.0.1:2/v2",
}


def forms(page):
    """The addresses that forms of the page are sent to, without its own."""
    return re.findall(r'<form method="post" action="([^"]+)"', page)


@pytest.mark.feature("C1", "C2")
def test_the_page_offers_each_way_with_one_line(client, settings):
    settings.IDENTITY_PROVIDERS = sandbox(ADDRESSES)

    page = client.get(at("login"), {"next": at("security")}).content.decode()

    assert forms(page)[:2] == ["/oidc/csam/start/", "/oidc/itsme/start/"]
    assert page.index("Continue with CSAM") < page.index("Continue with itsme")
    assert "eID card reader, itsme, or security code" in page
    assert "With your e-mail address" in page
    assert page.count(f'name="next" value="{at("security")}"') >= 3
    assert page.count("utrecht-button--primary-action") == 0, (
        "the digital identity is the filled one"
    )


def test_a_provider_that_is_off_is_not_offered(client, settings):
    settings.IDENTITY_PROVIDERS = sandbox({**ADDRESSES, "IDENTITY_SANDBOX_CSAM": ""})

    page = client.get(at("login")).content.decode()

    assert forms(page)[0] == "/oidc/itsme/start/"
    assert "CSAM" not in page


def test_without_providers_the_password_is_the_one_filled_button(client, settings):
    settings.IDENTITY_PROVIDERS = {}

    page = client.get(at("login")).content.decode()

    assert "With your digital identity" not in page
    assert page.count("utrecht-button--primary-action") == 1
    assert at("register") in page
