#!/usr/bin/env python3
"""Django's command line. `./dev manage ...` runs it in the environment that `./dev` made."""

import os
import sys
from pathlib import Path

# `site` is a frozen standard module, so the folder site/ is put on the path instead of imported.
sys.path.insert(0, str(Path(__file__).resolve().parent / "site"))


def main() -> None:
    """Run one management command with the demo settings, unless the environment names others."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.demo")
    from django.core.management import execute_from_command_line  # Django reads the settings first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
