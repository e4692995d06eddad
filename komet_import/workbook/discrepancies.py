"""The workbook of the rejected rows, to be corrected and uploaded again: the template's layout, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from komet_import.review.issues import Issue, has_errors
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.schema.problems import Severity
from komet_import.workbook.cells import DataCell
from komet_import.workbook.layout import CellRow, Layout, write_workbook
from komet_import.workbook.style import REASON_WIDTH, reason_style, text_height
from komet_import.workbook.styled_cells import StyledCells
from komet_import.workbook.validations import FIRST_ROW

# With the headers' own they stay below 1,023: the numbers that one drawing gives its notes' shapes. Beyond that, the
# colours and the reasons go on.
MOST_NOTES = 950


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """`row` is the uploaded sheet's; `cells` its texts by column key, those without text may be absent."""

    row: int
    cells: Mapping[str, str]
    issues: Sequence[Issue]


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
    return write_workbook(out, layout, lambda sheet: _rows(sheet, layout, rows))


def write_rejected_rows(
    out: BinaryIO | Path,
    declaration: Declaration,
    company: Company,
    rejected: Iterable[tuple[int, Mapping[str, str]]],
    issues: Iterable[Issue],
    held: Collection[str],
) -> int:
    """Row numbers with their texts, and the issues of these and any other rows, both in row order; returns how many rows
    were written.

    `held` are the columns that the file had or that an issue names: others stay out, so that a blank cell cannot clear.
    """
    absent = [column.key for column in declaration.columns if held and column.key not in held]
    return write_discrepancies(out, declaration, company, _with_issues(rejected, issues), absent=absent)


def _with_issues(
    rejected: Iterable[tuple[int, Mapping[str, str]]], issues: Iterable[Issue]
) -> Iterator[RejectedRow]:
    """A row at a time: there may be millions of issues."""
    by_row = groupby(issues, key=lambda issue: issue.row)
    found = next(by_row, None)
    for row, cells in rejected:
        while found is not None and found[0] < row:
            found = next(by_row, None)
        of_row = list(found[1]) if found is not None and found[0] == row else []
        yield RejectedRow(row, cells, of_row)


def _rows(sheet: Worksheet, layout: Layout, rows: Iterable[RejectedRow]) -> Iterator[CellRow]:
    columns = [(column.key, StyledCells(sheet, column)) for column in layout.columns]
    reason, number = DataCell(sheet, reason_style(sheet)), DataCell(sheet, reason_style(sheet), str)
    notes_left = MOST_NOTES
    for row, rejected in enumerate(rows, FIRST_ROW):
        issues = _by_key(rejected.issues)
        cells: list[Cell | None] = []
        for key, column in columns:
            problems = issues.get(key, ())
            cells.append(_cell(column, rejected.cells.get(key, ""), problems, noted=notes_left > 0))
            notes_left -= bool(problems)
        reasons = _reasons(layout, rejected)
        reason.hold(reasons)
        number.hold(str(rejected.row))
        sheet.row_dimensions[row].height = text_height((reasons, REASON_WIDTH))
        yield [reason, number, *cells]
        del sheet.row_dimensions[row]  # written by now


def _cell(column: StyledCells, text: str, problems: Sequence[Issue], *, noted: bool) -> Cell | None:
    if not problems:
        return column.filled(text) if text else None
    if noted:
        return column.noted(text, _severity(problems), "\n".join(issue.message for issue in problems))
    return column.filled(text, _severity(problems))


def _by_key(issues: Iterable[Issue]) -> dict[str, list[Issue]]:
    found: dict[str, list[Issue]] = {}
    for issue in issues:
        if issue.key is not None:
            found.setdefault(issue.key, []).append(issue)
    return found


def _severity(issues: Sequence[Issue]) -> Severity:
    return Severity.ERROR if has_errors(issues) else Severity.WARNING


def _reasons(layout: Layout, rejected: RejectedRow) -> str:
    """All that is wrong with the row, a line each, with the header of the column it is about."""
    columns = layout.declaration.by_key
    return "\n".join(
        issue.message if issue.key is None else f"{columns[issue.key].header}: {issue.message}"
        for issue in rejected.issues
    )
