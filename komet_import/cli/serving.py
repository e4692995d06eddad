"""How the app is started without a checkout: the files of the screens, and the configuration that must hold."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def command(port: int) -> list[str]:
    """Streamlit's, with our configuration as arguments: a file in the folder where one happens to stand cannot undo it."""
    home = _home()
    configured = tomllib.loads((home / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    options = {
        f"{section}.{name}": value
        for section, values in configured.items()
        if section != "theme"  # the looks are read beside app.py
        for name, value in values.items()
    }
    flags = [
        flag for name, value in (options | {"server.port": port}).items() for flag in _flags(name, value)
    ]
    return [sys.executable, "-m", "streamlit", "run", str(home / "app.py"), *flags]


def _home() -> Path:
    """The folder of app.py: inside an installed package, or the checkout's."""
    installed = _PACKAGE / "screens"
    return installed if installed.is_dir() else _PACKAGE.parent


def _flags(name: str, value: object) -> list[str]:
    """A list is its option once for each of its values."""
    values = value if isinstance(value, list) else [value]
    return [f"--{name}={text if isinstance(text, str) else json.dumps(text)}" for text in values]
