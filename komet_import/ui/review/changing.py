"""What a click changes of a draft or of what is shown of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.errors import KometError
from komet_import.review.draft import Draft
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review.conflicts import Sentence, not_taken, tell
from komet_import.ui.wiring import draft_in_hand


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
        st.session_state["notice"] = escape_markdown(str(error))


def look(desk: Desk, draft_id: str, ask: Callable[[Draft], None]) -> None:
    """In a callback, for what changes the view alone."""
    try:
        with draft_in_hand(desk, draft_id) as opened:
            ask(opened.draft)
    except KometError as error:
        st.session_state["notice"] = escape_markdown(str(error))
