"""From problem to problem, over the pages, and from the last one to the first again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from komet_import.review.draft import Draft
from komet_import.review.issues import Issue
from komet_import.ui.review import view as views
from komet_import.ui.review.view import View

Cell = tuple[int, str]  # row and column key
_Place = tuple[int, int]  # the index among the view's rows, and the column's order


class Found(NamedTuple):
    """`is_again` when the walk came to its end, and began anew."""

    issue: Issue
    is_again: bool


def neighbour(view: View, draft: Draft, cell: Cell | None, *, forward: bool) -> Found | None:
    """The next problem of the view's rows after the cell, or the one before: of the chosen kind, if there is one.

    Without a cell from the beginning of the page. None when the rows have no problem, or only the cell.
    """
    kind, here = views.chosen_kind(view, draft), _place(view, draft, cell)
    for index, is_again in _from(here[0], len(view["rows"]), forward=forward):
        row = view["rows"][index]
        if not draft.has_problem(row, kind):
            continue
        issues = views.of_chosen_kind(view, draft, draft.issues(row))
        for issue in issues if forward else issues[::-1]:
            place = index, _order(draft, issue.key or "")
            is_beyond = place > here if forward else place < here
            if is_beyond != is_again and place != here:
                return Found(issue, is_again)
    return None


def _place(view: View, draft: Draft, cell: Cell | None) -> _Place:
    if cell is None or cell[0] not in view["rows"]:
        return (view["page"] - 1) * views.PAGE_ROWS, -1
    row, key = cell
    return view["rows"].index(row), _order(draft, key)


def _order(draft: Draft, key: str) -> int:
    column = draft.declaration.by_key.get(key)
    return column.order if column else 0


def _from(start: int, count: int, *, forward: bool) -> Iterator[tuple[int, bool]]:
    """Each index once as what follows, the start first; then what was passed by, the start last."""
    there = range(start, count) if forward else range(start, -1, -1)
    again = range(start + 1) if forward else range(count - 1, start - 1, -1)
    return (
        chain(((index, False) for index in there), ((index, True) for index in again)) if count else iter(())
    )
