"""The discrepancy workbook, corrected and uploaded again with blank cells that clear: nothing stored is wiped by it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from komet_import import drafts, history
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.store.drafts import BlankCells
from tests.stories import NEW, committed, csv_of, edited, imported, stored, uploaded

# Stored: one customer whose every value must stay, and one without an e-mail.
KEEPS = NEW | {
    "Customer Code": "KEEPS",
    "Customer Name": "Keeps All",
    "Email for Invoices": "ap@keeps.example",
    "Fax": "1",
    "Phone": "305",
    "Website": "keeps.example",
}
LACKS = NEW | {"Customer Code": "LACKS", "Customer Name": "Lacks Mail", "Phone": "306"}
# The file has no e-mail column, which an issue of the second row names, and a row that goes in.
FILE = csv_of(
    {"Customer Code": "KEEPS", "Send Invoice Via": "", "Credit Limit": "x", "Website": "keeps.example"},
    {"Customer Code": "LACKS", "Send Invoice Via": "Email", "Credit Limit": "7", "Website": ""},
    {"Customer Code": "GOES", "Send Invoice Via": "", "Credit Limit": "1", "Website": ""},
)
TOLD = {"Reason", "Row in your file"}
COLUMNS = {"Customer Code", "Send Invoice Via", "Credit Limit", "Website"}
Made = Callable[[Desk, OpenDraft], bytes]


def of_draft(desk: Desk, opened: OpenDraft) -> bytes:
    out = BytesIO()
    assert drafts.write_discrepancies(desk, opened.draft, out) == 2
    return out.getvalue()


def of_import(desk: Desk, opened: OpenDraft) -> bytes:
    out, record = BytesIO(), committed(desk, opened)
    assert history.write_discrepancies(desk, record.import_id, out) == 2
    return out.getvalue()


both = pytest.mark.parametrize("made", [of_draft, of_import])


@pytest.fixture
def opened(desk: Desk) -> OpenDraft:
    """Two of its three rows are rejected."""
    imported(desk, csv_of(KEEPS, LACKS, NEW | {"Customer Code": "GOES", "Customer Name": "Goes In"}))
    return uploaded(desk, FILE, blank_cells=BlankCells.CLEAR)


def corrected(content: bytes, **cells: dict[str, str]) -> tuple[set[str], bytes]:
    """The headers, and the workbook with cells typed over, by code and header."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book["Customers"]
    headers = {str(cell.value): cell.column for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=2):
        for header, text in cells[str(row[headers["Customer Code"] - 1].value)].items():
            sheet.cell(row[0].row, headers[header], text)
    out = BytesIO()
    book.save(out)
    return set(headers), out.getvalue()


@both
def test_it_has_the_files_columns_and_those_that_an_issue_names_and_wipes_nothing(
    desk: Desk, opened: OpenDraft, made: Made
) -> None:
    before = stored(desk)
    assert (before["KEEPS"]["email_invoices"], opened.draft.counts.rejected) == ("ap@keeps.example", 2)
    headers, content = corrected(
        made(desk, opened),
        KEEPS={"Credit Limit": "5"},
        LACKS={"Email for Invoices": "ap@lacks.example"},
    )
    assert headers == COLUMNS | {"Email for Invoices", *TOLD}
    again = uploaded(desk, content, blank_cells=BlankCells.CLEAR)
    changed = {(change.key, change.old, change.new) for change in again.draft.plan().changes}
    assert changed == {
        ("credit_limit", "", "5.00"),
        ("credit_limit", "", "7.00"),
        ("send_invoice_via", "", "Email"),
        ("email_invoices", "", "ap@lacks.example"),
    }
    assert committed(desk, again).counts.update == 2
    now = stored(desk)
    for code in ("KEEPS", "LACKS"):
        kept = {
            key: text for key, text in before[code].items() if text and key not in ("version", "updated_at")
        }
        assert kept.items() <= now[code].items()


@both
def test_a_column_that_only_an_edit_filled_clears_nothing_in_the_other_rows(
    desk: Desk, opened: OpenDraft, made: Made
) -> None:
    edited(desk, opened, (3, "fax", "2"))
    headers, content = corrected(
        made(desk, opened),
        KEEPS={"Credit Limit": "5"},
        LACKS={"Email for Invoices": "ap@lacks.example"},
    )
    assert headers == COLUMNS | {"Email for Invoices", "Fax", *TOLD}
    imported(desk, content, blank_cells=BlankCells.CLEAR)
    assert (stored(desk)["KEEPS"]["fax"], stored(desk)["LACKS"]["fax"]) == ("1", "2")


def test_what_is_stored_by_then_is_what_it_holds(desk: Desk, opened: OpenDraft) -> None:
    """Somebody else's change between the import and the workbook is not taken back by it."""
    record = committed(desk, opened)
    imported(desk, csv_of({"Customer Code": "KEEPS", "Email for Invoices": "new@keeps.example"}))
    out = BytesIO()
    history.write_discrepancies(desk, record.import_id, out)
    _, content = corrected(out.getvalue(), KEEPS={"Credit Limit": "5"}, LACKS={"Send Invoice Via": "None"})
    imported(desk, content, blank_cells=BlankCells.CLEAR)
    assert stored(desk)["KEEPS"]["email_invoices"] == "new@keeps.example"


def test_a_value_that_the_files_own_column_leaves_blank_stays_blank(desk: Desk, opened: OpenDraft) -> None:
    edited(desk, opened, (2, "website", ""))
    _, content = corrected(of_draft(desk, opened), KEEPS={"Credit Limit": "5"}, LACKS={})
    again = uploaded(desk, content, blank_cells=BlankCells.CLEAR)
    assert ("website", "keeps.example", "") in {
        (change.key, change.old, change.new) for change in again.draft.plan().changes
    }


@both
def test_reason_and_row_are_ignored_on_the_way_back_however_they_are_written(
    desk: Desk, opened: OpenDraft, made: Made
) -> None:
    """And a row of which nothing else is left is no row."""
    book = openpyxl.load_workbook(BytesIO(made(desk, opened)))
    sheet = book["Customers"]
    headers = {str(cell.value): cell.column for cell in sheet[1]}
    assert [sheet.cell(row, headers["Row in your file"]).value for row in (2, 3)] == [2, 3]
    sheet["A1"], sheet["B1"] = " REASON", "row in  your File"
    sheet.cell(2, headers["Credit Limit"], "5")
    for cell in sheet[3][2:]:
        cell.value = None
    out = BytesIO()
    book.save(out)
    again = uploaded(desk, out.getvalue())
    assert again.matching.unknown == ()
    counts = again.draft.counts
    assert (counts.rows, counts.update, counts.rejected) == (1, 1, 0)


def test_a_file_with_such_columns_of_its_own_is_read_without_them(desk: Desk) -> None:
    own = {"Reason": "closed", "Row in your file": "17"}
    opened = uploaded(desk, csv_of(NEW | own, {"Reason": "nothing else", **dict.fromkeys(NEW, "")}))
    assert (opened.matching.unknown, opened.draft.counts.rows) == ((), 1)
    assert committed(desk, opened).counts.new == 1
