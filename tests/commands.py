"""Running the command line, in this process or as one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Outcome]


def process(folder: Path, *arguments: str, **environment: str) -> Outcome:
    """The same as a process of its own, started elsewhere."""
    running = start(folder, *arguments, **environment)
    out, err = running.communicate(timeout=60)
    return Outcome(running.returncode, out, err)


def start(folder: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Without waiting for its end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KOMET_")}
    settings = {"KOMET_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "komet_import", *arguments],
        cwd=folder,
        env=clean | settings | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_utc(text: str) -> bool:
    return datetime.fromisoformat(text).utcoffset() == timedelta(0)


def write(name: str, content: bytes) -> str:
    Path(name).write_bytes(content)
    return name
