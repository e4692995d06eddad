"""One column's texts, each distinct one parsed once: what it would be stored as, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from komet_import.schema.column import Colour, Column
from komet_import.schema.company import Company
from komet_import.schema.kinds import kind_of
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import fold, has_control_characters, is_cell_error

IGNORED = Problem(IssueCode.IGNORED_SINGLE_LOCATION)
CONTROL_CHARACTERS = Problem(IssueCode.CONTROL_CHARACTERS)
_REMEMBERED = 5000


class ColumnValues(dict[str, str]):
    """A memo from a cell's tidied text to its value as the template writes it, for one column in one company.

    The value is "" where the cell is blank, ignored or wrong; `problems` says by its text why it is not used, until
    other texts are asked for: what is remembered stays a few thousand texts, however many a file has. `codes` are those
    that a reference may hold, by folded code.
    """

    def __init__(self, column: Column, company: Company, codes: Mapping[str, str] | None = None) -> None:
        super().__init__({"": ""})
        self.problems: dict[str, Problem] = {}
        self._codes = codes
        self._column = column
        self._company = company
        self._kind = kind_of(column)
        self._limit = (column.max_length or 0) if self._kind.has_length else 0
        self._ignored = column.colour is Colour.BLUE and not company.multi_location
        self._plain_limit = self._limit if self._kind.is_plain and not self._ignored else 0

    def of(self, texts: Sequence[str], stored: Sequence[str] | None = None) -> list[str]:
        """The value of each text; one that repeats the text `stored` beside it is that, and need not be parsed."""
        if len(self) > _REMEMBERED:
            self.forget()
        if self._all_plain(texts):
            return list(texts)
        value_of = self.__getitem__
        if stored is None:
            return list(map(value_of, texts))
        return [old if text == old else value_of(text) for text, old in zip(texts, stored, strict=True)]

    def forget(self) -> None:
        """What was remembered."""
        self.clear()
        self.problems.clear()
        self[""] = ""

    def problem(self, text: str) -> Problem | None:
        """Why the text is not used, if it is not."""
        return None if self[text] else self.problems.get(text)

    def _all_plain(self, texts: Sequence[str]) -> bool:
        """Whether these are stored as they stand: asked of the whole column at once, since most columns are."""
        if not self._plain_limit or not texts or max(map(len, texts)) > self._plain_limit:
            return False
        joined = "".join(texts)
        return joined.isprintable() and "#" not in joined

    def __missing__(self, text: str) -> str:
        value = self._value(text)
        if isinstance(value, Problem):
            self.problems[text] = value
            value = ""
        self[text] = value
        return value

    def _value(self, text: str) -> str | Problem:
        if self._ignored:
            return IGNORED
        if len(text) > self._column.longest_read:
            return self._too_long(text, self._column.max_length or self._column.longest_read)
        if text[0] == "#" and is_cell_error(text):
            return Problem(IssueCode.CELL_ERROR)
        if not text.isprintable() and has_control_characters(text):
            return CONTROL_CHARACTERS
        value = self._kind.parse(text, self._column, self._company)
        if isinstance(value, Problem):
            return value
        stored = self._kind.render(value)
        if self._codes is not None:
            return self._codes.get(fold(stored)) or Problem(self._column.unlisted)
        if self._limit and len(stored) > self._limit:
            return self._too_long(stored, self._limit)
        return stored

    @staticmethod
    def _too_long(text: str, limit: int) -> Problem:
        return Problem(IssueCode.TOO_LONG, facts={"length": f"{len(text):,}", "limit": f"{limit:,}"})
