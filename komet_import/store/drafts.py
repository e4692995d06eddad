"""Drafts: a stored file and the edits made to it, which any colleague of the company can go on with."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from komet_import.errors import NotFound, Refused
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS
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
    """`version` is raised by each change; `edits` is how many are made and not undone; `by` is who began it."""

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

    @property
    def declaration(self) -> Declaration:
        """What its file is read as."""
        return DECLARATIONS[self.kind]


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


def open_drafts(conn: sa.Connection, company_id: int, limit: int) -> list[StoredDraft]:
    """The company's, last touched first."""
    wanted = _drafts(company_id).where(draft.c.state == DraftState.OPEN)
    newest = wanted.order_by(draft.c.updated_at.desc(), draft.c.created_at.desc())
    return [_draft(row) for row in conn.execute(newest.limit(limit))]


def _drafts(company_id: int) -> sa.Select[*tuple[Any, ...]]:
    made = sa.select(sa.func.count()).where(edit.c.draft_id == draft.c.id, ~edit.c.undone)
    return (
        sa.select(
            draft,
            upload.c.name.label("file"),
            upload.c.sha256,
            person.c.name.label("by"),
            made.scalar_subquery().label("edits"),
        )
        .join(upload, upload.c.id == draft.c.upload_id)
        .join(person, person.c.id == draft.c.created_by)
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


def set_state(
    conn: sa.Connection, company_id: int, draft_id: str, state: DraftState, import_id: int | None = None
) -> None:
    """Ends an open draft: discarded, or committed as `import_id`. Raises NotFound, or Refused when it ended before."""
    require_open(conn, company_id, draft_id)
    touch(conn, draft_id, {"state": state.value, "import_id": import_id})


def require_open(conn: sa.Connection, company_id: int, draft_id: str) -> StoredDraft:
    """To be changed in this transaction, by nobody else. Raises NotFound, or Refused when committed or discarded."""
    wanted = _drafts(company_id).where(draft.c.id == storable(draft_id))
    found = _one(conn, wanted.with_for_update(of=draft))
    if found.state not in (DraftState.OPEN, DraftState.UNATTENDED):
        raise Refused("draft_closed")
    return found


def touch(conn: sa.Connection, draft_id: str, values: Mapping[str, object]) -> datetime:
    """Changes a draft that the caller found to be the company's; returns when, as is stored."""
    now = datetime.now(UTC)
    raised = {"version": draft.c.version + 1, "updated_at": now}
    conn.execute(sa.update(draft).where(draft.c.id == draft_id).values(**raised, **values))
    return now
