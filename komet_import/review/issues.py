"""An issue: one problem of one cell or row of a file. A value, never an exception.

The same whether it was found now or is read back from an import.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from komet_import.schema.problems import IssueCode, Problem, Severity


@dataclass(frozen=True, slots=True)
class Issue:
    """`row` is the sheet's; `key` the column's, None for the whole row; `value` the cell's text."""

    row: int
    key: str | None
    value: str
    problem: Problem

    @property
    def code(self) -> IssueCode:
        """Which of the catalogue's."""
        return self.problem.code

    @property
    def severity(self) -> Severity:
        """An error rejects the row."""
        return self.problem.severity

    @property
    def suggestion(self) -> str | None:
        """A text for the cell that would be right, when one can be told."""
        return self.problem.suggestion

    @property
    def message(self) -> str:
        """The sentence for the user."""
        return self.problem.message(self.value)


@dataclass(frozen=True, order=True)
class ProblemKind:
    """Problems of one kind in one column (by its order): what lists of problems count. `key` is None for whole rows."""

    order: int
    key: str | None
    severity: Severity
    code: IssueCode


class WrongColumn(NamedTuple):
    """A column of which nearly every filled cell is wrong."""

    key: str
    wrong: int
    filled: int


def has_errors(issues: Iterable[Issue]) -> bool:
    """Whether the row they belong to is rejected."""
    return any(issue.severity is Severity.ERROR for issue in issues)
