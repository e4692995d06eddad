"""Housekeeping: what need not be kept any more is dropped, of every company of the database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from komet_import.access import Deed, require
from komet_import.desk import Desk
from komet_import.settings import Settings
from komet_import.store import purge as stored
from komet_import.store.database import Database

_PAUSE = 0.02  # seconds after each piece: whoever waits to write comes in between

Piece = TypeVar("Piece")


@dataclass(frozen=True)
class Purged:
    """How many were dropped: drafts with their edits, files, and tables that were read of files; `size` is in bytes."""

    drafts: int
    files: int
    tables: int
    size: int


def purge_now(desk: Desk) -> Purged:
    """An administrator's deed; what the machine does by itself is `purge`. Raises AccessDenied, StoreUnavailable."""
    require(desk.person, Deed.ADMINISTER)
    return purge(desk.settings, desk.database, datetime.now(UTC))


def purge(settings: Settings, database: Database, now: datetime) -> Purged:
    """Each piece in a transaction of its own. Raises StoreUnavailable; what was dropped by then stays so."""
    before = now - timedelta(days=settings.keep_days)
    with database.reading() as connection:
        old = stored.old_drafts(connection, before)
    drafts = _drop(database, old, lambda conn, draft_id: stored.drop_draft(conn, draft_id, before))
    with database.reading() as connection:
        idle = dict(stored.idle_tables(connection, before))
    tables = _drop(database, idle, lambda conn, upload_id: stored.drop_table(conn, upload_id, before))
    with database.reading() as connection:
        unused = dict(stored.unused_files(connection))
    files = _drop(database, unused, stored.drop_file)
    if drafts or tables or files:
        database.give_back(_pause)
    size = sum(idle[upload_id] for upload_id in tables) + sum(unused[upload_id] for upload_id in files)
    return Purged(len(drafts), len(files), len(tables), size)


def _drop(database: Database, pieces: Iterable[Piece], drop: Callable[..., int]) -> list[Piece]:
    """Those that were dropped: one that came into use meanwhile is not."""
    dropped = []
    for piece in pieces:
        with database.writing() as connection:
            if drop(connection, piece):
                dropped.append(piece)
        _pause()
    return dropped


def _pause() -> None:
    time.sleep(_PAUSE)
