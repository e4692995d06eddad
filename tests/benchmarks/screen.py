"""The browser's view: `python -m tests.benchmarks.screen drop FOLDER ROWS` starts the app and a real Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from tests.benchmarks.files import SMALL, WARMING
from tests.benchmarks.measured import ROOT, answer, seconds_of

DROPS = 3
START_SECONDS = 60
SETTLING_SECONDS = 1.5  # nobody drops a file on a page that is still being drawn


def drop(folder: Path, rows: int) -> float:
    """The median time from the drop of a small file to its first cell in the grid, after one other file."""
    with served(folder / "screen") as address, sync_playwright() as playwright:
        context = launched(playwright)
        _drop(context, address, folder / WARMING)
        times = [_drop(context, address, folder / SMALL) for _ in range(DROPS)]
    return statistics.median(times)


def launched(playwright: Playwright) -> BrowserContext:
    """A browser with one cache, as a person has; it ends with `playwright`."""
    browser = playwright.chromium.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu"],
    )
    return browser.new_context(viewport={"width": 1280, "height": 860})


def _drop(context: BrowserContext, address: str, file: Path) -> float:
    page = context.new_page()
    page.goto(address)
    page.locator("input[type=file]").wait_for(state="attached", timeout=START_SECONDS * 1000)
    page.wait_for_timeout(SETTLING_SECONDS * 1000)
    seconds = seconds_of(lambda: _wait_for_grid(page, file))
    page.close()
    return seconds


def _wait_for_grid(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    page.locator("iframe").first.content_frame.locator(".ag-row .ag-cell").first.wait_for(timeout=60_000)


@contextmanager
def served(data_dir: Path) -> Iterator[str]:
    """The app with a new database; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--logger.level=error",
    ]
    environment = {**os.environ, "KOMET_DATA_DIR": str(data_dir)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=2).close()
            return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("The app did not start.")


if __name__ == "__main__":
    answer((drop,), *sys.argv[1:])
