"""The rules of a declaration, judged on whole columns: the same code for a file of 300,000 rows and for one edited row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from komet_import.review.cells import ColumnValues
from komet_import.review.comparison import Comparison
from komet_import.review.duplicates import CODE, ID, NAME, NAMED, NOTHING, RECORD, Duplicates, RowKeys
from komet_import.review.plan import Record, Snapshot
from komet_import.review.rows import Batch
from komet_import.schema.column import Colour, Column, Declaration, Rule
from komet_import.schema.company import Company
from komet_import.schema.problems import IssueCode, Problem, Severity
from komet_import.schema.text import fold


@dataclass
class Verdicts:
    """What the rules say of a batch, by index in it; a row without problems, or that changes nothing stored, has no entry."""

    records: Sequence[Record | None]
    changed: dict[int, list[str]] = field(default_factory=dict)
    problems: dict[int, dict[str, list[Problem]]] = field(default_factory=dict)
    unchanged: set[int] = field(default_factory=set)
    rejected: set[int] = field(default_factory=set)


class Rules:
    """A declaration's rules in one company. With `clear_blanks`, a blank cell clears the stored value.

    `required` are the columns that must have a value, each with what is said of a blank; `across` the rules across cells.
    """

    def __init__(
        self, declaration: Declaration, company: Company, snapshot: Snapshot, *, clear_blanks: bool
    ) -> None:
        self.declaration = declaration
        self.company = company
        self.snapshot = snapshot
        self.clear_blanks = clear_blanks
        self.cells = {
            column.key: ColumnValues(column, company, self._codes(column)) for column in declaration.columns
        }
        self.required = [
            (column, problem) for column in declaration.columns if (problem := self._requirement(column))
        ]
        self.across = [r for r in declaration.rules if company.multi_location or not r.multi_location_only]

    def _codes(self, column: Column) -> dict[str, str] | None:
        """What a reference may hold: more and more, as records are looked up."""
        return self.snapshot.codes.setdefault(column.refers_to, {}) if column.refers_to else None

    def learn(self, found: Snapshot) -> dict[str, set[str]]:
        """Takes in records that were looked up later; returns the folded codes, by kind, that mean something else now."""
        known = self.snapshot.codes
        moved = {
            kind: {code for code, stored in codes.items() if known[kind].get(code, "") != stored}
            for kind, codes in found.codes.items()
        }
        self.snapshot.add(found)
        for kind, columns in self.declaration.references.items():
            for column in columns if moved.get(kind) else ():
                self.cells[column.key].forget()
        return moved

    def _requirement(self, column: Column) -> Problem | None:
        if column.colour is Colour.GREEN:
            return Problem(IssueCode.REQUIRED)
        if column.colour is Colour.BLUE and self.company.multi_location:
            return Problem(IssueCode.REQUIRED_MULTI_LOCATION)
        return None

    def keys(self, batch: Batch) -> list[RowKeys]:
        """What each row shares with others, from the texts of its key columns."""
        declaration = self.declaration
        ids = self._usable(declaration.id_key, batch)
        codes = list(map(fold, self._usable(declaration.code_key, batch)))
        names = list(map(fold, self._usable(declaration.name_key, batch)))
        given = batch.texts.get(declaration.id_key or "") or ids
        records = [
            None if text and not own_id else self._record_id(own_id, code)
            for text, own_id, code in zip(given, ids, codes, strict=True)
        ]
        found = list(zip(ids, codes, names, records, strict=True))
        return (
            [NOTHING if out else keys for out, keys in zip(batch.left_out, found, strict=True)]
            if any(batch.left_out)
            else found
        )

    def _usable(self, key: str | None, batch: Batch) -> list[str]:
        if key is None or key not in batch.texts:
            return [""] * len(batch.positions)
        return self.cells[key].of(batch.texts[key])

    def _record_id(self, own_id: str, code: str) -> int | None:
        if own_id:
            return int(own_id) if int(own_id) in self.snapshot.records else None
        return self.snapshot.id_by_code.get(code) if code else None

    def records(self, batch: Batch) -> list[Record | None]:
        """The stored record that each row is about."""
        return list(map(self._record, self.keys(batch)))

    def compare(self, batch: Batch, keys: Sequence[RowKeys]) -> Comparison:
        """What the rows would store; `keys` are their own."""
        records = [self._record(key) for key in keys]
        return Comparison(self.declaration, self.cells, batch, records, clear_blanks=self.clear_blanks)

    def judge(self, batch: Batch, keys: Sequence[RowKeys], duplicates: Duplicates) -> Verdicts:
        """`keys` are the batch's rows' own; `duplicates` knows those of the whole file."""
        return _Judgement(self, batch, keys, duplicates).verdicts()

    def _record(self, keys: RowKeys) -> Record | None:
        """The stored record that a row is about."""
        record_id = keys[RECORD]
        return None if record_id is None else self.snapshot.records[record_id]


class _Judgement:
    """One pass over one batch: values first, then each row that would change something."""

    def __init__(self, rules: Rules, batch: Batch, keys: Sequence[RowKeys], duplicates: Duplicates) -> None:
        self._rules = rules
        self._declaration = rules.declaration
        self._batch = batch
        self._keys = keys
        self._duplicates = duplicates
        self._compared = rules.compare(batch, keys)
        self._records = self._compared.records
        self._changed = self._compared.changed
        columns = self._declaration.value_columns
        self._values = {c.key: values for c, values in zip(columns, self._compared.values, strict=True)}
        self._out = Verdicts(self._records, self._changed)
        self._wrong: dict[int, dict[str, Problem]] = {}
        self._ids = batch.texts.get(self._declaration.id_key or "") or [""] * len(batch.positions)

    def verdicts(self) -> Verdicts:
        """Each row's problems in no particular order within a cell; at most one error a cell."""
        self._judge_ids()
        for column, stored in zip(self._declaration.value_columns, self._compared.stored, strict=True):
            self._note_wrong(column, stored)
        live = self._live_rows()
        for i in live if self._wrong else ():
            for key, problem in self._wrong.get(i, {}).items():
                self._report(i, key, problem)
        self._judge_required(live)
        self._judge_duplicates(live)
        self._judge_codes(live)
        for rule in self._rules.across:
            self._judge_rule(rule, live)
        self._judge_names(live)
        return self._out

    def _judge_ids(self) -> None:
        key = self._declaration.id_key
        if key is None:
            return
        cells = self._rules.cells[key]
        for i, text in enumerate(self._ids):
            if text and self._records[i] is None and not self._batch.left_out[i]:
                self._wrong.setdefault(i, {})[key] = cells.problem(text) or Problem(
                    IssueCode.UNKNOWN_CUSTOMER_ID, self._id_by_code(i)
                )

    def _id_by_code(self, i: int) -> str | None:
        owner = self._rules.snapshot.id_by_code.get(self._keys[i][CODE])
        return None if owner is None else str(owner)

    def _note_wrong(self, column: Column, stored: Sequence[str]) -> None:
        """A cell that repeats the stored value is never wrong, whatever the lists say today."""
        problems = self._rules.cells[column.key].problems
        texts = self._batch.texts.get(column.key, ())
        if not problems or problems.keys().isdisjoint(texts):
            return
        for i, text in enumerate(texts):
            problem = problems.get(text)
            if problem is not None and fold(text) != fold(stored[i]):
                self._wrong.setdefault(i, {})[column.key] = problem

    def _live_rows(self) -> list[int]:
        """The rows that are judged: those that would change something, and were not left out."""
        if not self._compared.any_stored and not any(self._batch.left_out):
            return list(range(len(self._records)))
        live = []
        for i, record in enumerate(self._records):
            if self._batch.left_out[i]:
                self._out.rejected.add(i)
            elif record is not None and i not in self._changed and not self._has_wrong(i):
                self._out.unchanged.add(i)
            else:
                live.append(i)
        return live

    def _has_wrong(self, i: int) -> bool:
        return i in self._wrong and self._any_error(i, self._wrong[i])

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
        for column, problem in self._rules.required:
            key, values = column.key, self._values[column.key]
            if "" not in values:
                continue
            lacking = key not in self._batch.texts or key in self._batch.absent
            for i in live:
                # A row with an unknown ID is no new record: what its file never held cannot be asked of it.
                asked = not (lacking and self._ids[i] and self._records[i] is None)
                if not values[i] and asked and key not in self._wrong.get(i, ()):
                    self._report(i, key, problem)

    def _judge_duplicates(self, live: Iterable[int]) -> None:
        shared_ids, shared_codes, shared_records = map(self._duplicates.shared, (ID, CODE, RECORD))
        if not (shared_ids or shared_codes or shared_records):
            return
        id_key, code_key = self._declaration.id_key, self._declaration.code_key
        for i in live:
            keys = self._keys[i]
            own_id, code, record = keys[ID], keys[CODE], keys[RECORD]
            if id_key and own_id in shared_ids:
                self._report(i, id_key, self._duplicate(ID, i))
            if code in shared_codes:
                self._report(i, code_key, self._duplicate(CODE, i))
            if record in shared_records and own_id not in shared_ids and code not in shared_codes:
                self._report(i, id_key if id_key and own_id else code_key, self._duplicate(RECORD, i))

    def _duplicate(self, kind: int, i: int) -> Problem:
        facts = {"others": self._others(kind, i), "record": self._declaration.record}
        return Problem(IssueCode.DUPLICATE_IN_FILE, facts=facts)

    def _others(self, kind: int, i: int) -> tuple[int, ...]:
        return tuple(self._duplicates.others(kind, self._keys[i][kind], self._batch.positions[i]))

    def _judge_codes(self, live: Iterable[int]) -> None:
        if not self._compared.any_stored:
            return
        code_key = self._declaration.code_key
        for i in live:
            record, code = self._records[i], self._keys[i][CODE]
            owner = self._rules.snapshot.id_by_code.get(code) if record and code else None
            if record and owner is not None and owner != record.record_id:
                facts = {"owner": owner, "record": self._declaration.record}
                self._report(i, code_key, Problem(IssueCode.CODE_TAKEN, facts=facts))

    def _judge_rule(self, rule: Rule, live: list[int]) -> None:
        """Most rows of a file read the same few values, and most of those are fine: each is judged once."""
        read = list(zip(*(self._values[key] for key in rule.reads), strict=True))
        found = {values: problem for values in set(read) if (problem := rule.judge(*values))}
        if not found:
            return
        values = self._values[rule.column]
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
            if texts[i] and (self._records[i] is None or key in self._changed.get(i, ())):
                yield i

    def _judge_names(self, live: Iterable[int]) -> None:
        shared, named = self._duplicates.shared(NAME), self._rules.snapshot.ids_by_name
        key = self._declaration.name_key
        if key is None or not (shared or named):
            return
        for i in self._own_rows(key, live):
            name, record = self._keys[i][NAME], self._records[i]
            if not name or (name not in shared and name not in named):
                continue
            rows = self._others(NAME, i)
            stored = [one for one in named.get(name, ()) if record is None or one != record.record_id]
            if rows or stored:
                facts = {"others": rows, "stored": tuple(stored[: NAMED + 1])}
                self._report(i, key, Problem(IssueCode.POSSIBLE_DUPLICATE, facts=facts))
