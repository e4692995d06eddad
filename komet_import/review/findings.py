"""What the rules say now of the rows of a file: of each row a few bits, of each kind of problem and each changed column a
mark for each row.

Sentences are made when they are read, by judging those rows again: a file may have millions of problems.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from komet_import.bulk import chunks
from komet_import.language import _, ngettext
from komet_import.review.comparison import Comparison
from komet_import.review.duplicates import NAMED, Duplicates, RowKeys
from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.marks import Marks
from komet_import.review.plan import Action
from komet_import.review.rows import Rows
from komet_import.review.rules import Rules, Verdicts
from komet_import.schema.column import Declaration
from komet_import.schema.problems import IssueCode, Problem
from komet_import.sentences import listed

LEFT_OUT = Problem(IssueCode.LEFT_OUT)

_ACTIONS = tuple(Action)
_NEW, _UPDATE, _UNCHANGED, _REJECTED = (2 * index for index in range(len(_ACTIONS)))


class Findings:
    """By position in the file. A row's state is its action's index, doubled, and one more if it has any problem.

    A row that the user left out has none: that it was left out is an issue, of a kind of its own.
    """

    def __init__(self, rows: Rows, rules: Rules) -> None:
        self._rows = rows
        self._rules = rules
        self._order = {column.key: column.order for column in rows.declaration.columns}
        self._keys: list[RowKeys] = []
        for positions in rows.stretches():
            self._keys += rules.keys(rows.batch(positions))
        self._duplicates = Duplicates(self._keys)
        self._states = bytearray(len(rows))
        self._tally = [0] * (2 * len(_ACTIONS))  # rows by their state: asked for at each run of a screen
        self._problems: Marks[tuple[str | None, IssueCode]] = Marks(len(rows))
        self._changes: Marks[str] = Marks(len(rows))
        for positions in rows.stretches():
            self._note(positions, self._judge(positions))

    # -- judging -----------------------------------------------------------------------------------------------

    def _judge(self, positions: Sequence[int]) -> Verdicts:
        keys = [self._keys[p] for p in positions]
        return self._rules.judge(self._rows.batch(positions), keys, self._duplicates)

    def _note(self, positions: Sequence[int], verdicts: Verdicts) -> None:
        """`positions` are new, or forgotten."""
        states = [_UPDATE if record else _NEW for record in verdicts.records]
        for i in verdicts.unchanged:
            states[i] = _UNCHANGED
        for i in verdicts.rejected:
            states[i] = _REJECTED
            if self._rows.left_out[positions[i]]:
                self._problems.put((None, LEFT_OUT.code), positions[i])
        for i in verdicts.problems:
            states[i] += 1
        for position, state in zip(positions, states, strict=True):
            self._states[position] = state
        for state, count in Counter(states).items():
            self._tally[state] += count
        for i, cells in verdicts.problems.items():
            for key, problems in cells.items():
                for problem in problems:
                    self._problems.put((key, problem.code), positions[i])
        for i, keys in verdicts.changed.items():
            if states[i] in (_UPDATE, _UPDATE + 1):
                for key in keys:
                    self._changes.put(key, positions[i])

    def _forget(self, positions: Collection[int]) -> None:
        for position in positions:
            self._tally[self._states[position]] -= 1
        self._problems.forget(positions)
        self._changes.forget(positions)

    def judge_again(self, edited: Collection[int]) -> None:
        """The rows that were edited, and those whose issues may read differently because of them."""
        touched = set(edited)
        for some in chunks(sorted(edited)):
            for position, keys in zip(some, self._rules.keys(self._rows.batch(some)), strict=True):
                touched |= self._duplicates.move(position, self._keys[position], keys)
                self._keys[position] = keys
        for some in chunks(sorted(touched)):
            self._forget(some)
            self._note(some, self._judge(some))

    # -- of rows -----------------------------------------------------------------------------------------------

    def action(self, position: int) -> Action:
        """What becomes of the row."""
        return _ACTIONS[self._states[position] // 2]

    def count(self, wanted: Callable[[Action, bool], bool]) -> int:
        """How many rows there are with such an action, and a problem or none."""
        return sum(
            count for count, is_wanted in zip(self._tally, _of_states(wanted), strict=True) if is_wanted
        )

    def marks(self, wanted: Callable[[Action, bool], bool]) -> bytearray:
        """The rows with such an action, and a problem or none."""
        table = _of_states(wanted)
        return self._states.translate(table + bytes(256 - len(table)))

    def has_problem(self, position: int) -> bool:
        """Whether the row has an error or a warning."""
        return bool(self._states[position] & 1)

    def issues(self, positions: Iterable[int]) -> Iterator[Issue]:
        """Row by row as they come, each row's in column order."""
        left_out = self._rows.left_out
        for some in chunks(p for p in positions if self._states[p] & 1 or left_out[p]):
            verdicts = self._judge(some)
            for i, position in enumerate(some):
                yield from self._issues_of(i, position, verdicts)

    def _issues_of(self, i: int, position: int, verdicts: Verdicts) -> Iterator[Issue]:
        row = self._rows.numbers[position]
        if self._rows.left_out[position]:
            yield Issue(row, None, "", LEFT_OUT)
            return
        for key, problems in sorted(verdicts.problems[i].items(), key=lambda cell: self._order[cell[0]]):
            for problem in problems:
                yield Issue(row, key, self._rows.text(position, key), self._worded(problem))

    def _worded(self, problem: Problem) -> Problem:
        """Positions of other rows become the words of a sentence."""
        if "others" not in problem.facts:
            return problem
        rows = [self._rows.numbers[position] for position in problem.facts["others"]]  # type: ignore[attr-defined]
        stored: Sequence[int] = problem.facts.get("stored", ())  # type: ignore[assignment]
        words = [w for w in (_other_rows(rows), _other_records(self._rows.declaration, stored)) if w]
        kept = {name: fact for name, fact in problem.facts.items() if name != "stored"}
        return replace(problem, facts=kept | {"others": listed(words)})

    def comparisons(self, positions: Iterable[int]) -> Iterator[tuple[list[int], Comparison]]:
        """The rows and what they would store, some thousands at a time."""
        for some in chunks(positions):
            yield some, self._rules.compare(self._rows.batch(some), [self._keys[p] for p in some])

    # -- of kinds ----------------------------------------------------------------------------------------------

    @property
    def kinds(self) -> dict[ProblemKind, int]:
        """How many cells have each kind of issue, in column order, errors first."""
        counted = [(self._kind(key, code), count) for (key, code), count in self._problems.counts.items()]
        return dict(sorted(counted, key=lambda one: (one[0].order, one[0].severity, one[0].code)))

    def _kind(self, key: str | None, code: IssueCode) -> ProblemKind:
        return ProblemKind(self._order.get(key or "", 0), key, Problem(code).severity, code)

    def marks_of(self, kind: ProblemKind) -> bytearray:
        """The rows that have it."""
        return self._problems.of((kind.key, kind.code))

    @property
    def changes(self) -> dict[str, int]:
        """How many stored values the updated rows change in each column, by its key, in column order."""
        return dict(sorted(self._changes.counts.items(), key=lambda one: self._order[one[0]]))

    def problem_columns(self, rows: bytearray) -> set[str]:
        """The keys of the columns in which any of these marked rows has a problem."""
        return {key for key, _code in self._problems.among(rows) if key}


def _of_states(wanted: Callable[[Action, bool], bool]) -> bytes:
    return bytes(wanted(action, has_problem) for action in _ACTIONS for has_problem in (False, True))


def _other_rows(numbers: Sequence[int]) -> str:
    named = ngettext("row {numbers}", "rows {numbers}", len(numbers))
    return _of_numbers(numbers, named, _("more than {count} other rows"))


def _other_records(declaration: Declaration, numbers: Sequence[int]) -> str:
    named, too_many = _("{records} {numbers}"), _("more than {count} other {records}")
    return _of_numbers(numbers, named, too_many, records=declaration.noun(len(numbers)))


def _of_numbers(numbers: Sequence[int], named: str, too_many: str, **words: str) -> str:
    if not numbers:
        return ""
    if len(numbers) > NAMED:
        return too_many.format(count=NAMED, **words)
    return named.format(numbers=listed([str(number) for number in numbers]), **words)
