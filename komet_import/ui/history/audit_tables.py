"""The tables of one import: its changes, old and new, and its discrepancies."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from komet_import.review.issues import Issue
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.store.audit import ShownChange
from komet_import.ui import layout
from komet_import.ui.history.files import change_header, header_of
from komet_import.ui.theme import Tone, palette

_KINDS = {Severity.ERROR: ("Error", Tone.ERROR), Severity.WARNING: ("Warning", Tone.WAITING)}
_ROW_NUMBER = st.column_config.NumberColumn(format="%d", width=70)


def changes_table(declaration: str, changes: Sequence[ShownChange]) -> None:
    """The old value is grey; a new record is one line. `declaration` is a key of DECLARATIONS."""
    record = DECLARATIONS[declaration].record.capitalize()
    frame = pd.DataFrame(
        {
            "Row": [shown.change.row for shown in changes],
            record: [_record(record, shown) for shown in changes],
            "Column": [change_header(declaration, shown.change.key) for shown in changes],
            "Old value": [_value(shown.change.key, shown.change.old) for shown in changes],
            " ": ["→" if shown.change.key else "" for shown in changes],
            "New value": [_value(shown.change.key, shown.change.new) for shown in changes],
        }
    )
    if not any(shown.change.row for shown in changes):
        del frame["Row"]
    grey = frame.style.map(lambda _: f"color: {palette().quiet_text}", subset=["Old value", " "])
    st.dataframe(
        grey,
        hide_index=True,
        row_height=32,
        height=_height(len(frame)),
        column_config={"Row": _ROW_NUMBER, " ": st.column_config.TextColumn(width=40)},
        alt="What this import changed, old and new",
    )


def _record(word: str, shown: ShownChange) -> str:
    if shown.code is None:
        return f"{word} {shown.change.record_id}, removed since"
    return shown.code if shown.name is None else f"{shown.name} ({shown.code})"


def _value(key: str | None, text: str | None) -> str:
    return text or ("(blank)" if key else "")


def discrepancy_frame(declaration: str, issues: Sequence[Issue]) -> None:
    """Row, kind, column, value and reason."""
    frame = pd.DataFrame(
        {
            "Row": [issue.row for issue in issues],
            "Kind": [[_KINDS[issue.severity][0]] for issue in issues],
            "Column": [header_of(declaration, issue.key) for issue in issues],
            "Value": [issue.value for issue in issues],
            "Why": [issue.message for issue in issues],
        }
    )
    kinds = st.column_config.MultiselectColumn(
        options=[word for word, _ in _KINDS.values()],
        color=layout.badge_colours(dict(_KINDS.values())),
        disabled=True,
        width=100,
    )
    st.dataframe(
        frame,
        hide_index=True,
        row_height=32,
        height=_height(len(frame)),
        column_config={"Row": _ROW_NUMBER, "Kind": kinds},
        alt="The discrepancies of this import",
    )


def _height(rows: int) -> int:
    """In pixels: at most nine rows, the others by scrolling."""
    return min(330, 38 + 32 * rows)
