"""The review grid: one page of rows, editable, with every problem marked in its place.

What the grid and the server say to each other (the grid's half is `assets/grid.js`):

- The rows' texts are sent once, when the grid appears, and never again: an answer cannot cancel what is being typed.
- The grid numbers its edits and sends all that are not acknowledged yet, each time: Streamlit joins quick reruns. Each
  carries the text that its author saw. They stand in the browser tab's storage meanwhile, so that a grid that comes after a
  reload or a restart of the server, to a session that knows nothing of them, sends them again. Sent twice, they change nothing.
- What is not acknowledged for seconds is sent again, and its cells say that they are not saved.
- Each answer carries the marks, the highest number taken, and the texts of the cells that differ, or ever
  differed, from those sent first: so undo, a suggestion's button and tidied text show without a new grid.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Literal, TypedDict

import pandas as pd
import streamlit as st
from st_aggrid import AgGrid, JsCode
from st_aggrid.collectors import CustomResponse

from komet_import.errors import KometError
from komet_import.schema.column import Column
from komet_import.ui.review.grid_columns import column_definitions
from komet_import.ui.review.grid_style import grid_css, grid_theme
from komet_import.ui.review.grid_words import script_words
from komet_import.ui.theme import ASSETS, is_dark, palette

# The key of an edit that leaves a row out ("Yes") or puts it back ("").
LEFT_OUT = "_left_out"


@dataclass(frozen=True)
class GridCell:
    """A mark on a cell; `note` says why, in whole sentences: its issues, and the old value of a changed one.

    `old` is drawn in grey: struck through before the text of a changed cell, alone in a blank one that keeps it.
    """

    state: Literal["error", "warning", "changed", "kept"]
    note: str
    old: str | None = None


@dataclass(frozen=True)
class GridRow:
    """`row` is the sheet's number; `action` what becomes of it, in words; `left_out` by the user."""

    row: int
    action: str
    texts: Mapping[str, str]
    marks: Mapping[str, GridCell] = field(default_factory=dict)
    left_out: bool = False


@dataclass(frozen=True)
class GridEdit:
    """One cell that the user changed from `seen` to `new` as typed, "" when cleared; or `key` is LEFT_OUT.

    A browser said so: the draft may have no such row or column.
    """

    row: int
    key: str
    new: str
    seen: str


class _Mount(TypedDict):
    """What the grid now on screen was first given: `texts`. `keys` are its columns, which may come and go; `touched`
    cells were changed since, by anybody; `focus` is the number of the last focus that was taken."""

    key: str
    texts: dict[int, dict[str, str]]
    keys: list[str]
    touched: list[tuple[int, str]]
    focus: int


class _State(TypedDict):
    """One draft's, kept in the session as plain values. `session` tells its grids from another session's, whose numbers
    are others; `unsaved` edits (row, key, new, seen, by number) came, and `on_edits` has not yet stored them."""

    session: str
    acknowledged: int
    unsaved: dict[int, tuple[int, str, str, str]]
    mount: _Mount | None


def review_grid(
    rows: Sequence[GridRow],
    columns: Sequence[Column],
    *,
    draft: str,
    page_key: str,
    choices: Mapping[str, Sequence[str]],
    blue_required: bool,
    focused: tuple[int, str] | None,
    announced: str,
    empty: str,
    scroll: int,
    take_focus: int,
    on_edits: Callable[[Sequence[GridEdit]], None],
    on_focus: Callable[[int, str], None],
) -> None:
    """Draws the grid; both callbacks run before the next run of the page, as Streamlit's own do.

    `draft` names the draft and who works on it: what is not saved yet waits in the browser under this name.
    `on_edits` gets each edit once, in order. When it raises a KometError the edits are kept and offered again on the next
    run of this draft, where the error is raised if it persists: after the grid is drawn, so that nothing typed is gone.
    `on_focus` gets the cell that the user moved to, `_row` and `_action` too. `focused` is framed, the cell that the
    sentence speaks of. When `scroll` grows it is scrolled to, and when `take_focus` grows it gets the keyboard's focus
    as well. `announced` is read out when it changes, `empty` stands in the place of rows. The grid stays as
    long as `page_key` and the set of rows do, whatever their order; a change of these makes a new one.
    """
    state = _state(draft)
    mount = _mount(state, f"{draft}-{page_key}", rows, columns)
    take = partial(_take, state, mount, on_edits=on_edits, on_focus=on_focus)
    answer = _answer(rows, state, mount, draft, choices, focused)
    answer |= {"announced": announced, "empty": empty, "scroll": scroll, "take_focus": take_focus}
    with st.container(key="grid"):
        AgGrid(
            _frame(mount["texts"]),
            gridOptions=_options(columns, choices, blue_required, _json(answer)),
            key=mount["key"],
            callback=partial(_before_the_run, take),
            data_return_mode="CUSTOM",
            custom_jscode_for_grid_return=JsCode("null"),
            update_on=[],  # grid.js itself tells
            server_sync_strategy="client_wins",
            allow_unsafe_jscode=True,
            theme=grid_theme(palette()),
            custom_css=grid_css(palette(), blue_required),
            pro_assets=[{"js": _script()}],
        )
    if take():
        st.rerun()


def _state(draft: str) -> _State:
    new: _State = {"session": secrets.token_hex(4), "acknowledged": 0, "unsaved": {}, "mount": None}
    state: _State = st.session_state.setdefault(f"review-grid-{draft}", new)
    return state


def _mount(state: _State, place: str, rows: Sequence[GridRow], columns: Sequence[Column]) -> _Mount:
    """The grid on screen, or a new one when what it shows is another page, other rows or another theme."""
    shape = hash((is_dark(), *sorted(row.row for row in rows)))
    key = f"grid-{state['session']}-{place}-{shape}"
    mount = state["mount"]
    if mount is None or mount["key"] != key:
        texts = {row.row: {column.key: row.texts.get(column.key, "") for column in columns} for row in rows}
        mount = {"key": key, "texts": texts, "keys": [], "touched": [], "focus": 0}
        state["mount"] = mount
    mount["keys"] = [column.key for column in columns]
    return mount


def _before_the_run(take: Callable[[], bool], _response: CustomResponse) -> None:
    """Streamlit's callback. An error here would show as a crash; the run that follows tries again, and shows it."""
    with suppress(KometError):
        take()


def _take(
    state: _State,
    mount: _Mount,
    *,
    on_edits: Callable[[Sequence[GridEdit]], None],
    on_focus: Callable[[int, str], None],
) -> bool:
    """Passes on what the grid sent and was not taken yet; whether there were edits."""
    value: Any = st.session_state.get(mount["key"])
    if isinstance(value, dict):
        _receive(state, mount, value.get("edits"))
        _follow(mount, value.get("focus"), on_focus)
    if not state["unsaved"]:
        return False
    edits = sorted(state["unsaved"].items())
    on_edits([GridEdit(*edit) for _number, edit in edits])
    state["acknowledged"] = edits[-1][0]
    state["unsaved"].clear()
    return True


def _receive(state: _State, mount: _Mount, sent: object) -> None:
    """New edits become unsaved ones: of cells on screen, or of those that an earlier grid showed."""
    for item in sent if isinstance(sent, list) else []:
        match item:
            case [int(sequence), int(row), str(key), str(new), str(seen)] if sequence > state["acknowledged"]:
                if _is_cell(mount, row, key):
                    mount["touched"].append((row, key))
                state["unsaved"][sequence] = (row, key, new, seen)


def _follow(mount: _Mount, sent: object, on_focus: Callable[[int, str], None]) -> None:
    match sent:
        case [int(number), int(row), str(key)] if number > mount["focus"] and _is_cell(mount, row, key):
            mount["focus"] = number
            on_focus(row, key)


def _is_cell(mount: _Mount, row: int, key: str) -> bool:
    return row in mount["texts"] and key in (*mount["keys"], "_row", "_action")


def _frame(texts: Mapping[int, Mapping[str, str]]) -> pd.DataFrame:
    """Row numbers in `_row`, then the columns."""
    frame = pd.DataFrame(list(texts.values()), dtype="str")
    frame.insert(0, "_row", list(texts))
    return frame


def _options(
    columns: Sequence[Column], choices: Mapping[str, Sequence[str]], blue_required: bool, answer: str
) -> dict[str, Any]:
    return {
        "context": {"json": answer},
        "columnDefs": column_definitions(columns, frozenset(choices), blue_required),
        "defaultColDef": {
            "editable": True,
            "sortable": False,  # one page of many: its order is the server's
            "resizable": True,
            "suppressMovable": True,
            "suppressHeaderMenuButton": True,
            "cellDataType": "text",
            "cellClassRules": {
                "komet-error": JsCode("komet.isError"),
                "komet-warning": JsCode("komet.isWarning"),
                "komet-changed": JsCode("komet.isChanged"),
                "komet-focused": JsCode("komet.isFocused"),
                "komet-left-out": JsCode("komet.isLeftOut"),
                "komet-unsaved": JsCode("komet.isUnsaved"),
            },
            "valueSetter": JsCode("komet.setText"),
            "tooltipValueGetter": JsCode("komet.note"),
        },
        "getRowId": JsCode("komet.rowId"),
        "onCellFocused": JsCode("komet.focused"),
        "onFirstDataRendered": JsCode("komet.take"),
        "onNewColumnsLoaded": JsCode("komet.take"),
        "rowHeight": 30,
        "headerHeight": 46,
        "stopEditingWhenCellsLoseFocus": True,
        "enterNavigatesVertically": True,
        "enterNavigatesVerticallyAfterEdit": True,
        "tooltipShowDelay": 300,
        "ensureDomOrder": True,
    }


def _answer(
    rows: Sequence[GridRow],
    state: _State,
    mount: _Mount,
    draft: str,
    choices: Mapping[str, Sequence[str]],
    focused: tuple[int, str] | None,
) -> dict[str, Any]:
    """For grid.js."""
    return {
        "draft": draft,
        "acknowledged": state["acknowledged"],
        "last": max(state["unsaved"], default=state["acknowledged"]),
        "rows": {row.row: [row.action, row.left_out] for row in rows},
        "marks": {
            row.row: {key: [cell.state, cell.note] for key, cell in row.marks.items()}
            for row in rows
            if row.marks
        },
        "texts": _texts_now(rows, mount),
        "focus": mount["focus"],
        "focused": focused,
        "choices": {key: list(values) for key, values in choices.items()},
        "words": script_words(),
    }


def _json(answer: Mapping[str, Any]) -> str:
    """As one string without `::`: st_aggrid runs as script what stands between two `::JSCODE::`."""
    return json.dumps(answer).replace("::", ":\\u003a")


def _texts_now(rows: Sequence[GridRow], mount: _Mount) -> dict[int, dict[str, str]]:
    """The touched cells' texts, and those of cells that differ from what was sent first, which are touched now."""
    now = {row.row: row.texts for row in rows}
    touched = set(mount["touched"])
    touched.update(
        (number, key)
        for number, first in mount["texts"].items()
        for key in mount["keys"]
        if now[number].get(key, "") != first.get(key, "")
    )
    mount["touched"] = sorted(touched)
    texts: dict[int, dict[str, str]] = {}
    for number, key in mount["touched"]:
        texts.setdefault(number, {})[key] = now[number].get(key, "")
    return texts


@cache
def _script() -> str:
    return (ASSETS / "grid.js").read_text(encoding="utf-8")
