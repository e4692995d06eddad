"""Settings › Company: its name and time zone, and whether it works with one location or several."""

from __future__ import annotations

from functools import reduce
from zoneinfo import available_timezones

import streamlit as st

from komet_import import company
from komet_import.desk import Desk
from komet_import.language import _, ngettext
from komet_import.schema.column import Colour
from komet_import.schema.declarations import all_columns
from komet_import.sentences import listed
from komet_import.store.company_file import LONGEST_NAME
from komet_import.ui.settings import changes as settings_changes

_HEADERS = list(dict.fromkeys(column.header for column in all_columns() if column.colour is Colour.BLUE))
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
        st.subheader(_("Name and time"), anchor=False)
        st.text_input(_("Company name"), desk.company.name, max_chars=LONGEST_NAME, key=name_key)
        zone = desk.company.time_zone
        st.selectbox(_("Time zone"), zones, zones.index(zone) if zone in zones else None, key=zone_key)
        st.caption(_("Every time on the screens and in e-mails is shown in it."))
        st.form_submit_button(
            _("Save"), type="primary", key="save-company", on_click=_save, args=(desk, name_key, zone_key)
        )


def _save(desk: Desk, name_key: str, zone_key: str) -> None:
    with settings_changes.refusal_kept():
        zone = st.session_state[zone_key] or desk.company.time_zone
        company.describe(desk, st.session_state[name_key], zone)
        settings_changes.done(_("The company is saved."))


def _locations(desk: Desk) -> None:
    several = desk.company.multi_location
    st.subheader(_("Several locations") if several else _("One location"), anchor=False)
    sentence = (
        _("{columns} are required for every new customer: the blue columns of the template.")
        if several
        else _(
            "{columns}, the blue columns of the template, are not needed. What a file says there is not stored."
        )
    )
    st.markdown(sentence.format(columns=listed(_HEADERS)))
    st.button(
        _switch_label(not several),
        key="switch",
        on_click=settings_changes.ask,
        args=(_SWITCH,),
    )


def _switch_label(several: bool) -> str:
    return _("Switch to several locations") if several else _("Switch to one location")


def _confirm(desk: Desk) -> None:
    several = not desk.company.multi_location

    @st.dialog(
        _("Switch to several locations?") if several else _("Switch to one location?"),
        on_dismiss=settings_changes.ask,
    )
    def dialog() -> None:
        st.markdown(_consequence(desk, several))
        st.caption(_("Templates, legend and rules follow at once. Open drafts are judged anew."))
        if several and not desk.company.active_locations:
            warning = _("No location is active yet. Add one first.")
            st.markdown(f":orange[:material/warning:] {warning}")
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(_("Cancel"), key="cancel-switch", on_click=settings_changes.ask)
            st.button(
                _switch_label(several),
                type="primary",
                key="confirm-switch",
                on_click=settings_changes.finish,
                args=(lambda: _switch(desk, several),),
            )
        settings_changes.dialog_news()

    dialog()


def _consequence(desk: Desk, several: bool) -> str:
    found = company.located_records(desk)
    columns = listed(_HEADERS)
    if not several:
        return ngettext(
            "{columns} are ignored from now on; {count:,} stored value stays.",
            "{columns} are ignored from now on; {count:,} stored values stay.",
            found.values,
        ).format(columns=columns, count=found.values)
    if not found.incomplete:
        sentence = _("From now on a new customer must have {columns}. No stored customer lacks them.")
        return sentence.format(columns=columns)
    return ngettext(
        "**{count:,} stored customer has no {lacking}.** That keeps working, but a file that changes such a customer must give {columns}.",
        "**{count:,} stored customers have no {lacking}.** That keeps working, but a file that changes such a customer must give {columns}.",
        found.incomplete,
    ).format(count=found.incomplete, lacking=reduce(_or_no, _HEADERS), columns=columns)


def _or_no(columns: str, last: str) -> str:
    return _("{columns} or no {last}").format(columns=columns, last=last)


def _switch(desk: Desk, several: bool) -> str:
    company.switch_locations(desk, several)
    sentence = (
        _("{company} works with several locations now.")
        if several
        else _("{company} works with one location now.")
    )
    return sentence.format(company=desk.company.name)
