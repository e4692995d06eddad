"""The workbook of rejected rows: what it shows, and that it can be corrected and uploaded again."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import fastexcel
import pytest
from openpyxl import load_workbook

from komet_import.review.issues import Issue
from komet_import.review.matching import match
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import IssueCode, Problem
from komet_import.workbook.discrepancies import MOST_NOTES, RejectedRow, write_discrepancies
from tests.schema.companies import SEVERAL

COLUMNS = CUSTOMERS.columns
TOLD = ["Reason", "Row in your file"]
POSITION = {column.key: position for position, column in enumerate(COLUMNS, len(TOLD) + 1)}
ERROR, WARNING = "00FCE4EE", "00FFF3DA"


def issue(key: str | None, code: IssueCode, value: str = "", suggestion: str | None = None) -> Issue:
    return Issue(7, key, value, Problem(code, suggestion))


ROW = RejectedRow(
    7,
    {"name": "Bloom & Co.", "customer_type": "Wholesalr", "billing_zip": "2501", "credit_limit": "12,5"},
    (
        issue("code", IssueCode.REQUIRED),
        issue("customer_type", IssueCode.NOT_IN_LIST, "Wholesalr", "Wholesaler"),
        issue("billing_zip", IssueCode.ZIP_LOST_ZEROS, "2501", "02501"),
        issue("credit_limit", IssueCode.INVALID_NUMBER, "12,5"),
    ),
)
LEFT_OUT = RejectedRow(9, {"code": "LEFT", "credit_limit": "5000"}, (issue(None, IssueCode.LEFT_OUT),))


def written(rows: Iterable[RejectedRow], absent: Iterable[str] = ()) -> bytes:
    out = BytesIO()
    write_discrepancies(out, CUSTOMERS, SEVERAL, rows, absent=frozenset(absent))
    return out.getvalue()


def sheet_of(content: bytes) -> Any:
    return load_workbook(BytesIO(content))["Customers"]


def table_of(content: bytes) -> list[dict[str, str | None]]:
    rows: list[dict[str, str | None]] = (
        fastexcel.read_excel(content).load_sheet(0, dtypes="string").to_arrow().to_pylist()
    )
    return rows


def test_just_the_rejected_rows_stand_in_the_templates_layout() -> None:
    out = BytesIO()
    assert write_discrepancies(out, CUSTOMERS, SEVERAL, iter([ROW, LEFT_OUT])) == 2
    sheet = sheet_of(out.getvalue())
    assert [cell.value for cell in sheet[1]] == [*TOLD, *(column.header for column in COLUMNS)]
    assert sheet.max_row == 3
    assert sheet.auto_filter.ref == "A1:AR3"
    assert len(sheet.data_validations.dataValidation) > 30


def test_bad_cells_are_coloured_by_severity_and_say_why() -> None:
    cells = sheet_of(written([ROW]))[2]
    found = {
        column.key: (cell.value, cell.fill.fgColor.rgb, cell.comment.text)
        for column, cell in zip(COLUMNS, cells[len(TOLD) :], strict=True)
        if cell.comment
    }
    assert found == {
        "code": (None, ERROR, "Required, and it is empty."),
        "customer_type": ("Wholesalr", ERROR, "“Wholesalr” is not in the list. Did you mean Wholesaler?"),
        "billing_zip": ("2501", WARNING, "A US ZIP code has five digits. Did you mean 02501?"),
        "credit_limit": ("12,5", ERROR, "“12,5” is not a number."),
    }
    assert cells[POSITION["name"] - 1].fill.fill_type is None


def test_the_first_columns_give_all_reasons_in_words_and_where_the_row_stood() -> None:
    first, second = sheet_of(written([ROW, LEFT_OUT])).iter_rows(min_row=2, max_col=2)
    assert first[0].value.split("\n") == [
        "Customer Code: Required, and it is empty.",
        "Customer Type: “Wholesalr” is not in the list. Did you mean Wholesaler?",
        "Billing ZIP Code: A US ZIP code has five digits. Did you mean 02501?",
        "Credit Limit: “12,5” is not a number.",
    ]
    assert first[0].alignment.wrap_text
    assert second[0].value == "Skipped in the review."
    assert [row[1].value for row in (first, second)] == [7, 9]


def test_reason_and_row_stay_in_sight_and_are_wide_enough() -> None:
    sheet = sheet_of(written([ROW]))
    assert sheet.freeze_panes == "C2"
    widths = [sheet.column_dimensions[letter].width for letter in "AB"]
    assert widths[0] >= 50
    assert widths[1] >= 10
    # All four reasons are to be read without making the row higher.
    assert sheet.row_dimensions[2].height >= 4 * 15


def test_each_check_and_format_stands_on_its_own_column() -> None:
    sheet = sheet_of(written([ROW], absent=["main_location"]))
    headers = {cell.column_letter: cell.value for cell in sheet[1]}
    checks = {
        headers[str(check.sqref).split("2:")[0]]: check for check in sheet.data_validations.dataValidation
    }
    assert checks.keys().isdisjoint(TOLD)
    for header, check in checks.items():
        assert header.startswith(check.errorTitle.rstrip("…"))
    formats = {
        headers[letter]: dimension.number_format for letter, dimension in sheet.column_dimensions.items()
    }
    assert (formats["Credit Limit"], formats["Billing ZIP Code"]) == ("0.00", "@")
    notes = {cell.value: cell.comment.text for cell in sheet[1]}
    assert "ignored" in notes["Reason"]
    assert "ignored" in notes["Row in your file"]
    assert notes["Credit Limit"].startswith("Optional\nType: Number")


def test_an_error_outshines_a_warning_in_the_same_cell() -> None:
    both = (
        issue("price_b_markup", IssueCode.MARKUP_WITHOUT_PRICE_B),
        issue("price_b_markup", IssueCode.INVALID_NUMBER, "x"),
    )
    cell = sheet_of(written([RejectedRow(2, {"price_b_markup": "x"}, both)])).cell(
        2, POSITION["price_b_markup"]
    )
    assert cell.fill.fgColor.rgb == ERROR
    assert cell.comment.text.split("\n") == [one.message for one in both]


def test_coloured_cells_keep_the_format_of_their_column() -> None:
    cells = sheet_of(written([ROW]))[2]
    assert cells[POSITION["billing_zip"] - 1].number_format == "@"
    assert cells[POSITION["credit_limit"] - 1].number_format == "0.00"


def test_it_reads_as_the_same_rows_and_reason_and_row_are_no_unknown_columns() -> None:
    content = written([ROW, LEFT_OUT])
    rows = table_of(content)
    matching = match(list(rows[0]), CUSTOMERS, {})
    assert (matching.unknown, matching.missing) == ((), ())
    for rejected, row in zip([ROW, LEFT_OUT], rows, strict=True):
        texts = {column.key: row[column.header] for column in COLUMNS}
        assert {key: text for key, text in texts.items() if text} == rejected.cells


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "+x",
        "@x",
        "a\x00b",
        "\x1b[31m",
        "_x0041_",
        "</t></is></c>",
        "🌹",
        "#N/A",
        "1.005",
        "1e9",
    ],
)
def test_a_hostile_cell_comes_back_as_it_was(text: str) -> None:
    cells = {"name": text, "credit_limit": text}
    content = written([RejectedRow(2, cells, (issue("name", IssueCode.CONTROL_CHARACTERS, text),))])
    row = table_of(content)[0]
    assert (row["Customer Name"], row["Credit Limit"]) == (text, text)
    assert sheet_of(content).cell(2, POSITION["name"]).data_type == "s"


@pytest.mark.parametrize("text", ["\ud800", "\ufffe", "a\uffffb"])
def test_a_character_that_no_workbook_can_hold_is_still_there_to_be_corrected(text: str) -> None:
    row = table_of(
        written([RejectedRow(2, {"name": text}, (issue("name", IssueCode.CONTROL_CHARACTERS, text),))])
    )
    assert "\x1a" in str(row[0]["Customer Name"])


@pytest.mark.parametrize("text", ["x" * 100_000, "🌹" * 40_000, "&" * 40_000])
def test_a_cell_longer_than_excel_allows_is_cut_to_what_it_holds(text: str) -> None:
    content = written([RejectedRow(2, {"name": text}, (issue("name", IssueCode.CONTROL_CHARACTERS, text),))])
    kept = str(table_of(content)[0]["Customer Name"])
    assert 16_000 < len(kept) <= 32_767
    assert len(kept.encode("utf-16-le")) // 2 <= 32_767


def test_beyond_the_most_notes_the_colours_and_reasons_go_on() -> None:
    bad = (issue("customer_type", IssueCode.NOT_IN_LIST, "x"), issue("name", IssueCode.REQUIRED))
    rows = [RejectedRow(number, {"customer_type": "x"}, bad) for number in range(MOST_NOTES)]
    sheet = sheet_of(written(rows))
    notes = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.comment]
    assert len(notes) == MOST_NOTES
    last = sheet[MOST_NOTES + 1]
    assert last[POSITION["customer_type"] - 1].fill.fgColor.rgb == ERROR
    assert last[0].value.startswith("Customer Type: ")


def test_a_column_that_the_upload_lacked_can_stay_out_so_that_its_blanks_clear_nothing() -> None:
    sheet = sheet_of(written([ROW], absent=["fax", "phone"]))
    headers = [cell.value for cell in sheet[1]]
    assert {"Fax", "Phone"}.isdisjoint(headers)
    assert len(headers) == len(COLUMNS) - 2 + len(TOLD)
    assert sheet.cell(2, headers.index("Billing ZIP Code") + 1).fill.fgColor.rgb == WARNING


def test_the_instructions_say_how_to_use_it() -> None:
    sheet = load_workbook(BytesIO(written([ROW])))["Instructions"]
    words = " ".join(str(text) for row in sheet.iter_rows(values_only=True) for text in row if text)
    assert "Correct the cells and import this workbook again: it holds just these rows." in words


def test_no_rows_give_a_workbook_all_the_same() -> None:
    assert sheet_of(written([])).max_row == 1
