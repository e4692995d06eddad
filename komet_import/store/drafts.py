"""Drafts: a stored file and the edits made to it, which any colleague of the company can go on with."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from komet_import.errors import NotFound, Refused
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.text import fold
from komet_import.store.cells import storable
from komet_import.store.models import draft, edit, person, upload


class BlankCells(StrEnum):
    """What a blank cell does to a stored value."""

    KEEP = "keep"
    CLEAR = "clear"


class DraftState(StrEnum):
    """Only an open one can be edited by people; an unattended one is a command's, which commits it or dies."""

    OPEN = "open"
    UNATTENDED = "unattended"
    COMMITTED = "committed"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class StoredDraft:
    """`version` is raised by each change; `edits` is how many are made and not undone; `by` is who began it.

    `discarded_by` is the name of who discarded it, if that is known; when, `updated_at` says.
    """

    draft_id: str
    company_id: int
    kind: str
    upload_id: int
    file: str
    sha256: str
    sheet: str | None
    mapping: Mapping[str, str]
    blank_cells: BlankCells
    all_or_nothing: bool
    state: DraftState
    created_by: int
    by: str
    created_at: datetime
    updated_at: datetime
    rows: int | None
    rows_with_errors: int | None
    rows_skipped: int | None
    import_id: int | None
    version: int
    edits: int
    discarded_by: str | None = None

    @property
    def declaration(self) -> Declaration:
        """What its file is read as."""
        return DECLARATIONS[self.kind]


@dataclass(frozen=True)
class WantedDrafts:
    """In this state, open or discarded; `search` is looked for in the file's name and in that of who began it."""

    state: DraftState = DraftState.OPEN
    search: str = ""


@dataclass(frozen=True)
class DraftPage:
    """`total` is how many are wanted; `states` how many the search leaves of the open and of the discarded ones."""

    drafts: tuple[StoredDraft, ...]
    total: int
    states: Mapping[DraftState, int]


def add_draft(
    conn: sa.Connection,
    company_id: int,
    person_id: int,
    kind: str,
    upload_id: int,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
    blank_cells: BlankCells = BlankCells.KEEP,
    all_or_nothing: bool = False,
    state: DraftState = DraftState.OPEN,
) -> str:
    """Returns the draft's ID, which nobody can guess. Raises NotFound for an upload that is not the company's."""
    mine = sa.select(upload.c.id).where(upload.c.company_id == company_id, upload.c.id == upload_id)
    if conn.execute(mine).one_or_none() is None:
        raise NotFound("unknown_draft")
    now = datetime.now(UTC)
    values = {
        "id": secrets.token_urlsafe(9),
        "company_id": company_id,
        "kind": kind,
        "upload_id": upload_id,
        "sheet": sheet,
        "mapping": dict(mapping or {}),
        "blank_cells": blank_cells.value,
        "all_or_nothing": all_or_nothing,
        "state": state.value,
        "created_by": person_id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    conn.execute(sa.insert(draft).values(values))
    return str(values["id"])


def get_draft(conn: sa.Connection, company_id: int, draft_id: str) -> StoredDraft:
    """Raises NotFound for one that is unknown or another company's."""
    return _one(conn, _drafts(company_id).where(draft.c.id == storable(draft_id)))


def find(
    conn: sa.Connection, company_id: int, wanted: WantedDrafts, limit: int | None = None, offset: int = 0
) -> DraftPage:
    """The company's, last touched first. What was discarded because its file could not be read is not among them."""
    d, key = draft.c, fold(wanted.search)
    query = (
        sa.select(d.id, d.state, upload.c.name.label("file"), person.c.name)
        .join(upload, upload.c.id == d.upload_id)
        .join(person, person.c.id == d.created_by)
        .where(d.company_id == company_id, _is_listed())
        .order_by(d.updated_at.desc(), d.created_at.desc())
    )
    # The database's own folding knows ASCII alone.
    found = [row for row in conn.execute(query) if key in fold(row.file) or key in fold(row.name)]
    ids = [row.id for row in found if row.state == wanted.state]
    states = Counter(DraftState(row.state) for row in found)
    shown = ids[offset : None if limit is None else offset + limit]
    return DraftPage(_in_order(conn, company_id, shown), len(ids), states)


def _is_listed() -> sa.ColumnElement[bool]:
    was_read = draft.c.rows.is_not(None)
    return sa.or_(draft.c.state == DraftState.OPEN, sa.and_(draft.c.state == DraftState.DISCARDED, was_read))


def _in_order(conn: sa.Connection, company_id: int, ids: Sequence[str]) -> tuple[StoredDraft, ...]:
    found = {row.id: _draft(row) for row in conn.execute(_drafts(company_id).where(draft.c.id.in_(ids)))}
    return tuple(found[draft_id] for draft_id in ids)


def find_of_sheet(conn: sa.Connection, company_id: int, upload_id: int, sheet: str) -> str | None:
    """The ID of the open draft of that sheet of a file, the one touched last, if somebody began one."""
    mine = (draft.c.company_id == company_id, draft.c.upload_id == upload_id)
    wanted = sa.select(draft.c.id).where(
        *mine, draft.c.sheet == storable(sheet), draft.c.state == DraftState.OPEN
    )
    return conn.execute(wanted.order_by(draft.c.updated_at.desc()).limit(1)).scalar()


def _drafts(company_id: int) -> sa.Select[*tuple[Any, ...]]:
    made = sa.select(sa.func.count()).where(edit.c.draft_id == draft.c.id, ~edit.c.undone)
    discarder = person.alias("discarder")
    return (
        sa.select(
            draft,
            upload.c.name.label("file"),
            upload.c.sha256,
            person.c.name.label("by"),
            discarder.c.name.label("discarder"),
            made.scalar_subquery().label("edits"),
        )
        .join(upload, upload.c.id == draft.c.upload_id)
        .join(person, person.c.id == draft.c.created_by)
        .outerjoin(discarder, discarder.c.id == draft.c.discarded_by)
        .where(draft.c.company_id == company_id)
    )


def _one(conn: sa.Connection, query: sa.Select[*tuple[Any, ...]]) -> StoredDraft:
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound("unknown_draft")
    return _draft(row)


def _draft(row: sa.Row[*tuple[Any, ...]]) -> StoredDraft:
    return StoredDraft(
        draft_id=row.id,
        company_id=row.company_id,
        kind=row.kind,
        upload_id=row.upload_id,
        file=row.file,
        sha256=row.sha256,
        sheet=row.sheet,
        mapping=row.mapping,
        blank_cells=BlankCells(row.blank_cells),
        all_or_nothing=row.all_or_nothing,
        state=DraftState(row.state),
        created_by=row.created_by,
        by=row.by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        rows=row.rows,
        rows_with_errors=row.rows_with_errors,
        rows_skipped=row.rows_skipped,
        import_id=row.import_id,
        version=row.version,
        edits=row.edits,
        discarded_by=row.discarder,
    )


def set_options(
    conn: sa.Connection,
    company_id: int,
    draft_id: str,
    *,
    blank_cells: BlankCells | None = None,
    all_or_nothing: bool | None = None,
) -> None:
    """Changes those that are given. Raises NotFound, or Refused for a draft that is not open."""
    given = {
        "blank_cells": blank_cells.value if blank_cells is not None else None,
        "all_or_nothing": all_or_nothing,
    }
    require_open(conn, company_id, draft_id)
    touch(conn, draft_id, {name: value for name, value in given.items() if value is not None})


def set_read(
    conn: sa.Connection,
    company_id: int,
    draft_id: str,
    sheet: str | None,
    rows: int,
    rows_with_errors: int,
    rows_skipped: int,
) -> StoredDraft:
    """What became of the file, of which that sheet was read. Raises NotFound, or Refused for a draft that is not open."""
    found = require_open(conn, company_id, draft_id)
    read: dict[str, Any] = {
        "sheet": sheet,
        "rows": rows,
        "rows_with_errors": rows_with_errors,
        "rows_skipped": rows_skipped,
    }
    return replace(found, **read, version=found.version + 1, updated_at=touch(conn, draft_id, read))


def set_figures(
    conn: sa.Connection, company_id: int, draft_id: str, rows: int, rows_with_errors: int, rows_skipped: int
) -> None:
    """What the list of drafts shows; that is no touch."""
    mine = (draft.c.company_id == company_id, draft.c.id == draft_id)
    figures = {"rows": rows, "rows_with_errors": rows_with_errors, "rows_skipped": rows_skipped}
    conn.execute(sa.update(draft).where(*mine).values(figures))


def commit(conn: sa.Connection, company_id: int, draft_id: str, import_id: int) -> None:
    """Ends an open draft. Raises NotFound, or Refused when it ended before."""
    require_open(conn, company_id, draft_id)
    touch(conn, draft_id, {"state": DraftState.COMMITTED.value, "import_id": import_id})


def discard(conn: sa.Connection, company_id: int, draft_id: str, person_id: int) -> None:
    """Ends an open draft. Raises NotFound, or Refused when it ended before."""
    require_open(conn, company_id, draft_id)
    touch(conn, draft_id, {"state": DraftState.DISCARDED.value, "discarded_by": person_id})


def take_back(conn: sa.Connection, company_id: int, draft_id: str) -> None:
    """Opens a discarded draft again; one that is open stays so. Raises NotFound, or Refused for one that was committed."""
    found = _locked(conn, company_id, draft_id)
    if found.state is DraftState.DISCARDED and found.rows is not None:
        touch(conn, draft_id, {"state": DraftState.OPEN.value, "discarded_by": None})
    elif found.state is not DraftState.OPEN:
        raise Refused("draft_closed")


def require_open(conn: sa.Connection, company_id: int, draft_id: str) -> StoredDraft:
    """To be changed in this transaction, by nobody else. Raises NotFound, or Refused when committed or discarded."""
    found = _locked(conn, company_id, draft_id)
    if found.state not in (DraftState.OPEN, DraftState.UNATTENDED):
        raise Refused("draft_closed")
    return found


def _locked(conn: sa.Connection, company_id: int, draft_id: str) -> StoredDraft:
    wanted = _drafts(company_id).where(draft.c.id == storable(draft_id))
    return _one(conn, wanted.with_for_update(of=draft))


def touch(conn: sa.Connection, draft_id: str, values: Mapping[str, object]) -> datetime:
    """Changes a draft that the caller found to be the company's; returns when, as is stored."""
    now = datetime.now(UTC)
    raised = {"version": draft.c.version + 1, "updated_at": now}
    conn.execute(sa.update(draft).where(draft.c.id == draft_id).values(**raised, **values))
    return now
