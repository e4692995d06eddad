"""The table of the history, and the choice of a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from komet_import import outcomes
from komet_import.desk import Desk
from komet_import.language import N_, _
from komet_import.schema.problems import Severity
from komet_import.store.history import HistoryLine, Order, SortBy
from komet_import.store.imports import ImportState
from komet_import.store.mails import MailState
from komet_import.ui import words
from komet_import.ui.list_table import Cell, ListColumn, ListRow, Look, list_table
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
_COUNTS = (SortBy.ROWS, SortBy.NEW, SortBy.UPDATED, SortBy.UNCHANGED, SortBy.LEFT_OUT)


def badge(of: ImportState | MailState | Severity) -> tuple[str, Tone]:
    """How tables call it, and its colour."""
    word, tone = _BADGES[of]
    return _(word), tone


def history_table(
    desk: Desk,
    lines: Sequence[HistoryLine],
    order: Order,
    choose: Callable[[int], None],
    sort: Callable[[SortBy], None],
) -> None:
    """A line for each import: opening one calls `choose` with its ID, a click on a header `sort` with its column."""
    now = datetime.now(UTC)
    list_table(
        "history-list",
        _("The imports"),
        [
            ListColumn(_(header), by.value, "number" if by in _COUNTS else "text", opens=by is SortBy.FILE)
            for by, header in _COLUMNS.items()
        ],
        [
            ListRow(
                [_history_cells(desk, line, now)[by] for by in _COLUMNS],
                line.record.import_id,
                f"/import_history?import={line.record.import_id}",
            )
            for line in lines
        ],
        order=(order.by.value, order.descending),
        choose=choose,
        sort=lambda by: sort(SortBy(by)),
    )


def _history_cells(desk: Desk, line: HistoryLine, now: datetime) -> dict[SortBy, Cell]:
    record = line.record
    return {
        SortBy.WHEN: words.short(record.finished_at, desk.company, now),
        SortBy.FILE: record.title,
        SortBy.BY: record.by,
        SortBy.ROWS: record.rows,
        SortBy.NEW: record.counts.new,
        SortBy.UPDATED: record.counts.update,
        SortBy.UNCHANGED: record.counts.unchanged,
        SortBy.LEFT_OUT: record.counts.rejected,
        SortBy.STATE: Look(*badge(record.state)),
        SortBy.MAIL: Look(*badge(line.mail)) if line.mail else None,
    }


def page_choice(total: int, page_rows: int, page: int, key: str) -> None:
    """What part of the whole is shown, and the way to the rest. The chosen page is in the session under `key`."""
    first = (page - 1) * page_rows + 1
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        last = min(total, first + page_rows - 1)
        st.caption(_("{first:,}–{last:,} of {total:,}").format(first=first, last=last, total=total))
        if total > page_rows:
            st.pagination(-(-total // page_rows), key=key)
