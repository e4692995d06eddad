"""The templates as Excel, and as the reader, will find them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import fastexcel
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.review.matching import header_key
from komet_import.schema.column import Colour
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS
from komet_import.schema.problems import Problem
from komet_import.schema.text import tidy
from komet_import.workbook.layout import CellRow, Layout, write_workbook
from komet_import.workbook.styled_cells import StyledCells
from komet_import.workbook.templates import write_template
from tests.schema.companies import SEVERAL, SINGLE
from tests.workbook.templates import POSITION, opened, template

COLUMNS = CUSTOMERS.columns
HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "#N/A",
    "_x0041_",
    "<b>&amp;</b>",
    "🌹 Flores",
    "مرحبا",
    "Ñ" * 200,
    "001",
)


def read_back(content: bytes) -> list[list[str]]:
    """The rows as the import reads them: every cell as text."""
    table = fastexcel.read_excel(content).load_sheet(0, dtypes="string").to_arrow().to_pydict()
    return [[tidy(text or "") for text in row] for row in zip(*table.values(), strict=True)]


def record(**texts: str) -> list[str]:
    return [texts.get(column.key, "") for column in COLUMNS]


@pytest.fixture(scope="module")
def several() -> Any:
    return opened(template(SEVERAL))


@pytest.fixture(scope="module")
def single() -> Any:
    return opened(template(SINGLE))


def test_the_headers_are_the_columns_in_order(several: Any) -> None:
    assert several.sheetnames == ["Customers", "Instructions", "Lists"]
    assert [cell.value for cell in several["Customers"][1]] == [column.header for column in COLUMNS]
    assert several["Customers"].max_row == 1


def test_each_colour_has_one_fill_of_its_own(several: Any) -> None:
    fills = {
        colour: {
            cell.fill.fgColor.rgb
            for column, cell in zip(COLUMNS, several["Customers"][1], strict=True)
            if column.colour is colour
        }
        for colour in Colour
    }
    assert fills == {Colour.GREEN: {"00EDF6EE"}, Colour.RED: {"00FCF1EF"}, Colour.BLUE: {"00EBF2FB"}}


def test_each_note_says_in_words_what_the_colour_says_and_more(several: Any) -> None:
    for column, cell in zip(COLUMNS, several["Customers"][1], strict=True):
        lines = cell.comment.text.split("\n")
        assert lines[0] == column.colour.meaning
        assert f"Example: {column.example}" in lines
    code = several["Customers"]["B1"].comment.text
    assert "Text, at most 10 characters" in code
    assert "unique in the company" in code


def test_notes_are_large_enough_to_be_read() -> None:
    archive = ZipFile(BytesIO(template(SEVERAL)))
    shapes = next(archive.read(name).decode() for name in archive.namelist() if name.endswith(".vml"))
    assert min(map(int, re.findall(r"height:(\d+)px", shapes))) > 70
    assert set(re.findall(r"width:(\d+)px", shapes)) == {"320"}


def test_with_one_location_the_blue_columns_are_there_and_said_to_be_not_needed(single: Any) -> None:
    for key in ("location_codes", "main_location"):
        header = single["Customers"].cell(1, POSITION[key])
        assert header.comment.text.startswith("Not needed: this company has a single location")


def test_the_header_stays_in_sight_and_filters(several: Any) -> None:
    sheet = several["Customers"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:AP2"
    filled = opened(template(SEVERAL, [record(code="A"), record(code="B")]))["Customers"]
    assert filled.auto_filter.ref == "A1:AP3"


def test_cells_yet_to_be_filled_keep_leading_zeros_and_take_numbers(several: Any) -> None:
    formats = {
        column.key: several["Customers"].column_dimensions[cell.column_letter].number_format
        for column, cell in zip(COLUMNS, several["Customers"][1], strict=True)
    }
    numbers = {key: form for key, form in formats.items() if form != "@"}
    assert numbers == {
        "customer_id": "0",
        "credit_limit": "0.00",
        "finance_charge": "0.00",
        "price_b_markup": "0.00",
        "sell_fast_markup": "0.00",
    }


def test_the_instructions_explain_colours_keys_blank_cells_and_every_column(several: Any) -> None:
    rows = [[text for text in row if text] for row in several["Instructions"].iter_rows(values_only=True)]
    words = " ".join(text for row in rows for text in row)
    assert ["Green", "Required"] in rows
    assert ["Red", "Optional"] in rows
    assert ["Blue", "Required only for companies with several locations"] in rows
    assert "Customer ID; without one, by its Customer Code" in words
    assert "A blank cell keeps the stored value" in words
    firsts = [row[0] for row in rows if row]
    assert firsts[-len(COLUMNS) :] == [column.header for column in COLUMNS]


def test_no_other_sheet_can_be_taken_for_the_one_to_import(several: Any) -> None:
    headers = {header_key(column.header) for column in COLUMNS}
    for name in ("Instructions", "Lists"):
        for row in several[name].iter_rows(values_only=True):
            assert sum(header_key(str(text)) in headers for text in row if text) < 2


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_the_text_it_is(text: str) -> None:
    content = template(SEVERAL, [record(code="A", name=text, customer_type=text)])
    cell = opened(content)["Customers"].cell(2, POSITION["name"])
    assert (cell.data_type, cell.number_format) == ("s", "@")
    assert read_back(content) == [record(code="A", name=text, customer_type=text)]
    assert b"<f>" not in ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_numbers_are_numbers_unless_excel_would_damage_them() -> None:
    rows = [
        record(customer_id="23423", credit_limit="5000.00"),
        record(customer_id="9223372036854775807", credit_limit="99999999.99"),
    ]
    content = template(SEVERAL, rows)
    cells = [
        [(cell.value, cell.number_format) for cell in (row[0], row[POSITION["credit_limit"] - 1])]
        for row in opened(content)["Customers"].iter_rows(min_row=2)
    ]
    assert cells == [
        [(23423, "0"), (5000, "0.00")],
        [("9223372036854775807", "0"), (99999999.99, "0.00")],
    ]


@pytest.mark.parametrize("company", [SEVERAL, SINGLE], ids=["several", "single"])
def test_what_is_exported_reads_the_same_again(company: Company) -> None:
    records = CUSTOMERS.example_rows(company)
    again = read_back(template(company, records))
    for before, after in zip(records, again, strict=True):
        for column, old, new in zip(COLUMNS, before, after, strict=True):
            assert (old == "") == (new == "")
            if old:
                value = KINDS[column.kind].parse(new, column, company)
                assert not isinstance(value, Problem)
                assert KINDS[column.kind].render(value) == old


def test_records_are_taken_one_by_one_and_readers_that_stream_see_them_all(tmp_path: Path) -> None:
    def records() -> Iterator[list[str]]:
        for number in range(2_000):
            yield record(code=f"C{number}", billing_zip=f"{number:05}")

    path = tmp_path / "customers.xlsx"
    assert write_template(path, CUSTOMERS, SEVERAL, records()) == 2_000
    workbook = load_workbook(path, read_only=True)
    rows = list(workbook["Customers"].iter_rows(min_row=2, values_only=True))
    workbook.close()
    assert len(rows) == 2_000
    assert rows[-1][POSITION["billing_zip"] - 1] == "01999"


def test_a_record_of_another_shape_is_refused_and_leaves_no_file_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ValueError, match="argument"):
        write_template(BytesIO(), CUSTOMERS, SEVERAL, [["1"] * 43])
    assert list(tmp_path.iterdir()) == []


def test_streamed_rows_are_those_that_openpyxl_would_write() -> None:
    """Cell by cell: the value, its type, and how it looks."""
    records = [
        record(**dict.fromkeys(POSITION, text)) for text in (*HOSTILE, " a\nb ", "5000.00", "23423", "\x01")
    ]
    layout = Layout(CUSTOMERS, COLUMNS, SEVERAL)

    def rows(sheet: Worksheet) -> Iterator[CellRow]:
        columns = [StyledCells(sheet, column) for column in COLUMNS]
        for texts in records:
            yield [cells.filled(text) for cells, text in zip(columns, texts, strict=True)]

    theirs = BytesIO()
    write_workbook(theirs, layout, rows)
    assert looks(template(SEVERAL, records)) == looks(theirs.getvalue())


def looks(content: bytes) -> list[list[tuple[object, ...]]]:
    return [
        [(cell.value, cell.data_type, cell.number_format, cell.alignment.vertical) for cell in row]
        for row in opened(content)["Customers"]
    ]
