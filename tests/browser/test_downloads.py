"""Each download gives its own bytes: Streamlit knows a large one by its size, name, type and three samples of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.stories import at_desk, csv_of, imported, rows_of

pytestmark = pytest.mark.browser
ROWS = 400
LIMIT = 1 << 20  # from there on Streamlit samples
SAMPLE = 1 << 16


def two_files() -> tuple[bytes, bytes]:
    """Alike but for one digit of row 102, which is in no sample: not at the head, in the middle or at the tail."""
    rows = [row | {"Remarks": "x" * 3000, "Credit Limit": "1000.00"} for row in rows_of(ROWS)]
    one = csv_of(*rows)
    rows[100]["Credit Limit"] = "1700.00"
    other = csv_of(*rows)
    (place,) = [index for index, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    middle = (len(one) - SAMPLE) // 2
    assert len(one) > LIMIT and SAMPLE < place < middle
    return one, other


def test_two_imports_of_one_name_give_each_its_own_file(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    files = two_files()
    with at_desk(tmp_path) as desk:
        for content in files:
            imported(desk, content)
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
    for number, content in enumerate(files, start=1):
        page.goto(f"{url}/import_history?import={number}")
        page.get_by_test_id("stPopover").filter(has_text="Download").get_by_role("button").first.click(
            timeout=20_000
        )
        expect(page.get_by_role("button", name="Original file")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("button", name="Original file").click()
        assert download.value.suggested_filename == "customers.csv"
        assert download.value.path().read_bytes() == content
