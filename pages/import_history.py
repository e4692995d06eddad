"""Import History: the imports of a period, and one of them (`?import=ID`, where the e-mail's link leads)."""

import streamlit as st

from komet_import.language import _
from komet_import.ui.history.details import import_screen
from komet_import.ui.history.screen import history_screen
from komet_import.ui.wiring import errors_shown, require_desk

desk = require_desk()
wanted = st.query_params.get("import")

with errors_shown(_("Import History")):
    if wanted is not None:
        import_screen(desk, wanted)
    else:
        history_screen(desk)
