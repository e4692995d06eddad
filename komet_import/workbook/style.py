"""The common look of the workbooks: the light palette of the screens, fonts, fills, and the number format of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Colour, Column
from komet_import.schema.kinds import kind_of
from komet_import.schema.problems import Severity


@dataclass(frozen=True)
class Paint:
    """Colours as RRGGBB: of the cell, of its text, of its line."""

    background: str
    text: str
    line: str


HEADERS: Mapping[Colour, Paint] = {
    Colour.GREEN: Paint("EDF6EE", "1B562A", "2B7A3E"),
    Colour.RED: Paint("FCF1EF", "8C1D14", "C23B2E"),
    Colour.BLUE: Paint("EBF2FB", "154480", "1F5FAE"),
}
PLAIN_HEADER = Paint("F6F6F8", "55555F", "8B8B96")
PROBLEMS: Mapping[Severity, Paint] = {
    Severity.ERROR: Paint("FCE4EE", "8E0F48", "B4175A"),
    Severity.WARNING: Paint("FFF3DA", "6E4300", "A65B00"),
}
LINE_BELOW = Border(bottom=Side("thin", "DCDCE3"))
_FONT = "Calibri"  # openpyxl's own default; a font without a name is any font
TITLE = Font(_FONT, 18, bold=True)
HEADING = Font(_FONT, 13, bold=True)
TOP = Alignment(vertical="top")
WRAPPED = Alignment(vertical="top", wrap_text=True)
INDENTED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)


REASON_WIDTH, ROW_WIDTH = 52, 12  # characters; both stay in sight beside the columns to correct
_LINE_HEIGHT, _MOST_LINES = 15, 20  # points; Excel takes no row above 409
_LETTERS = 1.1  # to a character's width, which is that of a digit


def text_height(*texts: tuple[str, int]) -> int:
    """Of a row, in points, by its wrapped texts and the widths they have: not every program fits rows by itself."""
    lines = max(
        sum(max(1, ceil(len(line) / (width * _LETTERS))) for line in text.split("\n"))
        for text, width in texts
    )
    return min(lines, _MOST_LINES) * _LINE_HEIGHT


def number_format(column: Column) -> str:
    """Excel's, of the column's kind."""
    return kind_of(column).number_format


def paint_header(cell: Cell, paint: Paint) -> None:
    """Pale, with a thick line below in the strong colour."""
    cell.fill = PatternFill("solid", fgColor=paint.background)
    cell.font = Font(_FONT, 11, bold=True, color=paint.text)
    cell.border = Border(bottom=Side("thick", paint.line), right=Side("thin", "DCDCE3"))
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def paint_problem(cell: Cell, severity: Severity) -> None:
    """Filled and framed."""
    paint = PROBLEMS[severity]
    side = Side("thin", paint.line)
    cell.fill = PatternFill("solid", fgColor=paint.background)
    cell.font = Font(_FONT, 11, color=paint.text)
    cell.border = Border(left=side, right=side, top=side, bottom=side)


def data_style(sheet: Worksheet, column: Column, severity: Severity | None) -> int:
    """The style's number in the workbook, for the column's data cells."""
    cell = WriteOnlyCell(sheet)
    cell.number_format, cell.alignment = number_format(column), TOP
    if severity is not None:
        paint_problem(cell, severity)
    return _number(cell)


def reason_style(sheet: Worksheet) -> int:
    """The same, for the cells of the first columns of a discrepancy workbook."""
    cell = WriteOnlyCell(sheet)
    cell.alignment = WRAPPED
    return _number(cell)


def _number(cell: Cell) -> int:
    number: int = cell.style_id
    return number
