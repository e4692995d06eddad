"""An administrator's walk in a real browser: what is set in Settings is what the next file is judged by."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp

pytestmark = pytest.mark.browser


def open_section(page: Page, url: str, section: str, sign: str) -> None:
    page.goto(f"{url}/settings?section={section}")
    expect(page.get_by_text(sign, exact=True).first).to_be_visible(timeout=20_000)
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()


def settle_at_start(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.get_by_role("heading", name="How rows find their customer")).to_be_visible(timeout=20_000)
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()


def test_a_renamed_term_and_a_new_location_are_in_the_template_and_the_review(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path / "data")})
    settle_at_start(page, url)

    page.get_by_role("link", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    open_section(page, url, "Lists&list=Terms", "Net 30")
    page.locator(".st-key-rename-terms-Net-30 button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("New name").fill("30 days net")
    dialog.get_by_label("New name").press("Enter")
    expect(page.get_by_text("“Net 30” is “30 days net” now.")).to_be_visible()
    expect(dialog).to_be_hidden()

    page.get_by_role("tab", name="Locations").click()
    page.get_by_label("New code").fill("EWR")
    page.get_by_label("Name", exact=True).fill("Newark")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_text("EWR, Newark, is a location")).to_be_visible()

    settle_at_start(page, url)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").first.click()
    file = tmp_path / "customers.xlsx"
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    offered = {str(cell.value) for row in book["Lists"].iter_rows() for cell in row}
    assert {"30 days net", "EWR"} <= offered
    assert "Net 30" not in offered

    sheet = book["Customers"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    texts = {"Location Codes": "EWR", "Main Location": "EWR"}
    for line, terms in ((2, "30 days net"), (3, "Net 30")):
        for header, text in (
            texts | {"Customer Code": f"A{line}", "Customer Name": f"Rosa {line}", "Terms": terms}
        ).items():
            sheet.cell(line, columns[header], text)
    book.save(file)
    page.locator("input[type=file]").set_input_files(file)
    figure = page.get_by_test_id("stMetric").filter(has_text="Left out")
    expect(figure.get_by_test_id("stMetricValue")).to_have_text("1", timeout=20_000)
    expect(page.get_by_text("Row 3, Terms.")).to_be_visible()
