"""The review grid: one page of rows, editable, with every problem marked in its place.

What the grid and the server say to each other (the grid's half is `assets/grid.js`):

- The grid is made once for a draft and a theme, empty, and stays. All that it shows comes in the server's answers, which
  go past st_aggrid: another filter or page is other rows in the grid that is there, and an edit builds nothing anew.
- A page's texts are sent until the grid says that it has this page, and then never again: an answer cannot cancel what
  is being typed.
- The grid numbers its edits and sends all that are not acknowledged yet, each time: Streamlit joins quick reruns. Each
  carries the text that its author saw. They stand in the browser tab's storage meanwhile, so that a grid that comes after a
  reload or a restart of the server, to a session that knows nothing of them, sends them again. Sent twice, they change nothing.
- What is not acknowledged for seconds is sent again, and its cells say that they are not saved.
- Each answer carries the marks, the highest number taken, and the texts of the cells that differ, or ever
  differed, from those sent first: so undo, a suggestion's button and tidied text show.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Literal, TypedDict

import streamlit as st
from st_aggrid import AgGrid, JsCode
from st_aggrid.collectors import CustomResponse

from komet_import.errors import KometError
from komet_import.schema.column import Column
from komet_import.ui.review.grid_columns import COLUMN_TYPES, OWN_COLUMNS, column_definitions
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


class _Page(TypedDict):
    """The rows that the grid shows now: `texts` as they were sent first, to be sent until the grid has this `number`.

    `keys` are the columns, which may come and go; `longest` has the characters of those that show old texts beside new
    ones; `touched` cells were changed since, by anybody.
    """

    number: int
    place: str
    texts: dict[int, dict[str, str]]
    keys: list[str]
    longest: dict[str, int]
    touched: list[tuple[int, str]]


class _State(TypedDict):
    """One draft's, kept in the session as plain values. `session` tells its grids from another session's, whose numbers
    are others; `unsaved` edits (row, key, new, seen, by number) came, and `on_edits` has not yet stored them; `focus` is
    the number of the last focus that was taken."""

    session: str
    acknowledged: int
    unsaved: dict[int, tuple[int, str, str, str]]
    focus: int
    page: _Page


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
    kept_in_sight: int,
    on_edits: Callable[[Sequence[GridEdit]], None],
    on_focus: Callable[[int, str], None],
) -> None:
    """Draws the grid; both callbacks run before the next run of the page, as Streamlit's own do.

    `draft` names the draft and who works on it: what is not saved yet waits in the browser under this name.
    `on_edits` gets each edit once, in order. When it raises a KometError the edits are kept and offered again on the next
    run of this draft, where the error is raised if it persists: after the grid is drawn, so that nothing typed is gone.
    `on_focus` gets the cell that the user moved to, `_row` and `_action` too. `focused` is framed, the cell that the
    sentence speaks of. When `scroll` grows it is scrolled to, and when `take_focus` grows it gets the keyboard's focus
    as well. `announced` is read out when it changes, `empty` stands in the place of rows. The first `kept_in_sight`
    columns do not scroll away in a wide window. Another `page_key`, or other rows, show from the top.
    """
    state = _state(draft)
    _turn(state["page"], page_key, rows, columns)
    key = f"grid-{state['session']}-{draft}-{is_dark()}-{blue_required}"
    take = partial(_take, state, key, on_edits=on_edits, on_focus=on_focus)
    answer = _answer(rows, state, key, draft, choices) | {
        "columns": column_definitions(columns, frozenset(choices), blue_required, state["page"]["longest"]),
        "kept_in_sight": kept_in_sight + len(OWN_COLUMNS),
        "focused": focused,
        "announced": announced,
        "empty": empty,
        "scroll": scroll,
        "take_focus": take_focus,
    }
    with st.container(key="grid"):
        AgGrid(
            None,
            gridOptions=_OPTIONS,
            key=key,
            callback=partial(_before_the_run, take),
            data_return_mode="CUSTOM",
            custom_jscode_for_grid_return=JsCode("null"),
            update_on=[],  # grid.js itself tells
            server_sync_strategy="none",  # rows do not come by st_aggrid
            allow_unsafe_jscode=True,
            theme=grid_theme(palette()),
            custom_css=grid_css(palette(), blue_required),
            # Scripts that run once, when the grid is made; grid.js reads the last of them in every answer.
            pro_assets=[{"js": _scripts()}, {"js": f"komet.receive({json.dumps(answer)})"}],
        )
    if take():
        st.rerun()


def unsaved_edits(draft: str) -> list[GridEdit]:
    """What came of a draft's grid in this session and could not be stored, one a cell."""
    last = {
        (row, key): GridEdit(row, key, new, seen) for row, key, new, seen in _state(draft)["unsaved"].values()
    }
    return list(last.values())


def forget_unsaved(draft: str) -> None:
    """Somebody was told of it: when the browser sends it once more, it is known."""
    state = _state(draft)
    state["acknowledged"] = max(state["unsaved"], default=state["acknowledged"])
    state["unsaved"].clear()


def _state(draft: str) -> _State:
    page: _Page = {"number": 0, "place": "", "texts": {}, "keys": [], "longest": {}, "touched": []}
    new: _State = {
        "session": secrets.token_hex(4),
        "acknowledged": 0,
        "unsaved": {},
        "focus": 0,
        "page": page,
    }
    state: _State = st.session_state.setdefault(f"review-grid-{draft}", new)
    return state


def _turn(page: _Page, page_key: str, rows: Sequence[GridRow], columns: Sequence[Column]) -> None:
    """To the page of these rows, if it is another."""
    place = f"{page_key} {hash(tuple(row.row for row in rows))}"
    if place != page["place"]:
        page["number"] += 1
        page["place"] = place
        page["texts"] = {
            row.row: {column.key: row.texts.get(column.key, "") for column in columns} for row in rows
        }
        page["longest"] = _longest(rows)
        page["touched"] = []
    page["keys"] = [column.key for column in columns]


def _longest(rows: Sequence[GridRow]) -> dict[str, int]:
    """By column, the characters of the longest old and new text together: known when the page comes, so that no column
    changes its width under somebody's hands."""
    longest: dict[str, int] = {}
    for row in rows:
        for key, cell in row.marks.items():
            if cell.old and cell.state != "kept":
                both = len(cell.old) + 1 + len(row.texts.get(key, ""))
                longest[key] = max(both, longest.get(key, 0))
    return longest


def _before_the_run(take: Callable[[], bool], _response: CustomResponse) -> None:
    """Streamlit's callback. An error here would show as a crash; the run that follows tries again, and shows it."""
    with suppress(KometError):
        take()


def _take(
    state: _State,
    key: str,
    *,
    on_edits: Callable[[Sequence[GridEdit]], None],
    on_focus: Callable[[int, str], None],
) -> bool:
    """Passes on what the grid sent and was not taken yet; whether there were edits."""
    value = _value(key)
    _receive(state, value.get("edits"))
    _follow(state, value.get("focus"), on_focus)
    if not state["unsaved"]:
        return False
    edits = sorted(state["unsaved"].items())
    on_edits([GridEdit(*edit) for _number, edit in edits])
    state["acknowledged"] = edits[-1][0]
    state["unsaved"].clear()
    return True


def _value(key: str) -> dict[str, Any]:
    """What the grid said last; nothing when it is not there."""
    value: Any = st.session_state.get(key)
    return value if isinstance(value, dict) else {}


def _receive(state: _State, sent: object) -> None:
    """New edits become unsaved ones: of cells on screen, or of those that were there before."""
    for item in sent if isinstance(sent, list) else []:
        match item:
            case [int(sequence), int(row), str(key), str(new), str(seen)] if sequence > state["acknowledged"]:
                if _is_cell(state["page"], row, key):
                    state["page"]["touched"].append((row, key))
                state["unsaved"][sequence] = (row, key, new, seen)


def _follow(state: _State, sent: object, on_focus: Callable[[int, str], None]) -> None:
    match sent:
        case [int(number), int(row), str(key)] if number > state["focus"]:
            state["focus"] = number
            if _is_cell(state["page"], row, key) or (row in state["page"]["texts"] and key in OWN_COLUMNS):
                on_focus(row, key)


def _is_cell(page: _Page, row: int, key: str) -> bool:
    return row in page["texts"] and key in page["keys"]


# They never change: st_aggrid takes what differs for a wish to build the grid anew.
_OPTIONS: dict[str, Any] = {
    "columnDefs": [],
    "columnTypes": COLUMN_TYPES,
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
            "komet-kept": JsCode("komet.isKept"),
            "komet-focused": JsCode("komet.isFocused"),
            "komet-left-out": JsCode("komet.isLeftOut"),
            "komet-unsaved": JsCode("komet.isUnsaved"),
        },
        "tooltipValueGetter": JsCode("komet.note"),
    },
    "getRowId": JsCode("komet.rowId"),
    "onCellFocused": JsCode("komet.focused"),
    "onGridReady": JsCode("komet.ready"),
    "rowHeight": 30,
    "headerHeight": 46,
    "stopEditingWhenCellsLoseFocus": True,
    # As in a spreadsheet: Tab moves, and then typing replaces. An editor that Tab opens swallows what is typed meanwhile.
    "suppressStartEditOnTab": True,
    "enterNavigatesVerticallyAfterEdit": True,
    "suppressNoRowsOverlay": True,
    "tooltipShowDelay": 300,
    "ensureDomOrder": True,
}


def _answer(
    rows: Sequence[GridRow], state: _State, key: str, draft: str, choices: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """What grid.js is told of the rows; the page's texts too, as long as the grid has not said that it has them."""
    page = state["page"]
    return {
        "draft": draft,
        "acknowledged": state["acknowledged"],
        "last": max(state["unsaved"], default=state["acknowledged"]),
        "page": page["number"],
        "order": [row.row for row in rows],
        "base": None if _value(key).get("page") == page["number"] else page["texts"],
        "rows": {row.row: [row.action, row.left_out] for row in rows},
        "marks": {
            row.row: {key: [cell.state, cell.note, cell.old] for key, cell in row.marks.items()}
            for row in rows
            if row.marks
        },
        "texts": _texts_now(rows, page),
        "focus": state["focus"],
        "choices": {key: list(values) for key, values in choices.items()},
        "words": script_words(),
    }


def _texts_now(rows: Sequence[GridRow], page: _Page) -> dict[int, dict[str, str]]:
    """The touched cells' texts, and those of cells that differ from what was sent first, which are touched now."""
    now = {row.row: row.texts for row in rows}
    touched = set(page["touched"])
    touched.update(
        (number, key)
        for number, first in page["texts"].items()
        for key in page["keys"]
        if now[number].get(key, "") != first.get(key, "")
    )
    page["touched"] = sorted(touched)
    texts: dict[int, dict[str, str]] = {}
    for number, key in page["touched"]:
        texts.setdefault(number, {})[key] = now[number].get(key, "")
    return texts


@cache
def _scripts() -> str:
    return "".join((ASSETS / name).read_text(encoding="utf-8") for name in ("grid_cells.js", "grid.js"))
