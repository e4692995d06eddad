"""The imports: what was committed, when, by whom, and the audit of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from komet_import.errors import NotFound
from komet_import.language import N_, _
from komet_import.review.plan import Counts
from komet_import.schema.kinds import LARGEST_ID
from komet_import.schema.text import fold
from komet_import.store.cells import storable
from komet_import.store.drafts import BlankCells
from komet_import.store.models import import_, person


class ImportKind(StrEnum):
    """A file that went in, an import that was taken back, or a value of a list that got another name."""

    IMPORT = "import"
    UNDO = "undo"
    RENAME = "rename"


class ImportState(StrEnum):
    """`rejected`: all-or-nothing said no, and nothing was written."""

    QUEUED = "queued"
    COMMITTING = "committing"
    COMMITTED = "committed"
    REJECTED = "rejected"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True)
class NewImport:
    """The facts of a commit that the plan does not hold; `plan_hash` is that of the plan that was shown.

    `declaration` is a key of DECLARATIONS.
    """

    declaration: str
    file: str
    sha256: str
    plan_hash: str
    person_id: int
    started_at: datetime
    draft_id: str | None = None
    upload_id: int | None = None
    idempotency_key: str | None = None
    all_or_nothing: bool = False
    blank_cells: BlankCells = BlankCells.KEEP
    sheet: str | None = None
    edits: int = 0


@dataclass(frozen=True)
class ImportRecord:
    """One line of the history; `by` is the person's name, `failure` a sentence when the state is `failed`.

    `title` is the file's name, or says what it was that was not a file: then `file`, hashes and upload are None.
    `declaration` is a key of DECLARATIONS.
    """

    import_id: int
    company_id: int
    kind: ImportKind
    declaration: str
    state: ImportState
    draft_id: str | None
    upload_id: int | None
    file: str | None
    title: str
    sha256: str | None
    plan_hash: str | None
    all_or_nothing: bool
    blank_cells: BlankCells
    sheet: str | None
    person_id: int
    by: str
    email: str
    started_at: datetime
    finished_at: datetime
    rows: int
    counts: Counts
    edits: int
    failure: str | None


@dataclass(frozen=True, slots=True)
class AuditedChange:
    """A cell that an import updated, or a record that it inserted: then `key`, `old` and `new` are None.

    `row` is the file's, None where there was no file.
    """

    row: int | None
    record_id: int
    action: str
    key: str | None
    old: str | None
    new: str | None


INTERRUPTED = N_("It was interrupted; nothing was imported.")
_NOT_DONE = (ImportState.COMMITTING, ImportState.FAILED)


def begin(conn: sa.Connection, company_id: int, new: NewImport, rows: int) -> ImportRecord:
    """The line of the history before anything is in: a new one, or that of an earlier try with the same key that ended
    nowhere. It stays locked until the transaction ends. What came of the key already is returned as it is.
    """
    key = new.idempotency_key
    earlier = None if key is None else _with_key(conn, company_id, key)
    if earlier is None:
        state, counts = ImportState.COMMITTING, Counts(rejected=rows)
        return get_import(conn, company_id, _add(conn, company_id, state, counts, _facts(new)))
    if earlier.state in _NOT_DONE:
        again = _facts(new) | {"state": ImportState.COMMITTING.value, "failure": None}
        conn.execute(_line(company_id, earlier.import_id).values(**again, **_figures(Counts(rejected=rows))))
        return get_import(conn, company_id, earlier.import_id)
    return earlier


def _facts(new: NewImport) -> dict[str, object]:
    return {
        "kind": ImportKind.IMPORT.value,
        "declaration": new.declaration,
        "draft_id": new.draft_id,
        "upload_id": new.upload_id,
        "file": storable(new.file),
        "file_key": fold(storable(new.file)),
        "sha256": new.sha256,
        "plan_hash": new.plan_hash,
        "idempotency_key": new.idempotency_key,
        "all_or_nothing": new.all_or_nothing,
        "blank_cells": new.blank_cells.value,
        "sheet": new.sheet,
        "person_id": new.person_id,
        "started_at": new.started_at,
        "edits": new.edits,
    }


def add_rename(
    conn: sa.Connection,
    declaration: str,
    company_id: int,
    person_id: int,
    started_at: datetime,
    title: str,
    records: int,
) -> int:
    """The line of what was not a file; so many `records` got the new name. Returns its ID."""
    facts = {
        "kind": ImportKind.RENAME.value,
        "declaration": declaration,
        "title": title,
        "file_key": fold(title),
        "all_or_nothing": False,
        "blank_cells": BlankCells.KEEP.value,
        "person_id": person_id,
        "started_at": started_at,
        "edits": 0,
    }
    return _add(conn, company_id, ImportState.COMMITTED, Counts(update=records), facts)


def _add(
    conn: sa.Connection,
    company_id: int,
    state: ImportState,
    counts: Counts,
    facts: Mapping[str, object],
) -> int:
    row = {"company_id": company_id, "state": state.value, **_figures(counts)}
    added = sa.insert(import_).values(**facts, **row).returning(import_.c.id)
    import_id: int = conn.execute(added).scalar_one()
    return import_id


def _figures(counts: Counts) -> dict[str, object]:
    return {
        "finished_at": datetime.now(UTC),
        "rows": counts.rows,
        "inserted": counts.new,
        "updated": counts.update,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
        "skipped": counts.skipped,
        "held_back": counts.held_back,
    }


def _line(company_id: int, import_id: int) -> sa.Update:
    return sa.update(import_).where(import_.c.company_id == company_id, import_.c.id == import_id)


def finish(
    conn: sa.Connection, company_id: int, import_id: int, state: ImportState, counts: Counts
) -> ImportRecord:
    """What came of it, now."""
    conn.execute(_line(company_id, import_id).values(state=state.value, **_figures(counts)))
    return get_import(conn, company_id, import_id)


def fail(conn: sa.Connection, company_id: int, import_id: int, failure: str) -> None:
    """Keeps a try that failed in the history: all its rows are rejected. Its key is free for another one."""
    failed = {"state": ImportState.FAILED.value, "failure": failure, "idempotency_key": None}
    at = _line(company_id, import_id).where(import_.c.state == ImportState.COMMITTING)
    conn.execute(at.values(**failed, finished_at=datetime.now(UTC)))


def withdraw(conn: sa.Connection, company_id: int, import_id: int) -> None:
    """Takes the line of a try that was refused out of the history."""
    mine = (import_.c.company_id == company_id, import_.c.id == import_id)
    conn.execute(sa.delete(import_).where(*mine, import_.c.state == ImportState.COMMITTING))


def has_begun(conn: sa.Connection) -> bool:
    """Whether there is a line of which nothing came yet, of any company."""
    begun = sa.select(import_.c.id).where(import_.c.state == ImportState.COMMITTING)
    return conn.execute(begun.limit(1)).first() is not None


def fail_interrupted(conn: sa.Connection) -> int:
    """The lines that no process is at, of all companies; returns how many there were. A commit with the key takes it over.

    Whoever commits has the line locked: on SQLite the whole database, and then this would wait.
    """
    begun = sa.select(import_.c.id).where(import_.c.state == ImportState.COMMITTING)
    left = conn.execute(begun.with_for_update(skip_locked=True)).scalars().all()
    failed = {"state": ImportState.FAILED.value, "failure": _(INTERRUPTED), "finished_at": datetime.now(UTC)}
    conn.execute(sa.update(import_).where(import_.c.id.in_(left)).values(**failed))
    return len(left)


def get_import(conn: sa.Connection, company_id: int, import_id: int) -> ImportRecord:
    """Raises NotFound for one that is unknown or another company's."""
    if 0 < import_id <= LARGEST_ID:
        row = conn.execute(lines(company_id).where(import_.c.id == import_id)).one_or_none()
        if row is not None:
            return to_record(row)
    raise NotFound("unknown_import", id=import_id)


def find_done(conn: sa.Connection, company_id: int, idempotency_key: str) -> ImportRecord | None:
    """What the commit with this key led to; None while it is still to be done. Waits for one that is at it."""
    found = _with_key(conn, company_id, idempotency_key)
    return None if found is None or found.state in _NOT_DONE else found


def _with_key(conn: sa.Connection, company_id: int, idempotency_key: str) -> ImportRecord | None:
    wanted = lines(company_id).where(import_.c.idempotency_key == idempotency_key)
    row = conn.execute(wanted.with_for_update(of=import_)).one_or_none()
    return to_record(row) if row is not None else None


def count_written(conn: sa.Connection, company_id: int) -> int:
    """How many were ever committed. Nothing else changes stored records, so they are as they were while it stays."""
    written = (ImportState.COMMITTED.value, ImportState.UNDONE.value)
    wanted = sa.select(sa.func.count()).where(
        import_.c.company_id == company_id, import_.c.state.in_(written)
    )
    return conn.execute(wanted).scalar_one()


def find_committed_upload(conn: sa.Connection, company_id: int, sha256: str) -> ImportRecord | None:
    """The latest committed import of the same bytes that was not undone."""
    wanted = lines(company_id).where(
        import_.c.sha256 == sha256,
        import_.c.kind == ImportKind.IMPORT,
        import_.c.state == ImportState.COMMITTED,
    )
    row = conn.execute(wanted.order_by(import_.c.id.desc()).limit(1)).one_or_none()
    return to_record(row) if row is not None else None


def lines(company_id: int) -> sa.Select[*tuple[Any, ...]]:
    by = (person.c.name.label("by"), person.c.email)
    return (
        sa.select(import_, *by)
        .join(person, person.c.id == import_.c.person_id)
        .where(import_.c.company_id == company_id)
    )


def to_record(row: sa.Row[*tuple[Any, ...]]) -> ImportRecord:
    return ImportRecord(
        import_id=row.id,
        company_id=row.company_id,
        kind=ImportKind(row.kind),
        declaration=row.declaration,
        state=ImportState(row.state),
        draft_id=row.draft_id,
        upload_id=row.upload_id,
        file=row.file,
        title=row.title if row.file is None else row.file,
        sha256=row.sha256,
        plan_hash=row.plan_hash,
        all_or_nothing=row.all_or_nothing,
        blank_cells=BlankCells(row.blank_cells),
        sheet=row.sheet,
        person_id=row.person_id,
        by=row.by,
        email=row.email,
        started_at=row.started_at,
        finished_at=row.finished_at,
        rows=row.rows,
        counts=Counts(row.inserted, row.updated, row.unchanged, row.rejected, row.skipped, row.held_back),
        edits=row.edits,
        failure=row.failure,
    )
