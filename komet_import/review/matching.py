"""Which column of the file is which of ours: exact but for case and spaces, or as the user mapped it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from komet_import.schema.column import REASON_HEADER, ROW_HEADER, Declaration
from komet_import.schema.text import fold, tidy

SEARCHED_ROWS = 50


@dataclass(frozen=True)
class Matching:
    """`positions` is where each of our columns stands in the file, by key; `repeated` where one stands more than once.

    `told` is where a discrepancy workbook tells why and which row it was: what stands there is ignored.
    """

    positions: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    repeated: Mapping[str, tuple[int, ...]]
    told: tuple[int, ...] = ()


def header_key(header: str) -> str:
    """Under which two headers are the same: whatever their case and spaces."""
    return fold(tidy(header)).replace(" ", "")


_TOLD = frozenset(map(header_key, (REASON_HEADER, ROW_HEADER)))


def match(headers: Sequence[str], declaration: Declaration, mapping: Mapping[str, str]) -> Matching:
    """`mapping` leads from the file's headers to ours and goes before equality; a blank header is no column."""
    known = _known(declaration, mapping)
    found: dict[str, list[int]] = {}
    unknown: list[str] = []
    told: list[int] = []
    for position, header in enumerate(headers):
        key = known.get(header_key(header))
        if key is not None:
            found.setdefault(key, []).append(position)
        elif header_key(header) in _TOLD:
            told.append(position)
        elif header:
            unknown.append(header)
    return Matching(
        positions={column.key: found[column.key][0] for column in declaration.columns if column.key in found},
        unknown=tuple(unknown),
        missing=tuple(column.header for column in declaration.columns if column.key not in found),
        repeated={key: tuple(positions) for key, positions in found.items() if len(positions) > 1},
        told=tuple(told),
    )


def find_header(
    rows: Sequence[Sequence[str]], declaration: Declaration, mapping: Mapping[str, str]
) -> int | None:
    """The index of the row, among the first ones, that holds most of our headers; None when none holds any."""
    known = _known(declaration, mapping)
    hits = [sum(header_key(text) in known for text in row) for row in rows[:SEARCHED_ROWS]]
    return hits.index(max(hits)) if any(hits) else None


def _known(declaration: Declaration, mapping: Mapping[str, str]) -> dict[str, str]:
    """Our column keys by every header that means them."""
    ours = {header_key(column.header): column.key for column in declaration.columns}
    return ours | {header_key(theirs): ours[header_key(our)] for theirs, our in mapping.items()}
