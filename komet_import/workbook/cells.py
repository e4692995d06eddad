"""Cells and notes of the small sheets, through openpyxl: whatever a text holds, it stays a text."""

from __future__ import annotations

from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.workbook.row_xml import storable

_AUTHOR = "Komet Import"
_NOTE_WIDTH = 320  # pixels
_LINE_HEIGHT, _CHARACTERS_A_LINE = 18, 46


def put_text(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A text cell, even when it begins with `=` or holds what the format cannot."""
    cell = sheet.cell(row, column, storable(text))
    cell.data_type = "s"
    return cell


def add_note(cell: Cell, text: str) -> None:
    """A note that is large enough to be read without scrolling."""
    lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.split("\n"))
    cell.comment = Comment(storable(text), _AUTHOR, height=_LINE_HEIGHT * (lines + 1), width=_NOTE_WIDTH)
