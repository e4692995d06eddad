"""What the address of a draft shows: its review, what came of it, or what there is in place of one that is gone."""

from __future__ import annotations

from functools import partial

import streamlit as st

from komet_import import drafts, history
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.language import _
from komet_import.store.drafts import DraftState, StoredDraft
from komet_import.ui import words
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review.late import tell_late
from komet_import.ui.review.result import result_screen
from komet_import.ui.review.screen import review_screen
from komet_import.ui.start.draft_cards import take_back_button
from komet_import.ui.start.screen import start_screen
from komet_import.ui.wiring import draft_in_hand, is_kept_open


def draft_screen(desk: Desk, draft_id: str) -> None:
    """Anybody may have written the ID. Where there is nothing to show, the start is, and why."""
    try:
        stored = drafts.get(desk, draft_id)
    except NotFound as error:
        start_screen(desk, partial(st.error, escape_markdown(str(error)), icon=":material/error:"))
        return
    if stored.state is DraftState.OPEN:
        _open(desk, stored)
        review_screen(desk, draft_id)
    elif stored.import_id is None:
        start_screen(desk, partial(_discarded, desk, stored))
    else:
        _imported(desk, stored, stored.import_id)


def _open(desk: Desk, stored: StoredDraft) -> None:
    """What takes long says so."""
    if not is_kept_open(desk, stored.draft_id):
        opening = _("Opening {file}").format(file=escape_markdown(stored.file))
        with st.spinner(opening), draft_in_hand(desk, stored.draft_id):
            pass


def _discarded(desk: Desk, stored: StoredDraft) -> None:
    facts = {
        "file": escape_markdown(stored.file),
        "when": words.exact(stored.updated_at, desk.company),
        "person": escape_markdown(stored.discarded_by or ""),
    }
    if stored.discarded_by:
        told = _("The draft of **{file}** was discarded on {when} by {person}.").format(**facts)
    else:
        told = _("The draft of **{file}** was discarded on {when}.").format(**facts)
    with st.container(key="notice", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/delete: {told}", width="content")
        if stored.rows is not None:
            take_back_button(desk, stored.draft_id)
    tell_late(desk, stored)


def _imported(desk: Desk, stored: StoredDraft, import_id: int) -> None:
    try:
        view = history.show(desk, import_id)
    except NotFound:
        start_screen(desk, partial(_by_a_colleague, desk, stored))
        return
    tell_late(desk, stored)
    result_screen(desk, view)


def _by_a_colleague(desk: Desk, stored: StoredDraft) -> None:
    """Drafts are everybody's, their imports are not."""
    told = _("A colleague imported {file}. You see your own imports; ask a manager for this one.")
    with st.container(key="notice"):
        st.markdown(f":material/info: {told.format(file=escape_markdown(stored.file))}")
    tell_late(desk, stored)
