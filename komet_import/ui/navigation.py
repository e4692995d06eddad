"""The pages of the app."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from komet_import.desk import Desk
from komet_import.language import _
from komet_import.ui.settings import screen as settings_screen


def navigate(desk: Desk) -> StreamlitPage:
    """Draws the navigation; returns the page that is wanted, to be run."""
    return st.navigation(
        [
            st.Page("data_import.py", title=_("Data Import"), default=True),
            st.Page("import_history.py", title=_("Import History")),
            st.Page("customers.py", title=_("Customers")),
            st.Page(
                "settings.py",
                title=_("Settings"),
                # Known to everybody, so that who is sent its address reads a sentence; the page looks for itself.
                visibility="visible" if settings_screen.is_offered_to(desk) else "hidden",
            ),
        ],
        position="top",
    )
