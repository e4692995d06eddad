"""A real Streamlit server and a real Chromium. Without a browser these tests fail: set CHROMIUM to its path."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
START_SECONDS = 30
# A container's Chromium has no sandbox and no GPU; the rest keeps it from asking the network for anything.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
StartApp = Callable[..., str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "No Chromium found. Install it, or set CHROMIUM to its path."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Shared by a module's pages for its cache: the grid is 5 MB of script."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme="light")
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A light page of 1280 × 860, with a Streamlit session of its own and no cookies."""
    context.clear_cookies()
    page = context.new_page()
    yield page
    page.close()


@pytest.fixture(scope="session")
def streamlit_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartApp]:
    """Starts `script` with the project's own settings, and `env` beside the environment; returns its address.

    The same script and environment are served once a session.
    """
    running: dict[tuple[object, ...], tuple[str, subprocess.Popen[bytes]]] = {}

    def start(script: Path, env: Mapping[str, str] | None = None) -> str:
        key = (script, *sorted((env or {}).items()))
        if key not in running:
            log = tmp_path_factory.mktemp("streamlit") / f"{script.stem}.log"
            running[key] = serve(script, dict(env or {}), log)
        return running[key][0]

    yield start
    for _, process in running.values():
        process.terminate()
        process.wait(10)


def serve(
    script: Path, env: Mapping[str, str], log: Path, port: int | None = None
) -> tuple[str, subprocess.Popen[bytes]]:
    """Its address, and the process that the caller ends."""
    port = port or free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--server.fileWatcherType=none"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(url):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"Streamlit did not start:\n{log.read_text()}")
        time.sleep(0.1)
    return url, process


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
