"""The workbook around the rows, the same for templates and discrepancies: headers, notes, checks, Instructions, Lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import REASON_HEADER, ROW_HEADER, Column, Declaration
from komet_import.schema.company import Company
from komet_import.workbook.cells import add_note, text_cell
from komet_import.workbook.instructions import add_instructions
from komet_import.workbook.style import (
    HEADERS,
    PLAIN_HEADER,
    REASON_WIDTH,
    ROW_WIDTH,
    TOP,
    WRAPPED,
    Paint,
    number_format,
    paint_header,
)
from komet_import.workbook.validations import FIRST_ROW, add_validations
from komet_import.workbook.wording import header_note, reason_note, row_note

CellRow = Sequence[Cell | None]
_HEADER_HEIGHT = 36  # points: two lines
_NARROWEST, _WIDEST, _WIDEST_HEADER = 11, 32, 22  # characters
_FILTER_BUTTON = 4
_TOLD = {REASON_HEADER: REASON_WIDTH, ROW_HEADER: ROW_WIDTH}  # their columns, and how wide


@dataclass(frozen=True)
class Layout:
    """What a workbook is made for; `reasons` adds the first columns of a discrepancy workbook."""

    declaration: Declaration
    columns: tuple[Column, ...]
    company: Company
    reasons: bool = False

    @property
    def first(self) -> int:
        """The position in the sheet of the first of the columns, from 1."""
        return 1 + len(_TOLD) * self.reasons


def write_workbook(
    out: BinaryIO | Path, layout: Layout, rows: Callable[[Worksheet], Iterable[CellRow]]
) -> int:
    """Writes the rows as they come, and returns how many there were; `rows` gets the sheet that its cells belong to."""
    workbook, sheet = begin(layout)
    count = 0
    with _complete(workbook):
        for row in rows(sheet):
            sheet.append(row)
            count += 1
    finish(workbook, sheet, layout, count)
    workbook.save(out)
    return count


def begin(layout: Layout) -> tuple[Workbook, Worksheet]:
    """A workbook whose first sheet is ready for its rows; it must be saved, or openpyxl leaves a file behind."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "Komet Import"
    sheet = workbook.create_sheet(layout.declaration.title)
    _arrange(sheet, layout)
    sheet.append(_headers(sheet, layout))
    return workbook, sheet


def finish(workbook: Workbook, sheet: Worksheet, layout: Layout, count: int) -> None:
    """What stands after the rows, of which there are `count`, and the other sheets."""
    last = get_column_letter(layout.first + len(layout.columns) - 1)
    sheet.auto_filter.ref = f"A1:{last}{max(count + 1, FIRST_ROW)}"
    add_instructions(workbook, layout.declaration, layout.columns, layout.company, reasons=layout.reasons)
    add_validations(workbook, sheet, layout.columns, layout.company, layout.first)


@contextmanager
def _complete(workbook: Workbook) -> Iterator[None]:
    """openpyxl leaves a temporary file behind and complains, unless a workbook that was begun is saved somewhere."""
    try:
        yield
    except BaseException:
        with TemporaryFile() as nowhere:
            workbook.save(nowhere)
        raise


def _arrange(sheet: Worksheet, layout: Layout) -> None:
    """What stands before the rows in the file: the look of columns and header, which blank cells take too."""
    if layout.reasons:
        for position, width in enumerate(_TOLD.values(), 1):
            dimension = sheet.column_dimensions[get_column_letter(position)]
            dimension.width, dimension.alignment = width, WRAPPED
        sheet.print_title_cols = f"A:{get_column_letter(len(_TOLD))}"
    for position, column in enumerate(layout.columns, layout.first):
        dimension = sheet.column_dimensions[get_column_letter(position)]
        dimension.width = _width(column)
        dimension.number_format, dimension.alignment = number_format(column), TOP
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    sheet.freeze_panes = f"{get_column_letter(layout.first)}{FIRST_ROW}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"


def _headers(sheet: Worksheet, layout: Layout) -> list[Cell]:
    headers = [
        _header(sheet, column.header, HEADERS[column.colour], header_note(column, layout.company))
        for column in layout.columns
    ]
    if not layout.reasons:
        return headers
    notes = zip(_TOLD, (reason_note(), row_note()), strict=True)
    return [*(_header(sheet, header, PLAIN_HEADER, note) for header, note in notes), *headers]


def _header(sheet: Worksheet, text: str, paint: Paint, note: str) -> Cell:
    header = text_cell(sheet, text)
    paint_header(header, paint)
    add_note(header, note)
    return header


def _width(column: Column) -> float:
    """Of the header, over two lines where it is long, of the example and of what the column may hold."""
    header = max(*map(len, column.header.split()), min(len(column.header), _WIDEST_HEADER)) + _FILTER_BUTTON
    typical = min((column.max_length or 0) * 0.4, _WIDEST)
    return max(_NARROWEST, header, min(len(column.example) + 2, _WIDEST), typical)
