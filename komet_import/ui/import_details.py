"""One import: its figures, discrepancies, changes, e-mail and original file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from komet_import import importer
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.importer import ImportDetails
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import Severity
from komet_import.ui import layout, words
from komet_import.ui.result import discrepancy_button, equation, mail_card, summary
from komet_import.ui.tables import STATES

_HEADERS = {key: column.header for key, column in CUSTOMERS.by_key.items()}


def import_screen(desk: Desk, wanted: str) -> None:
    """`wanted` comes from the address: anything may stand there. Raises NotFound."""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise NotFound("unknown_import", id=wanted[:20])
    details = importer.show(desk, int(wanted))
    record = details.record
    when = words.exact(record.finished_at, desk.company.time_zone)
    with layout.title(record.file, "Setup", "Import History", when, badge=STATES[record.state]):
        if record.counts.rejected:
            discrepancy_button(desk, record)
        _original(desk, details)
    with equation(record):
        layout.quiet(summary(desk, record))
        rule = "nothing while a row has errors" if record.all_or_nothing else "leave rows with errors out"
        layout.quiet(f"{rule}, blank cells {record.blank_cells.value}")
    if record.failure:
        st.error(record.failure, icon=":material/error:")
    left, right = st.columns([0.7, 0.3], gap="medium")
    with left:
        _discrepancies(details)
        _changes(details)
    with right:
        mail_card(desk, details)
        _file(details)


def _original(desk: Desk, details: ImportDetails) -> None:
    st.download_button(
        "Original file",
        data=lambda: importer.original_file(desk, details.record),
        file_name=details.record.file,
        icon=":material/download:",
        key="original",
        on_click="ignore",
    )


def _discrepancies(details: ImportDetails) -> None:
    issues = details.issues
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    _head(
        "Discrepancies", f"{words.counted(errors, 'error')}, {words.counted(len(issues) - errors, 'warning')}"
    )
    if not issues:
        st.caption("Every row went in without a remark.")
        return
    frame = pd.DataFrame(
        {
            "Row": [issue.row for issue in issues],
            "Kind": [issue.severity.value.title() for issue in issues],
            "Column": [_HEADERS.get(issue.key or "", "Whole row") for issue in issues],
            "Value": [issue.value for issue in issues],
            "Why": [issue.message for issue in issues],
        }
    )
    _table(frame, "The discrepancies of this import")


def _changes(details: ImportDetails) -> None:
    changes = details.changes
    _head("Changes", words.counted(len(changes), "change"))
    if not changes:
        st.caption("Nothing was written.")
        return
    frame = pd.DataFrame(
        {
            "Row": [change.row for change in changes],
            "Customer ID": [change.customer_id for change in changes],
            "Column": [_HEADERS.get(change.key or "", "New customer") for change in changes],
            "Old value": [_shown(change.old, change.key) for change in changes],
            "New value": [_shown(change.new, change.key) for change in changes],
        }
    )
    _table(frame, "What this import changed, old and new")


def _shown(text: str | None, key: str | None) -> str:
    return text or ("(blank)" if key else "")


def _head(title: str, figures: str) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(title, anchor=False)
        layout.quiet(figures)


def _table(frame: pd.DataFrame, alt: str) -> None:
    numbers = {name: st.column_config.NumberColumn(format="%d") for name in ("Row", "Customer ID")}
    st.dataframe(
        frame,
        hide_index=True,
        row_height=32,
        height=min(330, 40 + 32 * len(frame)),
        column_config=numbers,
        alt=alt,
    )


def _file(details: ImportDetails) -> None:
    record = details.record
    with st.container(border=True, gap="small"):
        st.subheader("File", anchor=False)
        if record.sheet:
            layout.quiet(f"Sheet {record.sheet}")
        layout.quiet(f"SHA-256 {record.sha256[:8]}…{record.sha256[-6:]}")
        layout.quiet(f"{words.counted(record.edits, 'edit')} in the review")
