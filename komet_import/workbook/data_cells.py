"""The data cells of one column: a number where the text is one, otherwise text, in the column's format."""

from __future__ import annotations

import re

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Column, KindName
from komet_import.schema.problems import Severity
from komet_import.workbook.cells import DataCell, add_note
from komet_import.workbook.style import data_style

# A spreadsheet program holds 15 digits of a number; anything longer, or with more decimals than shown, stays text.
NUMBERS = {
    KindName.INTEGER: re.compile("[1-9][0-9]{0,14}"),
    KindName.DECIMAL: re.compile(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?"),
}


class ColumnCells:
    """One cell for each look, used again for every row: append a row before the next is filled."""

    def __init__(self, sheet: Worksheet, column: Column) -> None:
        self._sheet = sheet
        self._number = NUMBERS.get(column.kind)
        self._styles = {severity: data_style(sheet, column, severity) for severity in (None, *Severity)}
        self._cells = {severity: self._new(severity) for severity in self._styles}

    def filled(self, text: str, severity: Severity | None = None) -> Cell:
        """The cell with this text, `""` for none, in the severity's colours."""
        cell = self._cells[severity]
        cell.hold(text)
        return cell

    def noted(self, text: str, severity: Severity, note: str) -> Cell:
        """A cell of its own, since a note stays with its cell."""
        cell = self._new(severity)
        add_note(cell, note)
        cell.hold(text)
        return cell

    def _new(self, severity: Severity | None) -> DataCell:
        return DataCell(self._sheet, self._styles[severity], self._number)
