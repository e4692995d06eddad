"""Import History: the imports, and one of them (`?import=ID`, where the e-mail's link leads)."""

import streamlit as st

from komet_import import importer
from komet_import.ui import layout
from komet_import.ui.import_details import import_screen
from komet_import.ui.tables import history_table, page_choice
from komet_import.ui.wiring import errors_shown, require_desk

PAGE_ROWS = 100
desk = require_desk()
wanted = st.query_params.get("import")

with errors_shown():
    if wanted is not None:
        import_screen(desk, wanted)
    else:
        layout.title("Import History", "Setup", "Import History")
        page = int(st.session_state.get("history-page", 1))
        records = importer.history(desk, PAGE_ROWS, (page - 1) * PAGE_ROWS)
        if records:
            history_table(desk, records)
            page_choice(importer.count_imports(desk), PAGE_ROWS, page, key="history-page")
        else:
            st.info("Nothing was imported yet. Each import will be listed here, with its audit.")
            st.page_link("pages/data_import.py", label="Import a file", icon=":material/upload_file:")
