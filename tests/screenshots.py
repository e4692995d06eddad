"""The pictures under `docs/`: `python -m tests.screenshots` starts the app on believable data and takes them anew."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from playwright.sync_api import Browser, Page, expect, sync_playwright

from komet_import import importer
from komet_import.desk import open_desk, open_store
from komet_import.importer import Choices
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import from_environment
from tests.benchmarks.customers import records
from tests.benchmarks.measured import ROOT
from tests.benchmarks.screen import served

DOCS = ROOT / "docs"
STORED = 169
# By the index of the row.
PROBLEMS: dict[int, dict[str, str]] = {
    172: {"customer_type": "Wholesalr", "email_invoices": "ap@rosewood"},
    176: {"code": "BLUEGRASSWHOLE", "location_codes": "MIA:MAI", "main_location": "MIA"},
    180: {"name": "", "credit_limit": "5k"},
} | {index: {"billing_zip": "2118", "billing_state": "MA"} for index in (3, 11, 19, 27, 35)}

PAGES = {
    "history": "import_history",
    "import": "import_history?import=2",
    "customers": "customers?customer=4",
    "settings": "settings?section=Lists&list=Terms",
}


def main() -> None:
    """Writes every picture of `DOCS`."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        data_dir = Path(folder) / "data"
        _store(data_dir)
        november = Path(folder) / "customers-november.xlsx"
        november.write_bytes(_workbook(_november()))
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        with served(data_dir) as address:
            _take(browser, address, november)
        browser.close()


def _take(browser: Browser, address: str, november: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
    page.goto(address)
    expect(page.get_by_role("heading", name="How rows find their customer")).to_be_visible(timeout=30_000)
    _picture(page, "start")
    page.locator("input[type=file]").set_input_files(november)
    _wait_for_grid(page)
    _picture(page, "review")
    dark = browser.new_page(viewport={"width": 1440, "height": 900}, color_scheme="dark")
    dark.goto(page.url)
    _wait_for_grid(dark)
    _picture(dark, "review-dark")
    dark.close()
    page.get_by_test_id("stBottom").get_by_role("button", name="Import").click()
    confirm = page.get_by_role("dialog").get_by_role("button", name="Import")
    confirm.wait_for()
    _picture(page, "confirm")
    confirm.click()
    expect(page.get_by_text("Counted again after the import")).to_be_visible(timeout=30_000)
    _picture(page, "result")
    for name, path in PAGES.items():
        page.goto(f"{address}/{path}")
        _picture(page, name)
    page.close()


def _wait_for_grid(page: Page) -> None:
    page.frame_locator(".st-key-grid iframe").last.locator(".ag-row .ag-cell").first.wait_for(timeout=60_000)


def _picture(page: Page, name: str) -> None:
    page.wait_for_timeout(2500)  # fonts and the grid's own drawing tell nobody when they are done
    page.screenshot(path=DOCS / f"{name}.png")
    print(DOCS / f"{name}.png")


def _store(data_dir: Path) -> None:
    settings = from_environment({"KOMET_DATA_DIR": str(data_dir)})
    database = open_store(settings)
    desk = open_desk(settings, database)
    content = _workbook([list(row) for row in records(0, STORED, problems=False)])
    opened = importer.upload(desk, "opening-2026.xlsx", content, Choices())
    importer.commit(desk, opened.stored.draft_id, opened.draft.plan().hash, opened=opened)
    database.close()


def _november() -> list[list[str]]:
    """184 rows: 40 stored customers a season later, 129 as they are, 15 new ones, of which three cannot go in."""
    keys = [column.key for column in CUSTOMERS.columns]
    season = list(records(0, 40, changed=True, problems=False))
    rows = season + list(records(40, 129, problems=False)) + list(records(STORED, 15, problems=False))
    for index, cells in PROBLEMS.items():
        for key, text in cells.items():
            rows[index][keys.index(key)] = text
    return rows


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(CUSTOMERS.title)
    sheet.append([column.header for column in CUSTOMERS.columns])
    for row in rows:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


if __name__ == "__main__":
    main()
