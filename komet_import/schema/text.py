"""A cell's text, tidied the same way wherever it comes from: a workbook, a CSV file or the grid."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# Not `\s`: it also takes VT, FF and U+001C to U+001F, control characters that must stay to be seen.
_SPACES = re.compile(r"[ \t\n\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
# Invisible everywhere they stand; joiners (U+200C, U+200D) shape emoji and Persian, so they go at the ends only.
_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_ENDS = "\u200c\u200d "
_SUSPECT = re.compile(r"[^\x21-\x7e]")
_SHORT = 256  # characters, of which even the slowest way to sort marks makes nothing
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CELL_ERROR = re.compile(
    r"#(N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|UNKNOWN!|GETTING_DATA|DATA!|PYTHON!|BUSY!)"
)


def tidy(text: str) -> str:
    """Trims the ends, makes one space of many (non-breaking, tabs, line breaks), drops zero-width ones; NFC."""
    if not _SUSPECT.search(text):
        return text
    return _SPACES.sub(" ", _composed(_INVISIBLE.sub("", text))).strip(_ENDS)


def _composed(text: str) -> str:
    """NFC. Python sorts a letter's marks by insertion, in steps by the square of their number: long texts come sorted."""
    if len(text) > _SHORT and not text.isascii():
        decomposed = "".join(unicodedata.normalize("NFD", character) for character in text)
        runs = groupby(decomposed, lambda character: unicodedata.combining(character) > 0)
        text = "".join(
            "".join(sorted(run, key=unicodedata.combining) if marked else run) for marked, run in runs
        )
    return unicodedata.normalize("NFC", text)


def is_cell_error(text: str) -> bool:
    """Whether the text is what a spreadsheet shows for a formula that failed, like `#N/A`."""
    return text.startswith("#") and _CELL_ERROR.fullmatch(text.upper()) is not None


def has_control_characters(text: str) -> bool:
    """Whether a tidied text still holds characters that no cell or database can store."""
    return _CONTROL.search(text) is not None


def fold(text: str) -> str:
    """The key under which two texts are the same whatever their case; the database's own folding knows ASCII only."""
    return text.casefold()
