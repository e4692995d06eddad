"""Settings › Locations: their codes, which never change, and their names."""

from __future__ import annotations

from functools import partial

import streamlit as st

from komet_import import company
from komet_import.desk import Desk
from komet_import.language import _
from komet_import.schema.company import Location
from komet_import.store.company_file import LONGEST_CODE, LONGEST_NAME
from komet_import.ui import layout
from komet_import.ui.settings import changes as settings_changes
from komet_import.ui.settings.rows import CARD, Entry, entries

_RENAME, _DEACTIVATE = "rename-location", "deactivate-location"
_CODE, _NAME = "new-location-code", "new-location-name"


def locations_section(desk: Desk) -> None:
    """One card."""
    found = company.locations(desk)
    with st.container(border=True, gap="small", width=CARD):
        st.subheader(_("Locations"), anchor=False)
        _remarks(desk)
        entries(
            "locations",
            [Entry(place.code, place.name, records, place.active) for place, records in found],
            rename=(_RENAME,),
            deactivate=(_DEACTIVATE,),
            switch=_activate,
            switch_args=(desk,),
        )
        _adding(desk)
    for place, records in found:
        if settings_changes.is_asked(_RENAME, place.code):
            _rename(desk, place)
        if settings_changes.is_asked(_DEACTIVATE, place.code):
            settings_changes.ask_deactivation(
                place.code, records, partial(_set_active, desk, place.code, active=False)
            )


def _remarks(desk: Desk) -> None:
    if not desk.company.multi_location:
        layout.quiet(_("This company works with one location: files need none of these, and none is stored."))
    elif not desk.company.active_locations:
        st.warning(_("No location is active, so no new customer can be imported. Add or activate one."))


def _adding(desk: Desk) -> None:
    with (
        st.form("add-location-form", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("New code"), key=_CODE, max_chars=LONGEST_CODE, width=160)
        st.text_input(_("Name"), key=_NAME, max_chars=LONGEST_NAME, width=360)
        st.form_submit_button(_("Add"), type="primary", key="add-location", on_click=_add, args=(desk,))


def _add(desk: Desk) -> None:
    with settings_changes.refusal_kept():
        added = company.add_location(desk, st.session_state[_CODE], st.session_state[_NAME])
        st.session_state[_CODE] = st.session_state[_NAME] = ""
        sentence = _("{code}, {name}, is a location; templates offer it from now on.")
        settings_changes.done(sentence.format(code=added.code, name=added.name))


def _activate(desk: Desk, code: str, active: bool) -> None:
    with settings_changes.refusal_kept():
        settings_changes.done(_set_active(desk, code, active))


def _set_active(desk: Desk, code: str, active: bool) -> str:
    company.set_location_active(desk, code, active)
    sentence = (
        _("{code} can be given again.")
        if active
        else _("{code} cannot be given any more; customers keep it.")
    )
    return sentence.format(code=code)


def _rename(desk: Desk, place: Location) -> None:
    def rename(name: str) -> str:
        new = company.rename_location(desk, place.code, name)
        return _("{code} is “{name}” now.").format(code=place.code, name=new)

    note = _("The code {code} stays: customers and files have it.").format(code=place.code)
    settings_changes.ask_new_name(_("Rename this location"), place.name, LONGEST_NAME, note, rename)
