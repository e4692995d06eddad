"""The confirmation: its figures on a phone, and what it is while it imports."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, csv_of

pytestmark = pytest.mark.browser

ROWS = 1_500
# Each frame that shows the progress: the buttons that could be clicked, how many places of the page could be, the dialog's height.
WATCH = """() => {
  window.frames_ = [];
  const look = () => {
    const dialog = document.querySelector('[role="dialog"]');
    if (dialog?.querySelector('.st-key-importing')) window.frames_.push({
      buttons: [...dialog.querySelectorAll('button')].filter((button) => button.checkVisibility({visibilityProperty: true})).length,
      open: [[5, 5], [innerWidth / 2, 70], [innerWidth / 2, innerHeight - 20]].filter(
        (point) => !document.elementFromPoint(...point).closest('.st-key-importing')).length,
      height: Math.round(dialog.getBoundingClientRect().height),
    });
    requestAnimationFrame(look);
  };
  look();
}"""

# As soon as the dialog shows what is asked for.
ESCAPE = """(shown) => {
  const look = () => {
    const within = document.querySelector(`[role="dialog"] ${shown}`);
    if (!within) return requestAnimationFrame(look);
    within.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));
    window.escaped = (window.escaped ?? 0) + 1;
  };
  look();
}"""


@pytest.fixture
def confirming(page: Page, streamlit_app: StartApp, tmp_path: Path) -> Page:
    """A file of new customers, and one that lacks its name, about to be imported."""
    file = tmp_path / "many.csv"
    rows = ({**NEW, "Customer Code": f"C{n}", "Customer Name": f"Customer {n}"} for n in range(ROWS))
    file.write_bytes(csv_of(*rows, {**NEW, "Customer Code": "BAD", "Customer Name": ""}))
    page.goto(streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path / "data")}))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_test_id("stBottom").get_by_role("button", name="Import").click(timeout=60_000)
    page.get_by_role("dialog").get_by_role("button", name="Import").wait_for()
    return page


def test_while_it_imports_the_progress_stands_where_the_buttons_were_and_nothing_can_be_clicked(
    confirming: Page,
) -> None:
    dialog = confirming.get_by_role("dialog")
    box = dialog.bounding_box()
    assert box is not None
    confirming.evaluate(WATCH)
    dialog.get_by_role("button", name="Import").click()
    expect(confirming.get_by_text("Counted again after the import")).to_be_visible(timeout=60_000)
    frames = confirming.evaluate("window.frames_")
    assert frames
    assert {frame["buttons"] for frame in frames} == {0}
    assert {frame["open"] for frame in frames} == {0}
    assert all(abs(frame["height"] - box["height"]) <= 2 for frame in frames)


def test_escape_while_it_imports_stops_nothing(confirming: Page) -> None:
    bottom, dialog = confirming.get_by_test_id("stBottom"), confirming.get_by_role("dialog")
    confirming.evaluate(ESCAPE, ".st-key-decision")
    expect(dialog).to_have_count(0)
    bottom.get_by_role("button", name="Import").click()
    dialog.get_by_role("button", name="Import").wait_for()
    confirming.evaluate(ESCAPE, ".st-key-importing")
    dialog.get_by_role("button", name="Import").click()
    expect(confirming.get_by_role("heading", name=f"{ROWS:,} rows imported")).to_be_visible(timeout=60_000)
    assert confirming.evaluate("window.escaped") == 2


def test_on_a_phone_a_figure_and_what_it_counts_are_one_line(confirming: Page) -> None:
    confirming.set_viewport_size({"width": 390, "height": 844})
    for words in (f"{ROWS:,} new customers", "0 updated customers", "0 unchanged", "1 left out"):
        line = confirming.get_by_role("dialog").get_by_text(words, exact=True)
        box = line.bounding_box()
        assert box is not None
        assert box["height"] < 30, words
        number = line.locator("strong").bounding_box()
        assert number is not None
        assert abs(number["x"] - box["x"]) < 2, words
