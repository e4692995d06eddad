"""From rows and findings to the plan: each row as it would be stored, each changed cell, and the hash of it all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import and_

from komet_import.review.comparison import Comparison
from komet_import.review.findings import Findings
from komet_import.review.issues import Issue
from komet_import.review.plan import Action, Change, Counts, Plan, PlannedRow
from komet_import.review.rows import Rows
from komet_import.schema.company import Company


def make_plan(company: Company, rows: Rows, findings: Findings, counts: Counts) -> Plan:
    """Of the rows as they stand; what goes in is made now, issues and cells each time they are read."""
    going_in = findings.marks(lambda action, _: action is not Action.REJECTED)
    planned: list[PlannedRow] = []
    changes: list[Change] = []
    for positions, compared in findings.comparisons(compress(range(len(rows)), going_in)):
        planned += _planned(rows, findings, positions, compared)
        changes += _changes(rows, findings, positions, compared)
    return Plan(
        hash=_hash(company, len(rows), planned),
        company_version=company.version,
        counts=counts,
        rows=planned,
        changes=changes,
        issues=_Issues(findings, len(rows)),
        issue_counts=findings.kinds,
        warned=findings.count(lambda action, has_issue: has_issue and action is not Action.REJECTED),
        cells=_RejectedCells(rows, findings),
        rejected_columns=_rejected_columns(rows, findings) if counts.rejected else frozenset(),
    )


def _rejected_columns(rows: Rows, findings: Findings) -> frozenset[str]:
    rejected = findings.marks(lambda action, _: action is Action.REJECTED)
    named = (
        kind.key
        for kind in findings.kinds
        if kind.key and kind.key not in rows.columns and any(map(and_, findings.marks_of(kind), rejected))
    )
    return frozenset((*rows.columns, *named))


def _planned(
    rows: Rows, findings: Findings, positions: Sequence[int], compared: Comparison
) -> Iterator[PlannedRow]:
    for position, record, texts in zip(
        positions, compared.records, zip(*compared.values, strict=True), strict=True
    ):
        record_id, version = (record.record_id, record.version) if record else (None, None)
        yield PlannedRow(rows.numbers[position], findings.action(position), record_id, version, texts)


def _changes(
    rows: Rows, findings: Findings, positions: Sequence[int], compared: Comparison
) -> Iterator[Change]:
    index = {column.key: i for i, column in enumerate(rows.declaration.value_columns)}
    for i, keys in sorted(compared.changed.items()):
        record = compared.records[i]
        if record is not None and findings.action(positions[i]) is Action.UPDATE:
            for key in keys:
                old, new = record.texts[index[key]], compared.values[index[key]][i]
                yield Change(rows.numbers[positions[i]], record.record_id, key, old, new)


def _hash(company: Company, count: int, rows: Sequence[PlannedRow]) -> str:
    """Of everything that decides what a commit writes, and of the stored state it was made from."""
    digest = hashlib.sha256(f"{company.company_id}/{company.version}/{count}".encode())
    for row in rows:
        written = () if row.action is Action.UNCHANGED else row.texts
        head = f"{row.row}\x1e{row.action}\x1e{row.record_id}\x1e{row.version}\x1e"
        digest.update((head + "\x1f".join(written) + "\x1d").encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


class _Issues(Iterable[Issue]):
    """All of them in row order, then column order, worded as they are read."""

    def __init__(self, findings: Findings, count: int) -> None:
        self._findings = findings
        self._count = count

    def __iter__(self) -> Iterator[Issue]:
        return self._findings.issues(range(self._count))


class _RejectedCells(Mapping[int, Mapping[str, str | None]]):
    """The rejected rows' texts by row and column key, put together as they are read."""

    def __init__(self, rows: Rows, findings: Findings) -> None:
        self._rows = rows
        self._columns = rows.columns
        self._marks = findings.marks(lambda action, _: action is Action.REJECTED)

    def __len__(self) -> int:
        return self._marks.count(1)

    def __iter__(self) -> Iterator[int]:
        return compress(self._rows.numbers, self._marks)

    def __getitem__(self, row: int) -> Mapping[str, str | None]:
        position = self._rows.position(row)
        if not self._marks[position]:
            raise KeyError(row)
        return {key: self._text(position, key) for key in self._columns}

    def _text(self, position: int, key: str) -> str | None:
        text = self._rows.text(position, key)
        return None if not text and key in self._rows.absent else text
