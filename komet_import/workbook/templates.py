"""The workbooks that the Data Import page offers: empty, with the stored records, or with examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

from komet_import.review.plan import Record
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.workbook.layout import Layout
from komet_import.workbook.plain_rows import write_plain_workbook


def write_template(
    out: BinaryIO | Path,
    declaration: Declaration,
    company: Company,
    records: Iterable[Sequence[str]] = (),
) -> int:
    """Writes one row for each of the records, as they come, and returns how many there were.

    A record holds one text for each of the declaration's columns, as the template writes it, `""` for no value.
    """
    return write_plain_workbook(out, Layout(declaration, declaration.columns, company), records)


def write_records(
    out: BinaryIO | Path, declaration: Declaration, company: Company, records: Iterable[Record]
) -> int:
    """The same of stored records."""
    texts = (record.texts for record in records)
    if declaration.id_key is None:
        return write_template(out, declaration, company, texts)
    at = declaration.columns.index(declaration.column(declaration.id_key))
    rows = ((*r.texts[:at], str(r.record_id), *r.texts[at:]) for r in records)
    return write_template(out, declaration, company, rows)
