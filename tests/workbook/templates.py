"""Templates written and opened again, for the tests."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.workbook.templates import write_template

POSITION = {column.key: position for position, column in enumerate(CUSTOMERS.columns, 1)}


def template(company: Company, records: Sequence[Sequence[str]] = ()) -> bytes:
    out = BytesIO()
    assert write_template(out, CUSTOMERS, company, records) == len(records)
    return out.getvalue()


def opened(content: bytes) -> Any:
    return load_workbook(BytesIO(content))
