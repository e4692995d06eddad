"""The audit of one import: its changes by column and record, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from komet_import.bulk import CHUNK
from komet_import.schema.column import Declaration
from komet_import.schema.kinds import LARGEST_ID
from komet_import.schema.text import fold, has_control_characters, tidy
from komet_import.store.imports import AuditedChange
from komet_import.store.models import RECORDS, change, upload


@dataclass(frozen=True)
class WantedChanges:
    """Which changes: of one `action` (`insert`, `update`), of one column, of records whose ID, code, name … holds a text."""

    action: str | None = None
    key: str | None = None
    record: str = ""


@dataclass(frozen=True)
class ShownChange:
    """A change with its record's name and code as they are now: no code when it was removed since, no name either where
    records have none.
    """

    change: AuditedChange
    name: str | None
    code: str | None


def file_size(conn: sa.Connection, company_id: int, upload_id: int | None) -> int | None:
    """In bytes, without reading the file."""
    of_upload = (upload.c.company_id == company_id, upload.c.id == upload_id)
    return conn.execute(sa.select(upload.c.size).where(*of_upload)).scalar()


def count_changes(
    conn: sa.Connection, declaration: Declaration, company_id: int, import_id: int, record: str = ""
) -> dict[tuple[str, str | None], int]:
    """By action and column; a new record's column is None."""
    c, records = change.c, RECORDS[declaration.kind]
    query = sa.select(c.action, c.column_key, sa.func.count()).outerjoin_from(
        change, records, _of_change(records)
    )
    held = _held(records, company_id, import_id, WantedChanges(record=record))
    found = conn.execute(query.where(*held).group_by(c.action, c.column_key))
    return {(action, key): count for action, key, count in found}


def each_change(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    import_id: int,
    wanted: WantedChanges,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[ShownChange]:
    """In row order, then column order; the connection is in use meanwhile."""
    c, records = change.c, RECORDS[declaration.kind]
    name = records.c[declaration.name_key] if declaration.name_key else sa.null()
    labels = (name, records.c[declaration.code_key])
    query = (
        sa.select(c.row, c.record_id, c.action, c.column_key, c.old, c.new, *labels)
        .outerjoin_from(change, records, _of_change(records))
        .where(*_held(records, company_id, import_id, wanted))
        .order_by(c.row, c.id)
    )
    rows = conn.execute(query.limit(limit).offset(offset), execution_options={"yield_per": CHUNK})
    for *facts, name, code in rows:
        yield ShownChange(AuditedChange(*facts), name, code)


def _of_change(records: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(records.c.id == change.c.record_id, records.c.company_id == change.c.company_id)


def _held(
    records: sa.Table, company_id: int, import_id: int, wanted: WantedChanges
) -> list[sa.ColumnElement[bool]]:
    c = change.c
    held: list[sa.ColumnElement[bool]] = [c.company_id == company_id, c.import_id == import_id]
    if wanted.action is not None:
        held.append(c.action == wanted.action)
    if wanted.key is not None:
        held.append(c.column_key == wanted.key)
    if text := fold(tidy(wanted.record)):
        held.append(_is_called(records, text))
    return held


def _is_called(records: sa.Table, text: str) -> sa.ColumnElement[bool]:
    if has_control_characters(text):
        return sa.false()
    called = records.c.search_key.contains(text, autoescape=True)
    has_id = text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= LARGEST_ID
    return sa.or_(called, change.c.record_id == int(text)) if has_id else called
