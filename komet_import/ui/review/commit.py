"""The last step: what a commit would do in one sentence, its choices, the confirmation, and the commit."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from itertools import islice

import streamlit as st

from komet_import import drafts, importer, jobs
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.errors import KometError, Refused
from komet_import.review.plan import Counts, Plan
from komet_import.sentences import listed
from komet_import.store.drafts import BlankCells
from komet_import.ui import words
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.wiring import draft_in_hand, forget, keep_open, worker

_ASKED = "asked-to-confirm"
_CONFIRMED = "confirmed-plan"
_SHOWN_COLUMNS = 3
_SHOWN_ROWS = 10


def commit_bar(desk: Desk, opened: OpenDraft) -> None:
    """At the bottom of the window: the sentence with numbers, the choices, and the one primary button."""
    counts, stored = opened.draft.counts, opened.stored
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="medium", key="commit-bar"),
    ):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{_sentence(counts)}**")
            saved = words.clock(stored.updated_at, desk.company)
            st.caption(f"{counts.unchanged:,} unchanged · draft saved {saved}")
        _choices(desk, opened)
        download_button(
            "Discrepancies",
            lambda: _discrepancies(desk, stored.draft_id),
            f"discrepancies-{stored.draft_id}.xlsx",
            XLSX,
            key="discrepancies",
            disabled=not counts.rejected,
            help_text="The rows that are left out, as a workbook with the reasons",
        )
        held_back = stored.all_or_nothing and counts.with_errors > 0
        st.button(
            f"Import {words.counted(counts.written, 'row')}",
            type="primary",
            key="import",
            disabled=not counts.written or held_back,
            help=_why_not(counts, held_back),
            on_click=_ask,
            args=(stored.draft_id,),
        )
    if st.session_state.get(_ASKED) == stored.draft_id:
        _confirm(desk, opened)


def _sentence(counts: Counts) -> str:
    return f"{counts.new:,} new, {counts.update:,} updated, {words.left_out(counts)}"


def _why_not(counts: Counts, held_back: bool) -> str | None:
    if held_back:
        rows = words.counted(counts.with_errors, "row has", "rows have")
        return f"{rows} errors, and you chose to import nothing then."
    return None if counts.written else "No row would change anything."


def _discrepancies(desk: Desk, draft_id: str) -> bytes:
    out = BytesIO()
    with draft_in_hand(desk, draft_id) as opened:
        drafts.write_discrepancies(desk, opened.draft, out)
    return out.getvalue()


def _choices(desk: Desk, opened: OpenDraft) -> None:
    stored = opened.stored
    st.checkbox(
        "Import nothing while a row has errors",
        value=stored.all_or_nothing,
        key=f"all-or-nothing-{stored.draft_id}",
        on_change=_choose_all_or_nothing,
        args=(desk, stored.draft_id),
        width="content",
    )
    st.checkbox(
        "Blank cells clear stored values",
        value=stored.blank_cells is BlankCells.CLEAR,
        key=f"clear-{stored.draft_id}",
        on_change=_choose_blank_cells,
        args=(desk, stored.draft_id),
        width="content",
    )


def _choose_all_or_nothing(desk: Desk, draft_id: str) -> None:
    try:
        with draft_in_hand(desk, draft_id) as opened:
            drafts.choose_all_or_nothing(desk, opened, bool(st.session_state[f"all-or-nothing-{draft_id}"]))
    except KometError as error:
        st.session_state["notice"] = str(error)


def _choose_blank_cells(desk: Desk, draft_id: str) -> None:
    chosen = BlankCells.CLEAR if st.session_state[f"clear-{draft_id}"] else BlankCells.KEEP
    try:
        with draft_in_hand(desk, draft_id) as opened:
            keep_open(desk, drafts.choose_blank_cells(desk, opened, chosen))
    except KometError as error:
        st.session_state["notice"] = str(error)


# -- the confirmation ----------------------------------------------------------------------------------------------


def _ask(draft_id: str | None = None) -> None:
    """Which draft's confirmation is open is kept in the session: another run, of a late edit, must not close it."""
    st.session_state[_ASKED], st.session_state[_CONFIRMED] = draft_id, None


def _agree(plan_hash: str) -> None:
    """So is what was agreed to: a run that another one ends before the commit leaves it to that one."""
    st.session_state[_CONFIRMED] = plan_hash


def _confirm(desk: Desk, opened: OpenDraft) -> None:
    """The dialog outlives the run, so it holds words and numbers alone, and the hash of what they say."""
    opened.shown = plan = opened.draft.plan()
    rows = words.counted(plan.counts.written, "row")
    file, draft_id, shown = opened.stored.file, opened.stored.draft_id, plan.hash
    meanings, side_effects = _meanings(opened, plan), _side_effects(plan)

    @st.dialog(f"Import {rows}?", width="medium", on_dismiss=_ask)
    def ask() -> None:
        st.markdown(f"Into **{escape_markdown(desk.company.name)}**, from {escape_markdown(file)}.")
        with st.container(border=True, gap="small"):
            for number, what, meaning in meanings:
                _line(number, what, meaning)
        st.markdown(side_effects)
        st.caption(f"The result goes to {escape_markdown(desk.person.email)}.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button("Back to review", key="back", on_click=_ask):
                st.rerun()
            st.button(f"Import {rows}", type="primary", key="confirm", on_click=_agree, args=(shown,))
            agreed = st.session_state.get(_CONFIRMED)
            if agreed is not None:
                _commit(desk, draft_id, agreed)

    ask()


def _line(number: int, what: str, meaning: str) -> None:
    figure, text = st.columns([0.12, 0.88], gap="small")
    figure.markdown(f"**{number:,}**", text_alignment="right")
    with text.container(gap=None):
        st.markdown(what)
        st.caption(meaning)


def _meanings(opened: OpenDraft, plan: Plan) -> list[tuple[int, str, str]]:
    counts = plan.counts
    changed = Counter(change.key for change in plan.changes)
    header, record = opened.draft.declaration.header, opened.draft.declaration.record
    most = [f"{header(key)} {number:,}" for key, number in changed.most_common(_SHOWN_COLUMNS)]
    other = sum(changed.values()) - sum(number for _, number in changed.most_common(_SHOWN_COLUMNS))
    most += [f"other columns {other:,}"] if other else []
    values = (
        f"{words.counted(len(plan.changes), 'value')} {'changes' if len(plan.changes) == 1 else 'change'}"
    )
    rows = [str(row) for row in islice(plan.cells, _SHOWN_ROWS)]
    if counts.rejected > _SHOWN_ROWS:
        rows.append(f"{counts.rejected - _SHOWN_ROWS:,} more")
    return [
        (
            counts.new,
            f"new {record}s" if counts.new != 1 else f"new {record}",
            "added" if counts.new else "none",
        ),
        (
            counts.update,
            f"updated {record}s" if counts.update != 1 else f"updated {record}",
            f"{values}: {', '.join(most)}" if changed else "none",
        ),
        (counts.unchanged, "unchanged", "nothing is written"),
        (
            counts.rejected,
            "left out",
            f"{'row' if counts.rejected == 1 else 'rows'} {listed(rows)}{_of_them(counts)}; "
            "the discrepancy workbook says why"
            if counts.rejected
            else "none",
        ),
    ]


def _of_them(counts: Counts) -> str:
    return f": {words.left_out(counts)}" if counts.skipped else ""


def _side_effects(plan: Plan) -> str:
    cleared = sum(not change.new for change in plan.changes)
    sentences = []
    if plan.warned:
        sentences.append(
            f":orange[:material/warning:] {words.counted(plan.warned, 'row')} with a warning "
            f"{'goes' if plan.warned == 1 else 'go'} in as {'it is' if plan.warned == 1 else 'they are'}."
        )
    sentences.append(
        f":orange[:material/warning:] **{words.counted(cleared, 'stored value')} will be cleared.**"
        if cleared
        else "No stored value is cleared."
    )
    return " ".join(sentences)


def _commit(desk: Desk, draft_id: str, agreed: str) -> None:
    """The plan with the hash that was on the screen; refused when it is another one by now."""
    bar = st.progress(0.0, text="Importing")

    def show(share: float) -> None:
        bar.progress(share, text="Importing")

    try:
        with draft_in_hand(desk, draft_id) as opened:
            importer.commit(desk, draft_id, agreed, show, opened=opened)
    except Refused as error:
        st.session_state["notice"] = str(error)
        keep_open(desk, drafts.open_draft(desk, draft_id))
        _ask()
        st.rerun()
    except KometError as error:
        st.session_state[_CONFIRMED] = None
        st.error(str(error), icon=":material/error:")
        return
    _ask()
    forget(desk, draft_id)
    worker(desk).call(jobs.E_MAILS)
    st.rerun()
