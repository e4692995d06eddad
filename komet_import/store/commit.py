"""A plan becomes stored: exactly as it was shown, with its audit, in the caller's transaction; or it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from komet_import.bulk import chunks, collector_paused
from komet_import.errors import Refused
from komet_import.language import _
from komet_import.review.plan import Action, Change, Counts, Plan, PlannedRow
from komet_import.schema.column import Column, Declaration
from komet_import.schema.company import Company
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import IssueCode
from komet_import.schema.text import fold
from komet_import.store import discrepancies, imports
from komet_import.store.cells import Stored, staged_value, to_stored
from komet_import.store.imports import ImportRecord, ImportState, NewImport
from komet_import.store.models import BIG, RECORDS, UtcTime, change, rejected_row
from komet_import.store.models import company as company_table
from komet_import.store.staging import load, temporary

Progress = Callable[[float], None]
HEAD = ("row", "action", "record_id", "version")
_LEFT_OUT = ("", IssueCode.LEFT_OUT)
# The share of a commit's time at whose end each step stands, measured at 100,000 rows.
_STAGED, _INSERTED, _UPDATED, _AUDITED = 0.45, 0.65, 0.8, 0.95


def commit(
    conn: sa.Connection,
    company: Company,
    new: NewImport,
    plan: Plan,
    progress: Progress | None = None,
) -> ImportRecord:
    """In a transaction of `Database.writing()`, which the caller's exceptions and these roll back.

    `progress` hears shares from 0 to 1 and must not write to this database. Raises Refused (`plan_moved`) when the plan
    is not the one that was shown, or not of the customers and the company as they are stored now. A commit whose
    idempotency key is known returns what the first one led to, and goes on with the line that it began.
    """
    line = imports.begin(conn, company.company_id, new, plan.counts.rows)
    if line.state is not ImportState.COMMITTING:
        return line
    if new.plan_hash != plan.hash or _company_version(conn, company.company_id) != plan.company_version:
        raise Refused("plan_moved")
    refused = new.all_or_nothing and plan.counts.with_errors > 0
    ids = (company.company_id, line.import_id)
    work = _Work(conn, DECLARATIONS[new.declaration], *ids, progress or (lambda _share: None))
    discrepancies.write(conn, *ids, plan)
    if not refused:
        with collector_paused():
            written = _write_rows(work, plan)
        _check(written, plan.counts)
    state = ImportState.REJECTED if refused else ImportState.COMMITTED
    record = imports.finish(conn, *ids, state, _counts(plan.counts, refused))
    work.progress(1.0)
    return record


@dataclass(frozen=True)
class _Work:
    """What every step needs."""

    conn: sa.Connection
    declaration: Declaration
    company_id: int
    import_id: int
    progress: Progress

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that are derived from others, folded."""
        return ("code_key", *(["name_key"] if self.declaration.name_key else []), "search_key")

    @property
    def table(self) -> sa.Table:
        """Where the records are."""
        return RECORDS[self.declaration.kind]


def _company_version(conn: sa.Connection, company_id: int) -> int | None:
    return conn.execute(sa.select(company_table.c.version).where(company_table.c.id == company_id)).scalar()


def _counts(planned: Counts, refused: bool) -> Counts:
    if refused:
        rejected, held_back = planned.rows - planned.unchanged, planned.written
        return Counts(0, 0, planned.unchanged, rejected, planned.skipped, held_back)
    return planned


# -- customers ---------------------------------------------------------------------------------------------------


def _write_rows(work: _Work, plan: Plan) -> Counts:
    """Returns what the database says was done."""
    changed = {change.key for change in plan.changes}
    columns = [column for column in work.declaration.value_columns if column.key in changed]
    with _staged(work, plan.rows, columns) as staged:
        work.progress(_STAGED)
        _refuse_moved(work, staged)
        now = datetime.now(UTC)
        _insert(work, staged, now)
        work.progress(_INSERTED)
        _update(work, staged, columns, now)
        work.progress(_UPDATED)
        _audit(work, staged, plan.changes)
        work.progress(_AUDITED)
        return _done(work, staged)


@contextmanager
def _staged(work: _Work, rows: Sequence[PlannedRow], changed: Sequence[Column]) -> Iterator[sa.Table]:
    """The planned rows as a temporary table: new ones whole, updated ones with the columns that any of them changes."""
    every = work.declaration.value_columns
    keys = (sa.Column(name, sa.Text) for name in work.keys)
    values = (sa.Column(column.key, work.table.c[column.key].type) for column in every)
    by_action: dict[Action, list[PlannedRow]] = {action: [] for action in Action}
    for row in rows:
        by_action[row.action].append(row)
    with temporary(work.conn, "staged", *_head_columns(), *keys, *values) as staged:
        load(work.conn, staged, HEAD, (_head(row) for row in by_action[Action.UNCHANGED]))
        for action, columns in ((Action.UPDATE, changed), (Action.NEW, every)):
            names = (*HEAD, *work.keys, *(column.key for column in columns))
            load(work.conn, staged, names, _staging_rows(work, by_action[action], columns))
        yield staged


def _head_columns() -> Iterator[sa.Column[Any]]:
    return (sa.Column(name, sa.Text if name == "action" else BIG) for name in HEAD)


def _head(row: PlannedRow) -> tuple[Stored, ...]:
    return row.row, row.action.value, row.record_id, row.version


def _staging_rows(
    work: _Work, rows: Sequence[PlannedRow], columns: Sequence[Column]
) -> Iterator[tuple[Stored, ...]]:
    """Column by column and zipped again: no step in Python for each of a million cells."""
    positions = {column.key: n for n, column in enumerate(work.declaration.value_columns)}
    named = [key for key in (work.declaration.code_key, work.declaration.name_key) if key]
    searched = [positions[key] for key in work.declaration.searched_keys]
    convert = to_stored(columns)
    for chunk in chunks(rows):
        numbers, actions, record_ids, versions, row_texts = zip(*chunk, strict=True)
        texts = list(zip(*row_texts, strict=True))
        search_keys = map(fold, map("\n".join, zip(*(texts[n] for n in searched), strict=True)))
        keys = (*(map(fold, texts[positions[key]]) for key in named), search_keys)
        values = convert(texts[positions[column.key]] for column in columns)
        yield from zip(numbers, actions, record_ids, versions, *keys, *values, strict=True)


def _refuse_moved(work: _Work, staged: sa.Table) -> None:
    """The plan holds while each record it read has the same version, no new code was given to another, and all that it
    would refer to is there.
    """
    stored, mine = work.table.c, work.table.c.company_id == work.company_id
    same = sa.and_(mine, stored.id == staged.c.record_id, stored.version == staged.c.version)
    moved = sa.select(staged.c.row).where(
        staged.c.record_id.is_not(None), ~sa.exists(sa.select(stored.id).where(same))
    )
    other = sa.and_(
        mine, stored.code_key == staged.c.code_key, stored.id.is_distinct_from(staged.c.record_id)
    )
    taken = sa.select(staged.c.row).where(sa.exists(sa.select(stored.id).where(other)))
    for query in (moved, taken, *_lost(work, staged)):
        if work.conn.execute(query.limit(1)).first() is not None:
            raise Refused("plan_moved")


def _lost(work: _Work, staged: sa.Table) -> Iterator[sa.Select[int]]:
    """The rows that would refer, and did not before, to what is not there any more."""
    stored = work.table.c
    for kind, columns in work.declaration.references.items():
        known = RECORDS[kind].c
        codes = sa.select(known[DECLARATIONS[kind].code_key]).where(known.company_id == work.company_id)
        for column in columns:
            code = sa.func.nullif(staged.c[column.key], "")
            same = sa.and_(stored.id == staged.c.record_id, stored[column.key] == code)
            kept = sa.exists(sa.select(stored.id).where(same))
            yield sa.select(staged.c.row).where(code.is_not(None), code.not_in(codes), ~kept)


def _insert(work: _Work, staged: sa.Table, now: datetime) -> None:
    """In row order, so that the new IDs follow the file."""
    values = _values(work, staged, work.declaration.value_columns)
    fixed = {"company_id": sa.literal(work.company_id), "version": sa.literal(1)}
    fixed |= {"created_at": sa.literal(now, UtcTime), "updated_at": sa.literal(now, UtcTime)}
    rows = sa.select(*fixed.values(), *values.values()).where(staged.c.action == Action.NEW)
    insert = sa.insert(work.table).from_select([*fixed, *values], rows.order_by(staged.c.row))
    work.conn.execute(insert)


def _update(work: _Work, staged: sa.Table, columns: Sequence[Column], now: datetime) -> None:
    """Not by ON CONFLICT: an update can keep to the columns that change, and leave the indexes of others alone."""
    stored, declaration = work.table.c, work.declaration
    update = sa.update(work.table).where(
        stored.company_id == work.company_id,
        stored.id == staged.c.record_id,
        staged.c.action == Action.UPDATE,
    )
    values = _values(work, staged, columns)
    if declaration.code_key not in values:
        del values["code_key"]
    if declaration.name_key and declaration.name_key not in values:
        del values["name_key"]
    work.conn.execute(update.values(version=stored.version + 1, updated_at=now, **values))


def _values(work: _Work, staged: sa.Table, columns: Iterable[Column]) -> dict[str, sa.ColumnElement[Any]]:
    values = {column.key: staged_value(staged, column) for column in columns}
    return {key: staged.c[key] for key in work.keys} | values


# -- audit -------------------------------------------------------------------------------------------------------


def _audit(work: _Work, staged: sa.Table, changes: Sequence[Change]) -> None:
    """A new record is one change, an updated one as many as its cells."""
    stored = work.table.c
    facts = (sa.literal(work.company_id), sa.literal(work.import_id), staged.c.row, stored.id)
    new = sa.select(*facts, sa.literal("insert")).join_from(
        staged,
        work.table,
        sa.and_(stored.company_id == work.company_id, stored.code_key == staged.c.code_key),
    )
    columns = ("company_id", "import_id", "row", "record_id", "action")
    new = new.where(staged.c.action == Action.NEW)
    work.conn.execute(sa.insert(change).from_select(columns, new.order_by(staged.c.row)))
    cells = (
        (work.company_id, work.import_id, c.row, c.record_id, "update", c.key, c.old or None, c.new or None)
        for c in changes
    )
    load(work.conn, change, (*columns, "column_key", "old", "new"), cells)


# -- the check ---------------------------------------------------------------------------------------------------


def _done(work: _Work, staged: sa.Table) -> Counts:
    """Counted in the database, from what was written."""
    c = change.c
    audited = sa.select(c.action, sa.func.count(c.record_id.distinct())).where(c.import_id == work.import_id)
    records: dict[str, int] = dict(work.conn.execute(audited.group_by(c.action)).all())
    unchanged = sa.select(sa.func.count()).where(staged.c.action == Action.UNCHANGED)
    rejected = sa.select(sa.func.count()).where(rejected_row.c.import_id == work.import_id)
    return Counts(
        new=records.get("insert", 0),
        update=records.get("update", 0),
        unchanged=work.conn.execute(unchanged).scalar_one(),
        rejected=work.conn.execute(rejected).scalar_one(),
        skipped=discrepancies.count(work.conn, work.company_id, work.import_id, _LEFT_OUT),
    )


def _check(written: Counts, planned: Counts) -> None:
    if written != planned:
        raise Refused(
            "not_as_planned",
            detail=_("{written} instead of {planned}").format(written=written, planned=planned),
        )
