"""The pages of the app, and the way back into it for one that was reached without."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from komet_import.desk import Desk
from komet_import.ui import settings_screen

_INSIDE = "inside-the-app"


def navigate(desk: Desk) -> StreamlitPage:
    """Draws the navigation; returns the page that is wanted, to be run."""
    st.session_state[_INSIDE] = True
    return st.navigation(
        [
            st.Page("pages/data_import.py", title="Data Import", default=True),
            st.Page("pages/import_history.py", title="Import History"),
            st.Page("pages/customers.py", title="Customers"),
            st.Page(
                "pages/settings.py",
                title="Settings",
                # Known to everybody, so that who is sent its address reads a sentence; the page looks for itself.
                visibility="visible" if settings_screen.is_offered_to(desk) else "hidden",
            ),
        ],
        position="top",
    )


def enter_app(desk: Desk) -> None:
    """Until a process's first `st.navigation`, Streamlit runs a file of `pages/` alone when its address is opened.

    Then this makes that first call, and the run starts over, through app.py: so an e-mail's link after a restart
    leads where it should.
    """
    if not st.session_state.get(_INSIDE):
        navigate(desk)
        st.rerun()
