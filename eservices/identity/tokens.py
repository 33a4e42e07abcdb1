"""Secret links in mails: 32 bytes that only the mail holds; the database keeps their SHA-256.

A token is derived from the secret key instead of drawn at random, so that a mail that must be sent twice (the worker
died in between) carries the same link, and no mail row ever holds it. Who reads the database alone can derive none.
"""

import base64
import hashlib

from django.utils.crypto import salted_hmac


def secret_token(purpose: str, *parts: object) -> str:
    """Return the URL-safe token of one link; `parts` name the row and, where it can be renewed, the round."""
    text = ":".join(str(part) for part in parts)
    digest = salted_hmac(f"eservices.link.{purpose}", text, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_hash(token: str) -> str:
    """Return what the database stores of a token: hexadecimal SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()
