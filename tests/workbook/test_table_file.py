"""Tables as files: what Excel and others open, with every value as it was and no text that runs."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from komet_import.workbook.table_file import MOST_ROWS, TableCell, inert, write_csv, write_xlsx

NOON = datetime(2026, 3, 10, 12, 5, 59)
HEADERS = ["Row", "Name"]


def workbook(headers: Sequence[str], *rows: Sequence[TableCell]) -> Any:
    out = BytesIO()
    write_xlsx(out, "Problems", headers, iter(rows))
    return load_workbook(out)


def values(headers: Sequence[str], *rows: Sequence[TableCell]) -> list[tuple[object, ...]]:
    return list(workbook(headers, *rows)["Problems"].iter_rows(values_only=True))


def csv_bytes(headers: Sequence[str], *rows: Sequence[TableCell]) -> bytes:
    out = BytesIO()
    write_csv(out, headers, iter(rows))
    return out.getvalue()


# -- as a workbook ---------------------------------------------------------------------------------------------------


def test_a_workbook_holds_the_headers_and_every_row() -> None:
    rows = [(n, f"Florist {n}") for n in range(450)]
    assert values(HEADERS, *rows) == [tuple(HEADERS), *rows]
    assert values(HEADERS) == [tuple(HEADERS)]


def test_numbers_times_and_blanks_stay_what_they_are() -> None:
    first, second = workbook(["a", "b", "c", "d"], (7, 1.25, NOON, None), ("7", "", "2026-03-10", "No"))[
        "Problems"
    ].iter_rows(min_row=2)
    assert [cell.value for cell in first] == [7, 1.25, NOON, None]
    assert [cell.data_type for cell in first] == ["n", "n", "d", "n"]
    assert first[2].number_format == "yyyy-mm-dd hh:mm"
    assert [(cell.value, cell.data_type) for cell in second] == [
        ("7", "s"),
        (None, "n"),
        ("2026-03-10", "s"),
        ("No", "s"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-x", "@SUM(A1)", "#N/A", "'x", "a\x07b", "_x0041_", "  x "])
def test_no_text_of_a_workbook_is_anything_but_that_text(text: str) -> None:
    sheet = workbook([text, "b"], (1, text))["Problems"]
    for cell in (sheet["A1"], sheet["B2"]):
        assert (unescape(cell.value), cell.data_type) == (text, "s")


def test_a_text_is_never_longer_than_a_cell_holds() -> None:
    (_, (cell,)) = values(["a"], ["x" * 40_000])
    assert cell == "x" * 32_767


def test_the_sheet_is_named_its_header_stays_in_sight_and_stands_out() -> None:
    book = workbook(HEADERS, (1, "a"))
    assert (book.sheetnames, book.properties.creator) == (["Problems"], "Komet Import")
    sheet = book["Problems"]
    assert (sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].font.bold) == ("A2", True, False)
    assert (sheet["B2"].alignment.vertical, sheet["B2"].alignment.wrap_text) == ("top", None)


@pytest.mark.parametrize(
    ("header", "cells", "width"),
    [
        ("Row", ["x"], 14),
        ("Row", ["x" * 12], 14),
        ("Row", ["x" * 13], 15),
        ("Row", ["x", "x" * 20, "x"], 22),
        ("Row", ["x" * 46], 48),
        ("Row", ["x" * 300], 48),
        ("A header of 22 letters", ["x"], 26),
        ("Row", [123456789012345], 17),
        ("Row", [NOON], 21),
        ("Row", [None, 0, ""], 14),
        ("Row", [], 14),
    ],
)
def test_a_column_is_as_wide_as_what_it_holds_within_limits(
    header: str, cells: list[TableCell], width: int
) -> None:
    sheet = workbook(["First", header], *((1, cell) for cell in cells))["Problems"]
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (14, width)


def test_only_the_first_rows_decide_a_columns_width() -> None:
    rows: list[list[TableCell]] = [["x"]] * 199
    assert workbook(["a"], *rows, ["x" * 20])["Problems"].column_dimensions["A"].width == 22
    assert workbook(["a"], *rows, ["x"], ["x" * 20])["Problems"].column_dimensions["A"].width == 14


def test_a_sheet_has_room_for_a_header_and_the_most_rows() -> None:
    assert MOST_ROWS + 1 == 2**20


# -- as CSV ----------------------------------------------------------------------------------------------------------


def test_a_csv_file_says_that_it_is_utf8_and_reads_back() -> None:
    content = csv_bytes(["Row", "Náme"], (1, 'Ann "A" & Söhne, Inc.'), (2, "two\nlines"))
    assert content.startswith(b"\xef\xbb\xbfRow,N\xc3\xa1me\r\n1,")
    assert list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))) == [
        ["Row", "Náme"],
        ["1", 'Ann "A" & Söhne, Inc.'],
        ["2", "two\nlines"],
    ]


def test_a_csv_file_is_left_open_for_whoever_asked() -> None:
    out = BytesIO()
    write_csv(out, HEADERS, [])
    assert not out.closed
    assert out.getvalue() == b"\xef\xbb\xbfRow,Name\r\n"


def test_times_blanks_and_broken_characters_of_a_csv_file() -> None:
    content = csv_bytes(["a", "b", "c", "d", "e"], (NOON, None, "", 0, "a\ud800b"))
    assert content.splitlines()[1] == b"2026-03-10 12:05,,,0,a?b"


def test_numbers_of_a_csv_file_stay_numbers_and_texts_that_run_do_not() -> None:
    content = csv_bytes(["a", "b", "c", "d"], (-5, -1.5, "-5", "=1+1"))
    assert content.splitlines()[1] == b"-5,-1.5,-5,'=1+1"


@pytest.mark.parametrize(
    "text",
    [
        *(f"{begin}cmd|'/c calc'!A1" for begin in "=+-@＝＋－＠"),
        "  =1+1",
        "\u00a0@SUM(A1)",
        "\n-x",
        "\t5",
        "\r5",
        "\nName",
        "-5%",
        "+5",
        "-",
        "--5",
        "-5.",
        "-1,000",
        "-٥",
    ],
)
def test_what_a_spreadsheet_program_would_run_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", " ", "Name", "-5", "-0.25", "007", "5-5", "a=b", "a@b.example", "'=1", "1+1", "  Name", "é"]
)
def test_what_no_program_would_run_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
