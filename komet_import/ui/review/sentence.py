"""The sentence above the grid: what is wrong with the cell or row one stands in, else what becomes of it; and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.language import _
from komet_import.review.draft import Draft
from komet_import.review.edits import IN, OUT, CellEdit
from komet_import.review.issues import Issue, ProblemKind
from komet_import.schema.problems import title_of
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review import told, walk
from komet_import.ui.review import view as views
from komet_import.ui.review.changing import change_draft, look
from komet_import.ui.review.problems import ICONS
from komet_import.ui.review.view import Filter, View
from komet_import.ui.review.walk import Cell

# Elsewhere, while nobody stands in a row, what is said is said of all rows.
_PROBLEMS_FIRST = (Filter.ALL, Filter.PROBLEMS, Filter.LEFT_OUT)


class Spoken(NamedTuple):
    """`cell` is the one that is spoken of, with its `issue`; neither when it is of all rows."""

    text: str
    cell: Cell | None = None
    issue: Issue | None = None


def spoken(view: View, draft: Draft, on_page: Sequence[Issue]) -> Spoken:
    """Of the cell in focus, else of its row; while nothing is in focus, of the page's first problem: `on_page` are all."""
    row = views.focused_row(view, draft)
    if row is None and view["filter"] in _PROBLEMS_FIRST:
        issue = next(iter(views.of_chosen_kind(view, draft, on_page)), None)
        if issue is not None and not draft.is_left_out(issue.row):
            views.show(view, draft, issue.row, issue.key or "")
            row = issue.row
    if row is None or view["focus"] is None:
        return Spoken(told.end(view, draft) or told.of_rows(view, draft))
    cell = row, str(view["focus"][1])
    issue = None if draft.is_left_out(row) else _issue_at(view, draft, cell)
    if issue is not None:
        return Spoken(told.of_issue(draft, issue), (issue.row, issue.key or ""), issue)
    return Spoken(told.end(view, draft) or told.of_row(draft, *cell), cell)


def _issue_at(view: View, draft: Draft, cell: Cell) -> Issue | None:
    """The cell's own before its row's, and of the chosen kind before others."""
    row, key = cell
    issues = draft.issues(row)
    for some in ([issue for issue in issues if issue.key == key], issues):
        found = views.first_of(views.of_chosen_kind(view, draft, some)) or views.first_of(some)
        if found is not None:
            return found
    return None


def sentence_line(desk: Desk, opened: OpenDraft, view: View, said: Spoken) -> None:
    """With what can be done about it."""
    draft, draft_id = opened.draft, opened.stored.draft_id
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sentence"):
        st.markdown(_marked(draft, said), width="content")
        if said.issue is not None:
            _use_button(desk, draft_id, view, said.issue)
        if said.cell is not None:
            _skip_button(desk, draft, draft_id, said.cell[0])
        if told.last_of_kind(view, draft) and said.issue is None:
            _next_kind_button(desk, draft, draft_id, view)
        if draft.count_with_problems:
            _step_button(desk, draft_id, view, said.cell, forward=False)
            _step_button(desk, draft_id, view, said.cell, forward=True)


def _marked(draft: Draft, said: Spoken) -> str:
    if said.issue is None:
        return escape_markdown(said.text)
    place = told.place(draft, said.issue.row, said.issue.key)
    return f"{ICONS[said.issue.severity]} **{escape_markdown(place)}** {escape_markdown(said.issue.message)}"


# -- the suggestion ------------------------------------------------------------------------------------------------


def _use_button(desk: Desk, draft_id: str, view: View, issue: Issue) -> None:
    if issue.suggestion is not None and issue.key is not None:
        st.button(
            _("Use {text}").format(text=escape_markdown(issue.suggestion)),
            key="use",
            on_click=_use,
            args=(desk, draft_id, view, issue),
        )


def _use(desk: Desk, draft_id: str, view: View, issue: Issue) -> None:
    """And on to the next problem; when that has no such button, the keyboard's focus goes to its cell."""

    def use(at: Desk, opened: OpenDraft) -> list[Conflict]:
        edit = CellEdit(issue.row, issue.key, issue.value, issue.suggestion or "")
        conflicts = drafts.edit(at, opened, [edit])
        if not conflicts:
            cell = issue.row, issue.key or ""
            found = None if told.end(view, opened.draft) else _go(view, opened.draft, cell, forward=True)
            if found is None:
                views.show(view, opened.draft, *cell)
            if found is None or found.suggestion is None:
                views.take_focus(view)
        return conflicts

    change_draft(desk, draft_id, use)


# -- skipping the row ----------------------------------------------------------------------------------------------


def _skip_button(desk: Desk, draft: Draft, draft_id: str, row: int) -> None:
    out = draft.is_left_out(row)
    st.button(
        (_("Take row {row} back") if out else _("Skip row {row}")).format(row=row),
        key="leave-out",
        type="tertiary",
        help=_("A row that is skipped is left out of the import. The menu of its Action does the same."),
        on_click=_skip,
        args=(desk, draft_id, row, not out),
    )


def _skip(desk: Desk, draft_id: str, row: int, out: bool) -> None:
    edit = CellEdit(row, None, IN if out else OUT, OUT if out else IN)
    change_draft(desk, draft_id, lambda at, opened: drafts.edit(at, opened, [edit]))


# -- the way on ----------------------------------------------------------------------------------------------------


def _next_kind_button(desk: Desk, draft: Draft, draft_id: str, view: View) -> None:
    kind = _next_kind(view, draft)
    if kind is not None:
        label = _("Next: {header}, {problem}").format(
            header=draft.declaration.header(kind.key or ""), problem=title_of(kind.code)
        )
        st.button(label, key="next-kind", on_click=_choose_kind, args=(desk, draft_id, view, kind))


def _next_kind(view: View, draft: Draft) -> ProblemKind | None:
    """The one below in the list, or the first."""
    kinds = list(draft.problem_kinds)
    gone = draft.declaration.by_key.get((view["kind"] or [""])[0])
    later = [kind for kind in kinds if gone is None or kind.order >= gone.order]
    return next(iter(later or kinds), None)


def _choose_kind(desk: Desk, draft_id: str, view: View, kind: ProblemKind) -> None:
    def ask(draft: Draft) -> None:
        views.choose(view, draft, Filter.PROBLEMS, kind=kind)
        _go(view, draft, None, forward=True)
        views.take_focus(view)

    look(desk, draft_id, ask)


def _step_button(desk: Desk, draft_id: str, view: View, cell: Cell | None, *, forward: bool) -> None:
    st.button(
        _("Next problem") if forward else _("Previous problem"),
        key="step-next" if forward else "step-previous",
        type="tertiary",
        help=_("Next problem, on this page or another")
        if forward
        else _("Previous problem, on this page or another"),
        on_click=_step,
        args=(desk, draft_id, view, cell, forward),
    )


def _step(desk: Desk, draft_id: str, view: View, cell: Cell | None, forward: bool) -> None:
    def step(draft: Draft) -> None:
        if _go(view, draft, cell, forward=forward) is None:
            st.toast(_("There is no other problem in these rows."))

    look(desk, draft_id, step)


def _go(view: View, draft: Draft, cell: Cell | None, *, forward: bool) -> Issue | None:
    """To the next problem, or the one before; says so when it begins anew."""
    found = walk.neighbour(view, draft, cell, forward=forward)
    if found is None:
        return None
    views.show(view, draft, found.issue.row, found.issue.key or "")
    if found.is_again:
        st.toast(_("From the first problem again.") if forward else _("From the last problem again."))
    return found.issue
