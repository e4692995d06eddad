"""A manager and an analyst on one database: the worst import is found, its rows are corrected, and both see it."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from komet_import.schema.company import Role
from komet_import.store import companies
from tests.browser.conftest import ROOT, StartApp
from tests.browser.test_journey import expect_figures, settle
from tests.stories import NEW, at_desk, csv_of, imported, rows_of

pytestmark = pytest.mark.browser
ANA, LUIS = "ana.torres@sunriseblooms.example", "luis.prado@sunriseblooms.example"


def test_a_manager_finds_the_worst_import_and_an_analyst_mends_it(
    context: BrowserContext, page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    data_dir = tmp_path / "data"
    with at_desk(data_dir) as desk, desk.database.writing() as connection:
        companies.add_person(connection, desk.company.company_id, ANA, "Ana Torres", Role.ANALYST)
        companies.add_person(connection, desk.company.company_id, LUIS, "Luis Prado", Role.MANAGER)
    with at_desk(data_dir, person=ANA) as desk:
        imported(desk, csv_of(*rows_of(5)))
        bad = [NEW | {"Customer Code": f"BAD{n}", "Terms": "Nett"} for n in range(3)]
        imported(desk, csv_of(NEW, *bad))

    # The manager: last month, only with rows left out, the import itself, its discrepancies.
    managers = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(data_dir), "KOMET_PERSON": LUIS})
    page.goto(managers)
    settle(page)
    page.goto(f"{managers}/import_history")
    page.get_by_text("30 days", exact=True).click()
    expect_figures(page, Imports=2, Updated=0)
    page.get_by_text("Only with rows left out").click()
    expect(page.get_by_text("1–1 of 1")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("cell", name="Ana")).to_have_count(1)
    page.get_by_role("cell", name="Ana").click()
    expect(page).to_have_url(re.compile("import=2$"), timeout=10_000)
    page.get_by_role("button", name="Download").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Discrepancy workbook").click()
    workbook = tmp_path / "discrepancies.xlsx"
    download.value.save_as(workbook)

    # The analyst: the three rows corrected, and in.
    _correct(workbook)
    analysts = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(data_dir), "KOMET_PERSON": ANA})
    ana = context.new_page()
    ana.goto(analysts)
    settle(ana)
    ana.locator("input[type=file]").set_input_files(workbook)
    expect_figures(ana, Rows=3, New=3, Left_out=0)
    ana.get_by_test_id("stBottom").get_by_role("button", name="Import 3 rows").click()
    ana.get_by_role("dialog").get_by_role("button", name="Import 3 rows").click()
    expect(ana.get_by_text("3 rows imported")).to_be_visible(timeout=20_000)

    for somebody, address in ((ana, analysts), (page, managers)):
        somebody.goto(f"{address}/import_history")
        expect_figures(somebody, Imports=3, New=9)
    ana.close()


def _correct(workbook: Path) -> None:
    book = openpyxl.load_workbook(workbook)
    sheet = book["Customers"]
    terms = next(cell.column for cell in sheet[1] if cell.value == "Terms")
    for row in range(2, 5):
        sheet.cell(row, terms, "Net 30")
    book.save(workbook)
