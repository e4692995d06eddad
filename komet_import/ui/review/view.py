"""Which rows the review shows, and which problem it speaks of: plain values in the session, a view for each draft."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypedDict

import streamlit as st

from komet_import import outcomes
from komet_import.language import N_
from komet_import.review.draft import Draft
from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.plan import Action

PAGE_ROWS = 200


class Filter(StrEnum):
    """What the segmented control offers."""

    ALL = "all"
    PROBLEMS = "problems"
    NEW = "new"
    UPDATES = "updates"
    UNCHANGED = "unchanged"


FILTERS = {
    Filter.ALL: N_("All"),
    Filter.PROBLEMS: N_("Problems"),
    Filter.NEW: outcomes.NEW,
    Filter.UPDATES: outcomes.UPDATED,
    Filter.UNCHANGED: outcomes.UNCHANGED,
}
ACTIONS = {Filter.NEW: Action.NEW, Filter.UPDATES: Action.UPDATE, Filter.UNCHANGED: Action.UNCHANGED}


class View(TypedDict):
    """`rows` are those that the filter found, in the order it found them: an edit never moves a row away.

    `kind` is the chosen problem's column key and code. `focus` is a cell, row and column key, and `went` says
    that the user went there in the grid. `notice` is said until the user closes it.
    """

    filter: str
    kind: list[str] | None
    search: str
    page: int
    rows: array[int]
    focus: list[int | str] | None
    went: bool
    generation: int
    notice: str | None


def view_of(draft_id: str, draft: Draft) -> View:
    """This session's view of a draft; the first one shows all rows, problems first."""
    views: dict[str, View] = st.session_state.setdefault("views", {})
    if draft_id not in views or not all(row in draft for row in views[draft_id]["rows"][:1]):
        new: View = {
            "filter": Filter.ALL.value,
            "kind": None,
            "search": "",
            "page": 1,
            "rows": _numbers(draft.select()),
            "focus": None,
            "went": False,
            "generation": 0,
            "notice": None,
        }
        views[draft_id] = new
    return views[draft_id]


def select(view: View, draft: Draft) -> None:
    """Finds the rows anew, from the first page on."""
    kind = chosen_kind(view, draft)
    wanted = Filter(view["filter"])
    if kind is not None:
        view["rows"] = _numbers(draft.rows_with(kind))
    else:
        actions = [ACTIONS[wanted]] if wanted in ACTIONS else None
        found = draft.select(actions, problems=wanted is Filter.PROBLEMS, search=view["search"])
        view["rows"] = _numbers(found)
    view["page"] = 1
    view["focus"], view["went"] = None, False
    view["generation"] += 1


def chosen_kind(view: View, draft: Draft) -> ProblemKind | None:
    """The problem that was chosen in the list, while any cell has it."""
    return next(
        (kind for kind in draft.problem_kinds if view["kind"] == [kind.key or "", kind.code.value]), None
    )


def pages(view: View) -> int:
    """How many there are, at least one."""
    return max(1, -(-len(view["rows"]) // PAGE_ROWS))


def rows_on_page(view: View) -> list[int]:
    """Row numbers, at most PAGE_ROWS."""
    first = (min(view["page"], pages(view)) - 1) * PAGE_ROWS
    return view["rows"][first : first + PAGE_ROWS].tolist()


def _numbers(rows: Iterable[int]) -> array[int]:
    return array("I", rows)


def of_chosen_kind(view: View, draft: Draft, issues: Sequence[Issue]) -> Sequence[Issue]:
    """Those of the chosen problem; all when none is chosen."""
    kind = chosen_kind(view, draft)
    return issues if kind is None else [i for i in issues if i.key == kind.key and i.code == kind.code]


def issue_in_focus(view: View, draft: Draft, issues: Sequence[Issue]) -> int | None:
    """The index of the issue that the sentence speaks of: the focused cell's, else the next one after it."""
    if not issues:
        return None
    if view["focus"] is None:
        return 0
    order = {row: index for index, row in enumerate(rows_on_page(view))}
    columns = {key: column.order for key, column in draft.declaration.by_key.items()}
    row, key = view["focus"]
    wanted = (order.get(int(row), 0), columns.get(str(key), 0))
    places = [(order[issue.row], columns.get(issue.key or "", 0)) for issue in issues]
    return next((i for i, place in enumerate(places) if place >= wanted), len(places) - 1)
