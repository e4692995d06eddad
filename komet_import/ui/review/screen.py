"""The review of a draft: problems at the left, the grid at the right, and at the bottom what a commit would do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from komet_import import drafts, importer, outcomes
from komet_import.bulk import collector_paused
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.errors import KometError
from komet_import.language import _
from komet_import.review.edits import CellEdit
from komet_import.review.issues import Issue
from komet_import.review.plan import Counts
from komet_import.schema.kinds import kind_of, options
from komet_import.ui import layout
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.navigation import here
from komet_import.ui.review import told
from komet_import.ui.review import view as views
from komet_import.ui.review.columns import is_narrow, shown_columns, who
from komet_import.ui.review.commit import MOVED, commit_bar
from komet_import.ui.review.conflicts import not_taken, tell
from komet_import.ui.review.filters import filters
from komet_import.ui.review.grid import LEFT_OUT, GridEdit, review_grid
from komet_import.ui.review.late import grid_name
from komet_import.ui.review.problems import problem_list
from komet_import.ui.review.rows import grid_rows
from komet_import.ui.review.sentence import Spoken, sentence_line, spoken
from komet_import.ui.review.steps import step_buttons
from komet_import.ui.review.view import FILTERS, Filter, View
from komet_import.ui.tables import page_choice
from komet_import.ui.wiring import draft_in_hand, errors_shown, keep_open, watch


def review_screen(desk: Desk, draft_id: str) -> None:
    """Everything to correct a file and to see what it would do."""
    watch(desk, draft_id)
    with draft_in_hand(desk, draft_id) as opened:
        _review(desk, opened)


def _review(desk: Desk, opened: OpenDraft) -> None:
    view = views.view_of(opened.stored.draft_id, opened.draft)
    _head(desk, opened, view)
    _skip_link(view)
    problems, table = st.columns([0.225, 0.775], gap="medium")
    with problems:
        problem_list(desk, opened, view)
    with table, collector_paused():  # a page may have thousands of issues, which are gone after the run
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="above-grid"):
            filters(desk, opened, view)
            step_buttons(desk, opened, view)
        issues = list(opened.draft.issues_of(views.rows_on_page(view)))
        said = spoken(view, opened.draft, issues)
        sentence_line(desk, opened, view, said)
        _grid(desk, opened, view, issues, said)
        _below(view)
    commit_bar(desk, opened)


# -- head ----------------------------------------------------------------------------------------------------------


def _head(desk: Desk, opened: OpenDraft, view: View) -> None:
    with layout.title(opened.stored.file, _("Data Import"), _("Review")):
        layout.figures(_figures(opened.draft.counts))
    _tell_moved(opened)
    _notice(view)
    if len(opened.sheets) > 1:
        _sheet_choice(desk, opened)


def _figures(counts: Counts) -> list[layout.Figure]:
    """The words and numbers of the filters; of what is left out, the two parts."""
    left_out = _(FILTERS[Filter.LEFT_OUT])
    if counts.skipped:
        parts = outcomes.left_out(counts.rejected, counts.skipped)
        left_out = _("{left_out}: {parts}").format(left_out=left_out, parts=parts)
    return [
        (_("Rows"), counts.rows),
        (_(FILTERS[Filter.NEW]), counts.new),
        (_(FILTERS[Filter.UPDATED]), counts.update),
        (_(FILTERS[Filter.UNCHANGED]), counts.unchanged),
        (left_out, counts.rejected),
    ]


def _skip_link(view: View) -> None:
    """Before the list of problems, which may be long; seen when the keyboard's focus is on it."""
    st.button(_("Go to the grid"), key="to-grid", on_click=views.take_focus, args=(view,))


def _tell_moved(opened: OpenDraft) -> None:
    """Once: what this session, or the one before a reload, may have seen was another plan."""
    key = f"moved-{opened.stored.draft_id}"
    if opened.moved and opened.moved != st.session_state.get(key):
        here()["moved"] = True  # for a confirmation that opens now
        st.session_state["notice"] = "  \n".join(filter(None, [st.session_state.get("notice"), _(MOVED)]))
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
        st.query_params.from_dict({"draft": other.stored.draft_id})
    st.rerun()


# -- the grid ------------------------------------------------------------------------------------------------------


def _grid(desk: Desk, opened: OpenDraft, view: View, issues: Sequence[Issue], said: Spoken) -> None:
    draft, columns = opened.draft, shown_columns(view, opened.draft)
    with errors_shown():
        review_grid(
            grid_rows(draft, views.rows_on_page(view), columns, issues),
            columns,
            choices={
                c.key: options(c, draft.company)
                for c in columns
                if kind_of(c).is_chosen and not kind_of(c).open_ended
            },
            blue_required=draft.company.multi_location,
            focused=said.cell,
            draft=grid_name(desk, opened.stored.draft_id),
            page_key=f"{view['filter']}-{view['kind']}-{view['page']}",
            announced=_announced(view, said.text, draft.counts),
            empty=told.nothing(view, draft),
            scroll=view["scroll"],
            take_focus=view["take_focus"],
            kept_in_sight=len(who(draft, columns)),
            on_edits=partial(_edit, desk, opened.stored.draft_id),
            on_focus=partial(_focus, view),
        )


def _announced(view: View, sentence: str, counts: Counts) -> str:
    """The sentence when it is another one, and the figures when they are others."""
    figures = ", ".join(f"{label} {number:,}" for label, number in _figures(counts)[1:])
    if figures != view["figures"]:
        view["announced"] = f"{sentence} {figures}." if view["figures"] else sentence
    elif sentence != view["sentence"]:
        view["announced"] = sentence
    view["sentence"], view["figures"] = sentence, figures
    return view["announced"]


def _edit(desk: Desk, draft_id: str, made: Sequence[GridEdit]) -> None:
    with draft_in_hand(desk, draft_id) as opened:
        changes = [
            CellEdit(edit.row, None if edit.key == LEFT_OUT else edit.key, edit.seen, edit.new)
            for edit in made
        ]
        tell(opened.draft, drafts.edit(desk, opened, changes), not_taken)


def _focus(view: View, row: int, key: str) -> None:
    """A row's Action leads to what is wrong in the row."""
    view["focus"] = [row, key]
    if key == "_action":
        view["scroll"] += 1


def _below(view: View) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="below-grid"):
        layout.marks_legend()
        if is_narrow(view):
            view["all_columns"] = st.toggle(
                _("All columns"), value=view["all_columns"], key="all-columns", width="content"
            )
        if view["rows"]:
            page_choice(len(view["rows"]), views.PAGE_ROWS, view["page"], views.PAGE_KEY)
