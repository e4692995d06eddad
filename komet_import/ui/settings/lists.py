"""Settings › Lists: what the columns with a company's own list may hold."""

from __future__ import annotations

from functools import partial

import streamlit as st

from komet_import import company
from komet_import.desk import Desk
from komet_import.language import _, ngettext
from komet_import.schema.column import Column
from komet_import.schema.declarations import company_lists
from komet_import.store.lists import ListValue
from komet_import.ui import layout
from komet_import.ui.settings import changes as settings_changes
from komet_import.ui.settings.rows import CARD, Entry, entries

_RENAME, _DEACTIVATE = "rename-value", "deactivate-value"
_COLUMNS = {column.header: column for column in company_lists().values()}


def lists_section(desk: Desk) -> None:
    """The choice of a list, and the list."""
    chosen = st.segmented_control(
        _("List"), list(_COLUMNS), default=next(iter(_COLUMNS)), required=True, key="list",
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    _list(desk, _COLUMNS[chosen or next(iter(_COLUMNS))])


def _list(desk: Desk, column: Column) -> None:
    values = company.list_values(desk, column.key)
    with st.container(border=True, gap="small", width=CARD):
        st.subheader(column.header, anchor=False)
        if not values:
            layout.quiet(_("This list is empty: a file cannot give a value here. Add the first one."))
        entries(
            column.key,
            [Entry(v.value, "", v.records, v.active) for v in values],
            rename=(_RENAME, column.key),
            deactivate=(_DEACTIVATE, column.key),
            switch=_activate,
            switch_args=(desk, column.key),
        )
        _adding(desk, column)
    for value in values:
        if settings_changes.is_asked(_RENAME, column.key, value.value):
            _rename(desk, column, value)
        if settings_changes.is_asked(_DEACTIVATE, column.key, value.value):
            settings_changes.ask_deactivation(
                value.value, value.records, partial(_set_active, desk, column.key, value.value, active=False)
            )


def _adding(desk: Desk, column: Column) -> None:
    key = f"new-value-{column.key}"
    with (
        st.form(f"add-{column.key}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(_("New value"), key=key, max_chars=column.max_length, width=420)
        st.form_submit_button(
            _("Add"), type="primary", key=f"add-to-{column.key}", on_click=_add, args=(desk, column.key)
        )


def _add(desk: Desk, key: str) -> None:
    with settings_changes.refusal_kept():
        added = company.add_value(desk, key, st.session_state[f"new-value-{key}"])
        st.session_state[f"new-value-{key}"] = ""
        sentence = _("“{value}” is in the list; templates offer it from now on.")
        settings_changes.done(sentence.format(value=added))


def _activate(desk: Desk, key: str, value: str, active: bool) -> None:
    with settings_changes.refusal_kept():
        settings_changes.done(_set_active(desk, key, value, active))


def _set_active(desk: Desk, key: str, value: str, active: bool) -> str:
    company.set_value_active(desk, key, value, active)
    sentence = (
        _("“{value}” can be given again.")
        if active
        else _("“{value}” cannot be given any more; customers keep it.")
    )
    return sentence.format(value=value)


def _rename(desk: Desk, column: Column, value: ListValue) -> None:
    def rename(name: str) -> str:
        new, records = company.rename_value(desk, column.key, value.value, name)
        sentence = _("“{old}” is “{new}” now.").format(old=value.value, new=new)
        return f"{sentence} {_updated(records)}" if records else sentence

    note = _who_is_renamed(value.records)
    settings_changes.ask_new_name(_("Rename this value"), value.value, column.max_length, note, rename)


def _who_is_renamed(customers: int) -> str:
    if not customers:
        return _("No customer has this value.")
    return ngettext(
        "{count:,} customer has it and gets the new name too. In a file the old name is a problem from then on.",
        "{count:,} customers have it and get the new name too. In a file the old name is a problem from then on.",
        customers,
    ).format(count=customers)


def _updated(customers: int) -> str:
    return ngettext("{count:,} customer updated.", "{count:,} customers updated.", customers).format(
        count=customers
    )
