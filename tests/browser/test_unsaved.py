"""The app is killed and started again under an open review: what was typed is saved, or its cells say that it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from komet_import import drafts
from tests.browser.conftest import ROOT, free_port, serve
from tests.stories import NEW, at_desk, colleague_of, csv_of, edited, uploaded

pytestmark = pytest.mark.browser
ROWS = 8
UNSAVED = re.compile("komet-unsaved")


class Server:
    """The app on one port and one database, with a draft whose rows all have a mistyped term."""

    def __init__(self, folder: Path) -> None:
        self.data, self.log, self.port = folder / "data", folder / "app.log", free_port()
        rows = [
            NEW | {"Customer Code": f"Q{n}", "Customer Name": f"Name {n}", "Terms": f"Nett {n}"}
            for n in range(ROWS)
        ]
        with at_desk(self.data) as desk:
            self.draft = uploaded(desk, csv_of(*rows)).stored.draft_id
        self.start()

    def start(self) -> None:
        self.url, self.process = serve(
            ROOT / "app.py", {"KOMET_DATA_DIR": str(self.data)}, self.log, self.port
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def expect_stored(self, **texts: str) -> None:
        """The terms of rows, as `row_3="Net 30"`."""
        with at_desk(self.data) as desk:
            draft = drafts.open_draft(desk, self.draft).draft
            assert {name: draft.text(int(name[4:]), "terms") for name in texts} == texts


class Review:
    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.grid: FrameLocator = page.frame_locator(".st-key-grid iframe").last
        page.goto(f"{server.url}/?draft={server.draft}")
        expect(self.cell(2)).to_be_visible(timeout=30_000)

    def cell(self, row: int) -> Locator:
        return self.grid.locator(f'.ag-row[row-id="{row}"] .ag-cell[col-id="terms"]')

    def write(self, row: int, text: str) -> None:
        self.cell(row).click()
        self.page.keyboard.type(text)

    def expect_saved(self, row: int, text: str) -> None:
        expect(self.cell(row)).to_have_text(text, timeout=45_000)
        expect(self.cell(row)).to_have_class(re.compile("komet-changed"), timeout=45_000)
        expect(self.cell(row)).not_to_have_class(UNSAVED)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.kill()


def test_what_is_typed_while_the_app_is_away_is_saved_when_it_is_back(page: Page, server: Server) -> None:
    review = Review(page, server)
    server.kill()
    for row in (4, 5):
        review.write(row, "Net 60")
        page.keyboard.press("Enter")
    expect(review.cell(4)).to_have_class(UNSAVED, timeout=10_000)
    expect(review.grid.locator("#unsaved")).to_contain_text("2 cells are not saved yet")
    with page.expect_event("dialog") as leaving:
        page.close(run_before_unload=True)
    leaving.value.dismiss()

    with at_desk(server.data) as desk:
        ana = colleague_of(desk, "Ana Torres")
        edited(ana, drafts.open_draft(ana, server.draft), (5, "terms", "Net 45"))
    server.start()
    review.expect_saved(4, "Net 60")
    review.expect_saved(5, "Net 45")
    refused = page.get_by_text("Ana Torres typed “Net 45” meanwhile; your “Net 60” was not taken.")
    expect(refused).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(refused).to_have_count(0)
    expect(review.grid.locator("#unsaved")).to_be_empty()
    server.expect_stored(row_4="Net 60", row_5="Net 45")

    # A reload of the page before it found the app again. The closed notice is drawn to its end before: a grid that moves up
    # for it would ask the dead app for its frame.
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()
    expect(review.cell(6)).to_be_visible()
    server.kill()
    review.write(6, "Net 30")
    page.keyboard.press("Enter")
    server.start()
    page.reload()
    review.expect_saved(6, "Net 30")
    server.expect_stored(row_6="Net 30")


def test_import_right_after_typing_imports_what_was_typed(page: Page, server: Server) -> None:
    review = Review(page, server)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    review.write(2, "Net 30")
    page.keyboard.press("Enter")
    button = page.get_by_test_id("stBottom").get_by_role("button", name=re.compile("^Import"))
    expect(button).to_be_enabled(timeout=10_000)
    box = button.bounding_box()
    assert box
    for row, delay in enumerate((0, 60, 150, 300), start=3):
        review.write(row, "Net 45")
        page.wait_for_timeout(delay)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        dialog = page.get_by_role("dialog", name=f"Import {row - 1} rows?")
        expect(dialog).to_be_visible(timeout=15_000)
        if row < 6:
            dialog.get_by_role("button", name="Back to review").click()
            expect(page.get_by_role("dialog")).to_have_count(0, timeout=10_000)
    dialog.get_by_role("button", name="Import 5 rows").click()
    expect(page.get_by_text("5 rows imported")).to_be_visible(timeout=20_000)
