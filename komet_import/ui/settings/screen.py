"""Settings: the sections of the screen. Each is drawn only while it is open, and the address keeps which one that is."""

from __future__ import annotations

import streamlit as st

from komet_import.access import Deed, may, require
from komet_import.desk import Desk
from komet_import.language import N_, _
from komet_import.ui import layout
from komet_import.ui.settings import changes as settings_changes
from komet_import.ui.settings.company import company_section
from komet_import.ui.settings.lists import lists_section
from komet_import.ui.settings.locations import locations_section
from komet_import.ui.settings.machine import about_section, mail_section

_SECTIONS = {
    N_("Company"): company_section,
    N_("Locations"): locations_section,
    N_("Lists"): lists_section,
    N_("E-mail"): mail_section,
    N_("About"): about_section,
}


def is_offered_to(desk: Desk) -> bool:
    """Whether the page is in this person's navigation."""
    return may(desk.person, Deed.ADMINISTER)


def settings_screen(desk: Desk) -> None:
    """Raises AccessDenied."""
    require(desk.person, Deed.ADMINISTER)
    layout.title(_("Settings"))
    settings_changes.news()
    tabs = st.tabs(list(map(_, _SECTIONS)), key="section", on_change="rerun", bind="query-params")
    for tab, section in zip(tabs, _SECTIONS.values(), strict=True):
        if tab.open:
            with tab:
                section(desk)
