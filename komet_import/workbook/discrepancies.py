"""The workbook of the rejected rows, to be corrected and uploaded again: the template's layout, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openpyxl.utils import get_column_letter

from komet_import.review.issues import Told, has_errors
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.schema.problems import Severity
from komet_import.workbook import row_xml
from komet_import.workbook.layout import Layout, make_workbook
from komet_import.workbook.style import data_styles, number_format

# With the headers' own they stay below 1,023: the numbers that one drawing gives its notes' shapes. Beyond that, the
# colours and the reasons go on.
MOST_NOTES = 950


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """`row` is the uploaded sheet's; `cells` its texts by column key, those without text may be absent."""

    row: int
    cells: Mapping[str, str]
    issues: Sequence[Told]


def write_discrepancies(
    out: BinaryIO | Path,
    declaration: Declaration,
    company: Company,
    rows: Iterable[RejectedRow],
    *,
    absent: Collection[str] = (),
) -> int:
    """Writes just these rows, as they come, and returns how many there were.

    `absent` are keys of columns to leave out: those that the uploaded file lacked, where a blank cell would clear.
    """
    columns = tuple(column for column in declaration.columns if column.key not in absent)
    layout = Layout(declaration, columns, company, reasons=True)
    notes: dict[str, str] = {}
    return row_xml.save(out, lambda count: make_workbook(layout, count, notes), _rows(layout, rows, notes))


def _rows(layout: Layout, rows: Iterable[RejectedRow], notes: dict[str, str]) -> Iterator[str]:
    """Fills `notes`, by cell reference, while the rows pass."""
    styles = data_styles()
    columns = [
        (column.key, get_column_letter(position), number_format(column))
        for position, column in enumerate(layout.columns, 1)
    ]
    reasons_letter = get_column_letter(len(columns) + 1)
    for row, rejected in enumerate(rows, row_xml.FIRST_ROW):
        issues = _by_key(rejected.issues)
        cells: list[str] = []
        for key, letter, form in columns:
            text = rejected.cells.get(key, "")
            severity = _severity(issues[key]) if key in issues else None
            if text or severity:
                style = styles.cells[form, severity]
                cells.append(row_xml.cell(f"{letter}{row}", style, text, row_xml.NUMBERS.get(form)))
            if severity and len(notes) < MOST_NOTES:
                notes[f"{letter}{row}"] = "\n".join(issue.message for issue in issues[key])
        reasons = row_xml.cell(f"{reasons_letter}{row}", styles.reasons, _reasons(layout, rejected), None)
        yield f'<row r="{row}">{"".join(cells)}{reasons}</row>'


def _by_key(issues: Iterable[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for issue in issues:
        if issue.key is not None:
            found.setdefault(issue.key, []).append(issue)
    return found


def _severity(issues: Sequence[Told]) -> Severity:
    return Severity.ERROR if has_errors(issues) else Severity.WARNING


def _reasons(layout: Layout, rejected: RejectedRow) -> str:
    """All that is wrong with the row, a line each, with the header of the column it is about."""
    columns = layout.declaration.by_key
    return "\n".join(
        issue.message if issue.key is None else f"{columns[issue.key].header}: {issue.message}"
        for issue in rejected.issues
    )
