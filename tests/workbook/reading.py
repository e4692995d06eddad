"""How the reader's tests read."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import psutil
import pytest

from komet_import.errors import UnusableFile
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import ReaderLimits
from komet_import.workbook.reader import Reader, Table

LIMITS = ReaderLimits()


def read(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> Table:
    return Reader(limits).read(content, "odd.xlsx", CUSTOMERS, **options)


def refused(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> UnusableFile:
    with pytest.raises(UnusableFile) as caught:
        read(content, limits, **options)
    assert "odd.xlsx" in str(caught.value)
    return caught.value


def cells(table: Table, position: int = 0) -> dict[int, str]:
    """A column's texts by row number."""
    return dict(zip(table.numbers, table.texts(position), strict=True))


def reading_children(process: psutil.Process) -> list[psutil.Process]:
    """Those that a process has started itself, standing ready or at work."""
    found = []
    for one in process.children():
        with suppress(psutil.NoSuchProcess):
            if "komet_import.workbook.reader_child" in one.cmdline():
                found.append(one)
    return found
