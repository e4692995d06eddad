"""The pieces that every page is laid out with. Whatever comes as `str` may be a user's: it is shown as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from komet_import.language import N_, _
from komet_import.schema.column import Colour
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.theme import TONE_NAMES, Ink, Tone, palette

Figure = tuple[str, int | str]

_LONG_TITLE, _LAST_OF_TITLE = 30, 20  # characters
_TITLED = "titled"
_LEFT = "places"
_COLOURS = {Colour.GREEN: N_("Green"), Colour.RED: N_("Red"), Colour.BLUE: N_("Blue")}
# The parts of a path that are places.
PLACES = {N_("Data Import"): "/", N_("Import History"): "/import_history"}


def path(*parts: str) -> None:
    """Where one is: `Data Import › Review`; the places on the way are links. Of a page that is no step of a way: nothing."""
    *way, here = parts or ("",)
    if not way:
        return
    steps = [_step(part) for part in way] + [escape(here)]
    label = escape(_("Path"))
    st.html(f'<nav class="komet-path" aria-label="{label}">{" › ".join(steps)}</nav>')


def _step(part: str) -> str:
    address = {_(name): address for name, address in PLACES.items()}.get(part)
    if address is None:
        return escape(part)
    left = st.session_state.get(_LEFT, {}).get(address, address)
    return f'<a href="{escape(left)}" target="_self">{escape(part)}</a>'


def keep_place(address: str) -> None:
    """From what is deeper in it, a path leads back to this place as it is now, with its period, search and filters."""
    chosen = urlencode(st.query_params.to_dict())
    st.session_state.setdefault(_LEFT, {})[address] = f"{address}?{chosen}" if chosen else address


def way(text: str, address: str) -> None:
    """A link to another part of the app, which a click opens in place."""
    st.html(f'<a class="komet-way" href="{escape(address)}" target="_self">{escape(text)}</a>')


def begin() -> None:
    """Of a run that draws its page anew: nothing is there yet."""
    st.session_state[_TITLED] = False


def is_titled() -> bool:
    """Whether this run drew the page's head."""
    return bool(st.session_state.get(_TITLED))


def title(
    text: str,
    *parts: str,
    icon: str | None = None,
    badge: tuple[str, Tone] | None = None,
    note: str = "",
) -> DeltaGenerator:
    """The page's head: path and serif title; returns the right of its line, for figures or actions.

    `parts` are the path's, `badge` a state beside the title, `note` a line below it.
    """
    st.session_state[_TITLED] = True
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(gap=None, width="stretch"):
            path(*parts)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _heading(text, icon)
                if badge:
                    show_badge(*badge)
            if note:
                quiet(note)
        return st.container(
            horizontal=True, horizontal_alignment="right", vertical_alignment="bottom", width="content"
        )


def _heading(text: str, icon: str | None) -> None:
    """Of a long one the middle gives way where there is no room: files differ at their ends. The pointer shows the whole."""
    if len(text) <= _LONG_TITLE:
        st.title(escape_markdown(text), anchor=False, icon=icon, width="content")
        return
    whole, first, last = map(escape, (text, text[:-_LAST_OF_TITLE], text[-_LAST_OF_TITLE:]))
    parts = f"<span>{first}</span><span>{last}</span>"
    st.html(f'<h1 class="komet-title" dir="auto" title="{whole}" aria-label="{whole}">{parts}</h1>')


def figures(values: Iterable[Figure]) -> None:
    """Numbers side by side, with thousands commas; they spread over the width that there is."""
    with st.container(horizontal=True, horizontal_alignment="distribute", gap="large"):
        for label, value in values:
            _metric(label, value)


def equation(total: Figure, terms: Sequence[Figure]) -> DeltaGenerator:
    """A card that says `total = term + term`; returns its right end."""
    with st.container(horizontal=True, vertical_alignment="center", border=True, gap="medium"):
        _metric(*total)
        for sign, term in zip("=" + "+" * len(terms), terms, strict=False):
            st.html(f'<span class="komet-sign">{sign}</span>', width="content")
            _metric(*term)
        return st.container(horizontal_alignment="right", gap=None)


def legend(*, blue_required: bool) -> None:
    """The header colours as three miniature headers, with what they mean in this company in words."""
    inks = palette().headers
    meanings = {colour: colour.meaning for colour in Colour}
    if not blue_required:
        meanings[Colour.BLUE] = _("Not needed: this company has one location")
    headers = (_legend_header(colour, inks[colour], meaning) for colour, meaning in meanings.items())
    st.html(f'<div class="komet-legend">{"".join(headers)}</div>')


def marks_legend() -> None:
    """What the marks of the review grid mean, on one line."""
    st.caption(
        _(
            ":red[:material/error:] error, left out · :orange[:material/warning:] warning, goes in · "
            ":violet[◤] changed"
        ),
        width="content",
    )


def show_badge(text: str, tone: Tone, icon: str | None = None) -> None:
    """A state in a word or two; `icon` is a Material name such as `:material/check:`."""
    st.markdown(f":{TONE_NAMES[tone]}-badge[{icon or ''} {escape_markdown(text)}]", width="content")


def nothing(sentence: str, icon: str = ":material/inbox:") -> DeltaGenerator:
    """In place of what is not there: why, and what to do next; returns the place for a button that does it.

    `sentence` is markdown.
    """
    with st.container(border=True, horizontal_alignment="center", gap="small", key="nothing"):
        st.markdown(icon, width="content")
        st.markdown(sentence, width="content", text_alignment="center")
        return st.container(horizontal=True, horizontal_alignment="center")


def quiet(text: str) -> None:
    """A line in grey."""
    st.caption(escape_markdown(text), width="content")


def _metric(label: str, value: int | str) -> None:
    st.metric(escape_markdown(label), f"{value:,}" if isinstance(value, int) else value, width="content")


def _legend_header(colour: Colour, ink: Ink, meaning: str) -> str:
    style = f"background:{ink.background};color:{ink.text};border-color:{ink.line}"
    return f'<div style="{style}"><b>{_(_COLOURS[colour])}</b><span>{meaning}</span></div>'
