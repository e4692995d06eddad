"""The order of the house where import-linter cannot see it: app.py, and what a program loads when it starts."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imported(path: Path) -> set[str]:
    """The modules that a file imports, by their full names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    return plain | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def test_the_app_is_put_together_from_streamlit_and_ui_alone() -> None:
    """It is a single module, which import-linter does not look at."""
    roots = ("streamlit", "komet_import.ui")
    assert [name for name in imported(ROOT / "app.py") if not name.startswith(roots)] == []


def test_files_are_offered_in_one_way() -> None:
    """The one that tells two large files apart."""
    screens = (*(ROOT / "komet_import").rglob("*.py"), *(ROOT / "pages").rglob("*.py"))
    offering = [path.name for path in screens if ".download_button(" in path.read_text(encoding="utf-8")]
    assert offering == ["downloads.py"]


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["no-such-command"]])
def test_the_command_line_answers_before_it_loads_a_heavy_library(arguments: list[str]) -> None:
    started = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "komet_import", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in started.stderr.splitlines()}
    assert "click" in loaded
    assert (
        loaded & {"pandas", "sqlalchemy", "openpyxl", "streamlit", "pyarrow", "numpy", "pycountry"} == set()
    )


def test_reading_a_file_does_not_load_the_screens_or_the_database() -> None:
    """The reading child starts for every file: what it need not load, it must not."""
    code = "import sys, komet_import.workbook.parsing; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(loaded.stdout.split()) & {"streamlit", "sqlalchemy", "openpyxl", "pandas", "yagmail"} == set()
