"""A page with nothing but the review grid: rows in the session, and one rule, "a text must not contain x"."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

import streamlit as st

from komet_import.errors import StoreUnavailable
from komet_import.schema.customers import CUSTOMERS
from komet_import.ui import layout, theme
from komet_import.ui.clicks import keep_clicks
from komet_import.ui.review.grid import LEFT_OUT, GridCell, GridEdit, GridRow, review_grid

HOSTILE = '<img src=x onerror="window.top.hacked=1">::JSCODE::(window.top.hacked=1)::JSCODE::'
COLUMNS = [column for column in CUSTOMERS.columns[1:11] if column.key not in ("salesperson", "active")]
ROWS = 40

keep_clicks()
theme.apply()
state = st.session_state


def first_texts(row: int) -> dict[str, str]:
    texts = {column.key: f"{column.key} {row}" for column in COLUMNS}
    name = HOSTILE if row == 3 else f"name {row}"
    return texts | {"name": name, "customer_type": "Wholesaler", "fax": "", "website": ""}


def store(edits: Sequence[GridEdit]) -> None:
    if state.busy:
        raise StoreUnavailable("database_busy")
    storing = state.storing
    storing["now"] += 1
    storing["most"] = max(storing.values())
    try:
        _store(edits)
    finally:
        storing["now"] -= 1


def _store(edits: Sequence[GridEdit]) -> None:
    if state.slow:
        time.sleep(0.3)
    for edit in edits:
        if edit.key == LEFT_OUT:
            state.left_out = {**state.left_out, edit.row: bool(edit.new)}
        elif edit.key in state.texts.get(edit.row, {}):
            state.undo = [*state.undo, (edit.row, edit.key, state.texts[edit.row][edit.key])]
            state.texts[edit.row][edit.key] = " ".join(edit.new.split())
    state.edits = state.edits + len(edits)


def focus(row: int, key: str) -> None:
    state.focused = (row, key)


def show(row: int, key: str) -> None:
    focus(row, key)
    state.scroll += 1


def lead(row: int, key: str) -> None:
    focus(row, key)
    state.take_focus += 1


def press() -> None:
    state.presses += 1


def undo() -> None:
    *state.undo, (row, key, text) = state.undo
    state.texts[row][key] = text


def marks(row: int, texts: dict[str, str]) -> dict[str, GridCell]:
    found = {
        key: GridCell("error", f"“{text}” contains x.") for key, text in texts.items() if "x" in text.lower()
    }
    if row == 4:
        found["name"] = GridCell("warning", "The same name as row 5.")
    if row == 5:
        found["phone"] = GridCell("changed", "It was 305-555-0100.", "305-555-0100")
        found["fax"] = GridCell("kept", "The stored value stays.", "305-555-0199")
    return found


def start_over() -> None:
    state.texts = {row: first_texts(row) for row in range(2, ROWS + 2)}
    state.left_out, state.undo, state.edits, state.focused = {}, [], 0, (2, "code")
    state.scroll, state.take_focus = state.get("scroll", 0) + 1, state.get("take_focus", 0)
    state.presses, state.storing = 0, {"now": 0, "most": 0}
    state.slow, state.busy, state.website, state.page = False, False, False, 1
    state.starts = state.get("starts", 0) + 1


if "texts" not in state:
    start_over()

with layout.title("customers-november.xlsx", "Data Import", "Review"):
    layout.figures([("Rows", ROWS), ("Edits", state.edits)])
with st.container(horizontal=True):
    st.button("Start over", on_click=start_over)
    st.button("Undo", on_click=undo, disabled=not state.undo)
    st.button("Show row 41", on_click=show, args=(41, "fax"))
    st.button("Go to row 40", on_click=lead, args=(40, "phone"))
    slow = st.toggle("Slow", key="slow", width="content")
    with_website = st.toggle("Website", key="website", width="content")
    st.toggle("Busy", key="busy", width="content")
    page = st.segmented_control("Page", [1, 2, 3], key="page", label_visibility="collapsed")
    st.text(f"start {state.starts}, focused: {state.focused}", width="content")
    st.text(f"pressed {state.presses} times, stored {state.storing['most']} at once", width="content")
if slow:
    time.sleep(1)
shown = [row for row in state.texts if page == 1 or (page == 2 and row > 20)]
grid_rows = [
    GridRow(
        row,
        "Update" if row % 2 else "New",
        dict(state.texts[row]),
        marks(row, state.texts[row]),
        state.left_out.get(row, False),
    )
    for row in shown
]
message = ""
try:
    review_grid(
        grid_rows,
        COLUMNS if with_website else COLUMNS[:-1],
        draft="demo",
        page_key=str(page),
        choices={"customer_type": ["Wholesaler", "Retail florist", HOSTILE]},
        blue_required=True,
        focused=state.focused,
        announced=f"Stands in {state.focused}.",
        empty="No row on this page.",
        scroll=state.scroll,
        take_focus=state.take_focus,
        kept_in_sight=0,
        on_edits=store,
        on_focus=focus,
    )
except StoreUnavailable as error:
    message = str(error)
changed = {
    f"{row} {key}": text
    for row, texts in state.texts.items()
    for key, text in texts.items()
    if text != first_texts(row)[key]
}
with st.container(height=70):
    st.code(json.dumps(changed))
layout.marks_legend()
if message:
    st.error(message)
with st.bottom:
    st.button("Import 52 rows", type="primary", on_click=press)
