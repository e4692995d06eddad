"""The workbooks that the Data Import page offers: empty, with the stored records, or with examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from openpyxl.utils import get_column_letter

from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.workbook import row_xml
from komet_import.workbook.layout import Layout, make_workbook
from komet_import.workbook.style import data_styles, number_format


def write_template(
    out: BinaryIO | Path,
    declaration: Declaration,
    company: Company,
    records: Iterable[Sequence[str]] = (),
) -> int:
    """Writes one row for each of the records, as they come, and returns how many there were.

    A record holds one text for each of the declaration's columns, as the template writes it, `""` for no value.
    """
    layout = Layout(declaration, declaration.columns, company)
    return row_xml.save(out, lambda count: make_workbook(layout, count, {}), _rows(layout, records))


def _rows(layout: Layout, records: Iterable[Sequence[str]]) -> Iterator[str]:
    """A blank cell is left out: it takes the column's own format."""
    styles = data_styles().cells
    formats = [number_format(column) for column in layout.columns]
    columns = [
        (get_column_letter(position), styles[form, None], row_xml.NUMBERS.get(form))
        for position, form in enumerate(formats, 1)
    ]
    for row, record in enumerate(records, row_xml.FIRST_ROW):
        cells = [
            row_xml.cell(f"{letter}{row}", style, text, number)
            for (letter, style, number), text in zip(columns, record, strict=True)
            if text
        ]
        yield f'<row r="{row}">{"".join(cells)}</row>'
