"""The parent's side of the reading child: start it, wait no longer than allowed, and end it whatever happens."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "komet_import.workbook.reader_child"
_WATCHED_EVERY = 0.25  # seconds
# Every thread's stack and arena counts against the address limit, on large machines most of it.
_SPARING = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class ChildDied(Exception):
    """It ended without an answer, or was ended for its memory or time."""


@contextmanager
def child_reading(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The child at work on the folder's `upload` and `request.json`; gone at the end, also when interrupted."""
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", _CHILD, str(folder)],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def answer_of(
    process: subprocess.Popen[bytes], folder: Path, memory_mb: int, seconds: float
) -> dict[str, Any]:
    """What the child says, JSON's values. Raises ChildDied."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            output, _ = process.communicate(timeout=_WATCHED_EVERY)
            break
        except subprocess.TimeoutExpired as error:
            if time.monotonic() > deadline or _resident_mb(process.pid) > memory_mb:
                raise ChildDied from error
    if process.returncode != 0:
        errors = (folder / "stderr").read_bytes()[-2000:]
        _logger.warning("The reading process ended with %s: %r", process.returncode, errors)
        raise ChildDied
    answer: dict[str, Any] = json.loads(output)
    return answer


def _resident_mb(pid: int) -> float:
    """The memory that the child holds, as seen from outside: the only limit where the system sets none."""
    import psutil

    try:
        return float(psutil.Process(pid).memory_info().rss) / (1 << 20)
    except psutil.NoSuchProcess:
        return 0.0


def _environment() -> dict[str, str]:
    """The package must be found from anywhere; our settings, and the passwords among them, are none of the child's business."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("KOMET_")}
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return own | _SPARING | {"PYTHONPATH": os.pathsep.join(paths)}
