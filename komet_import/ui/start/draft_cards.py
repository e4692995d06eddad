"""A draft as the lists show it: told apart from others of the same file, to be gone on with, discarded and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from html import escape

import streamlit as st

from komet_import import drafts, outcomes
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.language import _, ngettext
from komet_import.sentences import counted_rows
from komet_import.store.drafts import DraftState, StoredDraft
from komet_import.ui import words
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.navigation import here

_ASKED = "asked-to-discard"


def draft_card(desk: Desk, draft: StoredDraft) -> None:
    """A discarded one can be taken back from here."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            name = escape(draft.file)
            st.html(f'<div class="komet-file" title="{name}">{name}</div>')
            st.caption(_figures(draft))
            st.caption(escape_markdown(_touched(desk, draft)))
        if draft.state is DraftState.DISCARDED:
            take_back_button(desk, draft.draft_id)
        else:
            key = f"continue-{draft.draft_id}"
            st.button(_("Continue"), key=key, on_click=_go_on, args=(draft.draft_id,))
            _bin(desk, draft)


def take_back_button(desk: Desk, draft_id: str) -> None:
    """Opens a discarded draft again."""
    st.button(_("Take back"), key=f"take-back-{draft_id}", on_click=_take_back, args=(desk, draft_id))


def _bin(desk: Desk, draft: StoredDraft) -> None:
    st.button(
        _("Discard this draft"),
        key=f"discard-{draft.draft_id}",
        type="tertiary",
        help=_("Discard this draft"),
        on_click=_ask if draft.edits else partial(_discard, desk),
        args=(draft.draft_id,),
    )


# -- what it says --------------------------------------------------------------------------------------------------


def _figures(draft: StoredDraft) -> str:
    if draft.rows is None:
        return _("not read yet")
    figures = [
        counted_rows(draft.rows),
        outcomes.with_errors(draft.rows_with_errors) if draft.rows_with_errors else _("none with errors"),
    ]
    if draft.rows_skipped:
        figures.append(outcomes.skipped(draft.rows_skipped))
    if draft.edits:
        figures.append(corrections(draft.edits))
    return ", ".join(figures)


def corrections(count: int) -> str:
    """`41 corrections`."""
    return ngettext("{count:,} correction", "{count:,} corrections", count).format(count=count)


def _touched(desk: Desk, draft: StoredDraft) -> str:
    """Of which sheet, when, and by whom if it is somebody else's."""
    when = words.moment(draft.updated_at, desk.company, datetime.now(UTC))
    if draft.state is DraftState.DISCARDED:
        when = _("discarded {when}").format(when=when)
    mine = draft.created_by == desk.person.person_id
    told = when if mine else _("{when}, by {person}").format(when=when, person=draft.by)
    return _("Sheet {sheet}, {when}").format(sheet=draft.sheet, when=told) if draft.sheet else told


# -- what is done --------------------------------------------------------------------------------------------------


def discarded_here() -> dict[str, int]:
    """The drafts that were discarded since this page was opened, and at which place of the open ones each stood."""
    found: dict[str, int] = here().setdefault("discarded", {})
    return found


def with_discarded(desk: Desk, open_drafts: Sequence[StoredDraft]) -> list[StoredDraft]:
    """Each one that was discarded here keeps its place, to be taken back at once."""
    shown = list(open_drafts)
    for draft_id, place in reversed(discarded_here().items()):
        draft = drafts.get(desk, draft_id)
        if draft.state is DraftState.DISCARDED:
            shown.insert(place, draft)
    return shown


def _go_on(draft_id: str) -> None:
    """In one step, so that one step back leads here again."""
    st.query_params.from_dict({"draft": draft_id})


def _ask(draft_id: str | None = None) -> None:
    st.session_state[_ASKED] = draft_id


def confirm_discarding(desk: Desk) -> None:
    """The question whether corrections are to go, if it was raised."""
    draft_id = st.session_state.get(_ASKED)
    if draft_id is None:
        return
    draft = drafts.get(desk, draft_id)

    @st.dialog(_("Discard {corrections}?").format(corrections=corrections(draft.edits)), on_dismiss=_ask)
    def ask() -> None:
        st.markdown(f"**{escape_markdown(draft.file)}**")
        st.caption(f"{_figures(draft)}  \n{escape_markdown(_touched(desk, draft))}")
        days = desk.settings.keep_days
        told = ngettext(
            "The draft can be taken back for {count:,} day.",
            "The draft can be taken back for {count:,} days.",
            days,
        )
        st.markdown(told.format(count=days))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(_("Keep it"), key="keep", on_click=_ask):
                st.rerun()
            if st.button(
                _("Discard"), type="primary", key="discard", on_click=_discard, args=(desk, draft_id)
            ):
                st.rerun()

    ask()


def _discard(desk: Desk, draft_id: str) -> None:
    _ask()
    try:
        open_ids = [draft.draft_id for draft in drafts.find(desk).drafts]
        drafts.discard(desk, draft_id)
    except KometError as error:
        st.toast(escape_markdown(str(error)), icon=":material/error:")
    else:
        discarded_here()[draft_id] = open_ids.index(draft_id)


def _take_back(desk: Desk, draft_id: str) -> None:
    try:
        drafts.take_back(desk, draft_id)
    except KometError as error:
        st.toast(escape_markdown(str(error)), icon=":material/error:")
    else:
        discarded_here().pop(draft_id, None)
