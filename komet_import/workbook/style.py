"""The common look of the workbooks: the light palette of the screens, fonts, fills, and the number format of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Colour, Column, KindName
from komet_import.schema.problems import Severity

TEXT_FORMAT = "@"
_FORMATS = {KindName.INTEGER: "0", KindName.DECIMAL: "0.00"}


@dataclass(frozen=True)
class Paint:
    """Colours as RRGGBB: of the cell, of its text, of its line."""

    background: str
    text: str
    line: str


@dataclass(frozen=True)
class DataStyles:
    """Numbers of cell styles in a workbook: of a data cell by its number format and how bad it is, and of the reasons."""

    cells: Mapping[tuple[str, Severity | None], int]
    reasons: int


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
TITLE = Font(bold=True, size=15)
HEADING = Font(bold=True, size=12)
WRAPPED = Alignment(wrap_text=True, vertical="top")


def number_format(column: Column) -> str:
    """Text for all that is not a number, so that a cell typed in Excel keeps its leading zeros."""
    return _FORMATS.get(column.kind, TEXT_FORMAT)


def paint_header(cell: Cell, paint: Paint) -> None:
    """Pale, with a thick line below in the strong colour."""
    cell.fill = PatternFill("solid", fgColor=paint.background)
    cell.font = Font(bold=True, color=paint.text)
    cell.border = Border(bottom=Side("thick", paint.line), right=Side("thin", "DCDCE3"))
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def paint_problem(cell: Cell, severity: Severity) -> None:
    """Filled and framed."""
    paint = PROBLEMS[severity]
    side = Side("thin", paint.line)
    cell.fill = PatternFill("solid", fgColor=paint.background)
    cell.font = Font(color=paint.text)
    cell.border = Border(left=side, right=side, top=side, bottom=side)


def register_data_styles(sheet: Worksheet) -> DataStyles:
    """Called first on a new workbook, so that the numbers are the same in all of them."""
    cells = {
        (form, severity): _data_style(sheet, form, severity)
        for form in (TEXT_FORMAT, *_FORMATS.values())
        for severity in (None, *Severity)
    }
    lines = Cell(sheet, row=1, column=1)
    lines.alignment = WRAPPED
    return DataStyles(cells, lines.style_id)


def data_styles() -> DataStyles:
    """The numbers, for rows that are written without openpyxl."""
    return register_data_styles(Workbook().active)


def _data_style(sheet: Worksheet, form: str, severity: Severity | None) -> int:
    cell = Cell(sheet, row=1, column=1)
    cell.number_format = form
    if severity is not None:
        paint_problem(cell, severity)
    number: int = cell.style_id
    return number
