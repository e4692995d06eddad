"""The stored customers: found for a file, searched, and read one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from komet_import.bulk import uncollected
from komet_import.review.plan import Record, Snapshot
from komet_import.schema.column import Declaration
from komet_import.schema.text import fold, has_control_characters, tidy
from komet_import.store.cells import read_value, storable, to_texts
from komet_import.store.models import BIG, RECORDS, SEARCHED
from komet_import.store.staging import CHUNK, load, temporary

_Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`texts` as a Record's."""

    customer_id: int
    version: int
    updated_at: datetime
    texts: tuple[str, ...]


def take_snapshot(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    ids: Collection[int],
    codes: Collection[str],
    names: Collection[str],
) -> Snapshot:
    """The customers with one of these IDs, folded codes or folded names; all of them where most are named."""
    table = RECORDS[declaration.kind]
    query = _texts_of(declaration, table, table.c.code_key, table.c.name_key)
    if 2 * max(len(ids), len(codes)) >= count(conn, declaration, company_id):
        return _snapshot(declaration, conn.execute(query.where(table.c.company_id == company_id)))
    with temporary(conn, "wanted", sa.Column("id", BIG)) as wanted:
        _want(conn, wanted, table.c.id, company_id, ids)
        _want(conn, wanted, table.c.code_key, company_id, map(storable, codes))
        _want(conn, wanted, table.c.name_key, company_id, map(storable, names))
        # Only the company's are wanted; to ask for it again here would mislead SQLite into reading all of them.
        return _snapshot(declaration, conn.execute(query.where(table.c.id.in_(sa.select(wanted.c.id)))))


def _want(
    conn: sa.Connection,
    wanted: sa.Table,
    key: sa.Column[Any],
    company_id: int,
    values: Iterable[int] | Iterable[str],
) -> None:
    """Adds the IDs of the company's records whose key is one of the values."""
    table = key.table
    with temporary(conn, "given", sa.Column("value", key.type)) as given:
        load(conn, given, ["value"], ((value,) for value in values))
        # Not a join: without statistics SQLite may read all records for each value.
        found = sa.select(table.c.id).where(
            table.c.company_id == company_id, key.in_(sa.select(given.c.value))
        )
        conn.execute(sa.insert(wanted).from_select(["id"], found))


def _texts_of(declaration: Declaration, table: sa.Table, *more: sa.ColumnElement[Any]) -> _Query:
    """`more`, the ID, the version and the value columns."""
    values = (read_value(table, column) for column in declaration.value_columns)
    return sa.select(*more, table.c.id, table.c.version, *values)


def _snapshot(declaration: Declaration, found: sa.CursorResult[*tuple[Any, ...]]) -> Snapshot:
    snapshot, texts = Snapshot(), to_texts(declaration.value_columns)
    names: dict[str, list[int]] = {}
    with uncollected():
        for rows in found.partitions(CHUNK):
            code_keys, name_keys, ids, versions, *columns = zip(*rows, strict=True)
            snapshot.records.update(zip(ids, map(Record, ids, versions, texts(columns)), strict=True))
            snapshot.id_by_code.update(zip(code_keys, ids, strict=True))
            for name_key, record_id in zip(name_keys, ids, strict=True):
                names.setdefault(name_key, []).append(record_id)
    snapshot.ids_by_name = {name: tuple(sorted(named)) for name, named in names.items()}
    return snapshot


def count(conn: sa.Connection, declaration: Declaration, company_id: int) -> int:
    """How many the company has."""
    table = RECORDS[declaration.kind]
    query = sa.select(sa.func.count()).select_from(table).where(table.c.company_id == company_id)
    return conn.execute(query).scalar_one()


def search(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    text: str | None,
    limit: int | None,
    offset: int = 0,
) -> tuple[list[CustomerRow], int]:
    """A page by Customer ID, and how many there are in all.

    The text is looked for as it stands, whatever its case, in the columns that `SEARCHED` names.
    """
    table = RECORDS[declaration.kind]
    wanted = fold(tidy(text or ""))
    longest = max(declaration.column(key).max_length or 0 for key in SEARCHED[declaration.kind])
    if (
        has_control_characters(wanted) or len(wanted) > longest * 3
    ):  # folding can make three characters of one
        return [], 0
    held = sa.and_(
        table.c.company_id == company_id,
        table.c.search_key.contains(wanted, autoescape=True) if wanted else sa.true(),
    )
    total = conn.execute(sa.select(sa.func.count()).select_from(table).where(held)).scalar_one()
    query = _texts_of(declaration, table, table.c.updated_at).where(held).order_by(table.c.id)
    rows = conn.execute(query.limit(limit).offset(offset)).all()
    if not rows:
        return [], total
    times, ids, versions, *columns = zip(*rows, strict=True)
    return list(map(CustomerRow, ids, versions, times, to_texts(declaration.value_columns)(columns))), total


def each_record(conn: sa.Connection, declaration: Declaration, company_id: int) -> Iterator[Record]:
    """All of them by Customer ID, a few thousand in memory at a time; the connection is in use meanwhile."""
    table, texts = RECORDS[declaration.kind], to_texts(declaration.value_columns)
    query = _texts_of(declaration, table).where(table.c.company_id == company_id).order_by(table.c.id)
    for rows in conn.execute(query, execution_options={"yield_per": CHUNK}).partitions():
        ids, versions, *columns = zip(*rows, strict=True)
        yield from map(Record, ids, versions, texts(columns))
