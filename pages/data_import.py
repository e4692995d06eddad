"""Setup › Data Import: from a template to a committed import. The draft's id is in the address."""

import streamlit as st

from komet_import import drafts
from komet_import.store.drafts import DraftState
from komet_import.ui.review.result import result_screen
from komet_import.ui.review.screen import review_screen
from komet_import.ui.start.screen import start_screen
from komet_import.ui.wiring import errors_shown, require_desk

desk = require_desk()
draft_id = st.query_params.get("draft")

with errors_shown():
    if draft_id is None:
        start_screen(desk)
    else:
        stored = drafts.get(desk, draft_id)
        if stored.state is DraftState.OPEN:
            review_screen(desk, draft_id)
        else:
            result_screen(desk, stored)
