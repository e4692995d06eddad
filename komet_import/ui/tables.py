"""The table of the history, and the choice of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from komet_import.desk import Desk
from komet_import.store.history import HistoryLine, Order, SortBy
from komet_import.store.imports import ImportState
from komet_import.store.mails import MailState
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
MAILS = {
    MailState.WAITING: ("Waiting", Tone.WAITING),
    MailState.SENT: ("Sent", Tone.NEUTRAL),
    MailState.FAILED: ("Not sent", Tone.ERROR),
}


HISTORY_COLUMNS = {
    "When": SortBy.WHEN,
    "File": SortBy.FILE,
    "By": SortBy.BY,
    "Rows": SortBy.ROWS,
    "New": SortBy.NEW,
    "Updated": SortBy.UPDATED,
    "Unchanged": SortBy.UNCHANGED,
    "Left out": SortBy.LEFT_OUT,
    "State": SortBy.STATE,
    "E-mail": SortBy.MAIL,
}
_COUNTS = ("Rows", "New", "Updated", "Unchanged", "Left out")


def history_table(
    desk: Desk,
    lines: Sequence[HistoryLine],
    order: Order,
    choose: Callable[[int], None],
    sort: Callable[[SortBy], None],
) -> None:
    """A line for each import: choosing one calls `choose` with its ID, a click on a header `sort` with its column."""
    # The next drawing is another table: what was clicked is dealt with, and must not stay marked.
    clicks = st.session_state.setdefault("history-clicks", 0)
    st.dataframe(
        _history_frame(desk, lines),
        hide_index=True,
        row_height=36,
        height="content" if len(lines) < 15 else 560,
        column_config=_history_columns(order),
        on_select=partial(
            _clicked, f"history-{clicks}", [line.record.import_id for line in lines], choose, sort
        ),
        selection_mode=["single-row", "single-column"],
        key=f"history-{clicks}",
        placeholder="",
        alt="The imports",
    )


def _clicked(
    key: str, import_ids: Sequence[int], choose: Callable[[int], None], sort: Callable[[SortBy], None]
) -> None:
    chosen = st.session_state[key]["selection"]
    st.session_state["history-clicks"] += 1
    if chosen["rows"]:
        choose(import_ids[chosen["rows"][0]])
    elif chosen["columns"]:
        sort(HISTORY_COLUMNS[chosen["columns"][0]])


def _history_frame(desk: Desk, lines: Sequence[HistoryLine]) -> pd.DataFrame:
    records = [line.record for line in lines]
    now = datetime.now(UTC)
    return pd.DataFrame(
        {
            "When": [words.short(record.finished_at, desk.company, now) for record in records],
            "File": [record.title for record in records],
            "By": [record.by for record in records],
            "Rows": [record.rows for record in records],
            "New": [record.counts.new for record in records],
            "Updated": [record.counts.update for record in records],
            "Unchanged": [record.counts.unchanged for record in records],
            "Left out": [record.counts.rejected for record in records],
            "State": [[STATES[record.state][0]] for record in records],
            "E-mail": [[MAILS[line.mail][0]] if line.mail else [] for line in lines],
        }
    )


def _history_columns(order: Order) -> dict[str, Any]:
    arrow = " ↓" if order.descending else " ↑"
    labels = {name: name + (arrow if by is order.by else "") for name, by in HISTORY_COLUMNS.items()}
    counts = {name: st.column_config.NumberColumn(labels[name], format="localized") for name in _COUNTS}
    badges = {
        name: st.column_config.MultiselectColumn(
            labels[name],
            options=[word for word, _ in tones.values()],
            color=layout.badge_colours(dict(tones.values())),
            disabled=True,
        )
        for name, tones in (("State", STATES), ("E-mail", MAILS))
    }
    texts = {name: st.column_config.TextColumn(labels[name]) for name in ("When", "File", "By")}
    return {**texts, **counts, **badges}


def page_choice(total: int, page_rows: int, page: int, key: str) -> None:
    """What part of the whole is shown, and the way to the rest. The chosen page is in the session under `key`."""
    first = (page - 1) * page_rows + 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(f"{first:,}–{min(total, first + page_rows - 1):,} of {total:,}")
        if total > page_rows:
            st.pagination(-(-total // page_rows), key=key)
