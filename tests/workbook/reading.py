"""How the reader's tests read."""

from __future__ import annotations

from typing import Any

import pytest

from komet_import.errors import UnusableFile
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import ReaderLimits
from komet_import.workbook.reader import Table, read_table

LIMITS = ReaderLimits()


def read(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> Table:
    return read_table(content, "odd.xlsx", limits, CUSTOMERS, **options)


def refused(content: bytes, limits: ReaderLimits = LIMITS, **options: Any) -> UnusableFile:
    with pytest.raises(UnusableFile) as caught:
        read(content, limits, **options)
    assert "odd.xlsx" in str(caught.value)
    return caught.value


def cells(table: Table, position: int = 0) -> dict[int, str]:
    """A column's texts by row number."""
    return dict(zip(table.numbers, table.texts(position), strict=True))
