"""Workbooks to grids: .xlsx, .xlsm, .xlsb, .xls and .ods, by fastexcel, and by python-calamine for a second look.

fastexcel gives every cell as text, which loses nothing that was typed, but cuts numbers at nine decimals, pads them to
seventeen digits, and makes a date look like a text that reads the same. python-calamine knows the types and is slower: only
the columns that hold such a text are read again with it. (So a number whose first five decimals are all it seems to have, and
that differs from that by less than a billionth, is taken as that.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import python_calamine

from komet_import.workbook.cell_text import text_of
from komet_import.workbook.grid import Grid, tidied
from komet_import.workbook.percent_formats import percentages
from komet_import.workbook.unreadable import Unreadable

_LOOK_AGAIN = r"^-?([0-9]+\.[0-9]{5,}|[0-9.]{16,})$|^-0$|^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:"
_ERROR = re.compile(r"'Error\((\w+)\)'")
_ERROR_TEXTS = {
    "Div0": "#DIV/0!",
    "GettingData": "#GETTING_DATA",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def grids(path: Path) -> Iterator[Grid]:
    """The visible sheets, in order. The path's suffix must be that of its format. Raises Unreadable."""
    with _refusals():
        workbook = fastexcel.read_excel(str(path))
        for index, name in enumerate(workbook.sheet_names):
            columns = _columns(workbook, path, index, name)
            if columns is not None:
                yield Grid(name, columns)


@contextmanager
def _refusals() -> Iterator[None]:
    """The libraries' own errors; what they do not foresee ends the process, and is the parent's to tell."""
    try:
        yield
    except (fastexcel.FastExcelError, python_calamine.CalamineError) as error:
        raise Unreadable("encrypted" if "password" in str(error).lower() else "damaged") from error


def _columns(workbook: fastexcel.ExcelReader, path: Path, index: int, name: str) -> list[pa.Array] | None:
    """None for a hidden sheet."""
    sheet = workbook.load_sheet(index, header_row=None, skip_rows=0, dtypes="string")
    if sheet.visible != "visible":
        return None
    before = sheet.available_columns()[0].absolute_index if sheet.width else 0
    batch, problems = sheet.to_arrow_with_errors()
    del sheet
    errors: dict[int, dict[int, str]] = {}
    again = {position for position, column in enumerate(batch.columns) if _is_doubtful(column)}
    for problem in problems.errors if problems else ():
        row, column = problem.offset_position
        if error := _ERROR.search(problem.detail):
            errors.setdefault(column, {})[row] = _ERROR_TEXTS.get(error[1], "#UNKNOWN!")
        else:
            again.add(column)
    columns = list(batch.columns)
    for column, texts in _typed(path, index, again).items():
        columns[column] = texts
    shown = {
        column - before: texts
        for column, texts in percentages(path, name).items()
        if 0 <= column - before < len(columns)
    }
    for column, texts_by_row in chain(shown.items(), errors.items()):
        columns[column] = _with_texts(columns[column], texts_by_row)
    blank = pa.repeat(pa.scalar("", pa.large_string()), batch.num_rows)
    return [blank] * before + [tidied(column) for column in columns]


def _is_doubtful(column: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(column, _LOOK_AGAIN)).as_py())


def _typed(path: Path, index: int, columns: set[int]) -> dict[int, pa.Array]:
    """The texts of some columns, by their position in the used area, told from their cells' types."""
    if not columns:
        return {}
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        sheet = workbook.get_sheet_by_index(index)
        texts: dict[int, list[str]] = {column: [] for column in columns}
        for row in sheet.iter_rows():
            for column, into in texts.items():
                into.append(text_of(row[column]))
    return {column: pa.array(into, pa.large_string()) for column, into in texts.items()}


def _with_texts(column: pa.Array, texts_by_row: dict[int, str]) -> pa.Array:
    texts = column.to_pylist()
    for row, text in texts_by_row.items():
        if row < len(texts):
            texts[row] = text
    return pa.array(texts, pa.large_string())
