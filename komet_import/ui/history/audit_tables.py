"""The tables of one import: its changes, old and new, and its discrepancies."""

from __future__ import annotations

from collections.abc import Sequence

from komet_import.language import _
from komet_import.review.issues import Issue
from komet_import.schema.declarations import DECLARATIONS
from komet_import.store.audit import ShownChange
from komet_import.ui.history.files import change_header, header_of
from komet_import.ui.list_table import LOW, Cell, ListColumn, ListRow, Look, list_table
from komet_import.ui.tables import badge


def changes_table(declaration: str, changes: Sequence[ShownChange]) -> None:
    """The old value is grey; a new record is one line. `declaration` is a key of DECLARATIONS."""
    record = DECLARATIONS[declaration].record.capitalize()
    of_file = any(shown.change.row for shown in changes)
    columns = [
        ListColumn(record, kind="value"),
        ListColumn(_("Column")),
        ListColumn(_("Old value"), kind="value"),
        ListColumn(_("New value"), kind="value"),
    ]
    rows: list[list[Cell]] = [
        [
            _record(record, shown),
            change_header(declaration, shown.change.key),
            Look(_value(shown.change.key, shown.change.old)),
            _value(shown.change.key, shown.change.new),
        ]
        for shown in changes
    ]
    if of_file:
        columns.insert(0, _row_column())
        for cells, shown in zip(rows, changes, strict=True):
            cells.insert(0, _row_number(shown.change.row))
    label = _("What this import changed, old and new")
    list_table("changes", label, columns, map(ListRow, rows), height=LOW)


def _row_column() -> ListColumn:
    return ListColumn(_("Row"), kind="number")


def _row_number(row: int | None) -> str:
    """As the file has it, without thousands commas."""
    return "" if row is None else str(row)


def _record(word: str, shown: ShownChange) -> str:
    if shown.code is None:
        return _("{record} {id}, removed since").format(record=word, id=shown.change.record_id)
    return shown.code if shown.name is None else f"{shown.name} ({shown.code})"


def _value(key: str | None, text: str | None) -> str:
    return text or (_("(blank)") if key else "")


def discrepancy_list(declaration: str, issues: Sequence[Issue]) -> None:
    """Row, kind, column, value and reason."""
    list_table(
        "discrepancy-list",
        _("The discrepancies of this import"),
        [
            _row_column(),
            ListColumn(_("Kind")),
            ListColumn(_("Column")),
            ListColumn(_("Value"), kind="value"),
            ListColumn(_("Why"), kind="sentence"),
        ],
        [
            ListRow(
                [
                    _row_number(issue.row),
                    Look(*badge(issue.severity)),
                    header_of(declaration, issue.key),
                    issue.value,
                    issue.message,
                ]
            )
            for issue in issues
        ],
        height=LOW,
    )
