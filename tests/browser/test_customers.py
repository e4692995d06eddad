"""The list of customers in a real browser: what a click on a row and on a header does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, csv_of, imported

pytestmark = pytest.mark.browser
# Of the table, which is drawn on a canvas.
HEADER, FIRST_ROW, NAME = 15, 50, 200


def click_table(page: Page, y: int) -> None:
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1)  # the one before it is gone
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + NAME, box["y"] + y)


def test_a_click_opens_a_customer_and_a_header_turns_the_order(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": "Zinnia & <b>Sons</b>"}))
        imported(desk, csv_of(NEW | {"Phone": "305"}))
    page.goto(streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)}))
    page.get_by_role("link", name="Customers", exact=True).click()
    card, order = page.locator(".st-key-customer-card"), page.get_by_role("combobox", name="Sort by")
    expect(card).to_contain_text("Choose a customer", timeout=20_000)

    click_table(page, FIRST_ROW)
    expect(card).to_contain_text("ABC · Customer ID 1")
    expect(card).to_contain_text("(blank) → 305")
    expect(page).to_have_url(re.compile(r"customer=1$"))

    click_table(page, HEADER)
    expect(order).to_have_value("Customer Name, A to Z")
    click_table(page, HEADER)
    expect(order).to_have_value("Customer Name, Z to A")
    click_table(page, FIRST_ROW)
    expect(card).to_contain_text("Zinnia & <b>Sons</b>")

    page.reload()
    expect(card).to_contain_text("Zinnia & <b>Sons</b>", timeout=20_000)
    expect(order).to_have_value("Customer Name, Z to A")
    card.get_by_role("link", name="customers.csv").click()
    expect(page).to_have_url(re.compile(r"/import_history\?import=1$"))
