"""The problems of a draft: their list by column and kind, and the one that is spoken of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.errors import KometError
from komet_import.language import _, ngettext
from komet_import.review.draft import Before, Draft
from komet_import.review.edits import IN, OUT, CellEdit
from komet_import.review.issues import Issue, ProblemKind
from komet_import.schema.problems import Severity, of_wrong_column, title_of
from komet_import.sentences import clipped, counted_rows, listed
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review import view as views
from komet_import.ui.review.conflicts import Sentence, not_taken, tell
from komet_import.ui.review.view import Filter, View
from komet_import.ui.wiring import draft_in_hand

_SHOWN_COLUMNS = 3
ICONS = {Severity.ERROR: ":red[:material/error:]", Severity.WARNING: ":orange[:material/warning:]"}


def change_draft(
    desk: Desk,
    draft_id: str,
    change: Callable[[Desk, OpenDraft], list[Conflict]],
    sentence: Sentence = not_taken,
) -> None:
    """In a callback: its conflicts and errors are shown by the run that follows it."""
    try:
        with draft_in_hand(desk, draft_id) as opened:
            tell(opened.draft, change(desk, opened), sentence)
    except KometError as error:
        st.session_state["notice"] = str(error)


def find_rows(desk: Desk, draft_id: str, view: View) -> None:
    """In a callback: what the view asks for now."""
    try:
        with draft_in_hand(desk, draft_id) as opened:
            views.select(view, opened.draft)
    except KometError as error:
        st.session_state["notice"] = str(error)


# -- the list ------------------------------------------------------------------------------------------------------


def problem_list(desk: Desk, opened: OpenDraft, view: View) -> None:
    draft, kinds = opened.draft, opened.draft.problem_kinds
    with st.container(key="problems", border=True, gap="xxsmall"):
        if kinds:
            st.markdown(f"**{_how_many(sum(kinds.values()), draft.count_with_problems)}**")
            st.caption(_("Click one to show its rows."))
        else:
            nothing = _("No problems")
            st.markdown(f"**{nothing}**")
            st.caption(_("Every row that changes something can go in."))
        _wrong_columns(draft)
        column = ""
        for kind, count in kinds.items():
            header = draft.declaration.header(kind.key) if kind.key else _("Whole row")
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
        told = ngettext(
            "The same is true of {count:,} other column.",
            "The same is true of {count:,} other columns.",
            other,
        )
        st.caption(told.format(count=other))


def _unknown_columns(unknown: Sequence[str]) -> None:
    if unknown:
        names = listed([escape_markdown(clipped(header, 60)) for header in unknown], 6)
        title = _("Columns left out")
        st.markdown(f"**{title}**")
        st.caption(_("The template has no such columns: {names}.").format(names=names))


def _problem_button(desk: Desk, draft_id: str, view: View, kind: ProblemKind, count: int) -> None:
    chosen = view["kind"] == [kind.key or "", kind.code.value]
    st.button(
        f"{ICONS[kind.severity]} {title_of(kind.code)} :gray[{count:,}]",
        key=f"problem-{kind.key}-{kind.code}",
        type="secondary" if chosen else "tertiary",
        width="stretch",
        on_click=_choose_problem,
        args=(desk, draft_id, view, None if chosen else kind),
    )


def _choose_problem(desk: Desk, draft_id: str, view: View, kind: ProblemKind | None) -> None:
    view["kind"] = None if kind is None else [kind.key or "", kind.code.value]
    view["filter"], view["search"] = Filter.ALL.value, ""
    st.session_state["search"] = ""
    find_rows(desk, draft_id, view)


# -- the reason line -----------------------------------------------------------------------------------------------


def reason_line(desk: Desk, opened: OpenDraft, view: View, on_page: Sequence[Issue]) -> None:
    """What is wrong with the cell in focus, or what it held before: tooltips are for the mouse only."""
    draft, issues = opened.draft, views.of_chosen_kind(view, opened.draft, on_page)
    index = views.issue_in_focus(view, draft, issues)
    changed = _changed_cell(view, draft)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sentence"):
        if changed is not None:
            row, key, sentence = changed
            st.markdown(f":violet[◤] {_place(draft, row, key)} {escape_markdown(sentence)}", width="content")
        elif index is not None:
            row = issues[index].row
            _reason(desk, opened, view, issues[index])
        else:
            nothing = _("No problem on this page.") if view["rows"] else _("No row fits.")
            st.markdown(f":gray[{nothing}]")
            return
        _leave_out_button(desk, opened, row)
        if index is not None:
            _step(view, issues, index - 1, "keyboard_arrow_up", _("Previous problem"))
            _step(view, issues, index + 1, "keyboard_arrow_down", _("Next problem"))


def earlier_texts(draft: Draft, row: int, was: Mapping[str, str]) -> dict[str, str]:
    """What the row's changed cells held before, in words: the stored value `was`, and the file's own text."""
    blank = _("(blank)")
    told = {key: _("Stored now: {text}").format(text=old or blank) for key, old in was.items()}
    for key, old in draft.corrected(row).items():
        in_file = _("In the file: {text}").format(text=old or blank)
        told[key] = "\n".join(filter(None, [told.get(key), in_file]))
    return told


def _changed_cell(view: View, draft: Draft) -> tuple[int, str, str] | None:
    """The cell that the user went to, when it was changed and nothing is wrong with it."""
    if not view["went"] or view["focus"] is None or int(view["focus"][0]) not in draft:
        return None
    row, key = int(view["focus"][0]), str(view["focus"][1])
    told = earlier_texts(draft, row, draft.before([row]).get(row, Before()).was).get(key)
    if told is None or any(issue.key == key for issue in draft.issues(row)):
        return None
    return row, key, told.replace("\n", "; ")


def _reason(desk: Desk, opened: OpenDraft, view: View, issue: Issue) -> None:
    view["focus"] = [issue.row, issue.key or ""]
    place = _place(opened.draft, issue.row, issue.key)
    st.markdown(f"{ICONS[issue.severity]} {place} {escape_markdown(issue.message)}", width="content")
    if issue.suggestion is not None and issue.key is not None:
        st.button(
            _("Use {text}").format(text=escape_markdown(issue.suggestion)),
            key="use",
            on_click=_use,
            args=(desk, opened.stored.draft_id, view, issue),
        )


def _place(draft: Draft, row: int, key: str | None) -> str:
    if key:
        place = _("Row {row}, {header}.").format(row=row, header=draft.declaration.header(key))
    else:
        place = _("Row {row}.").format(row=row)
    return f"**{place}**"


def _use(desk: Desk, draft_id: str, view: View, issue: Issue) -> None:
    """And on to the next problem."""
    edit = CellEdit(issue.row, issue.key, issue.value, issue.suggestion or "")
    change_draft(desk, draft_id, lambda at, opened: drafts.edit(at, opened, [edit]))
    view["went"] = False


def _leave_out_button(desk: Desk, opened: OpenDraft, row: int) -> None:
    """A double click on the row's Action does the same for any row."""
    out = opened.draft.is_left_out(row)
    st.button(
        (_("Put row {row} back") if out else _("Skip row {row}")).format(row=row),
        key="leave-out",
        type="tertiary",
        on_click=_leave_out,
        args=(desk, opened.stored.draft_id, row, not out),
    )


def _leave_out(desk: Desk, draft_id: str, row: int, out: bool) -> None:
    edit = CellEdit(row, None, IN if out else OUT, OUT if out else IN)
    change_draft(desk, draft_id, lambda at, opened: drafts.edit(at, opened, [edit]))


def _step(view: View, issues: Sequence[Issue], index: int, icon: str, text: str) -> None:
    """To the issue with this index, if there is one; the button keeps its place alone, not the page's issues."""
    target = issues[index] if 0 <= index < len(issues) else None
    st.button(
        "",
        icon=f":material/{icon}:",
        key=f"step-{icon}",
        type="tertiary",
        help=text,
        disabled=target is None,
        on_click=_focus,
        args=(view, target.row, target.key or "") if target else None,
    )


def _focus(view: View, row: int, key: str) -> None:
    view["focus"], view["went"] = [row, key], False
