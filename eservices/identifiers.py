"""Normal forms of what people type to say who they are."""

import unicodedata


def normal_email(address: str) -> str:
    """Return the one form under which a mail address is stored and looked up: NFKC, trimmed, lower case."""
    return unicodedata.normalize("NFKC", address).strip().lower()
