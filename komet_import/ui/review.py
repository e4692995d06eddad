"""The review of a draft: problems at the left, the grid at the right, and at the bottom what a commit would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from komet_import import importer
from komet_import.desk import Desk
from komet_import.drafting import OpenDraft
from komet_import.errors import KometError
from komet_import.review.draft import Draft, ProblemKind
from komet_import.review.issues import Issue
from komet_import.review.plan import Action
from komet_import.schema.column import Column, KindName
from komet_import.schema.kinds import choices
from komet_import.schema.problems import CATALOGUE, Severity
from komet_import.ui import layout, words
from komet_import.ui import view as views
from komet_import.ui.commit import commit_bar
from komet_import.ui.grid import LEFT_OUT, GridCell, GridEdit, GridRow, review_grid
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.view import Filter, View
from komet_import.ui.wiring import draft_in_hand, errors_shown

ICONS = {Severity.ERROR: ":red[:material/error:]", Severity.WARNING: ":orange[:material/warning:]"}
ACTION_WORDS = {
    Action.NEW: "New",
    Action.UPDATE: "Update",
    Action.UNCHANGED: "Unchanged",
    Action.REJECTED: "Left out",
}


def review_screen(desk: Desk, opened: OpenDraft) -> None:
    """Everything to correct a file and to see what it would do."""
    view = views.view_of(opened.stored.draft_id, opened.draft)
    _head(desk, opened)
    problems, table = st.columns([0.225, 0.775], gap="medium")
    with problems:
        _problem_list(opened, view)
    with table:
        _filters(desk, opened, view)
        _sentence(desk, opened, view)
        _grid(desk, opened, view)
        _below(view)
    commit_bar(desk, opened)


# -- head ----------------------------------------------------------------------------------------------------------


def _head(desk: Desk, opened: OpenDraft) -> None:
    counts = opened.draft.counts
    with layout.title(opened.stored.file, "Setup", "Data Import", "Review"):
        layout.figures(
            [
                ("Rows", counts.rows),
                ("New", counts.new),
                ("Updates", counts.update),
                ("Unchanged", counts.unchanged),
                ("With errors", counts.rejected),
            ]
        )
    notice = st.session_state.pop("notice", None)
    if notice:
        st.warning(notice, icon=":material/sync_problem:")
    if len(opened.table.sheets) > 1:
        _sheet_choice(desk, opened)


def _sheet_choice(desk: Desk, opened: OpenDraft) -> None:
    sheets, now = list(opened.table.sheets), opened.table.sheet or ""
    sheet = st.segmented_control(
        "Sheet", [escape_markdown(s) for s in sheets], default=escape_markdown(now), key="sheet"
    )
    chosen = next((s for s in sheets if escape_markdown(s) == sheet), now)
    if chosen != now:
        started = importer.choose_sheet(desk, opened, chosen)
        st.query_params["draft"] = started.stored.draft_id
        st.rerun()


# -- problems ------------------------------------------------------------------------------------------------------


def _problem_list(opened: OpenDraft, view: View) -> None:
    draft, kinds = opened.draft, opened.draft.problem_kinds
    with st.container(key="problems", border=True, gap="xxsmall"):
        if kinds:
            rows = words.counted(draft.count_with_issues, "row")
            st.markdown(f"**{words.counted(sum(kinds.values()), 'problem')} in {rows}**")
            st.caption("Click one to show its rows.")
        else:
            st.markdown("**No problems**")
            st.caption("Every row that changes something can go in.")
        column = ""
        for kind, count in kinds.items():
            header = draft.declaration.by_key[kind.key].header if kind.key else "Whole row"
            if header != column:
                st.markdown(f"**{header}**")
                column = header
            _problem_button(view, draft, kind, count)
        _unknown_columns(opened.matching.unknown)


def _unknown_columns(unknown: Sequence[str]) -> None:
    if unknown:
        more = [f"{len(unknown) - 6:,} more"] if len(unknown) > 6 else []
        names = words.listed([escape_markdown(header[:60]) for header in unknown[:6]] + more)
        st.markdown("**Columns left out**")
        st.caption(f"The template has no such columns: {names}.")


def _problem_button(view: View, draft: Draft, kind: ProblemKind, count: int) -> None:
    chosen = view["kind"] == [kind.key or "", kind.code.value]
    st.button(
        f"{ICONS[kind.severity]} {CATALOGUE[kind.code].title} :gray[{count:,}]",
        key=f"problem-{kind.key}-{kind.code}",
        type="secondary" if chosen else "tertiary",
        width="stretch",
        on_click=_choose_problem,
        args=(view, draft, None if chosen else kind),
    )


def _choose_problem(view: View, draft: Draft, kind: ProblemKind | None) -> None:
    view["kind"] = None if kind is None else [kind.key or "", kind.code.value]
    view["filter"], view["search"] = Filter.ALL.value, ""
    st.session_state["search"] = ""
    views.select(view, draft)


# -- filters, search, undo -----------------------------------------------------------------------------------------


def _filters(desk: Desk, opened: OpenDraft, view: View) -> None:
    draft, counts = opened.draft, opened.draft.counts
    numbers = {
        Filter.ALL.value: counts.rows,
        Filter.PROBLEMS.value: draft.count_with_issues,
        Filter.NEW.value: counts.new,
        Filter.UPDATES.value: counts.update,
        Filter.UNCHANGED.value: counts.unchanged,
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["filter"] = view["filter"] if view["kind"] is None else None
        st.segmented_control(
            "Filter",
            [one.value for one in Filter],
            format_func=partial(_with_number, numbers),
            key="filter",
            label_visibility="collapsed",
            on_change=_filter,
            args=(view, draft),
        )
        st.text_input(
            "Search",
            placeholder="Search",
            icon=":material/search:",
            key="search",
            label_visibility="collapsed",
            on_change=_search,
            args=(view, draft),
        )
        stored = opened.stored
        _icon_button("undo", "Undo the last edit", stored.cursor > 0, partial(_undo, desk, stored.draft_id))
        _icon_button("redo", "Redo", stored.cursor < stored.last_edit, partial(_redo, desk, stored.draft_id))


def _with_number(numbers: Mapping[str, int], one: str) -> str:
    return f"{one} {numbers[one]:,}"


def _icon_button(icon: str, text: str, enabled: bool, action: Callable[[], None]) -> None:
    st.button(
        "", icon=f":material/{icon}:", key=f"do-{icon}", help=text, disabled=not enabled, on_click=action
    )


def _filter(view: View, draft: Draft) -> None:
    view["filter"], view["kind"] = st.session_state["filter"] or Filter.ALL.value, None
    views.select(view, draft)


def _search(view: View, draft: Draft) -> None:
    view["search"], view["kind"] = st.session_state["search"], None
    views.select(view, draft)


def _undo(desk: Desk, draft_id: str) -> None:
    _changed(desk, draft_id, importer.undo_edit)


def _redo(desk: Desk, draft_id: str) -> None:
    _changed(desk, draft_id, importer.redo_edit)


def _changed(desk: Desk, draft_id: str, change: Callable[[Desk, OpenDraft], Any]) -> None:
    """A callback's errors are shown by the run that follows it."""
    try:
        with draft_in_hand(desk, draft_id) as opened:
            change(desk, opened)
    except KometError as error:
        st.session_state["notice"] = str(error)


# -- the problem in focus ------------------------------------------------------------------------------------------


def _sentence(desk: Desk, opened: OpenDraft, view: View) -> None:
    """The accessible way to a cell's reason: tooltips are for the mouse only."""
    issues = views.issues_on_page(view, opened.draft)
    index = views.issue_in_focus(view, opened.draft, issues)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sentence"):
        if index is None:
            st.markdown(":gray[No problem on this page.]" if view["rows"] else ":gray[No row fits.]")
            return
        issue = issues[index]
        view["focus"] = [issue.row, issue.key or ""]
        st.markdown(_reason(opened.draft, issue), width="content")
        if issue.suggestion is not None and issue.key is not None:
            st.button(
                f"Use {escape_markdown(issue.suggestion)}",
                key="use",
                on_click=_use,
                args=(desk, opened.stored.draft_id, issue.row, issue.key, issue.suggestion),
            )
        _leave_out_button(desk, opened, issue.row)
        for step, icon, text in (
            (-1, "keyboard_arrow_up", "Previous problem"),
            (1, "keyboard_arrow_down", "Next problem"),
        ):
            st.button(
                "",
                icon=f":material/{icon}:",
                key=f"step{step}",
                type="tertiary",
                help=text,
                disabled=not 0 <= index + step < len(issues),
                on_click=_focus_issue,
                args=(view, issues, index + step),
            )


def _leave_out_button(desk: Desk, opened: OpenDraft, row: int) -> None:
    """A double click on the row's Action does the same for any row."""
    out = opened.draft.is_left_out(row)
    st.button(
        f"Take row {row} back" if out else f"Leave row {row} out",
        key="leave-out",
        type="tertiary",
        on_click=_leave_out,
        args=(desk, opened.stored.draft_id, row, not out),
    )


def _leave_out(desk: Desk, draft_id: str, row: int, out: bool) -> None:
    _changed(desk, draft_id, lambda at, opened: importer.leave_out(at, opened, row, out))


def _reason(draft: Draft, issue: Issue) -> str:
    column = f", {draft.declaration.by_key[issue.key].header}" if issue.key else ""
    return f"{ICONS[issue.severity]} **Row {issue.row}{column}.** {escape_markdown(issue.message)}"


def _use(desk: Desk, draft_id: str, row: int, key: str, text: str) -> None:
    _changed(desk, draft_id, lambda at, opened: importer.edit(at, opened, [(row, key, text)]))


def _focus_issue(view: View, issues: Sequence[Issue], index: int) -> None:
    view["focus"] = [issues[index].row, issues[index].key or ""]


# -- the grid ------------------------------------------------------------------------------------------------------


def _grid(desk: Desk, opened: OpenDraft, view: View) -> None:
    draft = opened.draft
    columns = shown_columns(draft)
    rows = [_row(draft, row, columns) for row in views.rows_on_page(view)]
    focus = view["focus"]
    with errors_shown():
        review_grid(
            rows,
            columns,
            choices={
                c.key: _options(c, draft) for c in columns if c.kind in (KindName.CHOICE, KindName.BOOLEAN)
            },
            blue_required=draft.company.multi_location,
            focused=(int(focus[0]), str(focus[1])) if focus and focus[1] else None,
            draft=opened.stored.draft_id,
            page_key=f"{view['generation']}-{view['page']}",
            on_edits=partial(_edit, desk, opened.stored.draft_id),
            on_focus=partial(_focus, view),
        )


def shown_columns(draft: Draft) -> list[Column]:
    """The file's, and those it lacks that an issue names: a new customer without a name must get one somewhere."""
    named = {kind.key for kind in draft.problem_kinds}
    return [c for c in draft.declaration.columns if c.key in draft.columns or c.key in named]


def _options(column: Column, draft: Draft) -> Sequence[str]:
    return ("Yes", "No") if column.kind is KindName.BOOLEAN else choices(column, draft.company)


def _row(draft: Draft, row: int, columns: Sequence[Column]) -> GridRow:
    was = draft.was(row)
    marks = {key: GridCell("changed", f"Was: {old or '(blank)'}") for key, old in was.items()}
    for issue in draft.issues(row):
        if issue.key:
            old = f"\nWas: {was[issue.key] or '(blank)'}" if issue.key in was else ""
            marks[issue.key] = GridCell(issue.severity.value, issue.message + old)
    texts = {column.key: draft.text(row, column.key) for column in columns}
    return GridRow(row, ACTION_WORDS[draft.action(row)], texts, marks, draft.is_left_out(row))


def _edit(desk: Desk, draft_id: str, made: Sequence[GridEdit]) -> None:
    with draft_in_hand(desk, draft_id) as opened:
        for edit in made:
            if edit.key == LEFT_OUT:
                importer.leave_out(desk, opened, edit.row, edit.new == "Yes")
            else:
                importer.edit(desk, opened, [(edit.row, edit.key, edit.new)])


def _focus(view: View, row: int, key: str) -> None:
    view["focus"] = [row, key]


def _below(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        layout.marks_legend()
        if views.pages(view) > 1:
            page = st.pagination(views.pages(view), default=view["page"], key=f"page-{view['generation']}")
            if page != view["page"]:
                view["page"], view["focus"] = page, None
                st.rerun()
