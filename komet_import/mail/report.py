"""What an e-mail tells: plain values of one finished import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from komet_import.review.issues import Issue


@dataclass(frozen=True)
class ImportReport:
    """Everything the e-mail says. `rows` is the sum of the four counts.

    `finished_at` is aware and in the company's zone. `left_out_rows` and `problems` hold the first ones, the counts
    beside them all; of an import of all rows or none, which rejects the good ones too, they are those with errors.
    Of the `rejected` the user left out the `skipped`, and the `held_back` are the good ones. `failure` is a whole sentence.
    `header` is that of a column, by its key.
    """

    company: str
    file: str
    person: str
    finished_at: datetime
    state: Literal["committed", "rejected", "failed"]
    rows: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    left_out_rows: tuple[int, ...]
    problems: tuple[Issue, ...]
    header: Callable[[str], str]
    problem_count: int
    most_changed: tuple[tuple[str, int], ...]
    cleared: int
    import_url: str
    customers_url: str
    failure: str | None = None
    skipped: int = 0
    held_back: int = 0

    @property
    def imported(self) -> int:
        """Rows that changed what is stored."""
        return self.inserted + self.updated

    @property
    def bad_rows(self) -> int:
        """Rows that somebody has to correct."""
        return self.rejected - self.skipped - self.held_back
