"""What the reading child says instead of a table; the parent makes the user's error of it, in the user's language."""

from __future__ import annotations

from collections.abc import Mapping

from komet_import.language import N_, _

REASONS: dict[str, str] = {
    "empty": N_(" (it is empty)"),
    "picture": N_(" (it is a picture)"),
    "pdf": N_(" (it is a PDF document)"),
    "office_file": N_(" (it is an Office file of another kind)"),
    "zip_file": N_(" (it is a zip file of another kind)"),
    "web_page": N_(" (it is a web page)"),
    "xml": N_(" (it is an XML text)"),
    "no_text": N_(" (its letters cannot be read)"),
    "too_wide": N_(" (row {row} has over {most:,} cells)"),
    "bad_line": N_(" (line {line})"),
    "open_quotation": N_(" (a quotation mark is opened and never closed)"),
}


class Unreadable(Exception):
    """`code` is one of `komet_import.errors.WORDING`; `facts` fill its sentence, save for the file's name.

    Of them, `because` is one of REASONS: its words are the sentence's `detail`.
    """

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def worded(facts: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """The facts with the words of the reason, if there is one."""
    if "because" not in facts:
        return facts
    return {**facts, "detail": _(REASONS[str(facts["because"])]).format(**facts)}
