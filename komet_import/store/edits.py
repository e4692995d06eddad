"""The edits of a draft: a list that grows at its end, and a cursor that undo and redo move along it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from komet_import.errors import Refused
from komet_import.store.cells import storable
from komet_import.store.drafts import require_open, touch
from komet_import.store.models import draft, edit


@dataclass(frozen=True, slots=True)
class NewEdit:
    """A cell's old and new text; without `key` the whole row is left out or taken back."""

    row: int
    key: str | None
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """`sequence` counts from 1 within the draft."""

    sequence: int
    row: int
    key: str | None
    old: str
    new: str
    person_id: int
    at: datetime


def edits(conn: sa.Connection, company_id: int, draft_id: str) -> list[StoredEdit]:
    """The applied ones in order; none for a draft that is not the company's."""
    applied = _edits(company_id, draft_id).where(edit.c.sequence <= draft.c.edit_cursor)
    return [StoredEdit(*row) for row in conn.execute(applied.order_by(edit.c.sequence))]


def append_edits(
    conn: sa.Connection,
    company_id: int,
    draft_id: str,
    person_id: int,
    new: Sequence[NewEdit],
    *,
    expected: int | None = None,
) -> int:
    """Adds edits after the cursor, where undone ones are forgotten; returns the new cursor.

    `expected` is the cursor that the caller saw. Raises NotFound, or Refused when the draft moved or is not open.
    """
    cursor = require_open(conn, company_id, draft_id).cursor
    if expected not in (None, cursor):
        raise Refused("draft_moved")
    if not new:
        return cursor
    conn.execute(sa.delete(edit).where(edit.c.draft_id == draft_id, edit.c.sequence > cursor))
    now = datetime.now(UTC)
    rows = [
        {
            "draft_id": draft_id,
            "sequence": sequence,
            "company_id": company_id,
            "row": one.row,
            "column_key": one.key,
            "old": storable(one.old),
            "new": storable(one.new),
            "person_id": person_id,
            "at": now,
        }
        for sequence, one in enumerate(new, cursor + 1)
    ]
    conn.execute(sa.insert(edit), rows)
    touch(conn, draft_id, {"edit_cursor": cursor + len(rows)})
    return cursor + len(rows)


def undo(conn: sa.Connection, company_id: int, draft_id: str) -> StoredEdit | None:
    """Takes back the last applied edit and returns it; None when there is none. Raises NotFound or Refused."""
    cursor = require_open(conn, company_id, draft_id).cursor
    return _move(conn, company_id, draft_id, taken=cursor, cursor=cursor - 1)


def redo(conn: sa.Connection, company_id: int, draft_id: str) -> StoredEdit | None:
    """Applies the first undone edit again and returns it; None when there is none. Raises NotFound or Refused."""
    cursor = require_open(conn, company_id, draft_id).cursor
    return _move(conn, company_id, draft_id, taken=cursor + 1, cursor=cursor + 1)


def _move(
    conn: sa.Connection, company_id: int, draft_id: str, *, taken: int, cursor: int
) -> StoredEdit | None:
    wanted = _edits(company_id, draft_id).where(edit.c.sequence == taken)
    row = conn.execute(wanted).one_or_none()
    if row is None:
        return None
    touch(conn, draft_id, {"edit_cursor": cursor})
    return StoredEdit(*row)


def _edits(company_id: int, draft_id: str) -> sa.Select[*tuple[Any, ...]]:
    e = edit.c
    columns = (e.sequence, e.row, e.column_key, e.old, e.new, e.person_id, e.at)
    mine = (e.company_id == company_id, e.draft_id == storable(draft_id))
    return sa.select(*columns).join(draft, draft.c.id == e.draft_id).where(*mine)
