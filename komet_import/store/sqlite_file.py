"""The file of a SQLite database: whole before it stands at its path, and told later from another one there.

It is looked at by its name alone: to open and close it here would take away the locks that SQLite holds on it.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from komet_import import private
from komet_import.errors import StoreUnavailable

LOG = "-wal"  # what was committed and is not in the file itself yet
_COMPANIONS = (LOG, "-shm")
LONGEST_LOG = 4 << 20  # bytes; SQLite lets it grow to the largest transaction, and leaves it there
_Identity = tuple[int, int]


def is_there(path: Path) -> bool:
    """Only a missing file is a new database. Raises StoreUnavailable for what is left of one."""
    # In this order: whoever creates the file does that before the rest.
    remains = [companion for companion in _COMPANIONS if _beside(path, companion).exists()]
    if path.exists():
        if path.is_file() and path.stat().st_size == 0:
            raise StoreUnavailable("database_empty", path=path)
        return True
    if remains:
        raise StoreUnavailable("database_remains", path=path, rest=_beside(path, remains[0]))
    return False


def create(path: Path, fill: Callable[[Path], None]) -> None:
    """`fill` writes a new database elsewhere, which then stands at the path at once, unless another process was first."""
    handle, name = mkstemp(dir=path.parent, prefix=f".{path.name}-")  # its owner's alone
    os.close(handle)
    new = Path(name)
    try:
        _begin_in(new)
        fill(new)
        _put(new, path)
    finally:
        for companion in ("", *_COMPANIONS):
            _beside(new, companion).unlink(missing_ok=True)


def _begin_in(path: Path) -> None:
    """What is removed later can be given back to the disk: SQLite must know that before the first table."""
    raw = sqlite3.connect(path)
    try:
        raw.execute("PRAGMA auto_vacuum = INCREMENTAL")
        raw.execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def _put(new: Path, path: Path) -> None:
    try:
        os.link(new, path)
    except FileExistsError:
        return
    except OSError:  # a disk without links
        new.rename(path)


def close_to_others(path: Path) -> None:
    """The database and what lies beside it; SQLite gives new companions the rights that the file has."""
    for companion in ("", *_COMPANIONS):
        private.close_to_others(_beside(path, companion))


def what_became_of(path: Path) -> str | None:
    """Of a database's file: removed or emptied meanwhile; None when something is there."""
    try:
        return None if path.stat().st_size else "emptied"
    except OSError:
        return "removed"


@dataclass(frozen=True)
class OpenedFile:
    """What a connection opened: the file that was at the path then, and the log of its changes."""

    path: Path
    log_path: Path
    file: _Identity | None
    log: _Identity | None

    @classmethod
    def at(cls, path: Path) -> OpenedFile:
        """For a connection that has read from it: then the log is there, and stays while a connection is open."""
        log_path = _beside(path, LOG)
        return cls(path, log_path, _identity(path), _identity(log_path))

    def is_still_there(self) -> bool:
        """What is committed elsewhere nobody finds again."""
        return _identity(self.path) == self.file and self.log in (None, _identity(self.log_path))


def shorten_log(connection: sqlite3.Connection, path: Path, longest: int = LONGEST_LOG) -> None:
    """After a transaction that left it longer than that: when nobody reads at this moment, else the next one does it."""
    # Whatever goes wrong, the transaction itself is committed.
    with suppress(OSError, sqlite3.OperationalError):
        if _beside(path, LOG).stat().st_size > longest:
            (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {patience}")


def _beside(path: Path, companion: str) -> Path:
    """SQLite follows links before it names the companions."""
    return Path(f"{path.resolve()}{companion}") if companion else path


def _identity(path: Path) -> _Identity | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
