"""The review by keyboard and mouse: the focus stays where one works, every control has a name, and a row leads to its cause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.pages.conftest import NEW, workbook

pytestmark = pytest.mark.browser
PATIENCE = 15_000  # for what a run of the page brings
ROWS = [
    NEW | {"code": "A", "name": "A", "terms": "Net 3O"},
    NEW | {"code": "B", "name": "B", "terms": "Net 3O", "shipping_notes": "x" * 2001},
    NEW | {"code": "C", "name": "C"},
]


class Review:
    """In the words of somebody who uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.grid: FrameLocator = page.frame_locator(".st-key-grid iframe").last
        self.sentence = page.locator(".st-key-sentence")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def problem(self, key: str) -> Locator:
        return self.page.locator(f".st-key-problem-{key}").get_by_role("button")

    def cell(self, row: int, key: str) -> Locator:
        return self.grid.locator(f'.ag-row[row-id="{row}"] .ag-cell[col-id="{key}"]')

    def press(self, control: Locator) -> None:
        """By the keyboard."""
        control.focus()
        self.page.keyboard.press("Enter")

    def expect_focus_in_grid(self, row: int, key: str) -> None:
        expect(self.page.locator(".st-key-grid iframe").last).to_be_focused(timeout=PATIENCE)
        expect(self.cell(row, key)).to_be_focused(timeout=PATIENCE)


@pytest.fixture
def review(
    context: BrowserContext, streamlit_app: StartApp, tmp_path_factory: pytest.TempPathFactory, page: Page
) -> Iterator[Review]:
    """Of ROWS, a draft of its own."""
    file = tmp_path_factory.mktemp("file") / "customers.xlsx"
    file.write_bytes(workbook(*ROWS))
    page.goto(streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(data_of(tmp_path_factory))}))
    expect(page.get_by_role("heading", name="How rows find their customer")).to_be_visible(timeout=20_000)
    page.locator("input[type=file]").set_input_files(file)
    opened = Review(page)
    expect(opened.cell(2, "code")).to_be_visible(timeout=30_000)
    yield opened


def data_of(factory: pytest.TempPathFactory) -> Path:
    """One folder for the module, so that one app serves it."""
    folder = factory.getbasetemp() / "review-data"
    folder.mkdir(exist_ok=True)
    return folder


def test_buttons_with_a_sign_are_called_by_what_they_do(review: Review) -> None:
    for name in ("Previous problem", "Next problem", "Undo", "Redo"):
        expect(review.button(name)).to_be_visible()
        expect(review.button(name)).to_have_accessible_name(name)


def test_the_keyboard_passes_the_list_of_problems_by(review: Review) -> None:
    link = review.page.locator(".st-key-to-grid")

    def width() -> float:
        box = link.bounding_box()
        return box["width"] if box else 0.0

    assert width() <= 1, "it is seen while it has the focus"
    review.button("Go to the grid").focus()
    assert width() > 50
    review.page.keyboard.press("Tab")
    expect(review.problem("terms-not_in_list")).to_be_focused()
    review.page.keyboard.press("Shift+Tab")
    review.page.keyboard.press("Enter")
    review.expect_focus_in_grid(2, "terms")


def test_choosing_a_problem_keeps_the_focus_on_its_button(review: Review) -> None:
    terms = review.problem("terms-not_in_list")
    review.press(terms)
    expect(review.cell(4, "code")).to_have_count(0, timeout=PATIENCE)
    expect(terms).to_be_focused()
    review.page.keyboard.press("Enter")
    expect(review.sentence).to_contain_text("Row 2, Terms.", timeout=PATIENCE)
    expect(terms).to_be_focused()


def test_the_focus_goes_from_the_last_suggestion_to_the_next_cell(review: Review) -> None:
    use = review.button("Use Net 30")
    review.press(use)
    expect(review.sentence).to_contain_text("Row 3, Terms.", timeout=PATIENCE)
    expect(use).to_be_focused()
    review.page.keyboard.press("Enter")
    expect(review.sentence).to_contain_text("Row 3, Shipping Notes.", timeout=PATIENCE)
    review.expect_focus_in_grid(3, "shipping_notes")
    expect(review.cell(3, "shipping_notes")).to_be_in_viewport()


def test_action_leads_to_the_first_wrong_cell_and_its_menu_skips_the_row(review: Review) -> None:
    review.page.set_viewport_size({"width": 1024, "height": 768})
    expect(review.cell(3, "_action")).to_have_text("Has errors: Terms +1", timeout=PATIENCE)
    review.cell(2, "code").click()
    review.cell(3, "_action").click()
    expect(review.sentence).to_contain_text("Row 3, Terms.", timeout=PATIENCE)
    expect(review.cell(3, "terms")).to_be_in_viewport()
    expect(review.cell(3, "terms")).to_have_class(re.compile("komet-focused"))
    review.page.keyboard.press("Enter")
    review.grid.get_by_text("Skip this row").click()
    expect(review.cell(3, "_action")).to_have_text("Skipped", timeout=PATIENCE)
    expect(review.sentence).to_contain_text("Row 3 is skipped.", timeout=PATIENCE)
    expect(review.button("Take row 3 back")).to_be_visible()


def test_undo_shows_its_cell_whatever_was_filtered_and_the_focus_is_not_lost(review: Review) -> None:
    review.button("Use Net 30").click()
    expect(review.cell(2, "_action")).to_have_text("New", timeout=PATIENCE)
    review.page.get_by_text("Problems 1", exact=True).click()
    expect(review.cell(2, "code")).to_have_count(0, timeout=PATIENCE)
    review.press(review.button("Undo"))
    expect(review.page.get_by_text("Undid: row 2, Terms: “Net 3O” → “Net 30”").first).to_be_visible(
        timeout=PATIENCE
    )
    expect(review.cell(2, "terms")).to_have_text("Net 3O", timeout=PATIENCE)
    review.expect_focus_in_grid(2, "terms")


def test_a_reload_and_the_way_back_keep_what_was_looked_for(review: Review) -> None:
    review.page.get_by_text("New 1", exact=True).click()
    expect(review.cell(2, "code")).to_have_count(0, timeout=PATIENCE)
    review.page.reload()
    expect(review.cell(4, "code")).to_be_visible(timeout=20_000)
    expect(review.cell(2, "code")).to_have_count(0, timeout=PATIENCE)
    review.page.go_back()
    expect(review.cell(2, "code")).to_be_visible(timeout=PATIENCE)
    review.page.go_forward()
    expect(review.cell(2, "code")).to_have_count(0, timeout=PATIENCE)
    expect(review.cell(4, "code")).to_be_visible(timeout=PATIENCE)
