"""What the stories share: a desk on a database of its own, and files as people send them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pyarrow as pa

from komet_import import customers, drafts, history, importer, post
from komet_import.cli import documents
from komet_import.desk import Desk, open_desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.importer import Choices
from komet_import.review.edits import CellEdit
from komet_import.review.issues import Issue
from komet_import.review.matching import match
from komet_import.schema.company import Role
from komet_import.settings import from_environment
from komet_import.store import companies
from komet_import.store.audit import WantedChanges
from komet_import.store.customers import Wanted
from komet_import.store.database import open_database
from komet_import.store.history import WantedImports
from komet_import.store.imports import AuditedChange, ImportRecord
from komet_import.workbook.reader import Table

Document = dict[str, Any]
Row = Mapping[str, object]

FILE = "customers.csv"
NEW: dict[str, object] = {
    "Customer Code": "ABC",
    "Customer Name": "ABC Wholesale",
    "Location Codes": "MIA:LAX",
    "Main Location": "MIA",
}


@contextmanager
def at_desk(folder: Path, **settings: Any) -> Iterator[Desk]:
    """The administrator's desk in the example company, or as the settings say; another writer is not waited for."""
    read = replace(from_environment({"KOMET_DATA_DIR": str(folder)}), **settings)
    file = folder / "komet.sqlite3"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_new_file())
    database = open_database(read.database_url, read.data_dir, busy_seconds=0.2)
    try:
        yield open_desk(read, database)
    finally:
        database.close()


@cache
def _new_file() -> bytes:
    """A database as its first opening leaves it: to make one takes longer than most of what is done with it."""
    with TemporaryDirectory() as folder:
        open_database(f"sqlite:///{folder}/komet.sqlite3", Path(folder)).close()
        return (Path(folder) / "komet.sqlite3").read_bytes()


def colleague_of(desk: Desk, name: str, role: Role = Role.ANALYST) -> Desk:
    """Another person of the company, at a desk of their own."""
    email = f"{name.split()[0].lower()}@colleagues.example"
    with desk.database.writing() as connection:
        companies.add_person(connection, desk.company.company_id, email, name, role)
    return open_desk(replace(desk.settings, person=email), desk.database)


def rows_of(count: int) -> list[dict[str, object]]:
    """New customers."""
    return [NEW | {"Customer Code": f"C{n}", "Customer Name": f"Florist {n}"} for n in range(count)]


def csv_of(*rows: Row) -> bytes:
    """The columns are those that any of the rows has; the first row is number 2."""
    headers = _headers(rows)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows([row.get(header, "") for header in headers] for row in rows)
    return out.getvalue().encode()


def xlsx_of(*rows: Row) -> bytes:
    """The same as a workbook; values keep their types, and a text that begins with = is a formula."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    headers = _headers(rows)
    sheet.append(headers)
    for row in rows:
        sheet.append([row.get(header) for header in headers])
    out = io.BytesIO()
    book.save(out)
    book.close()
    return out.getvalue()


def _headers(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(header for row in rows for header in row))


def checked(desk: Desk, content: bytes, **choices: Any) -> Document:
    """What `check --json` prints."""
    table, matching, draft = importer.check(desk, FILE, content, Choices(**choices))
    document = documents.checked(FILE, table.sheet, matching, draft, draft.plan())
    read: Document = json.loads("".join(documents.text(document)))
    return read


def found(document: Document) -> list[tuple[int, str | None, str]]:
    """Each issue as (row, header, code)."""
    return [(issue["row"], issue["column"], issue["code"]) for issue in document["issues"]]


def uploaded(desk: Desk, content: bytes, **choices: Any) -> OpenDraft:
    return importer.upload(desk, FILE, content, Choices(**choices))


def drafted(desk: Desk, *rows: Row, **choices: Any) -> OpenDraft:
    """As `uploaded`, but the texts are taken as read: reading a file takes longer than all that is done with it."""
    chosen = Choices(**choices)
    draft_id = importer._store_upload(desk, FILE, csv_of(*rows), chosen)
    headers = _headers(rows)
    texts = {str(n): [str(row.get(header, "")) for row in rows] for n, header in enumerate(headers)}
    numbers = {"row": list(range(2, len(rows) + 2))}
    table = Table(None, (), 1, tuple(headers), pa.table(numbers | texts))
    matching = match(table.headers, chosen.declaration, {})
    draft = drafts.judge(desk, chosen.declaration, table, matching, chosen.blank_cells)
    return importer._store_table(desk, draft_id, table, matching, draft)


def edited(desk: Desk, opened: OpenDraft, *texts: tuple[int, str | None, str]) -> list[Conflict]:
    """One step of edits (row, key, text) by somebody who sees what stands in each cell."""
    seen: dict[tuple[int, str | None], str] = {}
    changes = []
    for row, key, text in texts:
        now = opened.draft.text(row, key) if key and row in opened.draft else ""
        changes.append(CellEdit(row, key, seen.get((row, key), now), text))
        seen[row, key] = text
    return drafts.edit(desk, opened, changes)


def committed(desk: Desk, opened: OpenDraft) -> ImportRecord:
    """Commits the plan as it is now."""
    return importer.commit(desk, opened.stored.draft_id, opened.draft.plan().hash, opened=opened)


def imported(desk: Desk, content: bytes, **choices: Any) -> ImportRecord:
    return committed(desk, uploaded(desk, content, **choices))


def stored(desk: Desk) -> dict[str, Document]:
    """The customers by code, as `customers --json` prints them."""
    rows, _total = customers.find(desk, Wanted(), None, None)
    return {customer["code"]: customer for customer in documents.customers(rows, customers.DECLARATION)}


def listed(desk: Desk) -> list[ImportRecord]:
    """The imports that the person may see, newest first."""
    return [line.record for line in history.find(desk, WantedImports()).lines]


def discrepancies_of(desk: Desk, record: ImportRecord) -> list[Issue]:
    return list(history.each_discrepancy(desk, record.import_id))


def changes_of(desk: Desk, record: ImportRecord) -> list[AuditedChange]:
    return [shown.change for shown in history.each_change(desk, record.import_id, WantedChanges())]


def is_empty(desk: Desk) -> bool:
    """Whether the database holds no trace of an import."""
    return not (importer.count_stored(desk) or listed(desk) or post.outbox(desk))


# One row goes in, the other lacks its name.
TWO = csv_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": "", "Phone": "1"})
