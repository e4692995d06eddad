"""CSV files to a grid: the separator is the one that makes headers of the header; a record is a row, as in Excel."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice, zip_longest
from pathlib import Path

import pyarrow as pa

from komet_import.review.matching import SEARCHED_ROWS, find_header, match
from komet_import.schema.column import Declaration
from komet_import.workbook.grid import Grid, tidied
from komet_import.workbook.unreadable import Unreadable

_SEPARATORS = (",", ";", "\t")
_CHUNK = 10_000
_MOST_COLUMNS = 16_384  # Excel's own limit
# A record of its own at the end, unless a quotation mark is still open there.
_END = "\x00end-of-file"


def csv_grid(path: Path, encoding: str, declaration: Declaration, mapping: Mapping[str, str]) -> Grid:
    """Raises Unreadable: damaged."""
    # The process's memory is limited already; a long field is an issue of its cell, not the end.
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    separator = max(
        _SEPARATORS, key=lambda separator: _matches(path, encoding, separator, declaration, mapping)
    )
    return Grid(None, _columns(_records(path, encoding, separator)))


def _matches(
    path: Path, encoding: str, separator: str, declaration: Declaration, mapping: Mapping[str, str]
) -> int:
    """How many of our columns the separator brings to light."""
    filled = (record for record in _records(path, encoding, separator) if any(record))
    rows: list[list[str]] = []
    with suppress(Unreadable):  # told when the rows themselves are read, with the separator found
        rows.extend(islice(filled, SEARCHED_ROWS))
    found = find_header(rows, declaration, mapping)
    return 0 if found is None else len(match(rows[found], declaration, mapping).positions)


def _records(path: Path, encoding: str, separator: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        lines = csv.reader(chain(file, (_END,)), delimiter=separator)
        last: list[str] = []
        try:
            for number, record in enumerate(lines):
                if len(record) > _MOST_COLUMNS:
                    raise Unreadable("damaged", because="too_wide", row=number + 1, most=_MOST_COLUMNS)
                if number:
                    yield last
                last = record
        except csv.Error as error:
            raise Unreadable("damaged", because="bad_line", line=lines.line_num) from error
    if last != [_END]:
        raise Unreadable("damaged", because="open_quotation")


def _columns(records: Iterator[list[str]]) -> list[pa.Array]:
    """Short records are blank at their end, whichever record turns out to be the longest."""
    chunks: list[list[pa.Array]] = []
    height = 0
    while rows := list(islice(records, _CHUNK)):
        cells = list(zip_longest(*rows, fillvalue=""))
        chunks += [[_blank(height)] for _ in range(len(cells) - len(chunks))]
        for position, chunk in enumerate(chunks):
            chunk.append(_column(cells[position]) if position < len(cells) else _blank(len(rows)))
        height += len(rows)
    return [pa.concat_arrays(chunk) for chunk in chunks]


def _column(texts: Sequence[str]) -> pa.Array:
    return tidied(pa.array(texts, pa.large_string()))


def _blank(height: int) -> pa.Array:
    return pa.repeat(pa.scalar("", pa.large_string()), height)
