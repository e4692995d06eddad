"""A workbook whose rows are plain texts and numbers: openpyxl writes all but the rows, which are streamed into its sheet.

openpyxl spends four fifths of a large file's time on the cells, one object and one element at a time. Rows without
notes and colours need neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.utils import get_column_letter

from komet_import.bulk import chunks
from komet_import.schema.kinds import AsNumber, kind_of
from komet_import.workbook.cells import within_limit
from komet_import.workbook.layout import Layout, begin, finish
from komet_import.workbook.style import data_style
from komet_import.workbook.validations import FIRST_ROW

_SHEET = "xl/worksheets/sheet1.xml"  # where openpyxl puts a workbook's first sheet
_END = b"</sheetData>"
_REMEMBERED = 50_000  # texts of a column: its lists repeat a few, its names never


def write_plain_workbook(out: BinaryIO | Path, layout: Layout, records: Iterable[Sequence[str]]) -> int:
    """Writes a row for each record as it comes, one text for each of the layout's columns; returns how many there were."""
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        around = _around(layout, 0)
        count = 0
        with package.open(_SHEET, "w", force_zip64=True) as sheet:
            sheet.write(around.before)
            for rows in chunks(_rows(layout, around.styles, records)):
                sheet.write("".join(rows).encode())
                count += len(rows)
            around = _around(layout, count)
            sheet.write(around.after)
        for name, content in around.others.items():
            package.writestr(name, content)
    return count


class _Around(NamedTuple):
    """What openpyxl makes: the sheet's XML before and after the rows, the package's other parts, each column's style."""

    before: bytes
    after: bytes
    others: dict[str, bytes]
    styles: Sequence[int]


def _around(layout: Layout, count: int) -> _Around:
    """For `count` rows, of which only what stands after them speaks."""
    workbook, sheet = begin(layout)
    styles = [data_style(sheet, column, None) for column in layout.columns]
    finish(workbook, sheet, layout, count)
    whole = BytesIO()
    workbook.save(whole)
    with ZipFile(whole) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    before, end, after = parts.pop(_SHEET).partition(_END)
    return _Around(before, end + after, parts, styles)


def _rows(layout: Layout, styles: Sequence[int], records: Iterable[Sequence[str]]) -> Iterator[str]:
    """A blank cell is left out: it takes the column's own format."""
    columns = [
        _ColumnXml(get_column_letter(position), style, kind_of(column).as_number)
        for position, (column, style) in enumerate(zip(layout.columns, styles, strict=True), 1)
    ]
    for row, record in enumerate(records, FIRST_ROW):
        cells = [
            f'<c r="{column.letter}{row}"{column[text]}'
            for column, text in zip(columns, record, strict=True)
            if text
        ]
        yield f'<row r="{row}">{"".join(cells)}</row>'


class _ColumnXml(dict[str, str]):
    """What follows a cell's place in the XML, by its text: style, type and value, each text's made once."""

    def __init__(self, letter: str, style: int, as_number: AsNumber | None) -> None:
        super().__init__()
        self.letter = letter
        self._style = style
        self._as_number = as_number

    def __missing__(self, text: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = xml = self._xml(text)
        return xml

    def _xml(self, text: str) -> str:
        """As a number its digits as they stand; all else is never a formula or an error, whatever it looks like."""
        number = self._as_number(text) if self._as_number else None
        if number is not None:
            return f' s="{self._style}" t="n"><v>{number}</v></c>'
        text = within_limit(text)
        space = ' xml:space="preserve"' if text != text.strip() else ""
        return f' s="{self._style}" t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>'
