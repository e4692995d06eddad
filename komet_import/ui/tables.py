"""The table of the history, and the choice of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from komet_import import outcomes
from komet_import.desk import Desk
from komet_import.language import N_, _
from komet_import.schema.problems import Severity
from komet_import.store.history import HistoryLine, Order, SortBy
from komet_import.store.imports import ImportState
from komet_import.store.mails import MailState
from komet_import.ui import layout, words
from komet_import.ui.theme import Tone

_BADGES: dict[ImportState | MailState | Severity, tuple[str, Tone]] = {
    ImportState.QUEUED: (outcomes.STATES[ImportState.QUEUED], Tone.WAITING),
    ImportState.COMMITTING: (outcomes.STATES[ImportState.COMMITTING], Tone.NEUTRAL),
    ImportState.COMMITTED: (outcomes.STATES[ImportState.COMMITTED], Tone.DONE),
    ImportState.REJECTED: (outcomes.STATES[ImportState.REJECTED], Tone.WAITING),
    ImportState.FAILED: (outcomes.STATES[ImportState.FAILED], Tone.ERROR),
    ImportState.UNDONE: (outcomes.STATES[ImportState.UNDONE], Tone.WAITING),
    MailState.WAITING: (N_("Waiting"), Tone.WAITING),
    MailState.SENT: (N_("Sent"), Tone.NEUTRAL),
    MailState.FAILED: (N_("Not sent"), Tone.ERROR),
    Severity.ERROR: (N_("Error"), Tone.ERROR),
    Severity.WARNING: (N_("Warning"), Tone.WAITING),
}
_COLUMNS = {
    SortBy.WHEN: N_("When"),
    SortBy.FILE: N_("File"),
    SortBy.BY: N_("By"),
    SortBy.ROWS: N_("Rows"),
    SortBy.NEW: outcomes.NEW,
    SortBy.UPDATED: outcomes.UPDATED,
    SortBy.UNCHANGED: outcomes.UNCHANGED,
    SortBy.LEFT_OUT: outcomes.LEFT_OUT,
    SortBy.STATE: N_("State"),
    SortBy.MAIL: N_("E-mail"),
}
_TEXTS = (SortBy.WHEN, SortBy.FILE, SortBy.BY)
_COUNTS = (SortBy.ROWS, SortBy.NEW, SortBy.UPDATED, SortBy.UNCHANGED, SortBy.LEFT_OUT)


def badge(of: ImportState | MailState | Severity) -> tuple[str, Tone]:
    """How tables call it, and its colour."""
    word, tone = _BADGES[of]
    return _(word), tone


def badge_column(
    label: str | None, kinds: Iterable[ImportState | MailState | Severity], width: int | None = None
) -> Any:
    """The column of a table whose cells hold one badge each."""
    tones = dict(map(badge, kinds))
    return st.column_config.MultiselectColumn(
        label, options=list(tones), color=layout.badge_colours(tones), disabled=True, width=width
    )


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
        alt=_("The imports"),
    )


def _clicked(
    key: str, import_ids: Sequence[int], choose: Callable[[int], None], sort: Callable[[SortBy], None]
) -> None:
    chosen = st.session_state[key]["selection"]
    st.session_state["history-clicks"] += 1
    if chosen["rows"]:
        choose(import_ids[chosen["rows"][0]])
    elif chosen["columns"]:
        sort({header: by for by, header in _headers().items()}[chosen["columns"][0]])


def _headers() -> dict[SortBy, str]:
    return {by: _(header) for by, header in _COLUMNS.items()}


def _history_frame(desk: Desk, lines: Sequence[HistoryLine]) -> pd.DataFrame:
    records = [line.record for line in lines]
    now = datetime.now(UTC)
    cells: dict[SortBy, list[Any]] = {
        SortBy.WHEN: [words.short(record.finished_at, desk.company, now) for record in records],
        SortBy.FILE: [record.title for record in records],
        SortBy.BY: [record.by for record in records],
        SortBy.ROWS: [record.rows for record in records],
        SortBy.NEW: [record.counts.new for record in records],
        SortBy.UPDATED: [record.counts.update for record in records],
        SortBy.UNCHANGED: [record.counts.unchanged for record in records],
        SortBy.LEFT_OUT: [record.counts.rejected for record in records],
        SortBy.STATE: [[badge(record.state)[0]] for record in records],
        SortBy.MAIL: [[badge(line.mail)[0]] if line.mail else [] for line in lines],
    }
    return pd.DataFrame({header: cells[by] for by, header in _headers().items()})


def _history_columns(order: Order) -> dict[str, Any]:
    arrow = " ↓" if order.descending else " ↑"
    headers = _headers()
    labels = {by: header + (arrow if by is order.by else "") for by, header in headers.items()}
    columns = {by: st.column_config.TextColumn(labels[by]) for by in _TEXTS}
    columns |= {by: st.column_config.NumberColumn(labels[by], format="localized") for by in _COUNTS}
    columns[SortBy.STATE] = badge_column(labels[SortBy.STATE], ImportState)
    columns[SortBy.MAIL] = badge_column(labels[SortBy.MAIL], MailState)
    return {headers[by]: column for by, column in columns.items()}


def page_choice(total: int, page_rows: int, page: int, key: str) -> None:
    """What part of the whole is shown, and the way to the rest. The chosen page is in the session under `key`."""
    first = (page - 1) * page_rows + 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        last = min(total, first + page_rows - 1)
        st.caption(_("{first:,}–{last:,} of {total:,}").format(first=first, last=last, total=total))
        if total > page_rows:
            st.pagination(-(-total // page_rows), key=key)
