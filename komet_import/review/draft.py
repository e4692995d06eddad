"""A draft at work: the rows of a file as edits made them, what the rules say of each, and what a commit would do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, compress
from operator import and_
from typing import NamedTuple
from weakref import ReferenceType, ref

from komet_import.bulk import collector_paused
from komet_import.review.findings import Findings
from komet_import.review.issues import Issue, ProblemKind, WrongColumn
from komet_import.review.plan import Action, Counts, Plan, Snapshot
from komet_import.review.planning import make_plan
from komet_import.review.rows import Edit, Keys, Rows
from komet_import.review.rules import Rules
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.schema.problems import OF_BLANK_CELLS, IssueCode, Severity

# From how many wrong cells on, and from which share of the filled ones, a column is asked about as a whole.
_ASKED_FROM, _ASKED_SHARE = 10, 0.9


class Before(NamedTuple):
    """Stored texts by column key: of a row's changed cells, and of its blank cells that keep theirs."""

    was: Mapping[str, str] = {}
    kept: Mapping[str, str] = {}


class Draft:
    """Judged when it is made. Rows are known by their numbers in the sheet.

    `snapshot` holds the stored records that `rows.keys()` names; edits may name more (`keys_of`), which come with them.
    """

    def __init__(
        self, rows: Rows, company: Company, snapshot: Snapshot, *, clear_blanks: bool = False
    ) -> None:
        self.company = company
        self.snapshot = snapshot
        self._rows = rows
        self._rules = Rules(rows.declaration, company, snapshot, clear_blanks=clear_blanks)
        with collector_paused():
            self._findings = Findings(rows, self._rules)
        self._plan: ReferenceType[Plan] | None = None

    # -- the rows ----------------------------------------------------------------------------------------------

    @property
    def declaration(self) -> Declaration:
        """Of which import it is a draft."""
        return self._rows.declaration

    @property
    def numbers(self) -> Sequence[int]:
        """The rows, as the sheet numbers them."""
        return self._rows.numbers

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns that the file has, or that an edit gave a value."""
        return self._rows.columns

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def texts(self, row: int, keys: Iterable[str]) -> dict[str, str]:
        """The texts of the row's cells in these columns, as `text` gives each."""
        return self._rows.texts(self._rows.position(row), keys)

    def text(self, row: int, key: str) -> str:
        """The cell's text, "" for a blank one and in a column that the file lacks."""
        return self._rows.text(self._rows.position(row), key)

    def is_left_out(self, row: int) -> bool:
        """Whether the user left the row out."""
        return bool(self._rows.left_out[self._rows.position(row)])

    def corrected(self, row: int) -> dict[str, str]:
        """The file's text of each cell that edits gave another one, by column key."""
        return self._rows.corrected(self._rows.position(row))

    def originals(self) -> Iterator[Edit]:
        """The edits that would make of the rows what the file says."""
        return self._rows.originals()

    # -- edits -------------------------------------------------------------------------------------------------

    def keys(self) -> Keys:
        """Of which stored records the rows speak now."""
        return self._rows.keys()

    def keys_of(self, edits: Sequence[Edit]) -> Keys:
        """What the edits name: nothing but in key columns."""
        return self._rows.keys_of(edits)

    def edit(self, edits: Iterable[Edit], named: Snapshot | None = None) -> None:
        """Makes the edits in their order, then judges again what they touch; `named` are the records they name."""
        with collector_paused():
            touched = self._rows.put(edits)
            if named is not None:
                touched |= self._rows.referring(self._rules.learn(named))
            self._findings.judge_again(touched)
        self._plan = None

    # -- what the rules say ------------------------------------------------------------------------------------

    @property
    def counts(self) -> Counts:
        """The rows by what becomes of them."""
        new, update, unchanged, rejected = map(
            self._count, (Action.NEW, Action.UPDATE, Action.UNCHANGED, Action.REJECTED)
        )
        return Counts(new, update, unchanged, rejected, skipped=self._rows.left_out.count(1))

    def _count(self, wanted: Action) -> int:
        return self._findings.count(lambda action, _: action is wanted)

    def action(self, row: int) -> Action:
        """What becomes of the row."""
        return self._findings.action(self._rows.position(row))

    def issues(self, row: int) -> tuple[Issue, ...]:
        """The row's issues in column order."""
        return tuple(self.issues_of([row]))

    def issues_of(self, rows: Iterable[int]) -> Iterator[Issue]:
        """The rows' issues in the order of the rows, each row's in column order."""
        return self._findings.issues(map(self._rows.position, rows))

    def all_issues(self) -> Iterator[Issue]:
        """In row order, then column order."""
        return self._findings.issues(range(len(self._rows)))

    def has_problem(self, row: int, kind: ProblemKind | None = None) -> bool:
        """Whether the row has an error or a warning, or one of this kind; one that the user left out has none."""
        position = self._rows.position(row)
        if kind is not None:
            return bool(self._findings.marks_of(kind)[position])
        return self._findings.has_problem(position)

    def before(self, rows: Iterable[int], keys: AbstractSet[str] = frozenset()) -> dict[int, Before]:
        """What is stored of the rows' records, where any is: of the cells they change, and of the blank ones in the
        columns `keys` that keep it.
        """
        indexes = {column.key: index for index, column in enumerate(self.declaration.value_columns)}
        found: dict[int, Before] = {}
        for positions, compared in self._findings.comparisons(map(self._rows.position, rows)):
            kept = compared.kept(keys) if keys else {}
            for i in compared.changed.keys() | kept.keys():
                was = {key: compared.stored[indexes[key]][i] for key in compared.changed.get(i, ())}
                found[self._rows.numbers[positions[i]]] = Before(was, kept.get(i, {}))
        return found

    @property
    def count_with_problems(self) -> int:
        """How many rows have a problem, an error or only warnings."""
        return self._findings.count(lambda _, has_problem: has_problem)

    @property
    def problem_kinds(self) -> dict[ProblemKind, int]:
        """How many cells have each kind of problem, in column order, errors first."""
        kinds = self._findings.kinds
        return {kind: count for kind, count in kinds.items() if kind.code is not IssueCode.LEFT_OUT}

    @property
    def changes(self) -> dict[str, int]:
        """How many stored values the updated rows change in each column, by its key, in column order."""
        return self._findings.changes

    def problem_columns(self, *actions: Action) -> set[str]:
        """The keys of the columns in which any row with such an action has a problem."""
        rows = self._findings.marks(lambda action, has_problem: has_problem and action in actions)
        return self._findings.problem_columns(rows)

    @property
    def wrong_columns(self) -> list[WrongColumn]:
        """The columns of which nearly every filled cell is wrong: likely another one was meant."""
        wrong: dict[str, int] = {}
        for kind, count in self.problem_kinds.items():
            if kind.key and kind.severity is Severity.ERROR and kind.code not in OF_BLANK_CELLS:
                wrong[kind.key] = wrong.get(kind.key, 0) + count
        return [
            WrongColumn(key, count, self._rows.filled(key))
            for key, count in wrong.items()
            if count >= _ASKED_FROM and count >= _ASKED_SHARE * self._rows.filled(key)
        ]

    def rows_with(self, kind: ProblemKind) -> list[int]:
        """The rows that have a problem of this kind, in row order."""
        return list(compress(self._rows.numbers, self._findings.marks_of(kind)))

    def select(
        self, actions: Iterable[Action] | None = None, *, problems: bool = False, search: str = ""
    ) -> list[int]:
        """Row numbers, those with errors first, then those with warnings, each in row order.

        `actions` keeps rows by what becomes of them, `problems` those with a problem, `search` those with a cell that
        holds the text, whatever its case. A row that the user left out has no problem.
        """
        wanted = set(Action if actions is None else actions)
        found = self._rows.search(search) if search.strip() else None
        ranks = (
            self._findings.marks(lambda action, has: action in wanted and has and action is Action.REJECTED),
            self._findings.marks(
                lambda action, has: action in wanted and has and action is not Action.REJECTED
            ),
            self._findings.marks(lambda action, has: action in wanted and not has and not problems),
        )
        return list(
            chain.from_iterable(
                compress(self._rows.numbers, marks if found is None else map(and_, marks, found))
                for marks in ranks
            )
        )

    # -- the plan ----------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """What a commit of the draft as it stands would do: the same plan until the next edit, while anybody has it.

        Its issues and cells are read from the draft: to be read before the next edit.
        """
        plan = self._plan() if self._plan is not None else None
        if plan is None:
            with collector_paused():
                plan = make_plan(self.company, self._rows, self._findings, self.counts)
            self._plan = ref(plan)
        return plan
