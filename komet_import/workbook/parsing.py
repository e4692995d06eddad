"""In the child: a file to the rows below its header, written as an Arrow file, and what is to be told of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from komet_import.schema.column import Declaration
from komet_import.sentences import listed
from komet_import.workbook.csv_file import csv_grid
from komet_import.workbook.grid import Grid, Headed, choose
from komet_import.workbook.request import Request
from komet_import.workbook.sniffing import Content, sniff
from komet_import.workbook.spreadsheet import grids
from komet_import.workbook.unreadable import Unreadable

_NAMED = 10  # of cells, in a sentence


def parse(upload: Path, target: Path, request: Request) -> dict[str, Any]:
    """Writes the rows to `target`: column "row", then the texts as "0", "1", ….

    Answers `sheet`, `sheets`, `header_row` and `headers` as in a Table. Raises Unreadable.
    """
    content = sniff(upload, request.memory_mb)
    named = upload.rename(upload.with_suffix(content.suffix))
    declaration = request.declaration
    found, sheets = choose(_grids(named, content, request), declaration, request.mapping, request.sheet)
    _check(found, declaration)
    table, headers = _below(found)
    if table.num_rows == 0:
        raise Unreadable("no_rows")
    if table.num_rows > request.rows:
        raise Unreadable("too_many_rows", limit=request.rows)
    with pa.OSFile(str(target), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return {
        "sheet": found.grid.sheet,
        "sheets": sheets,
        "header_row": found.position + 1,
        "headers": headers,
    }


def _grids(path: Path, content: Content, request: Request) -> Iterable[Grid]:
    if content.suffix != ".csv":
        return grids(path)
    if request.sheet is not None:
        raise Unreadable("no_sheets", sheet=request.sheet)
    return (csv_grid(path, content.encoding, request.declaration, request.mapping),)


def _check(found: Headed, declaration: Declaration) -> None:
    """Raises Unreadable: missing_columns, repeated_column."""
    matching = found.matching
    if not any(column.key in matching.positions for column in declaration.finding_columns):
        headers = " or ".join(column.header for column in declaration.finding_columns)
        raise Unreadable("missing_columns", headers=headers, record=declaration.record)
    for key, positions in matching.repeated.items():
        cells = listed([f"{_letters(position)}{found.position + 1}" for position in positions], _NAMED)
        raise Unreadable("repeated_column", column=declaration.column(key).header, cells=cells)


def _letters(position: int) -> str:
    """A column's letters in a sheet: 0 is A, 26 is AA."""
    letters = ""
    rest = position + 1
    while rest:
        rest, last = divmod(rest - 1, 26)
        letters = chr(ord("A") + last) + letters
    return letters


def _below(found: Headed) -> tuple[pa.Table, tuple[str, ...]]:
    """The filled rows below the header with their numbers, and the headers, up to the last column with anything in it."""
    filled = found.grid.filled_beside(found.matching.told)
    filled = filled.filter(pc.greater(filled, found.position))
    columns = [column.take(filled) for column in found.grid.columns]
    width = len(columns)
    while width and not found.headers[width - 1] and not pc.any(pc.not_equal(columns[width - 1], "")).as_py():
        width -= 1
    numbers = pc.add(filled.cast(pa.int64()), 1)
    names = ["row", *(str(position) for position in range(width))]
    return pa.table([numbers, *columns[:width]], names=names), found.headers[:width]
