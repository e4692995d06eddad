"""The workbook around the rows, the same for templates and discrepancies: headers, notes, checks, Instructions, Lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import REASON_HEADER, Column, Declaration
from komet_import.schema.company import Company
from komet_import.workbook.cells import add_note, put_text
from komet_import.workbook.instructions import add_instructions
from komet_import.workbook.row_xml import FIRST_ROW
from komet_import.workbook.style import (
    HEADERS,
    PLAIN_HEADER,
    WRAPPED,
    number_format,
    paint_header,
    register_data_styles,
)
from komet_import.workbook.validations import add_validations
from komet_import.workbook.wording import header_note

_HEADER_HEIGHT = 36  # points: two lines
_NARROWEST, _WIDEST, _WIDEST_HEADER, _REASON_WIDTH = 11, 32, 22, 70  # characters
_FILTER_BUTTON = 4


@dataclass(frozen=True)
class Layout:
    """What a workbook is made for; `reasons` adds the last column of a discrepancy workbook."""

    declaration: Declaration
    columns: tuple[Column, ...]
    company: Company
    reasons: bool = False


def make_workbook(layout: Layout, rows: int, notes: Mapping[str, str]) -> Workbook:
    """All but the rows' cells: `rows` is how many there will be, `notes` those on their cells, by reference."""
    workbook = Workbook()
    workbook.properties.creator = "Komet Import"
    sheet = workbook.active
    register_data_styles(sheet)
    sheet.title = layout.declaration.title
    for position, column in enumerate(layout.columns, 1):
        _add_column(sheet, position, column, layout.company)
    width = len(layout.columns)
    if layout.reasons:
        width += 1
        _add_reason_column(sheet, width)
    for reference, text in notes.items():
        add_note(sheet[reference], text)
    sheet.row_dimensions[1].height = _HEADER_HEIGHT
    sheet.freeze_panes = f"A{FIRST_ROW}"
    sheet.auto_filter.ref = f"A1:{get_column_letter(width)}{max(rows + 1, FIRST_ROW)}"
    add_instructions(workbook, layout.declaration, layout.columns, layout.company, reasons=layout.reasons)
    add_validations(workbook, sheet, layout.columns, layout.company)
    return workbook


def _add_column(sheet: Worksheet, position: int, column: Column, company: Company) -> None:
    header = put_text(sheet, 1, position, column.header)
    paint_header(header, HEADERS[column.colour])
    add_note(header, header_note(column, company))
    dimension = sheet.column_dimensions[get_column_letter(position)]
    dimension.width = _width(column)
    dimension.number_format = number_format(column)


def _add_reason_column(sheet: Worksheet, position: int) -> None:
    header = put_text(sheet, 1, position, REASON_HEADER)
    paint_header(header, PLAIN_HEADER)
    add_note(header, "Why the row was not imported. This column is ignored when the file is uploaded again.")
    dimension = sheet.column_dimensions[get_column_letter(position)]
    dimension.width = _REASON_WIDTH
    dimension.alignment = WRAPPED


def _width(column: Column) -> float:
    """Of the header, over two lines where it is long, of the example and of what the column may hold."""
    header = max(*map(len, column.header.split()), min(len(column.header), _WIDEST_HEADER)) + _FILTER_BUTTON
    typical = min((column.max_length or 0) * 0.4, _WIDEST)
    return max(_NARROWEST, header, min(len(column.example) + 2, _WIDEST), typical)
