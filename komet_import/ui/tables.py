"""The tables of the history and of the customers, and the choice of their page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from komet_import.desk import Desk
from komet_import.schema.customers import CUSTOMERS
from komet_import.store.customers import CustomerRow
from komet_import.store.imports import ImportRecord, ImportState
from komet_import.ui import layout, words
from komet_import.ui.theme import Tone

STATES = {
    ImportState.QUEUED: ("Queued", Tone.WAITING),
    ImportState.COMMITTING: ("Running", Tone.NEUTRAL),
    ImportState.COMMITTED: ("Committed", Tone.DONE),
    ImportState.REJECTED: ("Nothing imported", Tone.WAITING),
    ImportState.FAILED: ("Failed", Tone.ERROR),
    ImportState.UNDONE: ("Undone", Tone.WAITING),
}


def history_table(desk: Desk, records: Sequence[ImportRecord]) -> None:
    """A line for each import; choosing one opens it."""
    zone = desk.company.time_zone
    frame = pd.DataFrame(
        {
            "When": [words.exact(record.finished_at, zone) for record in records],
            "File": [record.file for record in records],
            "By": [record.by for record in records],
            "Rows": [record.rows for record in records],
            "New": [record.counts.inserted for record in records],
            "Updated": [record.counts.updated for record in records],
            "Unchanged": [record.counts.unchanged for record in records],
            "Left out": [record.counts.rejected for record in records],
            "State": [[STATES[record.state][0]] for record in records],
        }
    )
    numbers = {
        name: st.column_config.NumberColumn(format="localized")
        for name in ("Rows", "New", "Updated", "Unchanged", "Left out")
    }
    chosen = st.dataframe(
        frame,
        hide_index=True,
        row_height=36,
        height="content" if len(frame) < 15 else 560,
        column_config=numbers
        | {
            "State": st.column_config.MultiselectColumn(
                options=[word for word, _ in STATES.values()],
                color=layout.badge_colours(dict(STATES.values())),
                disabled=True,
            ),
        },
        on_select="rerun",
        selection_mode="single-row",
        key="history",
        alt="The imports, newest first",
    )
    if chosen["selection"]["rows"]:
        st.query_params["import"] = str(records[chosen["selection"]["rows"][0]].import_id)
        st.rerun()


def customer_table(desk: Desk, rows: Sequence[CustomerRow]) -> None:
    """Every stored value, as the template writes it."""
    columns = CUSTOMERS.value_columns
    frame = pd.DataFrame(
        [row.texts for row in rows], columns=[column.header for column in columns], dtype="str"
    )
    frame.insert(0, CUSTOMERS.by_key[CUSTOMERS.id_key].header, [row.customer_id for row in rows])
    frame["Last change"] = [words.exact(row.updated_at, desk.company.time_zone) for row in rows]
    st.dataframe(
        frame,
        hide_index=True,
        row_height=32,
        height=min(640, 40 + 32 * len(frame)),
        column_config={"Customer ID": st.column_config.NumberColumn(format="%d")},
        alt="The stored customers by Customer ID",
    )


def page_choice(total: int, page_rows: int, page: int, key: str) -> None:
    """What part of the whole is shown, and the way to the rest. The chosen page is in the session under `key`."""
    first = (page - 1) * page_rows + 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"{first:,}–{min(total, first + page_rows - 1):,} of {total:,}")
        if total > page_rows:
            st.pagination(-(-total // page_rows), key=key)
