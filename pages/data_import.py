"""Data Import: from a template to an import. The draft's ID is in the address, or which list of drafts is shown."""

import streamlit as st

from komet_import.language import _
from komet_import.ui.draft import draft_screen
from komet_import.ui.start.draft_list import drafts_screen
from komet_import.ui.start.screen import start_screen
from komet_import.ui.wiring import errors_shown, require_desk

desk = require_desk()
draft_id = st.query_params.get("draft")
listed = st.query_params.get("drafts")

with errors_shown(_("Import from Excel")):
    if draft_id is not None:
        draft_screen(desk, draft_id)
    elif listed is not None:
        drafts_screen(desk, listed)
    else:
        start_screen(desk)
