"""The data cells of one column: a number where the text is one, otherwise text, in the column's format."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import Column
from komet_import.schema.kinds import kind_of
from komet_import.schema.problems import Severity
from komet_import.workbook.cells import DataCell, add_note
from komet_import.workbook.style import data_style


class StyledCells:
    """One cell for each look, used again for every row: append a row before the next is filled."""

    def __init__(self, sheet: Worksheet, column: Column) -> None:
        self._sheet = sheet
        self._as_number = kind_of(column).as_number
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
        return DataCell(self._sheet, self._styles[severity], self._as_number)
