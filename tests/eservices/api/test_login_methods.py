"""How a person logs in, by API."""

import pytest
from django.test import Client

from eservices.actions.backup_codes import make_backup_codes
from tests.factories.eservices import log_in, make_user
from tests.factories.login_methods import make_app

pytestmark = pytest.mark.django_db


def test_the_list_holds_the_persons_own_methods_and_no_secret(client):
    user = make_user()
    app, secret = make_app(user, "Phone")
    codes = make_backup_codes(user=user)
    make_app(make_user(), "Foreign")

    answer = log_in(client, user).get("/api/v1/account/methods/")

    body = answer.json()
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert body["apps"] == [
        {
            "id": str(app.public_id),
            "name": "Phone",
            "added_at": body["apps"][0]["added_at"],
            "last_used_at": None,
        }
    ]
    assert {
        name: body[name] for name in ("preferred", "has_password", "passkeys", "codes_left")
    } == {
        "preferred": "mail_code",
        "has_password": True,
        "passkeys": [],
        "codes_left": 10,
    }
    assert not any(hidden in answer.content.decode() for hidden in (secret, *codes))


def test_nobody_gets_a_problem():
    answer = Client().get("/api/v1/account/methods/")

    assert answer.json()["code"] == "accounts.login_required"
