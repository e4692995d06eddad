"""The review grid under real fingers: nothing typed is lost, every problem shows, no cell is ever run as code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, ViewportSize, expect

from tests.browser.conftest import StartApp

APP = Path(__file__).parent / "apps" / "grid_app.py"
pytestmark = pytest.mark.browser


class Review:
    """The demo page, in the words of somebody who uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # While one grid takes the place of another, both are there for a moment.
        self.grid: FrameLocator = page.frame_locator(".st-key-grid iframe").last
        self.keys = page.keyboard
        self.starts = page.get_by_text(re.compile("^start "))

    def cell(self, row: int, key: str) -> Locator:
        return self.grid.locator(f'.ag-row[row-id="{row}"] .ag-cell[col-id="{key}"]')

    def type_into(self, row: int, key: str, text: str) -> None:
        self.cell(row, key).click()
        self.keys.type(text)
        self.keys.press("Enter")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def switch(self, name: str) -> None:
        self.page.get_by_text(name, exact=True).click()

    def expect_stored(self, **cells: str) -> None:
        """Cells as `code_6="text"`: what the server holds, beside what the rows began with."""
        wanted = {" ".join(reversed(name.rsplit("_", 1))): text for name, text in cells.items()}
        expect(self.page.get_by_test_id("stCode")).to_have_text(json.dumps(wanted), timeout=10_000)


@pytest.fixture(scope="module")
def opened(context: BrowserContext, streamlit_app: StartApp) -> Iterator[Review]:
    page = context.new_page()
    yield open_review(page, streamlit_app)
    page.close()


@pytest.fixture
def review(opened: Review) -> Review:
    """One page for all tests, as the grid takes seconds to load: each starts over, in the grid that is there."""
    opened.page.set_viewport_size({"width": 1280, "height": 860})
    starts = int(opened.starts.inner_text().split()[1].rstrip(","))
    opened.press("Start over")
    expect(opened.starts).to_contain_text(f"start {starts + 1},", timeout=10_000)
    expect(opened.cell(2, "code")).to_have_text("code 2")
    expect(opened.grid.locator(".ag-cell-inline-editing")).to_have_count(0)
    return opened


@pytest.fixture
def slowed(review: Review) -> Iterator[Review]:
    """As on a laptop with a quarter of this machine's speed."""
    session = review.page.context.new_cdp_session(review.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    yield review
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()


def open_review(page: Page, streamlit_app: StartApp) -> Review:
    page.goto(streamlit_app(APP))
    review = Review(page)
    expect(review.cell(2, "code")).to_be_visible(timeout=20_000)
    return review


@pytest.mark.parametrize("slow", [False, True])
def test_ten_cells_typed_without_a_pause_are_all_stored(review: Review, slow: bool) -> None:
    if slow:
        review.switch("Slow")
    review.cell(6, "code").click()
    for number in range(10):
        review.keys.type(f"fast{number}")
        review.keys.press("Enter")
    review.expect_stored(**{f"code_{6 + number}": f"fast{number}" for number in range(10)})
    expect(review.page.get_by_text("stored 1 at once")).to_be_visible()


def test_an_answer_does_not_cancel_what_is_being_typed(review: Review) -> None:
    review.type_into(6, "code", "first")
    review.keys.type("half a")
    review.expect_stored(code_6="first")
    review.keys.type(" word")
    review.keys.press("Tab")
    review.expect_stored(code_6="first", code_7="half a word")
    expect(review.cell(7, "code")).to_have_text("half a word")


def test_an_edit_followed_at_once_by_another_page_is_stored(review: Review) -> None:
    review.switch("Slow")
    review.cell(8, "code").click()
    review.keys.type("quick")
    review.switch("2")
    expect(review.cell(41, "code")).to_be_visible(timeout=10_000)
    expect(review.cell(8, "code")).to_have_count(0, timeout=10_000)
    review.expect_stored(code_8="quick")


def test_every_click_counts_whatever_is_typed_around_it(slowed: Review) -> None:
    review, mouse = slowed, slowed.page.mouse
    places = [_middle(review.cell(row, "name")) for row in range(6, 14)]
    button = _middle(review.page.get_by_role("button", name="Import 52 rows"))
    for number, delay in enumerate((0, 20, 50, 100, 200, 300, 450, 600), start=1):
        mouse.click(*places[number - 1])
        review.keys.type(f"before {number}")
        review.page.wait_for_timeout(delay)
        mouse.click(*button)
        mouse.click(*places[number - 1])
        review.keys.type(f"after {number}")
        review.keys.press("Enter")
        expect(review.page.get_by_text(f"pressed {number} times")).to_be_visible(timeout=10_000)
    review.expect_stored(**{f"name_{5 + number}": f"after {number}" for number in range(1, 9)})


def test_undo_right_after_typing_takes_back_what_was_typed(slowed: Review) -> None:
    slowed.type_into(6, "name", "kept")
    slowed.expect_stored(name_6="kept")
    undo = slowed.page.get_by_role("button", name="Undo", exact=True)
    for row in range(7, 12):
        slowed.cell(row, "name").click()
        slowed.keys.type("taken back")
        undo.evaluate("button => { button.focus(); button.click() }")  # in one breath, on a busy machine
        expect(slowed.page.get_by_test_id("stMetric").filter(has_text="Edits")).to_contain_text(str(row - 5))
        expect(slowed.cell(row, "name")).to_have_text(f"name {row}")
        slowed.expect_stored(name_6="kept")


def _middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_an_edit_that_could_not_be_stored_is_stored_later(review: Review) -> None:
    review.switch("Busy")
    review.type_into(6, "code", "kept")
    expect(review.page.get_by_text("The database is busy")).to_be_visible()
    expect(review.cell(6, "code")).to_have_text("kept")
    review.switch("Busy")
    review.expect_stored(code_6="kept")
    review.type_into(7, "code", "next")
    review.expect_stored(code_6="kept", code_7="next")


def test_an_error_is_marked_where_it_was_typed_and_goes_when_it_is_corrected(review: Review) -> None:
    name = review.cell(6, "name")
    review.type_into(6, "name", "xylophone")
    expect(name).to_have_class(re.compile("komet-error"))
    review.type_into(6, "name", "Roses")
    expect(name).not_to_have_class(re.compile("komet-error"))


def test_the_marks_differ_in_more_than_colour(review: Review) -> None:
    def corner(row: int, key: str) -> str:
        return str(review.cell(row, key).evaluate("cell => getComputedStyle(cell, '::after').content"))

    assert corner(3, "name") == '"!"'
    assert corner(4, "name") == '"▲"'
    assert corner(5, "phone") == '""'
    assert corner(6, "phone") == "none"


def test_what_the_server_changes_shows_without_a_new_grid(review: Review) -> None:
    review.cell(6, "name").evaluate("cell => cell.ownerDocument.defaultView.stillHere = true")
    review.type_into(6, "name", "  two   words ")
    expect(review.cell(6, "name")).to_have_text("two words")
    review.press("Undo")
    expect(review.cell(6, "name")).to_have_text("name 6")
    assert review.cell(6, "name").evaluate("cell => cell.ownerDocument.defaultView.stillHere")


def test_a_column_that_comes_or_goes_does_not_cancel_what_is_being_typed(review: Review) -> None:
    review.switch("Website")
    review.cell(6, "code").click()
    review.keys.type("half")
    expect(review.grid.get_by_role("columnheader", name="Website")).to_be_visible()
    review.keys.press("Tab")
    review.type_into(7, "website", "www.a.example")
    review.expect_stored(code_6="half", website_7="www.a.example")


def test_delete_clears_a_cell(review: Review) -> None:
    review.cell(6, "phone").click()
    review.keys.press("Delete")
    review.expect_stored(phone_6="")


def test_a_list_can_be_chosen_from_and_typed_into(review: Review) -> None:
    review.cell(9, "customer_type").dblclick()
    review.grid.get_by_role("option", name="Retail florist").click()
    review.type_into(10, "customer_type", "Wholesalr")
    review.expect_stored(customer_type_9="Retail florist", customer_type_10="Wholesalr")
    review.cell(10, "customer_type").click()
    review.keys.press("F2")
    expect(review.grid.get_by_role("option").first).to_have_text("Wholesalr")


def test_a_row_is_left_out_and_put_back(review: Review) -> None:
    review.cell(10, "_action").dblclick()
    review.grid.get_by_role("option", name="Skip").click()
    expect(review.cell(10, "name")).to_have_css("text-decoration-line", "line-through")
    expect(review.cell(11, "name")).to_have_css("text-decoration-line", "none")
    review.cell(10, "_action").dblclick()
    review.grid.get_by_role("option", name="Put back").click()
    expect(review.cell(10, "name")).to_have_css("text-decoration-line", "none")


def test_the_marked_cell_that_the_user_moves_to_is_told(review: Review) -> None:
    review.cell(4, "code").click()
    review.keys.press("ArrowRight")
    expect(review.page.get_by_text("focused: (4, 'name')", exact=False)).to_be_visible()


def test_the_problem_that_the_page_shows_is_scrolled_to_and_framed(review: Review) -> None:
    review.press("Show row 41")
    expect(review.cell(41, "fax")).to_be_in_viewport()
    expect(review.cell(41, "fax")).to_have_class(re.compile("komet-focused"))


def test_a_hostile_cell_is_text_everywhere(review: Review) -> None:
    hostile = '<img src=x onerror="window.top.hacked=1">::JSCODE::(window.top.hacked=1)::JSCODE::'
    expect(review.cell(3, "name")).to_have_text(hostile)
    review.cell(3, "code").hover()
    review.cell(3, "name").hover()
    expect(review.grid.locator(".ag-tooltip")).to_have_text(f"“{hostile}” contains x.")
    review.cell(9, "customer_type").dblclick()
    expect(review.grid.get_by_role("option", name="onerror")).to_have_text(hostile)
    review.keys.press("Escape")
    review.type_into(7, "code", hostile)
    expect(review.cell(7, "code")).to_have_class(re.compile("komet-error"))
    expect(review.cell(7, "code")).to_have_text(hostile)
    assert review.page.evaluate("window.hacked") is None
    assert review.grid.locator("img").count() == 0


@pytest.mark.parametrize(
    ("scheme", "background"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(23, 23, 28)")]
)
def test_the_grid_follows_the_theme(
    page: Page, streamlit_app: StartApp, scheme: str, background: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    review = open_review(page, streamlit_app)
    expect(review.grid.locator(".ag-root-wrapper")).to_have_css("background-color", background)


@pytest.mark.parametrize("size", [{"width": 1280, "height": 860}, {"width": 1440, "height": 900}])
def test_title_grid_and_commit_bar_fit_the_window(review: Review, size: ViewportSize) -> None:
    review.page.set_viewport_size(size)
    grid = review.page.locator(".st-key-grid iframe")
    expect(grid).to_have_css("height", f"{size['height'] - 25.4 * 15:g}px")
    for part in (
        review.page.get_by_role("heading", name="customers-november.xlsx"),
        grid,
        review.page.get_by_role("button", name="Import 52 rows"),
    ):
        box = part.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def test_a_narrow_window_scrolls_the_columns_and_keeps_row_and_action(review: Review) -> None:
    review.page.set_viewport_size({"width": 700, "height": 860})
    review.press("Show row 41")
    expect(review.cell(41, "fax")).to_be_in_viewport()
    expect(review.cell(41, "_action")).to_be_in_viewport()


def test_headers_say_in_words_what_their_colours_mean(review: Review) -> None:
    def words(key: str) -> str:
        label = review.grid.locator(f'.ag-header-cell[col-id="{key}"] .ag-header-cell-label')
        return str(label.evaluate("label => getComputedStyle(label, '::after').content"))

    assert words("code") == '"Required"'
    assert words("phone") == '"Optional"'
    assert words("location_codes") == '"Several locations"'


def test_no_request_leaves_the_machine(page: Page, streamlit_app: StartApp) -> None:
    outside: list[str] = []
    page.on("request", lambda request: outside.append(request.url))
    open_review(page, streamlit_app)
    assert [url for url in outside if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))] == []
