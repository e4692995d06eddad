"""The review of a draft: problems at the left, the grid at the right, and at the bottom what a commit would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Literal

import streamlit as st

from komet_import import drafts, importer, outcomes
from komet_import.bulk import collector_paused
from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.errors import KometError
from komet_import.language import _
from komet_import.review.draft import Before, Draft
from komet_import.review.edits import CellEdit
from komet_import.review.issues import Issue
from komet_import.review.plan import Action
from komet_import.schema.column import Column
from komet_import.schema.kinds import kind_of, options
from komet_import.ui import layout
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review import view as views
from komet_import.ui.review.commit import commit_bar
from komet_import.ui.review.conflicts import kept, not_taken, tell
from komet_import.ui.review.grid import LEFT_OUT, GridCell, GridEdit, GridRow, review_grid
from komet_import.ui.review.late import grid_name
from komet_import.ui.review.problems import change_draft, earlier_texts, find_rows, problem_list, reason_line
from komet_import.ui.review.view import FILTERS, Filter, View
from komet_import.ui.wiring import draft_in_hand, errors_shown, keep_open, watch

ACTION_WORDS = {
    Action.NEW: outcomes.NEW,
    Action.UPDATE: outcomes.UPDATED,
    Action.UNCHANGED: outcomes.UNCHANGED,
    Action.REJECTED: outcomes.HAS_ERRORS,
}


def review_screen(desk: Desk, draft_id: str) -> None:
    """Everything to correct a file and to see what it would do."""
    watch(desk, draft_id)
    with draft_in_hand(desk, draft_id) as opened:
        _review(desk, opened)


def _review(desk: Desk, opened: OpenDraft) -> None:
    view = views.view_of(opened.stored.draft_id, opened.draft)
    _head(desk, opened, view)
    problems, table = st.columns([0.225, 0.775], gap="medium")
    with problems:
        problem_list(desk, opened, view)
    with table, collector_paused():  # a page may have thousands of issues, which are gone after the run
        _filters(desk, opened, view)
        issues = list(opened.draft.issues_of(views.rows_on_page(view)))
        reason_line(desk, opened, view, issues)
        _grid(desk, opened, view, issues)
        _below(view)
    commit_bar(desk, opened)


# -- head ----------------------------------------------------------------------------------------------------------


def _head(desk: Desk, opened: OpenDraft, view: View) -> None:
    counts = opened.draft.counts
    with layout.title(opened.stored.file, _("Data Import"), _("Review")):
        layout.figures(
            [
                (_("Rows"), counts.rows),
                (_(outcomes.NEW), counts.new),
                (_(outcomes.UPDATED), counts.update),
                (_(outcomes.UNCHANGED), counts.unchanged),
                (_(outcomes.WITH_ERRORS), counts.with_errors),
                *([(_(outcomes.SKIPPED), counts.skipped)] if counts.skipped else []),
            ]
        )
    _tell_moved(opened)
    _notice(view)
    if len(opened.sheets) > 1:
        _sheet_choice(desk, opened)


def _tell_moved(opened: OpenDraft) -> None:
    """Once: what this session, or the one before a reload, may have seen was another plan."""
    key = f"moved-{opened.stored.draft_id}"
    if opened.moved and opened.moved != st.session_state.get(key):
        told = _("Stored customers changed meanwhile: the figures are of now.")
        st.session_state["notice"] = "  \n".join(filter(None, [st.session_state.get("notice"), told]))
    st.session_state[key] = opened.moved


def _notice(view: View) -> None:
    """Until it is closed: while somebody types, one run follows on the heels of another."""
    view["notice"] = st.session_state.pop("notice", view["notice"])
    if view["notice"]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.warning(view["notice"], icon=":material/sync_problem:")
            st.button(_("Close"), key="close-notice", type="tertiary", on_click=_close_notice, args=(view,))


def _close_notice(view: View) -> None:
    view["notice"] = None


def _sheet_choice(desk: Desk, opened: OpenDraft) -> None:
    now, wanted = opened.sheet or "", st.session_state.pop("wanted-sheet", None)
    st.session_state["sheet"] = wanted or now
    st.segmented_control(
        _("Sheet"),
        opened.sheets,
        required=True,
        format_func=escape_markdown,
        key="sheet",
        help=_("Each sheet has a draft of its own, with its corrections."),
        on_change=_want_sheet,
    )
    if wanted is not None and wanted != now:
        _go_to_sheet(desk, opened, wanted)


def _want_sheet() -> None:
    st.session_state["wanted-sheet"] = st.session_state["sheet"]


def _go_to_sheet(desk: Desk, opened: OpenDraft, sheet: str) -> None:
    try:
        with st.spinner(_("Reading {file}").format(file=escape_markdown(sheet))):
            other = importer.choose_sheet(desk, opened, sheet)
    except KometError as error:
        st.session_state["notice"] = escape_markdown(str(error))
    else:
        keep_open(desk, other)
        st.query_params["draft"] = other.stored.draft_id
    st.rerun()


# -- filters, search, undo -----------------------------------------------------------------------------------------


def _filters(desk: Desk, opened: OpenDraft, view: View) -> None:
    draft, counts = opened.draft, opened.draft.counts
    numbers = {
        Filter.ALL.value: counts.rows,
        Filter.PROBLEMS.value: draft.count_with_problems,
        Filter.NEW.value: counts.new,
        Filter.UPDATES.value: counts.update,
        Filter.UNCHANGED.value: counts.unchanged,
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.session_state["filter"] = view["filter"] if view["kind"] is None else None
        st.segmented_control(
            _("Filter"),
            [one.value for one in Filter],
            format_func=partial(_with_number, numbers),
            key="filter",
            label_visibility="collapsed",
            on_change=_filter,
            args=(desk, opened.stored.draft_id, view),
        )
        st.text_input(
            _("Search"),
            placeholder=_("Search"),
            icon=":material/search:",
            key="search",
            label_visibility="collapsed",
            on_change=_search,
            args=(desk, opened.stored.draft_id, view),
        )
        draft_id = opened.stored.draft_id
        steps = drafts.own_steps(desk, draft_id)
        _icon_button(
            "undo",
            _("Undo your last edit"),
            steps.undo is not None,
            partial(_move, desk, draft_id, drafts.undo),
        )
        _icon_button("redo", _("Redo"), steps.redo is not None, partial(_move, desk, draft_id, drafts.redo))


def _with_number(numbers: Mapping[str, int], one: str) -> str:
    return f"{_(FILTERS[Filter(one)])} {numbers[one]:,}"


def _icon_button(icon: str, text: str, enabled: bool, action: Callable[[], None]) -> None:
    st.button(
        "", icon=f":material/{icon}:", key=f"do-{icon}", help=text, disabled=not enabled, on_click=action
    )


def _filter(desk: Desk, draft_id: str, view: View) -> None:
    view["filter"], view["kind"] = st.session_state["filter"] or Filter.ALL.value, None
    find_rows(desk, draft_id, view)


def _search(desk: Desk, draft_id: str, view: View) -> None:
    view["search"], view["kind"] = st.session_state["search"], None
    find_rows(desk, draft_id, view)


def _move(desk: Desk, draft_id: str, move: Callable[[Desk, OpenDraft], list[Conflict]]) -> None:
    change_draft(desk, draft_id, move, kept)


# -- the grid ------------------------------------------------------------------------------------------------------


def _grid(desk: Desk, opened: OpenDraft, view: View, issues: Sequence[Issue]) -> None:
    draft = opened.draft
    columns = shown_columns(draft)
    rows = _rows(draft, views.rows_on_page(view), columns, issues)
    focus = view["focus"]
    with errors_shown():
        review_grid(
            rows,
            columns,
            choices={
                c.key: options(c, draft.company)
                for c in columns
                if kind_of(c).is_chosen and not kind_of(c).open_ended
            },
            blue_required=draft.company.multi_location,
            focused=(int(focus[0]), str(focus[1])) if focus and focus[1] else None,
            draft=grid_name(desk, opened.stored.draft_id),
            page_key=f"{view['generation']}-{view['page']}",
            announced="",
            empty="",
            scroll=0,
            take_focus=0,
            kept_in_sight=0,
            on_edits=partial(_edit, desk, opened.stored.draft_id),
            on_focus=partial(_focus, view),
        )


def shown_columns(draft: Draft) -> list[Column]:
    """The file's, and those it lacks that an issue names: a new customer without a name must get one somewhere."""
    named = {kind.key for kind in draft.problem_kinds}
    shown = named.union(draft.columns)
    return [column for column in draft.declaration.columns if column.key in shown]


def _rows(
    draft: Draft, numbers: Sequence[int], columns: Sequence[Column], issues: Sequence[Issue]
) -> list[GridRow]:
    """`issues` are those of these rows."""
    before = draft.before(numbers)
    by_row: dict[int, list[Issue]] = {}
    for issue in issues:
        by_row.setdefault(issue.row, []).append(issue)
    return [
        _row(
            draft, row, columns, earlier_texts(draft, row, before.get(row, Before()).was), by_row.get(row, ())
        )
        for row in numbers
    ]


def _row(
    draft: Draft, row: int, columns: Sequence[Column], earlier: Mapping[str, str], issues: Sequence[Issue]
) -> GridRow:
    notes = {key: [sentence] for key, sentence in earlier.items()}
    states: dict[str, Literal["error", "warning", "changed"]] = dict.fromkeys(notes, "changed")
    for issue in reversed(issues):
        if issue.key:
            states[issue.key] = issue.severity.value
            notes.setdefault(issue.key, []).insert(0, issue.message)
    marks = {key: GridCell(state, "\n".join(notes[key])) for key, state in states.items()}
    texts = {column.key: draft.text(row, column.key) for column in columns}
    skipped = draft.is_left_out(row)
    return GridRow(
        row, _(outcomes.SKIPPED if skipped else ACTION_WORDS[draft.action(row)]), texts, marks, skipped
    )


def _edit(desk: Desk, draft_id: str, made: Sequence[GridEdit]) -> None:
    with draft_in_hand(desk, draft_id) as opened:
        changes = [
            CellEdit(edit.row, None if edit.key == LEFT_OUT else edit.key, edit.seen, edit.new)
            for edit in made
        ]
        tell(opened.draft, drafts.edit(desk, opened, changes), not_taken)


def _focus(view: View, row: int, key: str) -> None:
    view["focus"], view["went"] = [row, key], True


def _below(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        layout.marks_legend()
        if views.pages(view) > 1:
            page = st.pagination(views.pages(view), default=view["page"], key=f"page-{view['generation']}")
            if page != view["page"]:
                view["page"], view["focus"] = page, None
                st.rerun()
