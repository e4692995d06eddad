"""All drafts, the open and the discarded ones (`?drafts=discarded`): found by file or person, page by page."""

from __future__ import annotations

import streamlit as st

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.language import N_, _
from komet_import.store.drafts import DraftPage, DraftState, WantedDrafts
from komet_import.ui import layout
from komet_import.ui.start.draft_cards import confirm_discarding, draft_card, with_discarded
from komet_import.ui.tables import page_choice

PAGE_DRAFTS = 20
_STATES = {DraftState.OPEN: N_("Open {count:,}"), DraftState.DISCARDED: N_("Discarded {count:,}")}


def drafts_screen(desk: Desk, given: str) -> None:
    """`given` is what the address says of their state: anybody may have written it."""
    layout.title(_("Drafts"), _("Data Import"), _("Drafts"))
    state = DraftState.DISCARDED if given == DraftState.DISCARDED else DraftState.OPEN
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        states = st.container(width="content")
        search = st.text_input(
            _("Search"),
            placeholder=_("Search file or person"),
            icon=":material/search:",
            key="find",
            bind="query-params",
            label_visibility="collapsed",
            width=360,
        )
    key = f"drafts-page-{state}-{search}"
    number = int(st.session_state.get(key, 1))
    wanted = WantedDrafts(state, search)
    page = drafts.find(desk, wanted, PAGE_DRAFTS, (number - 1) * PAGE_DRAFTS)
    with states:
        _states(page, state)
    shown = with_discarded(desk, page.drafts) if state is DraftState.OPEN else page.drafts
    for draft in shown:
        draft_card(desk, draft)
    if page.total:
        page_choice(page.total, PAGE_DRAFTS, number, key=key)
    elif not shown:
        st.caption(_nothing(wanted))
    confirm_discarding(desk)


def _states(page: DraftPage, state: DraftState) -> None:
    st.session_state["drafts-state"] = state.value
    st.segmented_control(
        _("State"),
        [one.value for one in _STATES],
        required=True,
        format_func=lambda one: _(_STATES[DraftState(one)]).format(count=page.states.get(DraftState(one), 0)),
        key="drafts-state",
        label_visibility="collapsed",
        on_change=_choose_state,
    )


def _choose_state() -> None:
    st.query_params["drafts"] = st.session_state["drafts-state"]


def _nothing(wanted: WantedDrafts) -> str:
    if wanted.search:
        return _(
            "No draft is found by this. Search for a part of its file's name, or of the name of a person."
        )
    if wanted.state is DraftState.DISCARDED:
        return _("No draft was discarded of late.")
    return _("Nothing is open. Drop a file on the page before, and it is kept as a draft.")
