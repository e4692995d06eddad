"""User text inside Streamlit's markdown, which labels, captions, sentences and `st.table` all read."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit makes links, arrows and its own logo of these after backslashes are gone; only a character between helps.
_JOINED_LATE = re.compile(r"(?<=@)|(?<=:)(?=//|streamlit)|(?<=www)(?=\.)|(?<=[<>~-])(?=[-=>])", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def escape_markdown(text: str) -> str:
    """One line that shows `text` as it stands: no emphasis, links, formulas, icons, colours or arrows.

    A word joiner stands inside e-mail addresses and the like: it has no width, and files that hold one are tidied.
    """
    one_line = " ".join(text.split())
    return _PUNCTUATION.sub(r"\\\1", _JOINED_LATE.sub(_WORD_JOINER, one_line))
