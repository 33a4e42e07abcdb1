"""The command `run_worker` in a process of its own, on a test's database and folder, for test_exports_memory."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line


def main(database: str, private: str) -> None:
    """Work until SIGTERM; letters are composed and thrown away."""
    settings.DATABASES["default"]["NAME"] = database
    settings.STORAGES["private"]["OPTIONS"]["location"] = private
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    execute_from_command_line(["manage.py", "run_worker"])


if __name__ == "__main__":
    main(*sys.argv[1:])
