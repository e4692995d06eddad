"""The app has one child stand ready to read the next file; nothing of it survives the app."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, serve
from tests.stories import NEW, csv_of
from tests.workbook.reading import reading_children

pytestmark = pytest.mark.browser
SECONDS = 30


def next_child(app: psutil.Process, wanted: Callable[[psutil.Process], bool]) -> psutil.Process:
    """The one child that there is, as soon as it is wanted."""
    deadline = time.monotonic() + SECONDS
    while len(found := reading_children(app)) != 1 or not wanted(found[0]):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found[0]


def test_each_file_finds_a_child_ready_and_the_end_of_the_app_is_its_end(page: Page, tmp_path: Path) -> None:
    folders = tmp_path / "temporary"
    folders.mkdir()
    environment = {"KOMET_DATA_DIR": str(tmp_path / "data"), "TMPDIR": str(folders)}
    url, process = serve(ROOT / "app.py", environment, tmp_path / "app.log")
    app = psutil.Process(process.pid)
    try:
        page.goto(url)
        first = next_child(app, lambda _: True)
        page.locator("input[type=file]").set_input_files(
            {"name": "list.csv", "mimeType": "text/csv", "buffer": csv_of(NEW)}
        )
        expect(page.frame_locator(".st-key-grid iframe").locator(".ag-row").first).to_be_visible(
            timeout=SECONDS * 1000
        )
        assert not first.is_running()
        second = next_child(app, lambda child: child != first)
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)
        assert not psutil.wait_procs([second], timeout=5)[1]
        assert list(folders.iterdir()) == []
        assert "Traceback" not in (tmp_path / "app.log").read_text()
    finally:
        process.kill()
        process.wait()
