"""What need not be kept any more, of every company: found first, then removed a piece at a time.

Discarded drafts and those of commands that died go with their edits, then the files that nothing refers to. What was read
of a file goes as soon as nobody works on it: it can be read again. An import's file and its audit stay for ever.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from komet_import.store.drafts import DraftState
from komet_import.store.models import draft, import_, metadata, upload, upload_table

_GONE = (DraftState.DISCARDED, DraftState.UNATTENDED)
_WORKED_ON = (DraftState.OPEN, DraftState.UNATTENDED)
# What a draft owns, the dependent first.
_PARTS = [
    table
    for table in reversed(metadata.sorted_tables)
    if any(key.column.table is draft for key in table.foreign_keys)
]


def old_drafts(conn: sa.Connection, before: datetime) -> list[str]:
    """Those that nobody can go on with, last touched before that."""
    return list(conn.execute(sa.select(draft.c.id).where(*_is_old(before))).scalars())


def drop_draft(conn: sa.Connection, draft_id: str, before: datetime) -> int:
    """Returns how many were dropped: one, or none that is old."""
    is_old = sa.exists(sa.select(draft.c.id).where(draft.c.id == draft_id, *_is_old(before)))
    for part in _PARTS:
        conn.execute(sa.delete(part).where(part.c.draft_id == draft_id, is_old))
    return conn.execute(sa.delete(draft).where(draft.c.id == draft_id, *_is_old(before))).rowcount


def unused_files(conn: sa.Connection) -> list[tuple[int, int]]:
    """IDs of the uploads that no draft and no import refers to, and the bytes that each takes."""
    query = sa.select(upload.c.id, sa.func.length(upload.c.content)).where(*_is_unused())
    return [(upload_id, size) for upload_id, size in conn.execute(query)]


def drop_file(conn: sa.Connection, upload_id: int) -> int:
    """With what was read of it. Returns how many were dropped."""
    unused = sa.select(upload.c.id).where(upload.c.id == upload_id, *_is_unused())
    conn.execute(sa.delete(upload_table).where(upload_table.c.upload_id.in_(unused)))
    return conn.execute(sa.delete(upload).where(upload.c.id == upload_id, *_is_unused())).rowcount


def idle_tables(conn: sa.Connection, before: datetime) -> list[tuple[int, int]]:
    """Of which uploads what was read of them is kept without a draft touched since then, and the bytes that it takes."""
    query = sa.select(upload_table.c.upload_id, sa.func.length(upload_table.c.content))
    return [(upload_id, size) for upload_id, size in conn.execute(query.where(_is_idle(before)))]


def drop_table(conn: sa.Connection, upload_id: int, before: datetime) -> int:
    """Returns how many were dropped."""
    one = sa.delete(upload_table).where(upload_table.c.upload_id == upload_id, _is_idle(before))
    return conn.execute(one).rowcount


def _is_old(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return draft.c.state.in_(_GONE), draft.c.updated_at < before


def _is_unused() -> tuple[sa.ColumnElement[bool], ...]:
    of_imports = sa.select(import_.c.upload_id).where(import_.c.upload_id.is_not(None))
    return upload.c.id.not_in(sa.select(draft.c.upload_id)), upload.c.id.not_in(of_imports)


def _is_idle(before: datetime) -> sa.ColumnElement[bool]:
    in_use = sa.select(draft.c.upload_id).where(draft.c.state.in_(_WORKED_ON), draft.c.updated_at >= before)
    return upload_table.c.upload_id.not_in(in_use)
