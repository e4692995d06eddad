"""The stored customers: found for a file, searched, and read one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from komet_import.bulk import CHUNK, collector_paused, held_once
from komet_import.errors import NotFound
from komet_import.review.plan import Record, Snapshot
from komet_import.review.rows import Keys
from komet_import.schema.column import Column, Declaration
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.kinds import LARGEST_ID, Storage, kind_of
from komet_import.schema.text import fold, has_control_characters, tidy
from komet_import.store.cells import read_value, storable, to_texts
from komet_import.store.models import BIG, RECORDS, change, import_
from komet_import.store.staging import load, temporary

LAST_CHANGE = "updated_at"  # records are sorted by it as by a column

_Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Wanted:
    """Which records. `text` is looked for as it stands, whatever its case, in the columns that the declaration says.

    `values` holds the wanted value of columns by key, a code for a code list; `import_id` is of an import that inserted
    or updated them.
    """

    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    import_id: int | None = None


@dataclass(frozen=True)
class Order:
    """`by` is the key of any column, or LAST_CHANGE; by ID where it decides nothing, and blanks last."""

    by: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """`texts` as a Record's."""

    record_id: int
    version: int
    updated_at: datetime
    texts: tuple[str, ...]


def take_snapshot(conn: sa.Connection, declaration: Declaration, company_id: int, keys: Keys) -> Snapshot:
    """The records with one of these IDs, folded codes or folded names; all of them where most are named.

    And whose codes the other declarations' records have that are referred to.
    """
    snapshot = _found(conn, declaration, company_id, keys)
    snapshot.codes = {kind: _codes(conn, kind, company_id, codes) for kind, codes in keys.referred.items()}
    return snapshot


def _found(conn: sa.Connection, declaration: Declaration, company_id: int, keys: Keys) -> Snapshot:
    table = RECORDS[declaration.kind]
    query = _texts_of(declaration, table, *_key_columns(declaration))
    if 2 * max(len(keys.ids), len(keys.codes)) >= count(conn, declaration, company_id):
        return _snapshot(declaration, conn.execute(query.where(table.c.company_id == company_id)))
    with temporary(conn, "wanted", sa.Column("id", BIG)) as wanted:
        _want(conn, wanted, table.c.id, company_id, keys.ids)
        _want(conn, wanted, table.c.code_key, company_id, map(storable, keys.codes))
        if declaration.name_key:
            _want(conn, wanted, table.c.name_key, company_id, map(storable, keys.names))
        # Only the company's are wanted; to ask for it again here would mislead SQLite into reading all of them.
        return _snapshot(declaration, conn.execute(query.where(table.c.id.in_(sa.select(wanted.c.id)))))


def _key_columns(declaration: Declaration) -> tuple[sa.ColumnElement[str], sa.ColumnElement[str]]:
    """The folded code and the folded name, "" where records have none."""
    stored = RECORDS[declaration.kind].c
    return stored.code_key, stored.name_key if declaration.name_key else sa.literal("")


def _codes(conn: sa.Connection, kind: str, company_id: int, wanted: Collection[str]) -> dict[str, str]:
    """The codes of the company's records of this kind by these folded ones, "" for nobody's."""
    stored, declaration = RECORDS[kind].c, DECLARATIONS[kind]
    with temporary(conn, "given", sa.Column("value", sa.Text)) as given:
        load(conn, given, ["value"], ((storable(code),) for code in wanted))
        query = sa.select(stored.code_key, stored[declaration.code_key]).where(
            stored.company_id == company_id, stored.code_key.in_(sa.select(given.c.value))
        )
        return dict.fromkeys(wanted, "") | dict(conn.execute(query).all())


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
    known: list[dict[Any, Any]] = [{} for _ in declaration.value_columns]
    with collector_paused():
        for rows in found.partitions(CHUNK):
            code_keys, name_keys, ids, versions, *columns = zip(*rows, strict=True)
            rows_of_texts = texts(map(held_once, columns, known))
            snapshot.records.update(zip(ids, map(Record, ids, versions, rows_of_texts), strict=True))
            snapshot.id_by_code.update(zip(code_keys, ids, strict=True))
            if declaration.name_key:
                for name_key, record_id in zip(name_keys, ids, strict=True):
                    names.setdefault(name_key, []).append(record_id)
    snapshot.ids_by_name = {name: tuple(sorted(named)) for name, named in names.items()}
    return snapshot


def count(conn: sa.Connection, declaration: Declaration, company_id: int) -> int:
    """How many the company has."""
    table = RECORDS[declaration.kind]
    query = sa.select(sa.func.count()).select_from(table).where(table.c.company_id == company_id)
    return conn.execute(query).scalar_one()


def find(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    wanted: Wanted,
    order: Order | None,
    limit: int | None,
    offset: int = 0,
) -> tuple[list[CustomerRow], int]:
    """A page in that order, else by ID, and how many there are in all."""
    held = _held(declaration, company_id, wanted)
    if held is None:
        return [], 0
    table = RECORDS[declaration.kind]
    total = conn.execute(sa.select(sa.func.count()).select_from(table).where(*held)).scalar_one()
    by = _sorted(declaration, order)
    # First the IDs alone: what is sorted, and skipped on the way to a late page, are not whole records.
    page = sa.select(table.c.id).where(*held).order_by(*by).limit(limit).offset(offset).subquery()
    query = _texts_of(declaration, table, table.c.updated_at).join(page, page.c.id == table.c.id)
    return _customer_rows(declaration, conn.execute(query.order_by(*by))), total


def get_customer(
    conn: sa.Connection, declaration: Declaration, company_id: int, record_id: int
) -> CustomerRow:
    """Raises NotFound for one that is unknown or another company's."""
    table = RECORDS[declaration.kind]
    query = _texts_of(declaration, table, table.c.updated_at)
    if 0 < record_id <= LARGEST_ID:
        mine = (table.c.company_id == company_id, table.c.id == record_id)
        rows = _customer_rows(declaration, conn.execute(query.where(*mine)))
        if rows:
            return rows[0]
    raise NotFound("unknown_customer", id=record_id)


def _customer_rows(declaration: Declaration, found: sa.CursorResult[*tuple[Any, ...]]) -> list[CustomerRow]:
    rows = found.all()
    if not rows:
        return []
    times, ids, versions, *columns = zip(*rows, strict=True)
    return list(map(CustomerRow, ids, versions, times, to_texts(declaration.value_columns)(columns)))


def each_record(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    wanted: Wanted | None = None,
    order: Order | None = None,
) -> Iterator[Record]:
    """All of them, or those wanted, in that order, else by ID.

    A few thousand are in memory at a time; the connection is in use meanwhile.
    """
    table, texts = RECORDS[declaration.kind], to_texts(declaration.value_columns)
    held = _held(declaration, company_id, wanted or Wanted())
    if held is None:
        return
    query = _texts_of(declaration, table).where(*held).order_by(*_sorted(declaration, order))
    for rows in conn.execute(query, execution_options={"yield_per": CHUNK}).partitions():
        ids, versions, *columns = zip(*rows, strict=True)
        yield from map(Record, ids, versions, texts(columns))


def _held(declaration: Declaration, company_id: int, wanted: Wanted) -> list[sa.ColumnElement[bool]] | None:
    """The conditions; None where no record can fulfil them."""
    table = RECORDS[declaration.kind]
    held: list[sa.ColumnElement[bool]] = [table.c.company_id == company_id]
    text = fold(tidy(wanted.text))
    longest = max(declaration.column(key).max_length or 0 for key in declaration.searched_keys)
    if has_control_characters(text) or len(text) > longest * 3:  # folding can make three characters of one
        return None
    if text:
        held.append(table.c.search_key.contains(text, autoescape=True))
    held += [_holds(table, declaration.column(key), storable(value)) for key, value in wanted.values.items()]
    if wanted.import_id is not None:
        held.append(table.c.id.in_(_touched(declaration, company_id, wanted.import_id)))
    return held


def _touched(declaration: Declaration, company_id: int, import_id: int) -> sa.Select[int]:
    """The records that an import inserted or changed; none when it was of another kind."""
    touched = sa.select(change.c.record_id).join_from(change, import_, import_.c.id == change.c.import_id)
    return touched.where(
        change.c.company_id == company_id,
        change.c.import_id == import_id,
        import_.c.declaration == declaration.kind,
    )


def _holds(table: sa.Table, column: Column, value: str) -> sa.ColumnElement[bool]:
    stored = table.c[column.key]
    kind = kind_of(column)
    if kind.storage is Storage.FLAG:
        return stored.is_(value == kind.render(True))
    if separator := kind.separator:
        # Not LIKE: on SQLite it would take a code for another that differs by case.
        values = sa.literal(separator) + stored + separator
        return sa.func.replace(values, f"{separator}{value}{separator}", "") != values
    return stored == value


def _sorted(declaration: Declaration, order: Order | None) -> list[sa.ColumnElement[Any]]:
    table = RECORDS[declaration.kind]
    if order is None:
        return [table.c.id]
    by = _sort_key(declaration, order.by)
    if order.descending:
        return [by.desc().nulls_last(), table.c.id.desc()]
    return [by.asc().nulls_last(), table.c.id]


def _sort_key(declaration: Declaration, by: str) -> sa.ColumnElement[Any]:
    table = RECORDS[declaration.kind]
    if by == LAST_CHANGE:
        return table.c.updated_at
    if by == declaration.id_key:
        return table.c.id
    if by == declaration.code_key:
        return table.c.code_key
    if by == declaration.name_key:
        return table.c.name_key
    column = declaration.column(by)
    return sa.func.lower(table.c[by]) if kind_of(column).is_plain else table.c[by]
