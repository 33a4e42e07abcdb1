"""One environment variable names the database; SQLite is tuned so that concurrent writers wait and
nothing is lost.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database_from_url(url: str, data: Path) -> dict[str, Any]:
    """Return Django's DATABASES entry for a postgres:// or sqlite:/// address; empty means SQLite
    below `data`.
    """
    if not url or url.startswith("sqlite"):
        path = Path(unquote(url.removeprefix("sqlite:///"))) if url else data / "db.sqlite3"
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": {
                # Writers queue up at BEGIN instead of failing at COMMIT.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: a power cut loses no committed row.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
