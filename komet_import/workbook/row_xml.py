"""Rows written straight into the sheet's XML: several times as fast as openpyxl's styled cells, at the same memory.

openpyxl makes the workbook around them: header, notes, drop-downs, widths, the other sheets, and the numbers of the
cell styles. Only the repeating part is done here. A text is always an inline string, so it can never be a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.workbook import Workbook

FIRST_ROW = 2
_SHEET = "xl/worksheets/sheet1.xml"
_LONGEST = 32_767  # Excel's limit for a cell, in UTF-16 units
_MARKUP_OR_ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_ODD = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
# A spreadsheet program holds 15 digits of a number; anything longer, or with more decimals than shown, stays text.
_WHOLE = re.compile("[1-9][0-9]{0,14}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?")
NUMBERS = {"0": _WHOLE, "0.00": _DECIMAL}


def storable(text: str) -> str:
    """The text in the escapes of the file format, which Excel and the reader undo: `_x0001_` for a control character.

    What cannot be written even so (half a surrogate pair, U+FFFE) becomes SUBSTITUTE, which is still to be corrected.
    """
    return _ODD.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    if character == "_":
        return "_x005F_"
    return f"_x{ord(character):04X}_" if character < " " else "_x001A_"


def cell(reference: str, style: int, text: str, number: re.Pattern[str] | None) -> str:
    """One cell's XML: a number where the text is one by the pattern, otherwise text; `""` is an empty styled cell."""
    if not text:
        return f'<c r="{reference}" s="{style}"/>'
    if number is not None and number.fullmatch(text):
        return f'<c r="{reference}" s="{style}"><v>{text}</v></c>'
    if len(text) * 2 > _LONGEST:
        text = _cut(text)
    if _MARKUP_OR_ODD.search(text):
        text = escape(storable(text))
    return f'<c r="{reference}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cut(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: _LONGEST * 2].decode("utf-16-le", "surrogatepass")


def save(out: BinaryIO | Path, workbook: Callable[[int], Workbook], rows: Iterable[str]) -> int:
    """Writes the workbook with `rows` (their XML) below its first sheet's header, and returns how many there were.

    `workbook` makes the rest for a number of rows: once for the sheet's beginning and, when the rows have been seen, once
    for its end. It may have cells of its own below the header, to hang notes on; `rows` replaces them.
    """
    before, _ = _around(_saved(workbook(0)))
    count = 0
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        with archive.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(before)
            for row in rows:
                sheet.write(row.encode())
                count += 1
            rest = _saved(workbook(count))
            sheet.write(_around(rest)[1])
        for part in rest.infolist():
            if part.filename != _SHEET:
                archive.writestr(part, rest.read(part))
    return count


def _saved(workbook: Workbook) -> ZipFile:
    content = BytesIO()
    workbook.save(content)
    return ZipFile(content)


def _around(archive: ZipFile) -> tuple[bytes, bytes]:
    """What stands before and after the rows; the header is the first row, and text cannot hold a bare `<`.

    The size that the beginning declares goes: some readers believe it, and it is not that of the rows to come.
    """
    xml = archive.read(_SHEET)
    end_of_header = xml.index(b"</row>") + len(b"</row>")
    return _DIMENSION.sub(b"", xml[:end_of_header], count=1), xml[xml.index(b"</sheetData>") :]
