"""Two tabs with one draft: what is typed in one after the other ended it is told, and nothing of it is lost unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from komet_import import drafts
from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, committed, csv_of, stored, uploaded

pytestmark = pytest.mark.browser


def name_cell(page: Page) -> Locator:
    grid = page.frame_locator(".st-key-grid iframe").last
    return grid.locator('.ag-row[row-id="2"] .ag-cell[col-id="name"]')


def stand_in_name(page: Page, address: str) -> None:
    """Until the app knows where one stands: to go on typing then is one message."""
    page.goto(address)
    name_cell(page).click(timeout=30_000)
    page.wait_for_timeout(1_000)
    expect(page.locator('[data-test-script-state="notRunning"]')).to_have_count(1, timeout=20_000)


def type_name(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_what_is_typed_after_the_import_or_the_discarding_of_another_tab_is_told(
    context: BrowserContext, page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        first, second = (uploaded(desk, csv_of(NEW)).stored.draft_id for _ in range(2))
        url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
        stand_in_name(page, f"{url}/?draft={first}")
        committed(desk, drafts.open_draft(desk, first))
        type_name(page, "Mia Roses")
        late = page.get_by_test_id("stAlert")
        expect(late).to_contain_text(
            "“Mia Roses” in row 2, Customer Name came after the import and was not taken.", timeout=20_000
        )
        expect(page.get_by_role("heading", level=1)).to_contain_text("1 row imported")
        assert stored(desk)["ABC"]["name"] == "ABC Wholesale"
        page.get_by_role("button", name="Close", exact=True).click()
        expect(late).to_have_count(0, timeout=20_000)

        stand_in_name(page, f"{url}/?draft={second}")
        drafts.discard(desk, second)
        type_name(page, "Rosa Roses")
        expect(late).to_contain_text(
            "“Rosa Roses” in row 2, Customer Name came after the draft was discarded", timeout=20_000
        )
        page.get_by_role("button", name="Take back").click()
        expect(name_cell(page)).to_contain_text("Rosa Roses", timeout=30_000)
        expect(late).to_have_count(0, timeout=20_000)
        assert drafts.open_draft(desk, second).draft.text(2, "name") == "Rosa Roses"
