"""Setup › Customers: search and page through what is stored, to verify an import."""

import streamlit as st

from komet_import import importer
from komet_import.ui import layout
from komet_import.ui.tables import customer_table, page_choice
from komet_import.ui.wiring import errors_shown, require_desk

PAGE_ROWS = 200
desk = require_desk()

with errors_shown():
    layout.title("Customers", "Setup", "Customers")
    search = st.text_input(
        "Search",
        placeholder="Code, name, city, e-mail",
        icon=":material/search:",
        label_visibility="collapsed",
        width=420,
    )
    page = int(st.session_state.get(f"customers-{search}", 1))
    rows, total = importer.find_customers(desk, search, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if rows:
        customer_table(desk, rows)
        page_choice(total, PAGE_ROWS, page, key=f"customers-{search}")
    elif search:
        st.info("No customer has that in its ID, code, name, city or e-mail.")
    else:
        st.info("No customer is stored yet. Import a file, and its customers are here.")
        st.page_link("pages/data_import.py", label="Import a file", icon=":material/upload_file:")
