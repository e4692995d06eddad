"""The benchmarks work; how fast the app is decides no test."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.browser
def test_the_whole_table_is_measured(tmp_path: Path) -> None:
    out = tmp_path / "benchmarks.md"
    command = [sys.executable, "-m", "tests.benchmarks", "--rows", "100", "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    measured = [line.split(" | ")[-1] for line in out.read_text(encoding="utf-8").splitlines()[4:]]
    assert len(measured) == 10
    assert all(re.match(r"\d+\.\d+ ", figure) for figure in measured)
