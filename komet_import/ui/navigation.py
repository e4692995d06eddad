"""The pages of the app."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from komet_import.desk import Desk
from komet_import.language import _
from komet_import.ui.settings import screen as settings_screen
from komet_import.ui.theme import ASSETS

_THINGS = ("draft", "drafts", "import")  # what names in an address what a page shows


def navigate(desk: Desk) -> StreamlitPage:
    """Draws the navigation, whose items lead to the start of their pages; returns the page that is wanted, to be run."""
    with st.container(key="navigation"):  # it draws nothing, and takes no room
        st.html(f"<script>{_script()}</script>", unsafe_allow_javascript=True)
    page = st.navigation(
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
    _arrive(page.url_path)
    return page


def here() -> dict[str, Any]:
    """What is kept as long as one stays on this page, and on the same thing that it shows."""
    kept: dict[str, Any] = st.session_state.setdefault("here", {})
    return kept


def _arrive(path: str) -> None:
    place = [path, *(f"{name}={st.query_params[name]}" for name in _THINGS if name in st.query_params)]
    if st.session_state.get("place") != place:
        st.session_state["place"], st.session_state["here"] = place, {}


@cache
def _script() -> str:
    return (ASSETS / "navigation.js").read_text(encoding="utf-8")
