"""A draft at work: a file's texts and the edits made to them, judged as they change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from komet_import.bulk import uncollected
from komet_import.review.crowd import NAMED, Crowd
from komet_import.review.issues import Issue
from komet_import.review.plan import Action, Counts, Plan, Snapshot
from komet_import.review.planning import make_plan
from komet_import.review.rules import Batch, Rules, Verdicts
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.schema.kinds import LARGEST_ID
from komet_import.schema.problems import IssueCode, Problem, Severity
from komet_import.schema.text import fold, tidy

LEFT_OUT = Problem(IssueCode.LEFT_OUT)


@dataclass(frozen=True)
class Keys:
    """What stored customers are found by: IDs, folded codes and folded names."""

    ids: frozenset[int]
    codes: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, order=True)
class ProblemKind:
    """Problems of one kind in one column (by its order): what the list beside the grid counts."""

    order: int
    key: str | None
    severity: Severity
    code: IssueCode


class Draft:
    """The texts of a file's rows and what the rules say of each.

    `texts` holds tidied texts by column key, aligned with `numbers`, the rows of the sheet. Judging needs the stored
    customers that `keys()` names; an edit may name more (`keys_of`), which must be in the snapshot before it is made.
    """

    def __init__(
        self,
        declaration: Declaration,
        company: Company,
        numbers: Sequence[int],
        texts: Mapping[str, Sequence[str]],
        *,
        clear_blanks: bool = False,
    ) -> None:
        self.declaration = declaration
        self.company = company
        self.numbers = list(numbers)
        self._positions = {number: position for position, number in enumerate(self.numbers)}
        self._texts = {key: list(column) for key, column in texts.items()}
        self._absent = frozenset(column.key for column in declaration.columns if column.key not in texts)
        self._order = {column.key: column.order for column in declaration.columns}
        self._left_out = [False] * len(self.numbers)
        self._clear_blanks = clear_blanks
        self._file: dict[int, dict[str, str]] = {}
        self.snapshot = Snapshot()

    # -- what stands in the file -------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[str, ...]:
        """The keys of the columns that the file has, or that an edit gave a value."""
        return tuple(column.key for column in self.declaration.columns if column.key in self._texts)

    def text(self, row: int, key: str) -> str:
        """The cell's text, "" for a blank one and in a column that the file lacks."""
        column = self._texts.get(key)
        return column[self._positions[row]] if column else ""

    def is_left_out(self, row: int) -> bool:
        """Whether the user left the row out."""
        return self._left_out[self._positions[row]]

    def __contains__(self, row: int) -> bool:
        return row in self._positions

    def keys(self) -> Keys:
        """What the whole file names."""
        declaration = self.declaration
        keys = (declaration.id_key, declaration.code_key, declaration.name_key)
        return self._keys(*(self._readable(k, self._texts.get(k, ())) for k in keys))

    def _readable(self, key: str, texts: Iterable[str]) -> set[str]:
        """Those that are read at all: no stored customer has a longer one."""
        longest = self.declaration.by_key[key].longest_read
        return {text for text in texts if 0 < len(text) <= longest}

    def keys_of(self, key: str, text: str) -> Keys:
        """What one edited cell names; nothing unless it is in a key column."""
        declaration = self.declaration
        named = [
            self._readable(k, (tidy(text),)) if key == k else ()
            for k in (declaration.id_key, declaration.code_key, declaration.name_key)
        ]
        return self._keys(*named)

    @staticmethod
    def _keys(ids: Iterable[str], codes: Iterable[str], names: Iterable[str]) -> Keys:
        return Keys(
            frozenset(number for text in ids if (number := _whole_number(text)) is not None),
            frozenset(fold(text) for text in codes),
            frozenset(fold(text) for text in names),
        )

    # -- judging -----------------------------------------------------------------------------------------------

    def judge(self, snapshot: Snapshot) -> None:
        """Judges every row against these stored customers; to be called once before anything below is asked."""
        self.snapshot = snapshot
        self._rules = Rules(self.declaration, self.company, snapshot, clear_blanks=self._clear_blanks)
        self._row_keys = self._rules.keys(self._texts, self._left_out)
        self._crowd = Crowd(self._row_keys)
        self._actions: list[Action] = [Action.UNCHANGED] * len(self.numbers)
        self._tally = Counter(self._actions)
        self._issues: dict[int, tuple[Issue, ...]] = {}
        self._changed: dict[int, tuple[str, ...]] = {}
        self._kinds: dict[ProblemKind, set[int]] = {}
        self._plan: Plan | None = None
        with uncollected():
            self._whole: Verdicts | None = self._judge(range(len(self.numbers)))

    def _judge(self, positions: Sequence[int]) -> Verdicts:
        whole = len(positions) == len(self.numbers)
        texts = (
            self._texts if whole else {k: [column[p] for p in positions] for k, column in self._texts.items()}
        )
        batch = Batch(positions, texts, self._absent, [self._left_out[p] for p in positions])
        verdicts = self._rules.judge(batch, [self._row_keys[p] for p in positions], self._crowd)
        self._take_over(positions, verdicts)
        return verdicts

    def _take_over(self, positions: Sequence[int], verdicts: Verdicts) -> None:
        """What the rules say now replaces what they said of these rows before."""
        for i, position in enumerate(positions):
            action = self._action(i, verdicts)
            if action is not self._actions[position]:
                self._tally[self._actions[position]] -= 1
                self._tally[action] += 1
                self._actions[position] = action
        for position in [p for p in positions if p in self._issues]:
            self._forget_issues(position)
        reported = verdicts.problems.keys() | {i for i in verdicts.rejected if self._left_out[positions[i]]}
        for i in reported:
            self._keep_issues(positions[i], self._issues_of(i, positions[i], verdicts))
        for position in [p for p in positions if p in self._changed]:
            del self._changed[position]
        self._changed.update((positions[i], tuple(keys)) for i, keys in verdicts.changed.items())

    @staticmethod
    def _action(i: int, verdicts: Verdicts) -> Action:
        if i in verdicts.rejected:
            return Action.REJECTED
        if i in verdicts.unchanged:
            return Action.UNCHANGED
        return Action.NEW if verdicts.records[i] is None else Action.UPDATE

    def _issues_of(self, i: int, position: int, verdicts: Verdicts) -> tuple[Issue, ...]:
        row = self.numbers[position]
        if self._left_out[position]:
            return (Issue(row, None, "", LEFT_OUT),)
        cells = sorted(verdicts.problems.get(i, {}).items(), key=lambda cell: self._order[cell[0]])
        return tuple(
            Issue(row, key, self.text(row, key), self._worded(problem))
            for key, problems in cells
            for problem in problems
        )

    def _worded(self, problem: Problem) -> Problem:
        """Positions of other rows become the words of a sentence."""
        if "others" not in problem.facts:
            return problem
        rows = [self.numbers[position] for position in problem.facts["others"]]  # type: ignore[attr-defined]
        customers: Sequence[int] = problem.facts.get("customers", ())  # type: ignore[assignment]
        words = [w for w in (_listed("row", "rows", rows), _listed("customer", "customers", customers)) if w]
        return replace(problem, facts={"others": " and ".join(words)})

    def _forget_issues(self, position: int) -> None:
        for issue in self._issues.pop(position):
            rows = self._kinds[kind := self._kind(issue)]
            rows.discard(position)
            if not rows:
                del self._kinds[kind]

    def _keep_issues(self, position: int, issues: tuple[Issue, ...]) -> None:
        self._issues[position] = issues
        for issue in issues:
            self._kinds.setdefault(self._kind(issue), set()).add(position)

    def _kind(self, issue: Issue) -> ProblemKind:
        return ProblemKind(self._order.get(issue.key or "", 0), issue.key, issue.severity, issue.code)

    # -- edits -------------------------------------------------------------------------------------------------

    def edit(self, row: int, key: str, text: str) -> str:
        """Gives a cell a new text, tidied, and judges again what that touches; returns the text it had."""
        position = self._positions[row]
        column = self._texts.setdefault(key, [""] * len(self.numbers))
        old, column[position] = column[position], tidy(text)
        self._file.setdefault(row, {}).setdefault(key, old)
        self._touch(position)
        return old

    def leave_out(self, row: int, out: bool) -> None:
        """Leaves a row out, or takes it back."""
        position = self._positions[row]
        self._left_out[position] = out
        self._touch(position)

    def _touch(self, position: int) -> None:
        texts = {k: [self._texts[k][position]] for k in self._rules._key_columns if k in self._texts}
        (keys,) = self._rules.keys(texts, [self._left_out[position]])
        touched = self._crowd.move(position, self._row_keys[position], keys)
        self._row_keys[position] = keys
        self._judge(sorted({position, *touched}))
        self._whole = self._plan = None

    # -- what the rules say ------------------------------------------------------------------------------------

    @property
    def counts(self) -> Counts:
        """The rows by what becomes of them."""
        tally = self._tally
        return Counts(
            tally[Action.NEW], tally[Action.UPDATE], tally[Action.UNCHANGED], tally[Action.REJECTED]
        )

    def action(self, row: int) -> Action:
        """What becomes of the row."""
        return self._actions[self._positions[row]]

    def issues(self, row: int) -> tuple[Issue, ...]:
        """The row's issues in column order."""
        return self._issues.get(self._positions[row], ())

    def all_issues(self) -> Iterator[Issue]:
        """In row order, then column order."""
        for position in sorted(self._issues):
            yield from self._issues[position]

    def was(self, row: int) -> dict[str, str]:
        """The stored text of each cell that the row would change, by column key."""
        position = self._positions[row]
        record = self._rules.record(self._row_keys[position])
        if record is None:
            return {}
        keys = [column.key for column in self.declaration.value_columns]
        return {key: record.texts[keys.index(key)] for key in self._changed.get(position, ())}

    def corrected(self, row: int) -> dict[str, str]:
        """The file's text of each cell that edits gave another one, by column key."""
        return {key: text for key, text in self._file.get(row, {}).items() if text != self.text(row, key)}

    @property
    def count_with_issues(self) -> int:
        """How many rows have an issue, an error or only warnings."""
        return len(self._issues)

    @property
    def problem_kinds(self) -> dict[ProblemKind, int]:
        """How many cells have each kind of problem, in column order, errors first."""
        return {
            kind: len(self._kinds[kind])
            for kind in sorted(self._kinds, key=lambda k: (k.order, k.severity, k.code))
        }

    def rows_with(self, kind: ProblemKind) -> list[int]:
        """The rows that have a problem of this kind, in row order."""
        return [self.numbers[position] for position in sorted(self._kinds.get(kind, ()))]

    def select(
        self, actions: Iterable[Action] | None = None, *, problems: bool = False, search: str = ""
    ) -> list[int]:
        """Row numbers, those with errors first, then those with warnings, each in row order.

        `actions` keeps rows by what becomes of them, `problems` those with an issue, `search` those with a cell that
        holds the text, whatever its case.
        """
        wanted = set(Action if actions is None else actions)
        positions: Iterable[int] = (p for p, action in enumerate(self._actions) if action in wanted)
        if problems:
            positions = (p for p in positions if p in self._issues)
        if search.strip():
            found = self._search(fold(tidy(search)))
            positions = (p for p in positions if p in found)
        return [self.numbers[p] for p in sorted(positions, key=self._urgency)]

    def _urgency(self, position: int) -> tuple[int, int]:
        if position not in self._issues:
            return 2, position
        return (0 if self._actions[position] is Action.REJECTED else 1), position

    def _search(self, wanted: str) -> set[int]:
        found: set[int] = set()
        for column in self._texts.values():
            hits = {text for text in set(column) if wanted in fold(text)}
            if hits:
                found.update(p for p, text in enumerate(column) if text in hits)
        return found

    # -- the plan ----------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        """What a commit of the draft as it stands would do; the same plan until the next edit."""
        if self._plan is None:
            with uncollected():
                verdicts = self._whole or self._judge(range(len(self.numbers)))
                self._plan = make_plan(
                    self.declaration,
                    self.company,
                    self.numbers,
                    self._actions,
                    verdicts,
                    issues=list(self.all_issues()),
                    cells={
                        row: {key: self.text(row, key) for key in self.columns}
                        for row in self._rejected_rows()
                    },
                )
        return self._plan

    def _rejected_rows(self) -> Iterator[int]:
        return (n for n, action in zip(self.numbers, self._actions, strict=True) if action is Action.REJECTED)


def _whole_number(text: str) -> int | None:
    """The ID that a text may mean, up to what the database holds."""
    bare = text.partition(".")[0].lstrip("+0")
    return (
        int(bare)
        if bare.isascii() and bare.isdigit() and len(bare) <= 19 and int(bare) <= LARGEST_ID
        else None
    )


def _listed(one: str, many: str, numbers: Sequence[int]) -> str:
    if not numbers:
        return ""
    if len(numbers) > NAMED:
        return f"more than {NAMED} other {many}"
    names = [str(number) for number in numbers]
    return f"{one} {names[0]}" if len(names) == 1 else f"{many} {', '.join(names[:-1])} and {names[-1]}"
