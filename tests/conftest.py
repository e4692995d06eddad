"""A desk and a command line, each on a database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from komet_import.cli.commands import run
from komet_import.desk import Desk
from tests.commands import Command, Outcome
from tests.stories import at_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with at_desk(tmp_path) as opened:
        yield opened


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process, in a folder of its own."""
    for name in list(os.environ):
        if name.startswith("KOMET_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KOMET_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> Outcome:
        capfd.readouterr()
        try:
            code = run(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        return Outcome(code, *capfd.readouterr())

    return run_here
