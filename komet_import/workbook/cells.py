"""Cells of a write-only sheet: whatever a text holds, it stays a text."""

from __future__ import annotations

import re

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.kinds import AsNumber

_AUTHOR = "Komet Import"
_NOTE_WIDTH = 320  # pixels
_LINE_HEIGHT, _CHARACTERS_A_LINE = 18, 46
_LONGEST = 32_767  # Excel's limit for a cell, in UTF-16 units
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


class DataCell(Cell):  # type: ignore[misc]  # openpyxl has no types
    """A cell that is filled anew for each row: openpyxl writes a row as it is appended.

    Its style is looked up once, by its number in the workbook, and not for each of a million values.
    """

    style_id = 0
    has_style = True
    hyperlink = None

    def __init__(self, sheet: Worksheet, style_id: int, as_number: AsNumber | None = None) -> None:
        """`as_number` makes numbers of the texts that are stored as such."""
        super().__init__(sheet, row=1, column=1)
        self.style_id = style_id
        self._as_number = as_number

    def __repr__(self) -> str:
        """Cheap, since openpyxl asks for it whenever it is given a cell for a value."""
        return type(self).__name__

    def hold(self, text: str) -> None:
        """A number's digits as they stand; all else is never a formula or an error value, whatever it looks like."""
        number = self._as_number(text) if self._as_number else None
        if number is not None or not text:
            self._value, self.data_type = number, "n"
        else:
            self._value, self.data_type = within_limit(text), "s"


def text_cell(sheet: Worksheet, text: str) -> Cell:
    """A text cell, even when it begins with `=` or holds what the format cannot."""
    cell = WriteOnlyCell(sheet, storable(text))
    cell.data_type = "s"
    return cell


def add_note(cell: Cell, text: str) -> None:
    """A note that is large enough to be read without scrolling."""
    lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.split("\n"))
    cell.comment = Comment(storable(text), _AUTHOR, height=_LINE_HEIGHT * (lines + 1), width=_NOTE_WIDTH)


def storable(text: str) -> str:
    """The text in the escapes of the file format, which Excel and the reader undo: `_x0001_` for a control character.

    What cannot be written even so (half a surrogate pair, U+FFFE) becomes SUBSTITUTE, which is still to be corrected.
    openpyxl's own `escape` knows neither NUL nor a text that looks like an escape.
    """
    return _ODD.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character == "_":
        return "_x005F_"
    return f"_x{ord(character):04X}_" if character < " " else "_x001A_"


def within_limit(text: str) -> str:
    """As `storable`, and cut at what a cell holds."""
    return storable(_cut(text) if len(text) * 2 > _LONGEST else text)


def _cut(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: _LONGEST * 2].decode("utf-16-le", "surrogatepass")
