"""The list of a draft's problems, by column and kind."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.language import _, ngettext
from komet_import.review.draft import Draft
from komet_import.review.issues import ProblemKind
from komet_import.schema.problems import Severity, of_wrong_column, title_of
from komet_import.sentences import clipped, counted_rows, listed
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review import told
from komet_import.ui.review import view as views
from komet_import.ui.review.changing import look
from komet_import.ui.review.view import Filter, View

_SHOWN_COLUMNS = 3
ICONS = {Severity.ERROR: ":red[:material/error:]", Severity.WARNING: ":orange[:material/warning:]"}


def problem_list(desk: Desk, opened: OpenDraft, view: View) -> None:
    """Choosing one shows its rows; choosing it again, all rows with problems."""
    draft, kinds = opened.draft, opened.draft.problem_kinds
    with st.container(key="problems", border=True, gap="xxsmall"):
        if kinds:
            st.markdown(f"**{_how_many(sum(kinds.values()), draft.count_with_problems)}**")
            st.caption(_("Click one to show its rows."))
        else:
            nothing = _("No problems")
            st.markdown(f"**{nothing}**")
            st.caption(told.ready(draft.counts))
        _wrong_columns(draft)
        column = ""
        for kind, count in kinds.items():
            header = draft.declaration.header(kind.key or "")
            if header != column:
                st.markdown(f"**{header}**")
                column = header
            _problem_button(desk, opened.stored.draft_id, view, kind, count)
        _unknown_columns(opened.matching.unknown)


def _how_many(problems: int, rows: int) -> str:
    return _("{problems} in {rows}").format(
        problems=ngettext("{count:,} problem", "{count:,} problems", problems).format(count=problems),
        rows=counted_rows(rows),
    )


def _wrong_columns(draft: Draft) -> None:
    """Before all others: thousands of problems may be one."""
    wrong = draft.wrong_columns
    for column in wrong[:_SHOWN_COLUMNS]:
        header = draft.declaration.header(column.key)
        st.warning(f"**{header}:** {of_wrong_column(column.wrong, column.filled)}")
    other = len(wrong) - _SHOWN_COLUMNS
    if other > 0:
        same = ngettext(
            "The same is true of {count:,} other column.",
            "The same is true of {count:,} other columns.",
            other,
        )
        st.caption(same.format(count=other))


def _unknown_columns(unknown: Sequence[str]) -> None:
    if unknown:
        names = listed([escape_markdown(clipped(header, 60)) for header in unknown], 6)
        title = _("Columns left out")
        st.markdown(f"**{title}**")
        st.caption(_("The template has no such columns: {names}.").format(names=names))


def _problem_button(desk: Desk, draft_id: str, view: View, kind: ProblemKind, count: int) -> None:
    """The same button chosen or not, so that the keyboard's focus stays on it: page.css marks what is in bold."""
    title = title_of(kind.code)
    if _is_chosen(view, kind):
        title = f"**{title}**"
    st.button(
        f"{ICONS[kind.severity]} {title} :gray[{count:,}]",
        key=f"problem-{kind.key}-{kind.code}",
        type="tertiary",
        width="stretch",
        on_click=_choose_problem,
        args=(desk, draft_id, view, kind),
    )


def _is_chosen(view: View, kind: ProblemKind) -> bool:
    return view["kind"] == [kind.key or "", kind.code.value]


def _choose_problem(desk: Desk, draft_id: str, view: View, kind: ProblemKind) -> None:
    chosen = None if _is_chosen(view, kind) else kind
    look(
        desk,
        draft_id,
        lambda draft: views.choose(view, draft, Filter.PROBLEMS, kind=chosen),
    )
