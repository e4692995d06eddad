"""Bulk rows on their way in: temporary tables, filled by the driver itself, joined in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from komet_import.bulk import chunks


@contextmanager
def temporary(conn: sa.Connection, name: str, *columns: sa.Column[Any]) -> Iterator[sa.Table]:
    """A table that this connection alone sees, gone afterwards; a rollback takes it too."""
    table = sa.Table(name, sa.MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(conn)
    yield table
    table.drop(conn)


def load(
    conn: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """`columns` in the table's order, values as the driver takes them: it is asked directly, which takes half the time."""
    insert = sa.insert(table).compile(dialect=conn.dialect, column_keys=columns)
    assert insert.positiontup == list(columns), insert
    for chunk in chunks(rows):
        conn.exec_driver_sql(str(insert), chunk)
