"""The tables of one import: its changes, old and new, and its discrepancies."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from komet_import.language import _
from komet_import.review.issues import Issue
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.store.audit import ShownChange
from komet_import.ui.history.files import change_header, header_of
from komet_import.ui.tables import badge, badge_column
from komet_import.ui.theme import palette

_ROW_NUMBER = st.column_config.NumberColumn(format="%d", width=70)


def changes_table(declaration: str, changes: Sequence[ShownChange]) -> None:
    """The old value is grey; a new record is one line. `declaration` is a key of DECLARATIONS."""
    record = DECLARATIONS[declaration].record.capitalize()
    row, old_value = _("Row"), _("Old value")
    frame = pd.DataFrame(
        {
            row: [shown.change.row for shown in changes],
            record: [_record(record, shown) for shown in changes],
            _("Column"): [change_header(declaration, shown.change.key) for shown in changes],
            old_value: [_value(shown.change.key, shown.change.old) for shown in changes],
            " ": ["→" if shown.change.key else "" for shown in changes],
            _("New value"): [_value(shown.change.key, shown.change.new) for shown in changes],
        }
    )
    if not any(shown.change.row for shown in changes):
        del frame[row]
    grey = frame.style.map(lambda _cell: f"color:{palette().quiet_text}", subset=[old_value, " "])
    st.dataframe(
        grey,
        hide_index=True,
        row_height=32,
        height=_height(len(frame)),
        column_config={row: _ROW_NUMBER, " ": st.column_config.TextColumn(width=40)},
        alt=_("What this import changed, old and new"),
    )


def _record(word: str, shown: ShownChange) -> str:
    if shown.code is None:
        return _("{record} {id}, removed since").format(record=word, id=shown.change.record_id)
    return shown.code if shown.name is None else f"{shown.name} ({shown.code})"


def _value(key: str | None, text: str | None) -> str:
    return text or (_("(blank)") if key else "")


def discrepancy_frame(declaration: str, issues: Sequence[Issue]) -> None:
    """Row, kind, column, value and reason."""
    row, kind = _("Row"), _("Kind")
    frame = pd.DataFrame(
        {
            row: [issue.row for issue in issues],
            kind: [[badge(issue.severity)[0]] for issue in issues],
            _("Column"): [header_of(declaration, issue.key) for issue in issues],
            _("Value"): [issue.value for issue in issues],
            _("Why"): [issue.message for issue in issues],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        row_height=32,
        height=_height(len(frame)),
        column_config={row: _ROW_NUMBER, kind: badge_column(None, Severity, width=100)},
        alt=_("The discrepancies of this import"),
    )


def _height(rows: int) -> int:
    """In pixels: at most nine rows, the others by scrolling."""
    return min(330, 38 + 32 * rows)
