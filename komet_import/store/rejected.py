"""The rejected rows for their workbook: what their file says, and what is stored where it says nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from komet_import.bulk import chunks
from komet_import.review.plan import Record
from komet_import.review.rows import Rows
from komet_import.review.rules import Rules
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.store.customers import take_snapshot
from komet_import.store.database import Database

Rejected = tuple[
    int, Mapping[str, str | None]
]  # a row's number, and its texts by column key as a plan holds them


def with_stored(
    database: Database,
    declaration: Declaration,
    company: Company,
    rejected: Iterable[Rejected],
    held: Collection[str],
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows with a text in each of the `held` columns, now that these will stand in a file.

    Where the row's own file had no such cell, it is the stored one: a blank would clear that, when blank cells clear.
    A row that names no stored record has blanks there.
    """
    positions = {column.key: n for n, column in enumerate(declaration.value_columns)}
    for some in chunks(rejected):
        lacking = {key for key in held if any(cells.get(key) is None for _, cells in some)}
        records = _records(database, declaration, company, some) if lacking else [None] * len(some)
        for (row, cells), record in zip(some, records, strict=True):
            stored = (
                {key: record.texts[positions[key]] for key in lacking & positions.keys()} if record else {}
            )
            yield (
                row,
                {key: stored.get(key, "") if (text := cells.get(key)) is None else text for key in held},
            )


def _records(
    database: Database, declaration: Declaration, company: Company, rejected: Sequence[Rejected]
) -> Sequence[Record | None]:
    texts = {c.key: [cells.get(c.key) or "" for _, cells in rejected] for c in declaration.finding_columns}
    rows = Rows(declaration, [row for row, _ in rejected], texts)
    with database.reading() as connection:
        snapshot = take_snapshot(connection, declaration, company.company_id, rows.keys())
    rules = Rules(declaration, company, snapshot, clear_blanks=False)
    return rules.records(rows.batch(range(len(rows))))
