"""The sheet that explains the file: the legend, how rows are read, and a line for each column."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import REASON_HEADER, Colour, Column, Declaration
from komet_import.schema.company import Company
from komet_import.workbook import wording
from komet_import.workbook.cells import put_text
from komet_import.workbook.style import HEADERS, HEADING, PLAIN_HEADER, TITLE, WRAPPED, paint_header

INSTRUCTIONS_SHEET = "Instructions"
_TABLE = {"Column": 36, "Required?": 32, "Type": 20, "Limit": 30, "Format": 48, "Example": 32, "Rule": 52}


def add_instructions(
    workbook: Workbook,
    declaration: Declaration,
    columns: Sequence[Column],
    company: Company,
    *,
    reasons: bool,
) -> None:
    """`reasons` adds how a discrepancy workbook is used."""
    sheet = workbook.create_sheet(INSTRUCTIONS_SHEET)
    sheet.sheet_view.showGridLines = False
    for letter, width in enumerate(_TABLE.values(), 1):
        sheet.column_dimensions[get_column_letter(letter)].width = width
    put_text(sheet, 1, 1, f"{declaration.title}: how to fill in this workbook").font = TITLE
    row = _add_legend(sheet, 3)
    paragraphs = wording.instructions(declaration)
    if reasons:
        paragraphs = (*wording.discrepancy_instructions(REASON_HEADER), *paragraphs)
    row = _add_paragraphs(sheet, row + 1, paragraphs)
    _add_table(sheet, row + 1, columns, company)


def _add_legend(sheet: Worksheet, row: int) -> int:
    put_text(sheet, row, 1, "Colours of the headers").font = HEADING
    for line, colour in enumerate(Colour, row + 1):
        paint_header(put_text(sheet, line, 1, colour.value.capitalize()), HEADERS[colour])
        put_text(sheet, line, 2, colour.meaning)
    return row + 1 + len(Colour)


def _add_paragraphs(sheet: Worksheet, row: int, paragraphs: Sequence[str]) -> int:
    put_text(sheet, row, 1, "How rows are read").font = HEADING
    for line, text in enumerate(paragraphs, row + 1):
        sheet.merge_cells(start_row=line, end_row=line, start_column=1, end_column=5)
        put_text(sheet, line, 1, text).alignment = WRAPPED
        sheet.row_dimensions[line].height = 32  # merged cells do not grow by themselves
    return row + 1 + len(paragraphs)


def _add_table(sheet: Worksheet, row: int, columns: Sequence[Column], company: Company) -> None:
    put_text(sheet, row, 1, "The columns").font = HEADING
    for position, heading in enumerate(_TABLE, 1):
        paint_header(put_text(sheet, row + 1, position, heading), PLAIN_HEADER)
    for line, column in enumerate(columns, row + 2):
        for position, text in enumerate(_facts(column, company), 1):
            put_text(sheet, line, position, text).alignment = WRAPPED
        paint_header(sheet.cell(line, 1), HEADERS[column.colour])


def _facts(column: Column, company: Company) -> tuple[str, ...]:
    return (
        column.header,
        wording.need(column, company),
        wording.type_words(column),
        wording.limit_words(column),
        wording.format_words(column, company),
        column.example,
        column.rule,
    )
