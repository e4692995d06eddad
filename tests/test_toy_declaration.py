"""Another kind of import is one more declaration and one more table: open invoices, which only this test knows."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from komet_import import drafts, history, importer
from komet_import.cli import documents
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.errors import Refused
from komet_import.importer import Choices
from komet_import.schema.column import Colour, Column, Declaration, KindName
from komet_import.schema.declarations import DECLARATIONS
from komet_import.store import companies
from komet_import.store.audit import WantedChanges
from komet_import.store.history import WantedImports
from komet_import.store.imports import ImportRecord
from komet_import.store.models import RECORDS, record_table
from tests.stories import (
    changes_of,
    committed,
    csv_of,
    discrepancies_of,
    drafted,
    edited,
    found,
    imported,
    rows_of,
    xlsx_of,
)

GREEN, RED, K = Colour.GREEN, Colour.RED, KindName
INVOICES = Declaration(
    kind="invoices",
    title="Open Invoices",
    noun=lambda count: "invoice" if count == 1 else "invoices",
    columns=(
        Column(1, "Invoice Number", "number", GREEN, K.TEXT, max_length=20, example="F-1001"),
        Column(2, "Date", "date", GREEN, K.DATE, example="2026-11-23"),
        Column(3, "Amount", "amount", GREEN, K.DECIMAL, decimals=(15, 2), example="120.50"),
        Column(4, "Customer", "customer", RED, K.REFERENCE, max_length=10, refers_to="customers"),
    ),
    rules=(),
    code_key="number",
    examples=lambda _declaration, _company: [{"number": "F-1001", "date": "2026-11-23", "amount": "120.50"}],
)
ONE = {"Invoice Number": "F-1", "Date": date(2026, 3, 1), "Amount": 99999999999.99, "Customer": "c0"}


@pytest.fixture
def desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The desk, with invoices and two customers: C0 and C1."""
    imported(desk, csv_of(*rows_of(2)))
    table = record_table("invoice", INVOICES, sa.MetaData())
    with desk.database.writing() as connection:
        table.create(connection)
    monkeypatch.setitem(DECLARATIONS, INVOICES.kind, INVOICES)
    monkeypatch.setitem(RECORDS, INVOICES.kind, table)
    yield desk


def opened(desk: Desk, *rows: dict[str, Any]) -> OpenDraft:
    """A workbook dropped, with dates and numbers as Excel holds them."""
    return importer.upload(desk, "invoices.xlsx", xlsx_of(*rows), Choices(INVOICES))


def stored(desk: Desk) -> dict[str, tuple[Any, ...]]:
    """By number, as the database holds them."""
    columns = RECORDS[INVOICES.kind].c
    query = sa.select(columns.number, columns.date, columns.amount, columns.customer, columns.version)
    with desk.database.reading() as connection:
        return {number: tuple(rest) for number, *rest in connection.execute(query)}


def remove_customer(desk: Desk, code: str) -> None:
    customers = RECORDS["customers"]
    with desk.database.writing() as connection:
        connection.execute(sa.delete(customers).where(customers.c.code == code))


def sheet(content: bytes) -> list[list[Any]]:
    """The cells of a workbook's first sheet, by row, as Excel would show their values."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [[cell.value for cell in row] for row in book.worksheets[0]]


def template(desk: Desk, kind: importer.TemplateKind) -> bytes:
    out = io.BytesIO()
    importer.write_template(desk, out, kind, INVOICES)
    return out.getvalue()


def document(desk: Desk, record: ImportRecord) -> dict[str, Any]:
    """What `show --json` prints."""
    shown = documents.import_(
        history.show(desk, record.import_id),
        lambda: history.each_discrepancy(desk, record.import_id),
        lambda: iter(changes_of(desk, record)),
    )
    read: dict[str, Any] = json.loads("".join(documents.text(shown)))
    return read


def test_the_templates_are_its_own(desk: Desk) -> None:
    assert sheet(template(desk, "empty")) == [["Invoice Number", "Date", "Amount", "Customer"]]
    assert sheet(template(desk, "example"))[1] == ["F-1001", datetime(2026, 11, 23), 120.5, None]
    committed(desk, opened(desk, ONE))
    assert importer.count_stored(desk, INVOICES) == 1
    assert sheet(template(desk, "existing"))[1:] == [["F-1", datetime(2026, 3, 1), 99999999999.99, "C0"]]


def test_what_is_stored_and_dropped_again_changes_nothing(desk: Desk) -> None:
    committed(desk, opened(desk, ONE))
    again = importer.upload(desk, "again.xlsx", template(desk, "existing"), Choices(INVOICES))
    assert again.draft.counts.unchanged == again.draft.counts.rows == 1


@pytest.mark.parametrize("day", ["1899-12-31", "1900-02-28", "1900-03-01", "2024-02-29", "9999-12-31"])
def test_a_day_stays_the_same_day_through_a_workbook(desk: Desk, day: str) -> None:
    committed(desk, opened(desk, ONE | {"Date": day}))
    again = importer.upload(desk, "again.xlsx", template(desk, "existing"), Choices(INVOICES))
    assert again.draft.counts.unchanged == 1


def test_a_check_judges_each_kind_and_knows_the_customers_in_any_case(desk: Desk) -> None:
    rows = [
        ONE,
        ONE | {"Invoice Number": "f-1"},
        {"Invoice Number": "F-2", "Date": "31/12/2026", "Amount": 1.234, "Customer": "C1"},
        {"Invoice Number": "F-3", "Date": date(2026, 3, 3), "Amount": 3, "Customer": "nobody"},
    ]
    table, matching, draft = importer.check(desk, "invoices.xlsx", xlsx_of(*rows), Choices(INVOICES))
    checked = documents.checked("invoices.xlsx", table.sheet, matching, draft, draft.plan())
    told = json.loads("".join(documents.text(checked)))
    assert found(told) == [
        (2, "Invoice Number", "duplicate_in_file"),
        (3, "Invoice Number", "duplicate_in_file"),
        (4, "Date", "invalid_date"),
        (4, "Amount", "too_many_decimals"),
        (5, "Customer", "not_in_list"),
    ]
    assert told["issues"][0]["message"] == "Also in row 3: each invoice may be in the file once."
    assert told["issues"][2]["suggestion"] == "2026-12-31"
    assert told["issues"][4]["value"] == "nobody"
    assert stored(desk) == {}


def test_an_import_stores_new_updated_and_unchanged_ones_and_rejects_the_unknown_customer(desk: Desk) -> None:
    first = committed(desk, opened(desk, ONE, ONE | {"Invoice Number": "F-2", "Customer": None}))
    assert (first.declaration, first.counts.new) == ("invoices", 2)
    assert stored(desk) == {
        "F-1": ("2026-03-01", 9999999999999, "C0", 1),
        "F-2": ("2026-03-01", 9999999999999, None, 1),
    }
    second = committed(
        desk,
        opened(
            desk,
            ONE,
            {"Invoice Number": "F-2", "Date": date(2026, 4, 2), "Amount": 0.1, "Customer": "C1"},
            ONE | {"Invoice Number": "F-3", "Date": "2026-05-01"},
            ONE | {"Invoice Number": "F-4", "Customer": "nobody"},
        ),
    )
    counts = second.counts
    assert (counts.new, counts.update, counts.unchanged, counts.rejected) == (1, 1, 1, 1)
    assert stored(desk) == {
        "F-1": ("2026-03-01", 9999999999999, "C0", 1),
        "F-2": ("2026-04-02", 10, "C1", 2),
        "F-3": ("2026-05-01", 9999999999999, "C0", 1),
    }
    assert [(change.row, change.action, change.key, change.old, change.new) for change in changes_of(desk, second)
            if change.action == "update"] == [
        (3, "update", "date", "2026-03-01", "2026-04-02"),
        (3, "update", "amount", "99999999999.99", "0.10"),
        (3, "update", "customer", None, "C1"),
    ]  # fmt: skip
    assert [(one.row, one.key, one.code) for one in discrepancies_of(desk, second)] == [
        (5, "customer", "not_in_list")
    ]


def test_the_history_tells_of_it_in_its_own_words(desk: Desk) -> None:
    first = committed(desk, opened(desk, ONE))
    second = committed(
        desk, opened(desk, ONE | {"Amount": 5}, ONE | {"Invoice Number": "F-9", "Customer": "x"})
    )
    lines = history.find(desk, WantedImports()).lines
    assert [line.record.declaration for line in lines] == ["invoices", "invoices", "customers"]
    assert lines[0].record == second
    shown = document(desk, second)
    assert [(one["column"], one["code"]) for one in shown["issues"]] == [("Customer", "not_in_list")]
    assert shown["issue_counts"] == [{"column": "Customer", "code": "not_in_list", "count": 1}]
    assert [(one["column"], one["old"], one["new"]) for one in shown["changes"]] == [
        ("Amount", "99999999999.99", "5.00")
    ]
    (change,) = history.each_change(desk, second.import_id, WantedChanges(record="f-1"))
    assert (change.code, change.name) == ("F-1", None)
    assert list(history.each_change(desk, second.import_id, WantedChanges(record="c0"))) == []
    assert history.count_changes(desk, second.import_id) == {("update", "amount"): 1}
    assert document(desk, first)["counts"]["inserted"] == 1


def test_the_rejected_rows_come_back_as_a_workbook_and_go_in_when_corrected(desk: Desk) -> None:
    record = committed(desk, opened(desk, ONE, ONE | {"Invoice Number": "F-2", "Customer": "nobody"}))
    out = io.BytesIO()
    assert history.write_discrepancies(desk, record.import_id, out) == 1
    headers, row = sheet(out.getvalue())
    assert headers == ["Reason", "Row in your file", "Invoice Number", "Date", "Amount", "Customer"]
    assert row[1:] == [3, "F-2", datetime(2026, 3, 1), 99999999999.99, "nobody"]
    assert row[0].startswith("Customer: “nobody”")
    back = importer.upload(desk, "corrected.xlsx", out.getvalue(), Choices(INVOICES))
    assert back.draft.counts.rejected == 1
    edited(desk, back, (2, "customer", "c1"))
    assert committed(desk, back).counts.new == 1
    assert stored(desk)["F-2"] == ("2026-03-01", 9999999999999, "C1", 1)


def test_a_draft_opened_again_is_still_of_invoices(desk: Desk) -> None:
    draft = opened(desk, ONE | {"Customer": "nobody"})
    edited(desk, draft, (2, "customer", "C1"), (2, "date", "2026-02-30"))
    again = drafts.open_draft(desk, draft.stored.draft_id)
    assert again.draft.declaration is INVOICES
    assert [issue.key for issue in again.draft.issues(2)] == ["date"]
    assert drafts.find(desk).drafts[0].declaration is INVOICES


def test_a_customer_who_came_meanwhile_is_known_once_any_cell_names_it(desk: Desk) -> None:
    """And then every row that refers to it is judged again."""
    draft = opened(desk, ONE | {"Customer": "late"}, ONE | {"Invoice Number": "F-2"})
    assert draft.draft.counts.rejected == 1
    imported(desk, csv_of(rows_of(1)[0] | {"Customer Code": "LATE", "Customer Name": "Late"}))
    edited(desk, draft, (3, "customer", "Late"))
    assert draft.draft.counts.rejected == 0
    committed(desk, draft)
    assert [row[2] for row in stored(desk).values()] == ["LATE", "LATE"]


def test_a_plan_does_not_hold_when_a_customer_it_names_is_gone(desk: Desk) -> None:
    draft = opened(desk, ONE)
    remove_customer(desk, "C0")
    with pytest.raises(Refused, match="changed since this preview"):
        committed(desk, draft)
    assert stored(desk) == {}


def test_a_reference_that_is_stored_stays_when_its_customer_is_gone(desk: Desk) -> None:
    committed(desk, opened(desk, ONE, ONE | {"Invoice Number": "F-2"}))
    remove_customer(desk, "C0")
    changed = opened(desk, ONE | {"Amount": 5}, ONE | {"Invoice Number": "F-2", "Customer": "C1"})
    assert committed(desk, changed).counts.update == 2
    assert [row[1:3] for row in stored(desk).values()] == [(500, "C0"), (9999999999999, "C1")]


def test_a_hundred_invoices_find_their_customers_in_one_question(desk: Desk) -> None:
    asked: list[str] = []
    rows = [ONE | {"Invoice Number": f"F-{n}", "Customer": f"c{n % 2}"} for n in range(100)]

    def listen(*call: Any) -> None:
        asked.append(call[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    draft = drafted(desk, *rows, declaration=INVOICES)
    sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    assert draft.draft.counts.new == 100
    assert len([statement for statement in asked if "FROM customer" in statement]) == 1


def test_lists_and_locations_count_the_records_of_every_declaration(desk: Desk) -> None:
    """One without such columns has none to count."""
    with desk.database.reading() as connection:
        assert companies.records_by_location(connection, desk.company.company_id) == {"mia": 2, "lax": 2}
        assert companies.located(connection, desk.company.company_id).records == 2


def test_an_amount_is_exact(desk: Desk) -> None:
    committed(desk, opened(desk, ONE | {"Amount": "9,999,999,999,999.99"}))
    ((_, amount, *_rest),) = stored(desk).values()
    assert Decimal(amount).scaleb(-2) == Decimal("9999999999999.99")
