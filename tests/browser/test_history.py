"""What only a browser can do in the import history: click on bars, headers and rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.browser.test_journey import settle
from tests.stories import NEW, at_desk, csv_of, imported, rows_of

pytestmark = pytest.mark.browser


def test_clicks_on_bars_headers_and_rows_filter_sort_and_open(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(*rows_of(3), NEW | {"Customer Code": "X", "Terms": "Nett"}))
        imported(desk, csv_of(NEW))
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
    page.goto(url)
    settle(page)
    page.goto(f"{url}/import_history")
    states = page.get_by_test_id("stButtonGroup").nth(1)
    expect(states).to_contain_text("All 2", timeout=20_000)

    chart = page.locator("[class*=st-key-chart-problems]")
    chart.hover()
    expect(chart.locator('button[aria-label*="Vega"]')).to_have_count(1)
    expect(chart.locator('button[aria-label*="Vega"]')).to_be_hidden()
    chart.locator("path[aria-roledescription=bar]").click()
    expect(page).to_have_url(re.compile(r"problem=terms\.not_in_list"))
    expect(states).to_contain_text("All 1")
    page.locator(".st-key-without-problem button").click()
    expect(states).to_contain_text("All 2")

    # The newest is first; now the oldest is, and is opened by a click far from its name.
    table = page.get_by_role("table", name="The imports")
    table.get_by_role("button", name="When").click()
    expect(table.get_by_role("columnheader", name="When")).to_have_attribute("aria-sort", "ascending")
    table.get_by_role("cell", name="Administrator").first.click()
    expect(page).to_have_url(re.compile("import=1$"))
    expect(page.get_by_text("of 4 rows, 3 new and 1 left out.")).to_be_visible(timeout=10_000)
