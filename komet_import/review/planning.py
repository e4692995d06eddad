"""From verdicts to the plan: each row as it would be stored, each changed cell, and the hash of it all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from komet_import.review.issues import Issue
from komet_import.review.plan import Action, Change, Counts, Plan, PlannedRow
from komet_import.review.rules import Verdicts
from komet_import.schema.column import Declaration
from komet_import.schema.company import Company


def make_plan(
    declaration: Declaration,
    company: Company,
    numbers: Sequence[int],
    actions: Sequence[Action],
    verdicts: Verdicts,
    *,
    issues: Sequence[Issue],
    cells: Mapping[int, Mapping[str, str]],
) -> Plan:
    """`numbers` are the sheet's rows and `actions` what becomes of them; `verdicts` are those of the whole file."""
    columns = [verdicts.values[column.key] for column in declaration.value_columns]
    texts = zip(*columns, strict=True)
    rows = [
        PlannedRow(
            number, action, record.record_id if record else None, record.version if record else None, stored
        )
        for number, action, record, stored in zip(numbers, actions, verdicts.records, texts, strict=True)
        if action is not Action.REJECTED
    ]
    tally = Counter(actions)
    return Plan(
        hash=_hash(company, len(numbers), rows),
        company_version=company.version,
        counts=Counts(
            *(tally[action] for action in (Action.NEW, Action.UPDATE, Action.UNCHANGED, Action.REJECTED))
        ),
        rows=rows,
        changes=list(_changes(declaration, numbers, actions, verdicts)),
        issues=issues,
        cells=cells,
    )


def _changes(
    declaration: Declaration, numbers: Sequence[int], actions: Sequence[Action], verdicts: Verdicts
) -> Iterator[Change]:
    index = {column.key: i for i, column in enumerate(declaration.value_columns)}
    for position, keys in sorted(verdicts.changed.items()):
        record = verdicts.records[position]
        if record is not None and actions[position] is Action.UPDATE:
            for key in keys:
                old, new = record.texts[index[key]], verdicts.values[key][position]
                yield Change(numbers[position], record.record_id, key, old, new)


def _hash(company: Company, count: int, rows: Sequence[PlannedRow]) -> str:
    """Of everything that decides what a commit writes, and of the stored state it was made from."""
    digest = hashlib.sha256(f"{company.company_id}/{company.version}/{count}".encode())
    for row in rows:
        written = () if row.action is Action.UNCHANGED else row.texts
        head = f"{row.row}\x1e{row.action}\x1e{row.record_id}\x1e{row.version}\x1e"
        digest.update((head + "\x1f".join(written) + "\x1d").encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
