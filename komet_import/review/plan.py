"""What a commit would do, to the last cell, and the hash by which it is known to be the plan that was shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from komet_import.review.issues import Issue, ProblemKind


class Action(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Record(NamedTuple):
    """A stored record as its file would hold it: `texts` follow `declaration.value_columns`, "" for no value."""

    record_id: int
    version: int
    texts: tuple[str, ...]


@dataclass
class Snapshot:
    """The stored records that a file's rows speak of: by ID, and found by folded code and folded name.

    It holds every record whose ID, code or name stands in the file, and may grow as edits name others. `codes` are of the
    other declarations' records that the rows refer to: by kind, from the folded code to the code, "" for nobody's.
    `imports` is how many imports the records had seen.
    """

    records: dict[int, Record] = field(default_factory=dict)
    id_by_code: dict[str, int] = field(default_factory=dict)
    ids_by_name: dict[str, tuple[int, ...]] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    imports: int = field(default=0, compare=False)

    def add(self, found: Snapshot) -> None:
        """Takes in records that were looked up later."""
        self.records |= found.records
        self.id_by_code |= found.id_by_code
        self.ids_by_name |= found.ids_by_name
        for kind, codes in found.codes.items():
            self.codes.setdefault(kind, {}).update(codes)


class Change(NamedTuple):
    """One cell of a stored record: old and new as the template writes them, "" for no value."""

    row: int
    record_id: int
    key: str
    old: str
    new: str


class PlannedRow(NamedTuple):
    """A row that goes in, or stays as it is: `texts` as they would be stored, in the order of a Record's.

    `record_id` and `version` are those of the stored record, None for a new one.
    """

    row: int
    action: Action
    record_id: int | None
    version: int | None
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """`rows` of them all; the first four always add up to it.

    Of the rejected, the user left out the `skipped`; the `held_back` have no error, but went in with all others or none.
    """

    new: int = 0
    update: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0
    held_back: int = 0

    @property
    def rows(self) -> int:
        """The file's rows."""
        return self.new + self.update + self.unchanged + self.rejected

    @property
    def with_errors(self) -> int:
        """The rows that somebody has to correct."""
        return self.rejected - self.skipped - self.held_back

    @property
    def written(self) -> int:
        """The rows that a commit writes."""
        return self.new + self.update


@dataclass(frozen=True)
class Plan:
    """Executed exactly, or refused: `company_version` and each row's `version` are what it was made from.

    `rows` are the new, updated and unchanged ones in row order; `changes` the updated cells; `issues` those of all rows
    in row order, then column order, made anew each time they are read, since there may be millions; `issue_counts` how
    many there are of each kind; `warned` how many rows go in with a warning; `cells` the texts of the rejected rows by
    row, in row order, and column key, for each row the same keys, None where the file has no such column and no edit gave
    the cell a text; `rejected_columns` are these keys, and those of the columns that an issue of a rejected row names.
    """

    hash: str
    company_version: int
    counts: Counts
    rows: Sequence[PlannedRow]
    changes: Sequence[Change]
    issues: Iterable[Issue]
    issue_counts: Mapping[ProblemKind, int]
    warned: int
    cells: Mapping[int, Mapping[str, str | None]]
    rejected_columns: frozenset[str]
