"""The edits of a draft, in steps. The text of a cell is that of its last edit that is not undone, else the file's.

Edits made together are one step: its number is the place of its first edit. Undo and redo go through the steps of one
person alone, so nobody takes back what somebody else did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from komet_import.review.edits import Cell
from komet_import.store.cells import storable
from komet_import.store.drafts import require_open, touch
from komet_import.store.models import edit, person


@dataclass(frozen=True, slots=True)
class NewEdit:
    """A cell's old and new text; without `key` the whole row is left out or taken back."""

    row: int
    key: str | None
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """`new` is the cell's text, `by` the name of the person who gave it."""

    step: int
    row: int
    key: str | None
    new: str
    by: str

    @property
    def cell(self) -> Cell:
        """Where it stands."""
        return self.row, self.key


@dataclass(frozen=True, slots=True)
class Step:
    """Edits made together: the first of them, and how many `more` there are."""

    row: int
    key: str | None
    old: str
    new: str
    more: int


@dataclass(frozen=True, slots=True)
class OwnSteps:
    """The step that a person can take back, and the one to make again."""

    undo: Step | None = None
    redo: Step | None = None


def standing(conn: sa.Connection, company_id: int, draft_id: str) -> dict[Cell, StoredEdit]:
    """By cell, its last edit that is not undone; none for a draft that is not the company's."""
    made = _edits(company_id, draft_id).where(~edit.c.undone).order_by(edit.c.sequence)
    return {one.cell: one for one in _read(conn, made)}


def own_steps(conn: sa.Connection, company_id: int, draft_id: str, person_id: int) -> OwnSteps:
    """What undo and redo would find."""
    own = _own(company_id, draft_id, person_id)
    return OwnSteps(
        _step(conn, *own, edit.c.step == _last_made(*own)),
        _step(conn, *own, edit.c.step == _first_undone(*own)),
    )


def _last_made(*own: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.max(edit.c.step)).where(*own, ~edit.c.undone).scalar_subquery()


def _first_undone(*own: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.min(edit.c.step)).where(*own, edit.c.undone).scalar_subquery()


def _step(conn: sa.Connection, *which: sa.ColumnElement[bool]) -> Step | None:
    e, more = edit.c, sa.func.count().over() - 1
    first = sa.select(e.row, e.column_key, e.old, e.new, more).where(*which).order_by(e.sequence).limit(1)
    found = conn.execute(first).first()
    return Step(*found) if found else None


def append(
    conn: sa.Connection, company_id: int, draft_id: str, person_id: int, new: Sequence[NewEdit]
) -> None:
    """Adds one step of edits; those that the person had undone are forgotten. Raises NotFound or Refused."""
    require_open(conn, company_id, draft_id)
    conn.execute(sa.delete(edit).where(*_own(company_id, draft_id, person_id), edit.c.undone))
    highest = sa.select(sa.func.coalesce(sa.func.max(edit.c.sequence), 0)).where(edit.c.draft_id == draft_id)
    step = conn.execute(highest).scalar_one() + 1
    now = datetime.now(UTC)
    rows = [
        {
            "draft_id": draft_id,
            "sequence": sequence,
            "step": step,
            "undone": False,
            "company_id": company_id,
            "row": one.row,
            "column_key": one.key,
            "old": storable(one.old),
            "new": storable(one.new),
            "person_id": person_id,
            "at": now,
        }
        for sequence, one in enumerate(new, step)
    ]
    conn.execute(sa.insert(edit), rows)
    touch(conn, draft_id, {})


def undo(conn: sa.Connection, company_id: int, draft_id: str, person_id: int) -> list[StoredEdit]:
    """Takes back the person's last step and returns it; none when there is none. Raises NotFound or Refused."""
    return _move(conn, company_id, draft_id, person_id, _last_made, undone=True)


def redo(conn: sa.Connection, company_id: int, draft_id: str, person_id: int) -> list[StoredEdit]:
    """Makes the step again that the person undid last, and returns it; none when there is none."""
    return _move(conn, company_id, draft_id, person_id, _first_undone, undone=False)


def _move(
    conn: sa.Connection,
    company_id: int,
    draft_id: str,
    person_id: int,
    which: Callable[..., sa.ScalarSelect[int]],
    *,
    undone: bool,
) -> list[StoredEdit]:
    require_open(conn, company_id, draft_id)
    step = conn.execute(sa.select(which(*_own(company_id, draft_id, person_id)))).scalar_one()
    if step is None:
        return []
    conn.execute(
        sa.update(edit).where(edit.c.draft_id == draft_id, edit.c.step == step).values(undone=undone)
    )
    touch(conn, draft_id, {})
    moved = _edits(company_id, draft_id).where(edit.c.step == step)
    return list(_read(conn, moved.order_by(edit.c.sequence)))


def _own(company_id: int, draft_id: str, person_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    mine = (edit.c.company_id == company_id, edit.c.draft_id == storable(draft_id))
    return *mine, edit.c.person_id == person_id


def _edits(company_id: int, draft_id: str) -> sa.Select[*tuple[Any, ...]]:
    e = edit.c
    columns = (e.step, e.row, e.column_key, e.new, person.c.name)
    mine = (e.company_id == company_id, e.draft_id == storable(draft_id))
    return sa.select(*columns).join(person, person.c.id == e.person_id).where(*mine)


def _read(conn: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> list[StoredEdit]:
    return [StoredEdit(*row) for row in conn.execute(query)]
