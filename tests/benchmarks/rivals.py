"""What the app is compared with: `python -m tests.benchmarks.rivals JOB FOLDER ROWS`. They load nothing of the app."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.files import DATABASE, EXISTING, FILE
from tests.benchmarks.measured import answer, seconds_of

if TYPE_CHECKING:
    from openpyxl.styles import Alignment


def read_by_pandas(folder: Path, rows: int) -> float:
    """The same cells, as text too."""
    import openpyxl  # noqa: F401 - loaded before the clock starts
    import pandas as pd

    return seconds_of(lambda: pd.read_excel(folder / FILE, engine="openpyxl", dtype=str))


def insert_bare(folder: Path, rows: int) -> float:
    """The stored customers, into a table without an index or an audit."""
    store = sqlite3.connect(folder / DATABASE)
    found = store.execute("SELECT * FROM customer LIMIT ?", (rows,))
    names = ", ".join(f'"{column[0]}"' for column in found.description)
    values = found.fetchall()
    store.close()
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute(f"CREATE TABLE customer ({names})")
    places = ", ".join("?" * len(values[0]))

    def insert() -> None:
        bare.execute("BEGIN")
        bare.executemany(f"INSERT INTO customer VALUES ({places})", values)
        bare.execute("COMMIT")

    seconds = seconds_of(insert)
    bare.close()
    return seconds


def write_by_openpyxl(folder: Path, rows: int) -> float:
    """The same cells with the same styles, in openpyxl's normal mode, row by row as they are read."""
    from openpyxl import Workbook, load_workbook

    source = load_workbook(folder / EXISTING, read_only=True)
    workbook = Workbook()
    sheet = workbook.active
    spent = 0.0
    for row, cells in enumerate(source.worksheets[0].iter_rows(), 1):
        values = [(c.column, c.value, c.number_format, c.alignment) for c in cells if c.value is not None]

        def put(row: int = row, values: list[tuple[int, object, str, Alignment]] = values) -> None:
            for position, value, form, alignment in values:
                cell = sheet.cell(row, position, value)
                cell.number_format = form
                cell.alignment = alignment

        spent += seconds_of(put)
    return spent + seconds_of(lambda: workbook.save(folder / "by-openpyxl.xlsx"))


if __name__ == "__main__":
    answer((read_by_pandas, insert_bare, write_by_openpyxl), *sys.argv[1:])
