"""The rules of a declaration, judged on whole columns: the same code for a file of 300,000 rows and for one edited row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from komet_import.review.cells import ColumnCells
from komet_import.review.crowd import CODE, CUSTOMER, ID, NAME, NAMED, NOTHING, Crowd, RowKeys
from komet_import.review.plan import Record, Snapshot
from komet_import.schema.column import Colour, Column, Declaration, Rule
from komet_import.schema.company import Company
from komet_import.schema.problems import IssueCode, Problem, Severity
from komet_import.schema.text import fold


@dataclass(frozen=True)
class Batch:
    """Rows to judge: `texts` by column key and `numbers`, `positions` (in the whole file) and `left_out`, aligned.

    `absent` are columns that the file lacks: a blank cell there never clears.
    """

    positions: Sequence[int]
    texts: Mapping[str, Sequence[str]]
    absent: frozenset[str]
    left_out: Sequence[bool]


@dataclass
class Verdicts:
    """What the rules say of a batch, by index in it; a row without problems or changes has no entry.

    `values` are the texts as they would be stored, by key; `changed` the keys whose stored value a row would change.
    """

    records: list[Record | None]
    values: dict[str, list[str]]
    problems: dict[int, dict[str, list[Problem]]] = field(default_factory=dict)
    changed: dict[int, list[str]] = field(default_factory=dict)
    unchanged: set[int] = field(default_factory=set)
    rejected: set[int] = field(default_factory=set)


class Rules:
    """A declaration's rules in one company. With `clear_blanks`, a blank cell clears the stored value."""

    def __init__(
        self, declaration: Declaration, company: Company, snapshot: Snapshot, *, clear_blanks: bool
    ) -> None:
        self.declaration = declaration
        self.company = company
        self.snapshot = snapshot
        self.clear_blanks = clear_blanks
        self.cells = {column.key: ColumnCells(column, company) for column in declaration.columns}
        self._blank = Record(0, 0, ("",) * len(declaration.value_columns))
        self._required = [
            (column, problem) for column in declaration.columns if (problem := self._requirement(column))
        ]
        self._rules = [r for r in declaration.rules if company.multi_location or not r.multi_location_only]

    def _requirement(self, column: Column) -> Problem | None:
        if column.colour is Colour.GREEN:
            return Problem(IssueCode.REQUIRED)
        if column.colour is Colour.BLUE and self.company.multi_location:
            return Problem(IssueCode.REQUIRED_MULTI_LOCATION)
        return None

    def keys(self, texts: Mapping[str, Sequence[str]], left_out: Sequence[bool]) -> list[RowKeys]:
        """What each row shares with others, from the texts of its key columns."""
        count = len(left_out)
        ids, codes, names = (self._usable(key, texts, count) for key in self._key_columns)
        codes, names = [fold(code) for code in codes], [fold(name) for name in names]
        given = texts.get(self.declaration.id_key) or ids
        customers = [
            None if text and not own_id else self._customer(own_id, code)
            for text, own_id, code in zip(given, ids, codes, strict=True)
        ]
        found = list(zip(ids, codes, names, customers, strict=True))
        return (
            [NOTHING if out else keys for out, keys in zip(left_out, found, strict=True)]
            if any(left_out)
            else found
        )

    @property
    def _key_columns(self) -> tuple[str, str, str]:
        return self.declaration.id_key, self.declaration.code_key, self.declaration.name_key

    def _usable(self, key: str, texts: Mapping[str, Sequence[str]], count: int) -> list[str]:
        cells = self.cells[key]
        return cells.of(texts[key]) if key in texts else [""] * count

    def _customer(self, own_id: str, code: str) -> int | None:
        if own_id:
            return int(own_id) if int(own_id) in self.snapshot.records else None
        return self.snapshot.id_by_code.get(code) if code else None

    def judge(self, batch: Batch, keys: Sequence[RowKeys], crowd: Crowd) -> Verdicts:
        """`keys` are the batch's rows' own; `crowd` holds those of the whole file."""
        return _Judgement(self, batch, keys, crowd).verdicts()

    def record(self, keys: RowKeys) -> Record | None:
        """The stored customer that a row is about."""
        customer = keys[CUSTOMER]
        return None if customer is None else self.snapshot.records[customer]


class _Judgement:
    """One pass over one batch: values first, then each row that would change something."""

    def __init__(self, rules: Rules, batch: Batch, keys: Sequence[RowKeys], crowd: Crowd) -> None:
        self._rules = rules
        self._declaration = rules.declaration
        self._batch = batch
        self._keys = keys
        self._crowd = crowd
        self._records = [rules.record(key) for key in keys]
        self._matched = [i for i, record in enumerate(self._records) if record is not None]
        self._stored = self._stored_columns()
        self._out = Verdicts(self._records, {})
        self._wrong: dict[int, dict[str, Problem]] = {}
        self._ids = batch.texts.get(self._declaration.id_key) or [""] * len(batch.positions)

    def verdicts(self) -> Verdicts:
        """Each row's problems in no particular order within a cell; at most one error a cell."""
        self._judge_ids()
        for index, column in enumerate(self._declaration.value_columns):
            self._read(index, column)
            self._note_wrong(index, column)
        live = self._live_rows()
        for i in live:
            for key, problem in self._wrong.get(i, {}).items():
                self._report(i, key, problem)
        self._judge_required(live)
        self._judge_duplicates(live)
        self._judge_codes(live)
        for rule in self._rules._rules:
            self._judge_rule(rule, live)
        self._judge_names(live)
        return self._out

    def _judge_ids(self) -> None:
        key = self._declaration.id_key
        cells = self._rules.cells[key]
        for i, text in enumerate(self._ids):
            if text and self._records[i] is None and not self._batch.left_out[i]:
                self._wrong.setdefault(i, {})[key] = cells.problems.get(text) or Problem(
                    IssueCode.UNKNOWN_CUSTOMER_ID, self._id_by_code(i)
                )

    def _id_by_code(self, i: int) -> str | None:
        owner = self._rules.snapshot.id_by_code.get(self._keys[i][CODE])
        return None if owner is None else str(owner)

    def _read(self, index: int, column: Column) -> None:
        """What each row would store in a column, which rows change it, and which cells are wrong."""
        key, stored = column.key, self._stored[index]
        texts = self._batch.texts.get(key)
        values = list(stored) if texts is None else self._over_stored(column, texts, stored)
        if self._matched and tuple(values) != stored:
            for i in self._matched:
                if values[i] != stored[i]:
                    self._out.changed.setdefault(i, []).append(key)
        if column.default:
            values = [
                value or (column.default if record is None else "")
                for value, record in zip(values, self._records, strict=True)
            ]
        self._out.values[key] = values

    def _stored_columns(self) -> Sequence[Sequence[str]]:
        """The stored texts of the rows' customers, column by column."""
        if not self._matched:
            return [("",) * len(self._records)] * len(self._declaration.value_columns)
        blank = self._rules._blank
        return list(zip(*[(record or blank).texts for record in self._records], strict=True))

    def _over_stored(self, column: Column, texts: Sequence[str], stored: Sequence[str]) -> list[str]:
        """The file's values, and the stored ones where a cell is wrong, ignored, or blank and keeps."""
        cells = self._rules.cells[column.key]
        values = cells.of(texts, stored if self._matched else None)
        if not self._matched or "" not in values:
            return values
        if self._rules.clear_blanks and not column.default and column.key not in self._batch.absent:
            return [
                value if value or not text else old
                for value, text, old in zip(values, texts, stored, strict=True)
            ]
        return [value or old for value, old in zip(values, stored, strict=True)]

    def _note_wrong(self, index: int, column: Column) -> None:
        """A cell that repeats the stored value is never wrong, whatever the lists say today."""
        problems = self._rules.cells[column.key].problems
        texts = self._batch.texts.get(column.key, ())
        if not problems or problems.keys().isdisjoint(texts):
            return
        stored = self._stored[index]
        for i, text in enumerate(texts):
            problem = problems.get(text)
            if problem is not None and fold(text) != fold(stored[i]):
                self._wrong.setdefault(i, {})[column.key] = problem

    def _live_rows(self) -> list[int]:
        """The rows that are judged: those that would change something, and were not left out."""
        live = []
        for i, record in enumerate(self._records):
            if self._batch.left_out[i]:
                self._out.rejected.add(i)
            elif record is not None and i not in self._out.changed and not self._has_wrong(i):
                self._out.unchanged.add(i)
            else:
                live.append(i)
        return live

    def _has_wrong(self, i: int) -> bool:
        return self._any_error(i, self._wrong.get(i, ()))

    def _report(self, i: int, key: str, problem: Problem) -> None:
        """A cell has at most one error, the first; and no warning beside it."""
        cell = self._out.problems.setdefault(i, {}).setdefault(key, [])
        if any(earlier.severity is Severity.ERROR or earlier.code is problem.code for earlier in cell):
            return
        if problem.severity is Severity.ERROR:
            cell.clear()
            self._out.rejected.add(i)
        cell.append(problem)

    def _judge_required(self, live: list[int]) -> None:
        for column, problem in self._rules._required:
            key, values = column.key, self._out.values[column.key]
            if "" not in values:
                continue
            lacking = key not in self._batch.texts or key in self._batch.absent
            for i in live:
                # A row with an unknown ID is no new customer: what its file never held cannot be asked of it.
                asked = not (lacking and self._ids[i] and self._records[i] is None)
                if not values[i] and asked and key not in self._wrong.get(i, ()):
                    self._report(i, key, problem)

    def _judge_duplicates(self, live: Iterable[int]) -> None:
        if not self._crowd.any_shared(ID, CODE, CUSTOMER):
            return
        id_key, code_key = self._declaration.id_key, self._declaration.code_key
        for i in live:
            keys, position = self._keys[i], self._batch.positions[i]
            by_id = self._crowd.others(ID, keys[ID], position)
            by_code = self._crowd.others(CODE, keys[CODE], position)
            if by_id:
                self._report(i, id_key, self._duplicate(by_id))
            if by_code:
                self._report(i, code_key, self._duplicate(by_code))
            if (
                not by_id
                and not by_code
                and (others := self._crowd.others(CUSTOMER, keys[CUSTOMER], position))
            ):
                self._report(i, id_key if keys[ID] else code_key, self._duplicate(others))

    @staticmethod
    def _duplicate(others: Sequence[int]) -> Problem:
        return Problem(IssueCode.DUPLICATE_IN_FILE, facts={"others": tuple(others)})

    def _judge_codes(self, live: Iterable[int]) -> None:
        if not self._matched:
            return
        code_key = self._declaration.code_key
        for i in live:
            record, code = self._records[i], self._keys[i][CODE]
            owner = self._rules.snapshot.id_by_code.get(code) if record and code else None
            if record and owner is not None and owner != record.record_id:
                self._report(i, code_key, Problem(IssueCode.CODE_TAKEN, facts={"owner": owner}))

    def _judge_rule(self, rule: Rule, live: list[int]) -> None:
        """Most rows of a file read the same few values, and most of those are fine: each is judged once."""
        read = list(zip(*(self._out.values[key] for key in rule.reads), strict=True))
        found = {values: problem for values in set(read) if (problem := rule.judge(*values))}
        if not found:
            return
        values = self._out.values[rule.column]
        for i in self._own_rows(rule.column, live) if rule.own else live:
            problem = found.get(read[i])
            if problem is None or (rule.when_blank and values[i]):
                continue
            if not self._any_error(i, (rule.column, *rule.reads)):
                self._report(i, rule.column, problem)

    def _any_error(self, i: int, keys: Iterable[str]) -> bool:
        wrong = self._wrong.get(i, {})
        return any(key in wrong and wrong[key].severity is Severity.ERROR for key in keys)

    def _own_rows(self, key: str, live: Iterable[int]) -> Iterable[int]:
        """The rows whose own cell gives a value that is not stored yet."""
        texts = self._batch.texts.get(key)
        if texts is None:
            return
        for i in live:
            if texts[i] and (self._records[i] is None or key in self._out.changed.get(i, ())):
                yield i

    def _judge_names(self, live: Iterable[int]) -> None:
        if not self._crowd.any_shared(NAME) and not self._rules.snapshot.ids_by_name:
            return
        key = self._declaration.name_key
        for i in self._own_rows(key, live):
            name, record = self._keys[i][NAME], self._records[i]
            if not name:
                continue
            rows = self._crowd.others(NAME, name, self._batch.positions[i])
            stored = [
                customer
                for customer in self._rules.snapshot.ids_by_name.get(name, ())
                if record is None or customer != record.record_id
            ]
            if rows or stored:
                facts = {"others": tuple(rows), "customers": tuple(stored[: NAMED + 1])}
                self._report(i, key, Problem(IssueCode.POSSIBLE_DUPLICATE, facts=facts))
