"""The reader on real files: what it makes of every cell, row and sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.errors import BadArguments
from komet_import.workbook.reader import Table, table_from_parquet, table_to_parquet
from tests.workbook import odd_workbooks as odd
from tests.workbook.reading import cells, read, refused

# From a cell to its text.

CELLS: list[tuple[object, str]] = [
    ("ABC", "ABC"),
    (33101.0, "33101"),
    (42, "42"),
    (-7.5, "-7.5"),
    (-0.0, "0"),
    (0.1 + 0.2, "0.3"),
    (1 / 3, "0.333333333333333"),
    (99999999.99, "99999999.99"),
    (123456789.123456789, "123456789.123457"),
    (12345678901234567, "12345678901234600"),
    (1e20, "100000000000000000000"),
    (1e-7, "0.0000001"),
    ("0.30000000000000004", "0.30000000000000004"),
    ("12345678901234567890", "12345678901234567890"),
    ("1e5", "1e5"),
    ("00123", "00123"),
    ("02501", "02501"),
    (True, "true"),
    (False, "false"),
    ("TRUE", "TRUE"),
    (date(2024, 3, 1), "2024-03-01"),
    (datetime(2024, 3, 1), "2024-03-01"),
    (datetime(2024, 3, 1, 13, 5, 6), "2024-03-01 13:05:06"),
    ("2024-03-01 00:00:00", "2024-03-01 00:00:00"),
    (time(7, 30), "07:30:00"),
    ("  two \u00a0 words\u200b\t\n", "two words"),
    ("e\u0301", "\u00e9"),
    ("🌹 روز", "🌹 روز"),
    ("שלום", "שלום"),
    ("\u00a0", ""),
    ("#N/A", "#N/A"),
    ("<b>&amp;</b>", "<b>&amp;</b>"),
]
XLSX_CELLS: list[tuple[object, str]] = [(timedelta(hours=30), "30:00:00"), ("=1+1", "")]


@pytest.fixture(scope="module", params=["xlsx", "xls", "ods"])
def every_cell(request: pytest.FixtureRequest) -> tuple[Table, list[tuple[object, str]]]:
    """Each value in a row of its own, beside a code that keeps the row filled."""
    wanted = CELLS + (XLSX_CELLS if request.param == "xlsx" else [])
    rows = [("Customer Code", "Customer Name"), *((f"C{i}", value) for i, (value, _) in enumerate(wanted))]
    make = {"xlsx": odd.xlsx_of, "xls": odd.xls_of, "ods": odd.ods_of}[request.param]
    return read(make(rows)), wanted


def test_each_cell_becomes_the_text_of_the_contract(
    every_cell: tuple[Table, list[tuple[object, str]]],
) -> None:
    table, wanted = every_cell
    assert list(cells(table, 1).values()) == [text for _, text in wanted]
    assert cells(table, 0)[2] == "C0"


def test_a_csv_cell_stands_as_it_is_but_for_spaces() -> None:
    content = 'Customer Code,Customer Name\nA,0.30000000000000004\n00123,"two\n\u00a0 words"\nC,TRUE\nD,1e5\n'
    assert list(cells(read(content.encode()), 1).values()) == [
        "0.30000000000000004",
        "two words",
        "TRUE",
        "1e5",
    ]


def test_errors_of_formulas_keep_their_text_and_formulas_their_stored_result() -> None:
    errors = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!")
    xml = odd.HEADER_XML + "".join(
        f'<row r="{row}"><c r="A{row}" t="e"><f>1/0</f><v>{error}</v></c></row>'
        for row, error in enumerate(errors, start=2)
    )
    xml += '<row r="20"><c r="A20"><f>40+2</f><v>42</v></c></row>'
    xml += '<row r="21"><c r="A21" t="str"><f>"A"&amp;"B"</f><v>AB</v></c></row>'
    xml += '<row r="22"><c r="A22"><f>1+1</f></c><c r="B22"><v>1</v></c></row>'
    expected = dict(enumerate(errors, start=2)) | {20: "42", 21: "AB", 22: ""}
    assert cells(read(odd.raw_xlsx(xml))) == expected


# Where the rows are.

VARIANT_ROWS: list[tuple[object, ...]] = [
    ("Customers of the north",),
    (),
    odd.HEADER,
    ("00123", "Söhne 🌹", 1234.5),
    (None, "  ", None),
    (33101.0, "B", 99999999.99),
]
VARIANT_CSV = (
    'Customers of the north\r\n\r\n{}\r\n00123,"Söhne 🌹",1234.5\r\n," ",\r\n33101,B,99999999.99\r\n'
)


def as_csv(separator: str, encoding: str) -> bytes:
    text = VARIANT_CSV.format(",".join(odd.HEADER)).replace(",", separator)
    return text.replace(" 🌹", "" if encoding == "cp1252" else " 🌹").encode(encoding)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(odd.xlsx_of(VARIANT_ROWS), id="xlsx"),
        pytest.param(odd.xlsm_of(VARIANT_ROWS), id="xlsm"),
        pytest.param(odd.xlsb_of(VARIANT_ROWS), id="xlsb"),
        pytest.param(odd.xls_of(VARIANT_ROWS), id="xls"),
        pytest.param(odd.ods_of(VARIANT_ROWS), id="ods"),
        pytest.param(as_csv(",", "utf-8"), id="csv"),
        pytest.param(as_csv(";", "utf-8-sig"), id="csv with mark and semicolons"),
        pytest.param(as_csv("\t", "utf-16"), id="csv in UTF-16 with tabs"),
        pytest.param(as_csv(";", "cp1252"), id="csv in Windows-1252"),
    ],
)
def test_every_format_gives_the_same_table(content: bytes) -> None:
    table = read(content)
    assert (table.header_row, table.headers) == (3, odd.HEADER)
    assert cells(table, 0) == {4: "00123", 6: "33101"}
    assert cells(table, 1)[4] in ("Söhne 🌹", "Söhne")
    assert cells(table, 2) == {4: "1234.5", 6: "99999999.99"}
    assert table.sheets == (() if table.sheet is None else (table.sheet,))


@pytest.mark.parametrize("make", [odd.xlsx_of, odd.xls_of, odd.ods_of])
def test_leading_blank_rows_and_columns_do_not_shift_anything(make: Callable[[odd.Rows], bytes]) -> None:
    rows: odd.Rows = [(), (), (), (None, None, *odd.HEADER), (), (None, None, "A", "b", 1)]
    table = read(make(rows))
    assert table.header_row == 4
    assert table.headers == ("", "", *odd.HEADER)
    assert cells(table, 2) == {6: "A"}
    assert cells(table, 0) == {6: ""}


def test_a_table_holds_texts_and_row_numbers_and_no_gaps() -> None:
    table = read(odd.xlsx_of([(*odd.HEADER, "", None, "Their own"), ("A", None, 1), (), ("B",)]))
    assert table.rows.column_names == ["row", *(str(position) for position in range(6))]
    assert table.numbers == [2, 4]
    assert [table.texts(position) for position in range(6)] == [
        ["A", "B"],
        ["", ""],
        ["1", ""],
        *[["", ""]] * 3,
    ]


def test_equal_texts_of_a_column_are_held_once() -> None:
    table = read(odd.xlsx_of([odd.HEADER, *((f"C{n}", "The same name") for n in range(9))]))
    assert len({id(text) for text in table.texts(1)}) == 1


def test_columns_without_header_go_from_the_end_only_when_they_are_blank() -> None:
    header = ("Customer Code", None, "Customer Name", None, None, "  ")
    assert read(odd.xlsx_of([header, ("A", None, "b", None, None, " ")])).headers == (
        "Customer Code",
        "",
        "Customer Name",
    )
    assert read(odd.xlsx_of([header, ("A", None, "b", None, "note")])).headers[3:] == ("", "")


def test_ragged_csv_rows_with_line_breaks_and_nul_keep_their_records_numbers() -> None:
    content = b'Customer Code;Customer Name\n"A\nB";x;more\n\nC\nD;a\0b\n'
    table = read(content)
    assert cells(table, 0) == {2: "A B", 4: "C", 5: "D"}
    assert cells(table, 1) == {2: "x", 4: "", 5: "a\0b"}
    assert table.headers == ("Customer Code", "Customer Name", "")


def test_a_quotation_mark_that_swallows_the_rest_is_refused() -> None:
    error = refused(b'Customer Code,Customer Name\nA,"x\nB,y\nC,z\n')
    assert error.code == "damaged"
    assert "quotation mark" in str(error)


def test_a_long_csv_field_is_a_cell_like_any_other() -> None:
    assert len(cells(read(b"Customer Code,Customer Name\nA," + b"x" * 300_000), 1)[2]) == 300_000


@pytest.mark.slow
def test_a_hundred_thousand_styled_blank_rows_are_no_rows() -> None:
    blank = "".join(f'<row r="{r}"><c r="A{r}" s="0"/><c r="B{r}" s="0"/></row>' for r in range(3, 100_003))
    row = '<row r="2"><c r="A2"><v>7</v></c></row>'
    last = '<row r="200000"><c r="A200000"><v>8</v></c></row>'
    assert cells(read(odd.raw_xlsx(odd.HEADER_XML + row + blank + last))) == {2: "7", 200000: "8"}


# Which sheet is meant.


def sheets_of(**sheets: odd.Rows) -> bytes:
    def more(workbook: Any) -> None:
        for name, rows in sheets.items():
            sheet = workbook.create_sheet(name.replace("_", " "))
            for row in rows:
                sheet.append(row)
            sheet.sheet_state = "hidden" if name.startswith("Hidden") else "visible"

    return odd.xlsx(lambda sheet: sheet.append(("Instructions: fill in Customer Name",)), more)


FILLED: odd.Rows = [odd.HEADER, ("A", "b", 1)]
OTHER: odd.Rows = [odd.HEADER, ("B", "b", 1)]


def test_hidden_sheets_and_instructions_are_not_considered() -> None:
    table = read(sheets_of(Hidden_lists=FILLED, Data=OTHER))
    assert (table.sheet, table.sheets, cells(table)) == ("Data", ("Data",), {2: "B"})


def test_of_several_sheets_the_named_one_is_read_else_the_first() -> None:
    table = read(sheets_of(Old=FILLED, customers=OTHER))
    assert (table.sheet, table.sheets) == ("customers", ("Old", "customers"))
    assert read(sheets_of(North=FILLED, South=OTHER)).sheet == "North"


def test_the_user_may_choose_the_sheet() -> None:
    table = read(sheets_of(North=FILLED, South=OTHER), sheet="South")
    assert (table.sheet, table.sheets, cells(table)) == ("South", ("North", "South"), {2: "B"})


def test_a_sheet_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(BadArguments, match=r"no sheet West\. Name one that it has: Sheet") as caught:
        read(sheets_of(North=FILLED, Hidden=OTHER), sheet="West")
    assert caught.value.code == "unknown_sheet"


def test_a_chart_sheet_does_not_hinder() -> None:
    content = odd.xlsx(
        lambda sheet: [sheet.append(row) for row in FILLED], lambda book: book.create_chartsheet("Chart")
    )
    assert cells(read(content)) == {2: "A"}


def test_their_headers_are_found_as_mapped() -> None:
    rows: odd.Rows = [("Cust. No", "Firm"), ("A", "b")]
    table = read(odd.xlsx_of(rows), mapping={"cust. no": "Customer Code"})
    assert table.headers == ("Cust. No", "Firm")
    with pytest.raises(BadArguments):
        read(odd.xlsx_of(rows), mapping={"Cust. No": "No header of ours"})


def test_a_table_comes_back_whole_from_parquet() -> None:
    table = read(sheets_of(Nord_Süd=[odd.HEADER, ("A", "🌹", 1), (), ("B",)], Other=FILLED))
    again = table_from_parquet(table_to_parquet(table))
    assert again.rows.equals(table.rows, check_metadata=True)
    about = ("sheet", "sheets", "header_row", "headers")
    assert [getattr(again, name) for name in about] == [getattr(table, name) for name in about]


def test_styles_and_widths_change_nothing() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in FILLED:
            sheet.append(row)
        sheet["A1"].font = Font(bold=True)
        sheet["A2"].fill = PatternFill("solid", fgColor="00FF00")
        sheet.merge_cells("D1:E1")
        sheet.freeze_panes = "A2"

    assert cells(read(odd.xlsx(fill))) == {2: "A"}


# Numbers in a percent format.

PERCENTAGES: list[tuple[float, str, str]] = [
    (0.18, "0%", "18%"),
    (0.015, "0.00%", "1.5%"),
    (0.1, "0.0%;[Red]-0.0%", "10%"),
    (0.07, '0.00"%"', "0.07"),
    (0.07, r"0.00\%", "0.07"),
    (-0.5, "0%", "-50%"),
    (1, "0%", "100%"),
    (0.1 + 0.2, "0.00%", "30%"),
    (1 / 3, "0%", "33.3333333333333%"),
    (0.18, "General", "0.18"),
    (0.18, "[%]0.00", "0.18"),
]


def as_xlsx(sheet: Worksheet) -> None:
    """From C3 on, so that the used area begins neither at the first row nor at the first column."""
    sheet["C3"], sheet["D3"] = "Customer Code", "Finance Charge %"
    for row, (number, shown_as, _text) in enumerate(PERCENTAGES, 4):
        sheet.cell(row, 3, f"C{row}")
        sheet.cell(row, 4, number).number_format = shown_as


def test_a_number_in_a_percent_format_is_its_percentage() -> None:
    """As it is shown, and not as it is held."""
    table = read(odd.xlsx(as_xlsx))
    assert list(cells(table, 3).items()) == [(row, text) for row, (*_, text) in enumerate(PERCENTAGES, 4)]


def test_of_the_sheet_that_is_read_and_of_numbers_alone() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(odd.HEADER)
        sheet.append(("A", "0.18", 0.18))
        sheet.append(("B", True, "=1/4"))
        for cell in (*sheet[2], *sheet[3]):
            cell.number_format = "0%"

    def more(workbook: Any) -> None:
        other = workbook.create_sheet("Other & more")
        other.append(odd.HEADER)
        other.append(("A", "x", 0.18))

    content = odd.xlsx(fill, more)
    first = read(content)
    assert [first.texts(position) for position in range(3)] == [["A", "B"], ["0.18", "true"], ["18%", ""]]
    assert read(content, sheet="Other & more").texts(2) == ["0.18"]


def test_many_percentages_and_their_stored_formulas_are_told_over_the_reading_of_parts() -> None:
    """A sheet is looked at a megabyte at a time."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>C{n}{"x" * 60}</t></is></c>'
        f"<c s='1' r='B{n}'><f>1/{n}</f><v>{n / 1000}</v></c></row>"
        for n in range(2, 20_002)
    )
    styles = f'<styleSheet xmlns="{odd.MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="10"/></cellXfs></styleSheet>'
    table = read(odd.styled_xlsx(odd.HEADER_XML + rows, styles))
    assert list(table.texts(1)[:3]) == ["0.2%", "0.3%", "0.4%"]
    assert all(text.endswith("%") for text in table.texts(1))
    assert len(table.texts(1)) == 20_000


def test_a_percentage_of_libreoffice_is_one_too() -> None:
    content = odd.ods_of(
        [
            ("", "Finance Charge %", "Customer Code"),
            ("", odd.Percentage(0.015), "A"),
            ("", 0.18, "B"),
            ("", odd.Percentage(0.18), "C"),
        ]
    )
    assert read(content).texts(1) == ["1.5%", "0.18", "18%"]
