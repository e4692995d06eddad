"""Which rows, columns and cell the review shows: plain values in the session, a view for each draft, and in the address."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypedDict

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from komet_import import outcomes
from komet_import.language import N_
from komet_import.review.draft import Draft
from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.plan import Action

PAGE_ROWS = 200
PAGE_KEY = "review-page"


class Filter(StrEnum):
    """What the segmented control offers."""

    ALL = "all"
    PROBLEMS = "problems"
    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left-out"


FILTERS = {
    Filter.ALL: N_("All"),
    Filter.PROBLEMS: N_("Problems"),
    Filter.NEW: outcomes.NEW,
    Filter.UPDATED: outcomes.UPDATED,
    Filter.UNCHANGED: outcomes.UNCHANGED,
    Filter.LEFT_OUT: outcomes.LEFT_OUT,
}
ACTIONS = {
    Filter.NEW: Action.NEW,
    Filter.UPDATED: Action.UPDATE,
    Filter.UNCHANGED: Action.UNCHANGED,
    Filter.LEFT_OUT: Action.REJECTED,
}


class View(TypedDict):
    """`rows` are those that the filter found, in the order it found them: an edit never moves a row away.

    `kind` is the chosen problem's column key and code. `focus` is the cell that is spoken of, row and column key.
    `columns` are those with problems or changes, so far as the filter asks for them, unless `all_columns` are wanted.
    `scroll` and `take_focus` grow when the grid is to show the cell, and to take the keyboard's focus to it. `notice` is
    said until the user closes it; `figures`, `sentence` and `announced` were said last.
    """

    filter: str
    kind: list[str] | None
    search: str
    page: int
    rows: array[int]
    focus: list[int | str] | None
    columns: list[str]
    all_columns: bool
    scroll: int
    take_focus: int
    notice: str | None
    figures: str
    sentence: str
    announced: str


def view_of(draft_id: str, draft: Draft) -> View:
    """This session's view of a draft; the first one, and whoever goes back to it, shows what the address says."""
    views: dict[str, View] = st.session_state.setdefault("views", {})
    run = get_script_run_ctx()
    goes_back = run is not None and run.is_history_navigation
    if goes_back or draft_id not in views or not all(row in draft for row in views[draft_id]["rows"][:1]):
        view = views[draft_id] = views.get(draft_id, new_view())
        _read_address(view)
        _select(view, draft)
    view = views[draft_id]
    _follow_page(view)
    return view


def new_view() -> View:
    """Of no rows yet."""
    return {
        "filter": Filter.ALL.value,
        "kind": None,
        "search": "",
        "page": 1,
        "rows": array("I"),
        "focus": None,
        "columns": [],
        "all_columns": False,
        "scroll": 0,
        "take_focus": 0,
        "notice": None,
        "figures": "",
        "sentence": "",
        "announced": "",
    }


# -- which rows ----------------------------------------------------------------------------------------------------


def choose(
    view: View, draft: Draft, wanted: str = Filter.ALL, *, kind: ProblemKind | None = None, search: str = ""
) -> None:
    """Finds the rows anew, from the first page on. In a callback, or before the filters are drawn."""
    view["filter"], view["search"] = Filter(wanted).value, search
    view["kind"] = None if kind is None else [kind.key or "", kind.code.value]
    st.session_state["search"] = search
    _write_address(view)
    _select(view, draft)


def _select(view: View, draft: Draft) -> None:
    kind, wanted = chosen_kind(view, draft), Filter(view["filter"])
    if kind is not None:
        view["rows"] = _numbers(draft.rows_with(kind))
    else:
        actions = [ACTIONS[wanted]] if wanted in ACTIONS else None
        found = draft.select(actions, problems=wanted is Filter.PROBLEMS, search=view["search"])
        view["rows"] = _numbers(found)
    view["columns"] = []
    turn_to(view, 1)


def _numbers(rows: Iterable[int]) -> array[int]:
    return array("I", rows)


def chosen_kind(view: View, draft: Draft) -> ProblemKind | None:
    """The problem that was chosen in the list, while any cell has it."""
    return next(
        (kind for kind in draft.problem_kinds if view["kind"] == [kind.key or "", kind.code.value]), None
    )


def of_chosen_kind(view: View, draft: Draft, issues: Iterable[Issue]) -> list[Issue]:
    """Those of the chosen problem; all when none is chosen."""
    kind = chosen_kind(view, draft)
    return [i for i in issues if kind is None or (i.key == kind.key and i.code == kind.code)]


# -- the address ---------------------------------------------------------------------------------------------------


def _read_address(view: View) -> None:
    """Anything may stand in it."""
    asked = st.query_params.get("filter", "")
    view["filter"] = asked if asked in list(Filter) else Filter.ALL.value
    key, _, code = st.query_params.get("problem", "").rpartition(".")
    view["kind"] = [key, code] if code else None
    view["search"] = st.session_state["search"] = st.query_params.get("search", "")


def _write_address(view: View) -> None:
    asked = {
        "filter": "" if view["filter"] == Filter.ALL else view["filter"],
        "problem": ".".join(view["kind"] or ()),
        "search": view["search"],
    }
    others = {name: text for name, text in st.query_params.to_dict().items() if name not in asked}
    st.query_params.from_dict(others | {name: text for name, text in asked.items() if text})


# -- which page and cell -------------------------------------------------------------------------------------------


def pages(view: View) -> int:
    """How many there are, at least one."""
    return max(1, -(-len(view["rows"]) // PAGE_ROWS))


def turn_to(view: View, page: int) -> None:
    """In a callback, or before the choice of a page is drawn."""
    st.session_state[PAGE_KEY] = view["page"] = page
    view["focus"] = None


def _follow_page(view: View) -> None:
    """What the user chose below the grid."""
    page = st.session_state.get(PAGE_KEY, view["page"])
    if page != view["page"] and 1 <= page <= pages(view):
        turn_to(view, page)


def rows_on_page(view: View) -> list[int]:
    """Row numbers, at most PAGE_ROWS."""
    first = (min(view["page"], pages(view)) - 1) * PAGE_ROWS
    return view["rows"][first : first + PAGE_ROWS].tolist()


def show(view: View, draft: Draft, row: int, key: str) -> None:
    """Goes to the cell, whatever page it is on; all rows are shown when the filter left this one out."""
    if row not in view["rows"]:
        choose(view, draft)
    page = view["rows"].index(row) // PAGE_ROWS + 1
    if page != view["page"]:
        turn_to(view, page)
    view["focus"] = [row, key]
    view["scroll"] += 1
    if key in draft.declaration.by_key and key not in view["columns"]:
        view["columns"].append(key)


def take_focus(view: View) -> None:
    """The keyboard's focus goes to the cell that is spoken of, because the control that had it goes."""
    if view["focus"] is None and view["rows"]:
        view["focus"] = [rows_on_page(view)[0], "_action"]
    view["take_focus"] += 1


def focused_row(view: View, draft: Draft) -> int | None:
    """The row that the user stands in, or that was shown last."""
    row = None if view["focus"] is None else int(view["focus"][0])
    return row if row is not None and row in draft else None


def first_of(issues: Sequence[Issue]) -> Issue | None:
    """The first error, else the first warning: by the first an action is named."""
    return min(issues, key=lambda issue: issue.severity, default=None)
