"""The look: palettes of the header colours and of the cell marks, the few CSS rules that Streamlit's theme has no key
for, the logo and the top bar. The theme itself is `.streamlit/config.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from komet_import.schema.column import Colour
from komet_import.ui.markdown import escape_markdown

ASSETS = Path(__file__).parent / "assets"


class Tone(StrEnum):
    """What a badge or a mark means; colour is never the only cue."""

    DONE = "done"
    NEUTRAL = "neutral"
    WAITING = "waiting"
    ERROR = "error"


# The names under which Streamlit's own badges and coloured text know the tones (config.toml gives the values).
TONE_NAMES = {Tone.DONE: "violet", Tone.NEUTRAL: "gray", Tone.WAITING: "orange", Tone.ERROR: "red"}


@dataclass(frozen=True)
class Ink:
    """Three CSS colours that go together; text on background is at least 7.6:1."""

    background: str
    text: str
    line: str


@dataclass(frozen=True)
class Palette:
    """The theme's colours for what Streamlit does not draw by itself."""

    headers: dict[Colour, Ink]
    error: Ink
    warning: Ink
    changed: Ink
    page: str
    text: str
    quiet_text: str
    line: str
    header: str
    accent: str


LIGHT = Palette(
    headers={
        Colour.GREEN: Ink("#EDF6EE", "#1B562A", "#2B7A3E"),
        Colour.RED: Ink("#FCF1EF", "#8C1D14", "#C23B2E"),
        Colour.BLUE: Ink("#EBF2FB", "#154480", "#1F5FAE"),
    },
    error=Ink("#FCE4EE", "#8E0F48", "#B4175A"),
    warning=Ink("#FFF3DA", "#6E4300", "#A65B00"),
    changed=Ink("#EEEAFA", "#3F3175", "#5B4A9E"),
    page="#FFFFFF",
    text="#22222A",
    quiet_text="#5C5C67",
    line="#DCDCE3",
    header="#F6F6F8",
    accent="#5B4A9E",
)
DARK = Palette(
    headers={
        Colour.GREEN: Ink("#16291C", "#9ADBAC", "#4FA869"),
        Colour.RED: Ink("#311A19", "#F3ADA5", "#E0695C"),
        Colour.BLUE: Ink("#162436", "#A3C8F6", "#5C97E0"),
    },
    error=Ink("#4A1F33", "#FFC2DA", "#F07CAB"),
    warning=Ink("#3D2C14", "#F8CF92", "#EBA34A"),
    changed=Ink("#2F2950", "#D6CDFA", "#A99BE8"),
    page="#17171C",
    text="#E9E9EE",
    quiet_text="#B4B4BF",
    line="#3A3A45",
    header="#202027",
    accent="#9485DC",
)


def is_dark() -> bool:
    """Whether this browser shows the dark theme now."""
    return st.context.theme.type == "dark"


def palette() -> Palette:
    """The colours of the theme that this browser shows now."""
    return DARK if is_dark() else LIGHT


def apply() -> None:
    """Once a run, before anything else is drawn: page set-up, logo and style."""
    st.set_page_config(page_title="Komet Import", page_icon=str(ASSETS / "favicon.svg"), layout="wide")
    # A link on every page, so that keyboards reach it; navigation.js takes it to the start in this tab.
    st.logo(str(ASSETS / f"logo-{'dark' if is_dark() else 'light'}.svg"), size="medium", link=_start())
    st.html(f"<style>{_accent_css()}{(ASSETS / 'page.css').read_text(encoding='utf-8')}{_dark_css()}</style>")


def _start() -> str | None:
    address = urlsplit(st.context.url or "")
    return f"{address.scheme}://{address.netloc}/" if address.netloc else None


def top_bar(company: str, person: str) -> DeltaGenerator:
    """The company's name and the account menu at the right of the top bar; returns the menu, to be filled."""
    with st.container(key="top-bar", horizontal=True, vertical_alignment="center", width="content"):
        st.html(f'<span class="komet-company">{escape(company)}</span>', width="content")
        return st.popover(escape_markdown(person), type="tertiary", icon=":material/account_circle:")


def _accent_css() -> str:
    return f":root {{ --komet-accent: {palette().accent}; }}"


def _dark_css() -> str:
    """Button text is always white, so one primary colour cannot serve both buttons and text on black."""
    buttons = 'button[kind^="primary"] { background: #6B5AB8; border-color: #6B5AB8; }'
    links = ".stHtml a.komet-way, .stHtml a.komet-way:visited { color: #B9ADF0; }"
    return f"{buttons} {links}" if is_dark() else ""
