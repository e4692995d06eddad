"""A table that a screen shows, as a file: an .xlsx workbook or CSV. No text in either ever runs as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.schema.column import KindName
from komet_import.schema.kinds import KINDS
from komet_import.workbook.cells import DataCell, text_cell
from komet_import.workbook.style import PLAIN_HEADER, paint_header

TableCell = str | int | float | datetime | None
MOST_ROWS = 1_048_575  # of a sheet, below its header
_WIDTH, _WIDEST = 14, 48  # characters
_WIDTH_ROWS = 200
_TIME = f"{KINDS[KindName.DATE].number_format} hh:mm"
# Spreadsheet programs start a formula at these, some at their full-width forms too, and skip white space before them.
_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def write_xlsx(
    out: BinaryIO, title: str, headers: Sequence[str], rows: Iterable[Sequence[TableCell]]
) -> None:
    """Numbers and times (without a zone) stay what they are; at most MOST_ROWS rows."""
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "Komet Import"
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "A2"
    first, rest = _begun(rows)
    for place, header in enumerate(headers):
        longest = max([len(header) + 2, *(len(str(row[place] or "")) for row in first)])
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(longest + 2, _WIDTH), _WIDEST)
    sheet.append([_header(sheet, header) for header in headers])
    writer = _Row(sheet)
    for chunk in (first, rest):
        for row in chunk:
            sheet.append(writer.cells(row))
    workbook.save(out)


def write_csv(out: BinaryIO, headers: Sequence[str], rows: Iterable[Sequence[TableCell]]) -> None:
    """UTF-8 with the mark by which Excel knows it."""
    text = TextIOWrapper(out, "utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    text.flush()
    text.detach()


def inert(text: str) -> str:
    """What a spreadsheet program would run gets an apostrophe before it, which shows; a number stays a number."""
    begin = text.lstrip()[:1]
    risky = begin in _RISKY if begin else False
    if (risky and not _NUMBER.fullmatch(text)) or text[:1] in ("\t", "\r", "\n"):
        return f"'{text}"
    return text


def _begun(
    rows: Iterable[Sequence[TableCell]],
) -> tuple[list[Sequence[TableCell]], Iterable[Sequence[TableCell]]]:
    """The first rows, by which the columns get their widths, and the others."""
    iterator = iter(rows)
    return list(islice(iterator, _WIDTH_ROWS)), iterator


def _plain(cell: TableCell) -> str | int | float:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return inert(cell) if isinstance(cell, str) else "" if cell is None else cell


def _header(sheet: Worksheet, text: str) -> Cell:
    cell = text_cell(sheet, text)
    paint_header(cell, PLAIN_HEADER)
    return cell


class _Row:
    """Cells for texts are made once a column and filled anew, as openpyxl writes each row at once."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        plain = WriteOnlyCell(sheet)
        plain.alignment = Alignment(vertical="top")
        self._style: int = plain.style_id
        self._texts: dict[int, DataCell] = {}

    def cells(self, row: Sequence[TableCell]) -> list[Cell | int | float | None]:
        return [self._cell(place, value) for place, value in enumerate(row)]

    def _cell(self, place: int, value: TableCell) -> Cell | int | float | None:
        if isinstance(value, str):
            cell = self._texts.setdefault(place, DataCell(self._sheet, self._style))
            cell.hold(value)
            return cell
        if isinstance(value, datetime):
            moment = WriteOnlyCell(self._sheet, value)
            moment.number_format = _TIME
            return moment
        return value
