"""The installed package, in a folder of its own and far from the checkout, serves the same app behind the same doors."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, START_SECONDS, free_port, is_healthy


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `pip install .` put the package; its dependencies are this environment's."""
    folder = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, str(folder), str(ROOT)], check=True)
    return folder


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Its address and process; the folder where it is started has a configuration that would let everybody in."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server]\naddress = "0.0.0.0"\n')
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(installed), "KOMET_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, str(installed / "bin" / "komet-import"), "serve", "--port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(url):
        assert process.poll() is None and time.monotonic() < deadline, (tmp_path / "log").read_text()
        time.sleep(0.1)
    yield url, process.pid
    process.kill()
    process.wait()


def test_the_installed_app_opens_and_listens_to_this_machine_only(
    served: tuple[str, int], page: Page, installed: Path
) -> None:
    url, pid = served
    page.goto(url)
    expect(page.get_by_role("heading", name="Import from Excel")).to_be_visible(timeout=30_000)
    listening = [c.laddr.ip for c in psutil.Process(pid).net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]


def test_the_installed_command_says_its_own_name(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(installed / "bin" / "komet-import"), "nonsense"]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    said = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (said.returncode, "See komet-import --help." in said.stderr) == (2, True)
