"""Settings › Company: its name and time zone, and whether it works with one location or several."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from komet_import import company
from komet_import.desk import Desk
from komet_import.schema.column import Colour
from komet_import.schema.declarations import all_columns
from komet_import.sentences import listed
from komet_import.store.company_file import LONGEST_NAME
from komet_import.ui import words
from komet_import.ui.settings import changes as settings_changes

_HEADERS = list(dict.fromkeys(column.header for column in all_columns() if column.colour is Colour.BLUE))
_BLUE = listed(_HEADERS)
_SWITCH = "switch-locations"


def company_section(desk: Desk) -> None:
    """Two cards."""
    left, right = st.columns(2, gap="large")
    with left:
        _facts(desk)
    with right, st.container(border=True, gap="small"):
        _locations(desk)
    if settings_changes.is_asked(_SWITCH):
        _confirm(desk)


def _facts(desk: Desk) -> None:
    # A new version has new widgets: they show what is stored, whoever changed it.
    name_key, zone_key = (f"company-{part}-{desk.company.version}" for part in ("name", "zone"))
    zones = sorted(available_timezones())
    with st.form("company-form"):
        st.subheader("Name and time", anchor=False)
        st.text_input("Company name", desk.company.name, max_chars=LONGEST_NAME, key=name_key)
        zone = desk.company.time_zone
        st.selectbox("Time zone", zones, zones.index(zone) if zone in zones else None, key=zone_key)
        st.caption("Every time on the screens and in e-mails is shown in it.")
        st.form_submit_button(
            "Save", type="primary", key="save-company", on_click=_save, args=(desk, name_key, zone_key)
        )


def _save(desk: Desk, name_key: str, zone_key: str) -> None:
    with settings_changes.refusal_kept():
        zone = st.session_state[zone_key] or desk.company.time_zone
        company.describe(desk, st.session_state[name_key], zone)
        settings_changes.done("The company is saved.")


def _locations(desk: Desk) -> None:
    several = desk.company.multi_location
    st.subheader("Several locations" if several else "One location", anchor=False)
    st.markdown(
        f"{_BLUE} are required for every new customer: the blue columns of the template."
        if several
        else f"{_BLUE}, the blue columns of the template, are not needed. What a file says there is not stored."
    )
    st.button(
        "Switch to one location" if several else "Switch to several locations",
        key="switch",
        on_click=settings_changes.ask,
        args=(_SWITCH,),
    )


def _confirm(desk: Desk) -> None:
    several = not desk.company.multi_location
    goal = "several locations" if several else "one location"

    @st.dialog(f"Switch to {goal}?", on_dismiss=settings_changes.ask)
    def dialog() -> None:
        st.markdown(_consequence(desk, several))
        st.caption("Templates, legend and rules follow at once. Open drafts are judged anew.")
        if several and not desk.company.active_locations:
            st.markdown(":orange[:material/warning:] No location is active yet. Add one first.")
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button("Cancel", key="cancel-switch", on_click=settings_changes.ask)
            st.button(
                f"Switch to {goal}",
                type="primary",
                key="confirm-switch",
                on_click=settings_changes.finish,
                args=(lambda: _switch(desk, several),),
            )
        settings_changes.dialog_news()

    dialog()


def _consequence(desk: Desk, several: bool) -> str:
    found = company.located_records(desk)
    if not several:
        stay = words.counted(found.values, "stored value stays", "stored values stay")
        return f"{_BLUE} are ignored from now on; {stay}."
    if not found.incomplete:
        return f"From now on a new customer must have {_BLUE}. No stored customer lacks them."
    lacking = words.counted(found.incomplete, "stored customer has", "stored customers have")
    return (
        f"**{lacking} no {' or no '.join(_HEADERS)}.** That keeps working, "
        f"but a file that changes such a customer must give {_BLUE}."
    )


def _switch(desk: Desk, several: bool) -> str:
    company.switch_locations(desk, several)
    return f"{desk.company.name} works with {'several locations' if several else 'one location'} now."
