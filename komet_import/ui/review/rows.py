"""The rows of a page as the grid draws them: what becomes of each, and a mark on each cell that is wrong or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from komet_import import outcomes
from komet_import.language import _
from komet_import.review.draft import Before, Draft
from komet_import.review.issues import Issue
from komet_import.review.plan import Action
from komet_import.schema.column import Column
from komet_import.schema.problems import Severity
from komet_import.ui.review.grid import GridCell, GridRow
from komet_import.ui.review.told import earlier_texts

ACTION_WORDS = {
    Action.NEW: outcomes.NEW,
    Action.UPDATE: outcomes.UPDATED,
    Action.UNCHANGED: outcomes.UNCHANGED,
}


def grid_rows(
    draft: Draft, numbers: Sequence[int], columns: Sequence[Column], issues: Iterable[Issue]
) -> list[GridRow]:
    """`issues` are those of these rows."""
    keys = [column.key for column in columns]
    before = draft.before(numbers, frozenset(keys))
    by_row: dict[int, list[Issue]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(issue)
    return [_row(draft, row, keys, before.get(row, Before()), by_row.get(row, ())) for row in numbers]


def _row(draft: Draft, row: int, keys: Sequence[str], before: Before, issues: Sequence[Issue]) -> GridRow:
    skipped = draft.is_left_out(row)
    marks = _kept(before.kept) | _changed(draft, row, before.was)
    if not skipped:
        marks |= _wrong(issues, marks)
    action = _(outcomes.SKIPPED) if skipped else action_of(draft, row, issues)
    return GridRow(row, action, draft.texts(row, keys), marks, skipped)


def action_of(draft: Draft, row: int, issues: Iterable[Issue]) -> str:
    """`Has errors: Fax +2` names the first wrong cell and counts the others; `issues` are the row's."""
    action = draft.action(row)
    if action is not Action.REJECTED:
        return _(ACTION_WORDS[action])
    wrong = list(
        dict.fromkeys(issue.key for issue in issues if issue.key and issue.severity is Severity.ERROR)
    )
    header = draft.declaration.header(wrong[0]) if wrong else ""
    if len(wrong) > 1:
        return _("Has errors: {header} +{count}").format(header=header, count=len(wrong) - 1)
    return _("Has errors: {header}").format(header=header)


def _kept(kept: Mapping[str, str]) -> dict[str, GridCell]:
    return {key: GridCell("kept", _("The stored value is kept."), old) for key, old in kept.items()}


def _changed(draft: Draft, row: int, was: Mapping[str, str]) -> dict[str, GridCell]:
    notes = earlier_texts(draft, row, was)
    return {key: GridCell("changed", note, was.get(key)) for key, note in notes.items()}


def _wrong(issues: Iterable[Issue], marks: Mapping[str, GridCell]) -> dict[str, GridCell]:
    """A cell's issues stand before what it was."""
    notes: dict[str, list[str]] = {}
    states: dict[str, Literal["error", "warning"]] = {}
    for issue in issues:
        if issue.key:
            notes.setdefault(issue.key, []).append(issue.message)
            states.setdefault(issue.key, issue.severity.value)
    return {key: _with(states[key], notes[key], marks.get(key)) for key in states}


def _with(state: Literal["error", "warning"], notes: Sequence[str], mark: GridCell | None) -> GridCell:
    """Only what goes in is shown beside the text that it takes the place of."""
    earlier = [mark.note] if mark and mark.state == "changed" else []
    old = mark.old if mark and state == "warning" else None
    return GridCell(state, "\n".join([*notes, *earlier]), old)
