"""The reader on real files: what it makes of every cell, and what it says of files that nobody should send."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time as clock
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.errors import BadArguments, UnusableFile
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import ReaderLimits
from komet_import.workbook.reader import Table, read_table, table_from_parquet, table_to_parquet
from tests.workbook import odd_workbooks as odd

LIMITS = ReaderLimits()
ROOT = Path(__file__).parents[2]


def read(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> Table:
    return read_table(content, "odd.xlsx", limits, CUSTOMERS, **options)


def refused(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> UnusableFile:
    with pytest.raises(UnusableFile) as caught:
        read(content, limits, **options)
    assert "odd.xlsx" in str(caught.value)
    return caught.value


def cells(table: Table, position: int = 0) -> dict[int, str]:
    """A column's texts by row number."""
    return dict(zip(table.frame.index.tolist(), table.frame[str(position)].tolist(), strict=True))


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


def test_a_frame_is_arrow_backed_text_with_row_numbers_and_no_gaps() -> None:
    frame = read(odd.xlsx_of([(*odd.HEADER, "", None, "Their own"), ("A", None, 1), (), ("B",)])).frame
    assert {str(dtype) for dtype in frame.dtypes} == {"str"}
    assert list(frame.columns) == [str(position) for position in range(6)]
    assert (frame.index.name, str(frame.index.dtype), frame.index.tolist()) == ("row", "int64", [2, 4])
    assert not frame.isna().any().any()


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
    with pytest.raises(BadArguments, match=r"no sheet West\. It has: Sheet, North") as caught:
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


# Files that cannot be used.


def png() -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0"


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        pytest.param(b"", "not_a_workbook", "it is empty", id="0 bytes"),
        pytest.param(png(), "not_a_workbook", "a picture", id="renamed PNG"),
        pytest.param(b"%PDF-1.7\n1 0 obj", "not_a_workbook", "a PDF", id="PDF"),
        pytest.param(bytes(range(256)), "not_a_workbook", "", id="binary"),
        pytest.param(b"<html><table><tr><td>Customer Code", "not_a_workbook", "a web page", id="HTML"),
        pytest.param(b"\xef\xbb\xbf\n<!DOCTYPE html>", "not_a_workbook", "a web page", id="HTML with a mark"),
        pytest.param("<html>".encode("utf-16"), "not_a_workbook", "a web page", id="HTML in UTF-16"),
        pytest.param(b"<?xml version='1.0'?><Workbook/>", "not_a_workbook", "an XML text", id="XML"),
        pytest.param(odd.zipped([("word/document.xml", "x")]), "not_a_workbook", "zip file", id="Word"),
        pytest.param(odd.encrypted_xlsx(), "encrypted", "password", id="encrypted xlsx"),
        pytest.param(odd.xls_with_password(), "encrypted", "password", id="encrypted xls"),
        pytest.param(
            odd.zipped([("content.xml", "x"), ("META-INF/manifest.xml", "<manifest:encryption-data/>")]),
            "encrypted",
            "password",
            id="encrypted ods",
        ),
        pytest.param(odd.xlsx_of(FILLED)[:3000], "damaged", "", id="truncated xlsx"),
        pytest.param(odd.xls_of(FILLED)[:2500], "damaged", "", id="truncated xls"),
        pytest.param(odd.raw_xlsx("<row><c></row>"), "damaged", "", id="bad XML"),
        pytest.param(odd.zipped([("xl/workbook.xml", "<workbook/>")]), "damaged", "", id="parts missing"),
        pytest.param(odd.xlsx_of([]), "no_header", "template", id="empty sheet"),
        pytest.param(odd.xlsx_of([("Who", "What"), ("A", "b")]), "no_header", "template", id="no header"),
        pytest.param(b"a,b\n1,2\n", "no_header", "template", id="CSV without header"),
        pytest.param(
            odd.xlsx_of([("Customer Name", "Phone"), ("A", "b")]),
            "missing_columns",
            "neither a Customer ID nor a Customer Code",
            id="no key",
        ),
        pytest.param(
            odd.xlsx_of([(), (None, "customer code", "Phone", *[None] * 24, "Customer Code "), ("A",)]),
            "repeated_column",
            "Customer Code more than once (B2 and AB2)",
            id="two equal headers",
        ),
        pytest.param(odd.xlsx_of([odd.HEADER]), "no_rows", "no rows", id="no rows"),
        pytest.param(odd.xlsx_of([odd.HEADER, (" ", "\u00a0")]), "no_rows", "no rows", id="blank rows"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(content: bytes, code: str, says: str) -> None:
    error = refused(content)
    assert error.code == code
    assert says in str(error)


def test_a_zip_with_a_password_is_encrypted() -> None:
    content = bytearray(odd.xlsx_of(FILLED))
    central = content.index(b"PK\x01\x02")
    content[central + 8] |= 1
    assert refused(bytes(content)).code == "encrypted"


def test_limits_of_size_and_rows() -> None:
    assert refused(b"x" * 1_048_577, ReaderLimits(upload_mb=1)).code == "too_large"
    error = refused(odd.xlsx_of([odd.HEADER, ("A",), ("B",), ("C",)]), ReaderLimits(rows=2))
    assert error.code == "too_many_rows"
    assert "more than 2 rows" in str(error)


def test_a_name_decides_nothing() -> None:
    workbook, text = odd.xlsx_of(FILLED), b"Customer Code,Customer Name\nA,b\n"
    assert cells(read_table(workbook, "list.csv", LIMITS, CUSTOMERS)) == {2: "A"}
    assert cells(read_table(text, "list.xlsx", LIMITS, CUSTOMERS)) == {2: "A"}


@pytest.mark.parametrize(
    "levels",
    [
        pytest.param('<!ENTITY a "lol">', id="one entity"),
        pytest.param(
            '<!ENTITY a "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)),
            id="billion laughs",
        ),
        pytest.param('<!ENTITY a SYSTEM "file:///etc/hostname">', id="a file of the server"),
    ],
)
def test_entities_in_the_xml_are_refused(levels: str) -> None:
    xml = odd.HEADER_XML + '<row r="2"><c r="A2" t="inlineStr"><is><t>&a;</t></is></c></row>'
    assert refused(odd.raw_xlsx(xml, f"<!DOCTYPE x [{levels}]>")).code == "damaged"


# Files that take too much.


def test_a_cell_at_the_far_corner_ends_the_child_only() -> None:
    corner = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refused(odd.raw_xlsx(odd.HEADER_XML + corner)).code == "takes_too_much"


def test_a_declared_size_beyond_the_memory_is_believed_at_once() -> None:
    assert refused(odd.long_cell_xlsx(700), ReaderLimits(memory_mb=600)).code == "takes_too_much"


@pytest.mark.slow
def test_a_long_cell_whose_size_is_a_lie_meets_the_memory_limit() -> None:
    content = odd.long_cell_xlsx(200)
    declared = zipfile.ZipFile(io.BytesIO(content)).getinfo("xl/worksheets/sheet1.xml").file_size
    lie = content.replace(declared.to_bytes(4, "little"), (4096).to_bytes(4, "little"))
    assert lie != content
    assert refused(lie, ReaderLimits(memory_mb=500, seconds=20)).code in ("takes_too_much", "damaged")


@pytest.mark.slow
def test_a_million_rows_are_too_many_or_take_too_much() -> None:
    content = odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 1_000_000)
    assert len(content) < 200_000
    assert refused(content, ReaderLimits(rows=1000)).code == "too_many_rows"
    assert refused(content, ReaderLimits(memory_mb=280)).code == "takes_too_much"


def test_time_is_limited_too() -> None:
    content = odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 3_000_000)
    started = clock.monotonic()
    assert refused(content, ReaderLimits(seconds=1)).code == "takes_too_much"
    assert clock.monotonic() - started < 4


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read(odd.xlsx_of(FILLED))
    refused(b"")
    refused(odd.raw_xlsx(odd.HEADER_XML + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert list(tmp_path.iterdir()) == []
    assert not [child for child in psutil.Process().children() if "reader_child" in " ".join(child.cmdline())]


def test_an_interrupted_reading_leaves_no_process_and_no_files(tmp_path: Path) -> None:
    upload = tmp_path / "upload.xlsx"
    upload.write_bytes(odd.raw_xlsx(odd.HEADER_XML.encode() + b"<row><c><v>1</v></c></row>" * 3_000_000))
    folder = tmp_path / "temporary"
    folder.mkdir()
    script = (
        "import sys, pathlib; from komet_import.workbook.reader import read_table;"
        "from komet_import.schema.customers import CUSTOMERS; from komet_import.settings import ReaderLimits;"
        "read_table(pathlib.Path(sys.argv[1]).read_bytes(), 'x', ReaderLimits(), CUSTOMERS)"
    )
    process = psutil.Popen(
        [sys.executable, "-c", script, str(upload)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    while not (children := process.children()) or not list(folder.glob("*/upload.xlsx")):
        clock.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=5) != 0
    assert not psutil.wait_procs(children, timeout=2)[1]
    assert list(folder.iterdir()) == []


# The process around it.


def test_it_reads_from_any_folder_whatever_the_environment(tmp_path: Path) -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import komet_import.workbook.reader as reader;"
        "from komet_import.schema.customers import CUSTOMERS; from komet_import.settings import ReaderLimits;"
        "heavy = {'pandas', 'pyarrow', 'streamlit', 'sqlalchemy', 'openpyxl'} & set(sys.modules);"
        "table = reader.read_table(b'Customer Code,Phone\\nA,1\\n', 'x.csv', ReaderLimits(), CUSTOMERS);"
        "print(len(table.frame), sorted(heavy))"
    )
    (tmp_path / "json.py").write_text("raise SystemExit('a file of the current folder was run')")
    result = subprocess.run(
        [sys.executable, "-P", "-c", script, str(ROOT)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
    )
    assert (result.stdout, result.stderr) == ("1 []\n", "")


def test_the_child_loads_no_heavy_library_and_writes_no_core() -> None:
    script = (
        "import json, resource, sys; from komet_import.workbook import reader_child as child;"
        "child.limit_itself(900, 7); import komet_import.workbook.parsing;"
        "heavy = {'pandas', 'streamlit', 'sqlalchemy', 'openpyxl'} & set(sys.modules);"
        "limits = [resource.getrlimit(w)[0] for w in (resource.RLIMIT_CORE, resource.RLIMIT_AS, resource.RLIMIT_CPU)];"
        "print(json.dumps([sorted(heavy), limits]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(result.stdout) == [[], [0, 900 << 20, 7]]


def test_sessions_may_read_at_the_same_time() -> None:
    found: dict[int, dict[int, str]] = {}

    def session(number: int) -> None:
        found[number] = cells(read(odd.xlsx_of([odd.HEADER, (f"C{number}", "x", 1)])))

    threads = [threading.Thread(target=session, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: {2: f"C{number}"} for number in range(3)}


def test_a_table_comes_back_whole_from_parquet() -> None:
    table = read(sheets_of(Nord_Süd=[odd.HEADER, ("A", "🌹", 1), (), ("B",)], Other=FILLED))
    again = table_from_parquet(table_to_parquet(table))
    assert again.frame.equals(table.frame)
    assert again.frame.dtypes.tolist() == table.frame.dtypes.tolist()
    assert again.frame.index.name == "row"
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
