"""The workbooks that the Data Import page offers: empty, with the stored records, or with examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.workbook.data_cells import ColumnCells
from komet_import.workbook.layout import CellRow, Layout, write_workbook


def write_template(
    out: BinaryIO | Path,
    declaration: Declaration,
    company: Company,
    records: Iterable[Sequence[str]] = (),
) -> int:
    """Writes one row for each of the records, as they come, and returns how many there were.

    A record holds one text for each of the declaration's columns, as the template writes it, `""` for no value.
    """
    layout = Layout(declaration, declaration.columns, company)
    return write_workbook(out, layout, lambda sheet: _rows(sheet, layout, records))


def _rows(sheet: Worksheet, layout: Layout, records: Iterable[Sequence[str]]) -> Iterator[CellRow]:
    """A blank cell is left out: it takes the column's own format."""
    columns = [ColumnCells(sheet, column) for column in layout.columns]
    for record in records:
        yield [cells.filled(text) if text else None for cells, text in zip(columns, record, strict=True)]
