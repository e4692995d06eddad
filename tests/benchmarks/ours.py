"""The app's own work, timed: `python -m tests.benchmarks.ours JOB FOLDER ROWS`.

Each job loads what it needs before the clock starts; only the reader, which starts a process for each file, pays for
what that process loads.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from komet_import import drafts
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import from_environment
from tests.benchmarks.customers import records
from tests.benchmarks.files import DATA, EXISTING, FILE, SMALL, SMALL_ROWS, STORED, WARMING
from tests.benchmarks.measured import answer, seconds_of

if TYPE_CHECKING:
    from komet_import.desk import Desk

EDITS = 60


@contextmanager
def at_desk(folder: Path) -> Iterator[Desk]:
    """The example company's administrator, with a database in the folder."""
    from komet_import.desk import open_desk, open_store

    settings = from_environment({"KOMET_DATA_DIR": str(folder / DATA)})
    database = open_store(settings)
    yield open_desk(settings, database)
    database.close()


def prepare(folder: Path, rows: int) -> float:
    """Stores half as many customers as the file has rows: the file changes those, and has as many new ones."""
    from komet_import.workbook.templates import write_template

    half = rows // 2
    with at_desk(folder) as desk:
        changed, new = records(0, half, changed=True), records(half, rows - half)
        write_template(folder / FILE, CUSTOMERS, desk.company, [*changed, *new])
        write_template(folder / STORED, CUSTOMERS, desk.company, records(0, half, problems=False))
        for name, first in ((SMALL, rows), (WARMING, rows + SMALL_ROWS)):
            write_template(folder / name, CUSTOMERS, desk.company, records(first, SMALL_ROWS))
        return _import(desk, folder / STORED)


def read(folder: Path, rows: int) -> float:
    """From bytes to the table, through the reading child."""
    from komet_import.workbook.reader import Reader

    content = (folder / FILE).read_bytes()
    reader = Reader(from_environment({}).limits)
    return seconds_of(lambda: reader.read(content, FILE, CUSTOMERS))


def validate(folder: Path, rows: int) -> float:
    """The table against the stored customers it names, which are in hand: it changes half of them."""
    from komet_import.review.draft import Draft
    from komet_import.review.matching import match
    from komet_import.review.rows import Rows
    from komet_import.store.drafts import BlankCells

    with at_desk(folder) as desk:
        table = drafts.read(desk, CUSTOMERS, FILE, (folder / FILE).read_bytes(), None, {})
        matching = match(table.headers, CUSTOMERS, {})
        stored = drafts.judge(desk, CUSTOMERS, table, matching, BlankCells.KEEP).snapshot
        texts = {key: table.texts(position) for key, position in matching.positions.items()}
        texts_of_file = Rows(CUSTOMERS, table.numbers, texts)
        return seconds_of(lambda: Draft(texts_of_file, desk.company, stored))


def edit(folder: Path, rows: int) -> float:
    """The median of edits all over the file: codes, names and plain cells, right and wrong; each is stored too."""
    from komet_import import importer
    from komet_import.review.edits import CellEdit

    edits = (
        ("code", "NEWCODE{}"),
        ("name", "Another Name {}"),
        ("terms", "Net 30"),
        ("terms", "Nett 30"),
        ("phone", "305-555-01{:02}"),
    )
    with at_desk(folder) as desk:
        opened = importer.upload(desk, FILE, (folder / FILE).read_bytes(), importer.Choices())
        times = []
        for number in range(EDITS):
            key, text = edits[number % len(edits)]
            row = opened.draft.numbers[number * 7919 % rows]
            change = CellEdit(row, key, opened.draft.text(row, key), text.format(number))
            times.append(seconds_of(partial(drafts.edit, desk, opened, [change])))
        return statistics.median(times)


def commit(folder: Path, rows: int) -> float:
    """Customers, changes, the import, its discrepancies and its e-mail."""
    with at_desk(folder) as desk:
        return _import(desk, folder / FILE)


def _import(desk: Desk, file: Path) -> float:
    """How long the commit takes, after the review."""
    from komet_import import importer

    opened = importer.upload(desk, file.name, file.read_bytes(), importer.Choices())
    plan = opened.draft.plan()
    return seconds_of(lambda: importer.commit(desk, opened.stored.draft_id, plan.hash, opened=opened))


def write_existing(folder: Path, rows: int) -> float:
    """The template with the existing customers, from the database to the file."""
    from komet_import import importer
    from komet_import.workbook import templates  # noqa: F401 - loaded before the clock starts

    with at_desk(folder) as desk:
        return seconds_of(lambda: importer.write_template(desk, folder / EXISTING, "existing"))


if __name__ == "__main__":
    answer((prepare, read, validate, edit, commit, write_existing), *sys.argv[1:])
