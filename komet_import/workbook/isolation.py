"""The parent's side of the reading child: start it, wait no longer than allowed, and end it whatever happens.

A parent that is killed can end nothing any more. So the child watches the pipe by which it is told its folder, and which only
its parent holds; and the folder of a reading is locked by the process that made it: a lock ends with its process, and the
next reading, or the next start, removes what nobody holds.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from komet_import.settings import ReaderLimits
from komet_import.workbook.reader_child import BEGUN, END

_logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "komet_import.workbook.reader_child"
_PREFIX = "komet-import-reading-"
_HAS_LOCKS = os.name == "posix"
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
    """It takes too much: it ended without an answer, or was ended for its memory or time."""


class ChildNeverBegan(ChildDied):
    """It ended before it looked at the file."""


@contextmanager
def own_folder() -> Iterator[Path]:
    """For one reading, closed to other users; gone at the end. Raises OSError."""
    sweep()
    folder, hold = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if hold is not None:
            os.close(hold)


def sweep() -> None:
    """Removes the folders of processes that were killed while they read. Where there are no locks (Windows) they stay."""
    if not _HAS_LOCKS:
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        hold = _hold(folder)
        if hold is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(hold)


def _new_folder() -> tuple[Path, int | None]:
    """Another process may sweep a folder before it is held: then there is a next one."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        hold = _hold(folder) if _HAS_LOCKS else None
        if hold is not None or not _HAS_LOCKS:
            return folder, hold


def _hold(folder: Path) -> int | None:
    """The descriptor that locks the folder until it is closed, or its process is no more.

    None when somebody holds it, when it is not this user's, or gone.
    """
    import fcntl

    with suppress(OSError), ExitStack() as opened:
        hold = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        opened.callback(os.close, hold)
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        status = os.fstat(hold)
        if status.st_uid == os.getuid() and os.path.samestat(status, folder.stat()):
            opened.pop_all()
            return hold
    return None


class Child:
    """A process that reads one file and ends, sooner when its parent does.

    It limits itself and loads its libraries at once, and waits then for the file.
    """

    def __init__(self, limits: ReaderLimits) -> None:
        """Raises OSError."""
        self._limits = limits
        with ExitStack() as opened:
            # A pipe would be full at some time, and hold up a child whose errors nobody reads meanwhile.
            self._errors = opened.enter_context(tempfile.TemporaryFile())
            watched, self._held = os.pipe()
            opened.callback(os.close, self._held)
            self._process = opened.enter_context(_started(limits, watched, self._errors))
            opened.callback(self._process.kill)
            self._opened = opened.pop_all()

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def is_waiting(self) -> bool:
        """Whether it can be given a file, as far as is known: it may end at any time."""
        return self._process.poll() is None

    def read(self, folder: Path) -> dict[str, Any]:
        """What it says of the folder's `upload` and `request.json`: JSON's values. Raises ChildDied."""
        with suppress(OSError):  # it ended before, and says nothing
            os.write(self._held, os.fsencode(folder) + END)
        try:
            said = self._said()
        finally:
            self.tell_errors()
        if self._process.returncode != 0:
            raise ChildDied if said else ChildNeverBegan
        answer: dict[str, Any] = json.loads(said.removeprefix(BEGUN))
        return answer

    def _said(self) -> bytes:
        deadline = time.monotonic() + self._limits.seconds
        while True:
            try:
                return self._process.communicate(timeout=_WATCHED_EVERY)[0]
            except subprocess.TimeoutExpired as error:
                is_too_large = _resident_mb(self.pid) > self._limits.memory_mb
                if is_too_large or time.monotonic() > deadline:
                    raise ChildDied from error

    def tell_errors(self) -> None:
        """To the log, what it said of them."""
        self._errors.seek(0)
        if errors := self._errors.read()[-2000:]:
            _logger.warning("The reading process ended with %s: %r", self._process.poll(), errors)

    def close(self) -> None:
        """Ends it, if it has not ended."""
        self._opened.close()


def _started(limits: ReaderLimits, watched: int, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", _CHILD, str(limits.memory_mb), str(limits.seconds)],
            env=_environment(),
            stdin=watched,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    finally:
        os.close(watched)


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
