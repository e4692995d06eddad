"""The lines of a list in Settings: what it is, how many records have it, and its actions. Long lists come in pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from komet_import.language import _, ngettext
from komet_import.ui import layout
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.settings import changes as settings_changes
from komet_import.ui.tables import page_choice
from komet_import.ui.theme import Tone

CARD = 860  # pixels: the eye still finds the action that belongs to a name
_PAGE = 50


@dataclass(frozen=True)
class Entry:
    """`name` is what it is known by; `description` may be blank."""

    name: str
    description: str
    records: int
    active: bool


def entries(
    what: str,
    found: Sequence[Entry],
    *,
    rename: tuple[str, ...],
    deactivate: tuple[str, ...],
    switch: Callable[..., None],
    switch_args: tuple[object, ...],
) -> None:
    """`rename` and the name are the dialog to ask, and so are `deactivate` and the name of what records have.

    Else `switch` is called with its arguments, the name and whether it is to be active.
    """
    pages = max(1, -(-len(found) // _PAGE))
    page = min(int(st.session_state.get(f"page-{what}", 1)), pages)
    with st.container(gap=None):
        for entry in found[(page - 1) * _PAGE : page * _PAGE]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _facts(entry)
                with _actions(what, entry, rename):
                    _switch_button(what, entry, deactivate, switch, switch_args)
    if pages > 1:
        page_choice(len(found), _PAGE, page, key=f"page-{what}")


def _facts(entry: Entry) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch"):
        name = escape_markdown(entry.name)
        st.markdown(f"**{name}** {escape_markdown(entry.description)}" if entry.description else name)
        if not entry.active:
            layout.show_badge(_("Not active"), Tone.NEUTRAL)


def _actions(what: str, entry: Entry, rename: tuple[str, ...]) -> DeltaGenerator:
    """Together, so that on a narrow screen they go to a line of their own; returns their place."""
    place = st.container(horizontal=True, vertical_alignment="center", gap="small", width="content")
    with place:
        layout.quiet(_how_many(entry.records))
        st.button(
            _("Rename"),
            key=f"rename-{what}-{entry.name}",
            type="tertiary",
            on_click=settings_changes.ask,
            args=(*rename, entry.name),
        )
    return place


def _switch_button(
    what: str,
    entry: Entry,
    deactivate: tuple[str, ...],
    switch: Callable[..., None],
    switch_args: tuple[object, ...],
) -> None:
    asks = entry.active and entry.records > 0
    st.button(
        _("Deactivate") if entry.active else _("Activate"),
        key=f"switch-{what}-{entry.name}",
        type="tertiary",
        width=80,  # the same for both words: the actions stand below each other
        on_click=settings_changes.ask if asks else switch,
        args=(*deactivate, entry.name) if asks else (*switch_args, entry.name, not entry.active),
    )


def _how_many(customers: int) -> str:
    if not customers:
        return _("no customers")
    return ngettext("{count:,} customer", "{count:,} customers", customers).format(count=customers)
