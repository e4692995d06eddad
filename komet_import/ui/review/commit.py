"""The last step: what a commit would do in one sentence, its choices, the confirmation, and the commit."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from itertools import islice

import streamlit as st

from komet_import import drafts, importer, jobs, outcomes
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.errors import KometError, Refused
from komet_import.language import N_, _, ngettext
from komet_import.review.plan import Counts, Plan
from komet_import.schema.column import Declaration
from komet_import.sentences import listed
from komet_import.store.drafts import BlankCells
from komet_import.ui import words
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.navigation import here
from komet_import.ui.wiring import draft_in_hand, forget, keep_open, worker

MOVED = N_("Stored customers changed meanwhile: the figures are of now.")
_ASKED = "asked-to-confirm"
_CONFIRMED = "confirmed-plan"
_FAILURE = "failed-import"
_SHOWN_COLUMNS = 3
_SHOWN_ROWS = 10
_WARNING = ":orange[:material/warning:]"


def commit_bar(desk: Desk, opened: OpenDraft) -> None:
    """At the bottom of the window: the sentence with numbers, the choices, and the one primary button."""
    counts, stored = opened.draft.counts, opened.stored
    with (
        st.bottom,
        st.container(horizontal=True, vertical_alignment="center", gap="medium", key="commit-bar"),
    ):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{_sentence(counts)}**")
            st.caption(
                _("{count:,} unchanged · draft saved {clock}").format(
                    count=counts.unchanged, clock=words.clock(stored.updated_at, desk.company)
                )
            )
        _choices(desk, opened)
        download_button(
            _("Discrepancies"),
            lambda: _discrepancies(desk, stored.draft_id),
            f"discrepancies-{stored.draft_id}.xlsx",
            XLSX,
            key="discrepancies",
            disabled=not counts.rejected,
            help_text=_("The rows that are left out, as a workbook with the reasons"),
        )
        held_back = stored.all_or_nothing and counts.with_errors > 0
        st.button(
            _import(counts.written),
            type="primary",
            key="import",
            disabled=not counts.written or held_back,
            help=_why_not(counts, held_back),
            on_click=_ask,
            args=(stored.draft_id,),
        )
    if st.session_state.get(_ASKED) == stored.draft_id:
        _confirm(desk, opened)


def _import(rows: int) -> str:
    return ngettext("Import {count:,} row", "Import {count:,} rows", rows).format(count=rows)


def _sentence(counts: Counts) -> str:
    parts = (outcomes.new(counts.new), outcomes.updated(counts.update), _left_out_of(counts))
    return ", ".join(parts)


def _left_out_of(counts: Counts) -> str:
    return outcomes.left_out(counts.rejected, counts.skipped)


def _why_not(counts: Counts, held_back: bool) -> str | None:
    if held_back:
        return ngettext(
            "{count:,} row has errors, and you chose to import nothing then.",
            "{count:,} rows have errors, and you chose to import nothing then.",
            counts.with_errors,
        ).format(count=counts.with_errors)
    return None if counts.written else _("No row would change anything.")


def _discrepancies(desk: Desk, draft_id: str) -> bytes:
    out = BytesIO()
    with draft_in_hand(desk, draft_id) as opened:
        drafts.write_discrepancies(desk, opened.draft, out)
    return out.getvalue()


def _choices(desk: Desk, opened: OpenDraft) -> None:
    stored = opened.stored
    st.checkbox(
        _("Import nothing while a row has errors"),
        value=stored.all_or_nothing,
        key=f"all-or-nothing-{stored.draft_id}",
        on_change=_choose_all_or_nothing,
        args=(desk, stored.draft_id),
        width="content",
    )
    st.checkbox(
        _("Blank cells clear stored values"),
        value=stored.blank_cells is BlankCells.CLEAR,
        key=f"clear-{stored.draft_id}",
        on_change=_choose_blank_cells,
        args=(desk, stored.draft_id),
        width="content",
    )


def _choose_all_or_nothing(desk: Desk, draft_id: str) -> None:
    """Streamlit also calls this for a box that has just gone from the page: then nothing was chosen."""
    chosen = bool(st.session_state[f"all-or-nothing-{draft_id}"])
    try:
        with draft_in_hand(desk, draft_id) as opened:
            if chosen != opened.stored.all_or_nothing:
                drafts.choose_all_or_nothing(desk, opened, chosen)
    except KometError as error:
        st.session_state["notice"] = escape_markdown(str(error))


def _choose_blank_cells(desk: Desk, draft_id: str) -> None:
    """As above."""
    chosen = BlankCells.CLEAR if st.session_state[f"clear-{draft_id}"] else BlankCells.KEEP
    try:
        with draft_in_hand(desk, draft_id) as opened:
            if chosen != opened.stored.blank_cells:
                keep_open(desk, drafts.choose_blank_cells(desk, opened, chosen))
    except KometError as error:
        st.session_state["notice"] = escape_markdown(str(error))


# -- the confirmation ----------------------------------------------------------------------------------------------


def _ask(draft_id: str | None = None) -> None:
    """Which draft's confirmation is open is kept in the session: another run, of a late edit, must not close it."""
    st.session_state[_ASKED], st.session_state[_CONFIRMED] = draft_id, None
    here().pop("moved", None)


def _agree(plan_hash: str) -> None:
    """So is what was agreed to: a run that another one ends before the commit leaves it to that one."""
    st.session_state[_CONFIRMED] = plan_hash


def _dismissed() -> None:
    """Escape closes the dialog; an import that has begun goes on, in the run that follows."""
    if st.session_state.get(_CONFIRMED) is None:
        _ask()


def _confirm(desk: Desk, opened: OpenDraft) -> None:
    """The dialog outlives the run, so it holds words and numbers alone, and the hash of what they say."""
    opened.shown = plan = opened.draft.plan()
    rows = plan.counts.written
    question = ngettext("Import {count:,} row?", "Import {count:,} rows?", rows).format(count=rows)
    file, draft_id, shown = opened.stored.file, opened.stored.draft_id, plan.hash
    meanings, side_effects = _meanings(opened, plan), _side_effects(plan)

    has_moved = "moved" in here()

    @st.dialog(question, width="medium", on_dismiss=_dismissed)
    def ask() -> None:
        if has_moved:
            st.markdown(f"{_WARNING} {_(MOVED)}")
        st.markdown(
            _("Into **{company}**, from {file}.").format(
                company=escape_markdown(desk.company.name), file=escape_markdown(file)
            )
        )
        with st.container(border=True, gap="small", key="what-becomes"):
            for number, what, meaning in meanings:
                _line(number, what, meaning)
        st.markdown(side_effects)
        st.caption(_("The result goes to {address}.").format(address=escape_markdown(desk.person.email)))
        _decide(desk, draft_id, rows, shown)

    ask()


def _decide(desk: Desk, draft_id: str, rows: int, shown: str) -> None:
    """The buttons; once the import was agreed to, its progress in their place."""
    place = st.empty()
    agreed = st.session_state.get(_CONFIRMED)
    if agreed is not None:
        with place.container(key="importing"):
            _commit(desk, draft_id, agreed)
    with place.container(horizontal=True, horizontal_alignment="right", key="decision"):
        if st.button(_("Back to review"), key="back", on_click=_ask):
            st.rerun()
        st.button(_import(rows), type="primary", key="confirm", on_click=_agree, args=(shown,))
    if failure := st.session_state.pop(_FAILURE, None):
        st.error(failure, icon=":material/error:")


def _line(number: int, what: str, meaning: str) -> None:
    with st.container(gap=None):
        st.markdown(f"**{number:,}** {what}")
        st.caption(meaning)


def _meanings(opened: OpenDraft, plan: Plan) -> list[tuple[int, str, str]]:
    counts, declaration = plan.counts, opened.draft.declaration
    none = _("none")
    return [
        (
            counts.new,
            _("new {records}").format(records=declaration.noun(counts.new)),
            _("added") if counts.new else none,
        ),
        (
            counts.update,
            _("updated {records}").format(records=declaration.noun(counts.update)),
            _changed(plan, declaration) if plan.changes else none,
        ),
        (counts.unchanged, _("unchanged"), _("nothing is written")),
        (counts.rejected, _("left out"), _left_out(plan) if counts.rejected else none),
    ]


def _changed(plan: Plan, declaration: Declaration) -> str:
    """How many values of which columns."""
    changed = Counter(change.key for change in plan.changes)
    most = changed.most_common(_SHOWN_COLUMNS)
    columns = [f"{declaration.header(key)} {number:,}" for key, number in most]
    if other := changed.total() - sum(number for _key, number in most):
        columns.append(_("other columns {count:,}").format(count=other))
    count = len(plan.changes)
    told = ngettext("{count:,} value changes: {columns}", "{count:,} values change: {columns}", count)
    return told.format(count=count, columns=", ".join(columns))


def _left_out(plan: Plan) -> str:
    """Which rows."""
    counts = plan.counts
    rows = listed([str(row) for row in islice(plan.cells, _SHOWN_ROWS)], _SHOWN_ROWS, counts.rejected)
    if counts.skipped:
        told = ngettext(
            "row {rows}: {left_out}; the discrepancy workbook says why",
            "rows {rows}: {left_out}; the discrepancy workbook says why",
            counts.rejected,
        )
    else:
        told = ngettext(
            "row {rows}; the discrepancy workbook says why",
            "rows {rows}; the discrepancy workbook says why",
            counts.rejected,
        )
    return told.format(rows=rows, left_out=_left_out_of(counts))


def _side_effects(plan: Plan) -> str:
    cleared = sum(not change.new for change in plan.changes)
    sentences = []
    if plan.warned:
        told = ngettext(
            "{count:,} row with a warning goes in as it is.",
            "{count:,} rows with a warning go in as they are.",
            plan.warned,
        )
        sentences.append(f"{_WARNING} {told.format(count=plan.warned)}")
    if cleared:
        told = ngettext(
            "{count:,} stored value will be cleared.", "{count:,} stored values will be cleared.", cleared
        )
        sentences.append(f"{_WARNING} **{told.format(count=cleared)}**")
    else:
        sentences.append(_("No stored value is cleared."))
    return " ".join(sentences)


def _commit(desk: Desk, draft_id: str, agreed: str) -> None:
    """The plan with the hash that was on the screen; refused when it is another one by now."""
    bar = st.progress(0.0, text=_("Importing"))

    def show(share: float) -> None:
        bar.progress(share, text=_("Importing"))

    try:
        with draft_in_hand(desk, draft_id) as opened:
            importer.commit(desk, draft_id, agreed, show, opened=opened)
    except Refused as error:
        st.session_state["notice"] = str(error)
        keep_open(desk, drafts.open_draft(desk, draft_id))
        _ask()
        st.rerun()
    except KometError as error:
        st.session_state[_CONFIRMED], st.session_state[_FAILURE] = None, str(error)
        return
    _ask()
    forget(desk, draft_id)
    worker(desk).call(jobs.E_MAILS)
    st.rerun()
