"""What the reading child says instead of a table; the parent makes the user's error of it."""

from __future__ import annotations


class Unreadable(Exception):
    """`code` is one of `komet_import.errors.WORDING`; `facts` fill its sentence, save for the file's name."""

    def __init__(self, code: str, **facts: str | int) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)
