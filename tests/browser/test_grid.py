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

    def turn_to(self, page: str) -> None:
        self.page.get_by_role("radio", name=page, exact=True).click()

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
    review.turn_to("2")
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
    review.grid.get_by_role("option", name="Skip this row").click()
    expect(review.cell(10, "name")).to_have_css("text-decoration-line", "line-through")
    expect(review.cell(11, "name")).to_have_css("text-decoration-line", "none")
    review.cell(10, "_action").dblclick()
    review.grid.get_by_role("option", name="Take it back").click()
    expect(review.cell(10, "name")).to_have_css("text-decoration-line", "none")


def test_the_marked_cell_that_the_user_moves_to_is_told(review: Review) -> None:
    review.cell(4, "code").click()
    review.keys.press("ArrowRight")
    expect(review.page.get_by_text("focused: (4, 'name')", exact=False)).to_be_visible()


def test_where_the_user_stands_is_told_on_clean_cells_too(review: Review) -> None:
    review.cell(7, "phone").click()
    expect(review.page.get_by_text("focused: (7, 'phone')", exact=False)).to_be_visible()
    review.cell(8, "_action").click()
    expect(review.page.get_by_text("focused: (8, '_action')", exact=False)).to_be_visible()


def test_the_problem_that_the_page_shows_is_scrolled_to_and_framed(review: Review) -> None:
    review.press("Show row 41")
    expect(review.cell(41, "fax")).to_be_in_viewport()
    expect(review.cell(41, "fax")).to_have_class(re.compile("komet-focused"))


def test_the_page_can_lead_the_keyboard_into_the_grid(review: Review) -> None:
    review.press("Go to row 40")
    expect(review.cell(40, "phone")).to_be_focused()
    expect(review.cell(40, "phone")).to_be_in_viewport()
    review.keys.type("typed")
    review.keys.press("Enter")
    review.expect_stored(phone_40="typed")


def test_other_rows_come_into_the_grid_that_is_there(review: Review) -> None:
    review.cell(6, "name").evaluate("cell => cell.ownerDocument.defaultView.stillHere = true")
    header = review.grid.locator('.ag-header-cell[col-id="name"]')
    edge, top = review.page.locator(".st-key-grid iframe").bounding_box(), header.bounding_box()
    assert edge and top
    review.page.mouse.move(top["x"] + top["width"] - 1, top["y"] + 20)
    review.page.mouse.down()
    review.page.mouse.move(top["x"] + top["width"] + 99, top["y"] + 20, steps=4)
    review.page.mouse.up()
    review.turn_to("2")
    expect(review.cell(22, "code")).to_have_text("code 22")
    expect(review.cell(6, "code")).to_have_count(0)
    wider = header.bounding_box()
    assert wider and abs(wider["width"] - top["width"] - 100) < 3
    assert review.page.locator(".st-key-grid iframe").bounding_box() == edge
    review.type_into(25, "name", "on the second page")
    review.expect_stored(name_25="on the second page")
    review.turn_to("1")
    expect(review.cell(2, "code")).to_be_visible()
    assert review.cell(6, "name").evaluate("cell => cell.ownerDocument.defaultView.stillHere")
    review.turn_to("3")
    expect(review.grid.get_by_text("No row on this page.")).to_be_visible()
    review.turn_to("1")
    expect(review.grid.get_by_text("No row on this page.")).to_have_count(0)


@pytest.mark.parametrize("delay", [0, 30, 60, 100, 150])
def test_what_is_typed_after_tab_replaces_the_next_cell_whole(slowed: Review, delay: int) -> None:
    slowed.cell(6, "code").click()
    for text in ("AB11", "CD22", "EF33", "305-1"):
        slowed.keys.type(text, delay=delay)
        slowed.keys.press("Tab")
    typed = {"code_6": "AB11", "name_6": "CD22", "location_codes_6": "EF33", "main_location_6": "305-1"}
    slowed.expect_stored(**typed)


def test_a_choice_is_typed_in_full_or_in_part_and_taken_by_tab_and_enter(slowed: Review) -> None:
    slowed.cell(6, "customer_type").click()
    slowed.keys.type("ret")  # the only one that begins so
    slowed.keys.press("Tab")
    expect(slowed.cell(6, "phone")).to_have_class(re.compile("ag-cell-focus"))
    slowed.keys.type("305")
    slowed.keys.press("Enter")
    slowed.expect_stored(customer_type_6="Retail florist", phone_6="305")
    slowed.cell(7, "customer_type").click()
    slowed.keys.type("Super")  # none begins so: it goes in as it is
    slowed.keys.press("Tab")
    slowed.cell(8, "customer_type").click()
    slowed.keys.type("retail FLORIST")
    slowed.cell(8, "code").click()  # left with the mouse: nothing but what was typed
    slowed.expect_stored(
        customer_type_6="Retail florist",
        phone_6="305",
        customer_type_7="Super",
        customer_type_8="retail FLORIST",
    )


def test_enter_opens_a_list_and_escape_closes_it_at_once(review: Review) -> None:
    review.cell(6, "customer_type").click()
    review.keys.press("Enter")
    options = review.grid.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(review.grid.get_by_role("option", selected=True)).to_have_text("Wholesaler")
    review.keys.press("Escape")
    expect(options).to_have_count(0)
    expect(review.grid.locator(".ag-cell-inline-editing")).to_have_count(0)
    review.keys.press("Enter")
    review.keys.press("ArrowDown")
    expect(review.grid.get_by_role("option", selected=True)).to_have_text("(blank)")
    review.keys.press("Enter")
    review.expect_stored(customer_type_6="")


def test_typing_filters_the_list(review: Review) -> None:
    review.cell(6, "customer_type").click()
    review.keys.type("florist")
    expect(review.grid.get_by_role("option")).to_have_text(["Retail florist"])
    review.keys.press("ArrowDown")
    review.keys.press("Tab")
    review.expect_stored(customer_type_6="Retail florist")


def test_a_cell_says_its_reason_to_a_screen_reader(review: Review) -> None:
    expect(review.cell(4, "name")).to_have_accessible_name("name 4, warning: The same name as row 5.")
    expect(review.cell(3, "name")).to_have_attribute("aria-invalid", "true")
    expect(review.cell(5, "phone")).to_have_accessible_name("phone 5, changed: It was 305-555-0100.")
    expect(review.cell(6, "name")).to_have_accessible_name("name 6")
    review.type_into(6, "name", "xylophone")
    expect(review.cell(6, "name")).to_have_accessible_name("xylophone, error: “xylophone” contains x.")
    expect(review.grid.get_by_role("status").filter(has_text="Stands in (7, 'name').")).to_be_attached()
    review.type_into(6, "name", "Roses")
    expect(review.cell(6, "name")).not_to_have_attribute("aria-invalid", "true")


def test_a_changed_cell_shows_what_it_was_and_a_blank_one_what_stays(review: Review) -> None:
    expect(review.cell(5, "phone")).to_have_text("305-555-0100 phone 5")
    expect(review.cell(5, "phone").locator("s")).to_have_text("305-555-0100")
    expect(review.cell(5, "fax").locator("s")).to_have_css("text-decoration-line", "none")


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
def test_the_grid_takes_the_height_that_is_left_whatever_stands_above(
    review: Review, size: ViewportSize
) -> None:
    review.page.set_viewport_size(size)
    main, grid = review.page.get_by_test_id("stMain"), review.page.locator(".st-key-grid iframe")
    heights = [_height(grid)]
    review.switch("Busy")
    review.type_into(6, "code", "kept")  # a notice appears
    expect(review.page.get_by_text("The database is busy")).to_be_visible()
    heights.append(_height(grid))
    review.switch("Busy")
    expect(review.page.get_by_text("The database is busy")).to_have_count(0)
    assert heights[0] > heights[1] + 30 > 330
    assert main.evaluate("main => main.scrollHeight - main.clientHeight") == 0
    for part in (
        review.page.get_by_role("heading", name="customers-november.xlsx"),
        grid,
        review.page.get_by_role("button", name="Import 52 rows"),
    ):
        box = part.bounding_box()
        assert box and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def _height(of: Locator) -> float:
    box = of.bounding_box()
    assert box
    return box["height"]


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
