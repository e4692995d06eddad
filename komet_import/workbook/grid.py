"""The cells of one sheet as Arrow columns, where its header is, and which sheet is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import pyarrow as pa
import pyarrow.compute as pc

from komet_import.review.matching import SEARCHED_ROWS, Matching, find_header, match
from komet_import.schema.column import Declaration
from komet_import.schema.text import tidy
from komet_import.sentences import clipped, listed
from komet_import.workbook.unreadable import Unreadable

_LONGEST_HEADER = 32_767  # Excel's own limit, which a CSV file does not know
_SHOWN_NAME, _SHOWN_SHEETS = 40, 5
# Only these can differ from what `tidy` makes of them; Arrow finds them far faster than Python could.
_UNTIDY = r"[^\x20-\x7e]|^ | $|  "


@dataclass(frozen=True)
class Grid:
    """`columns` begin with column A, their cells with row 1: tidied texts, `""` for blank, all of one length."""

    sheet: str | None
    columns: Sequence[pa.Array]

    @cached_property
    def filled(self) -> pa.Array:
        """The positions of the rows that hold any text."""
        return self.filled_beside(())

    def filled_beside(self, ignored: Collection[int]) -> pa.Array:
        """The same, whatever the columns at these positions hold."""
        columns = [column for position, column in enumerate(self.columns) if position not in ignored]
        if not columns:
            return pa.array([], pa.int64())
        return pc.indices_nonzero(reduce(pc.or_, (pc.not_equal(column, "") for column in columns)))

    def texts(self, position: int) -> tuple[str, ...]:
        """One row."""
        return tuple(column[position].as_py() for column in self.columns)


def tidied(column: pa.Array) -> pa.Array:
    """The column's texts, tidied; its missing values become `""`."""
    column = column.cast(pa.large_string()).fill_null("")
    untidy = pc.match_substring_regex(column, _UNTIDY)
    texts = column.filter(untidy).to_pylist()
    if not texts:
        return column
    tidy_of = {text: tidy(text) for text in set(texts)}
    return pc.replace_with_mask(
        column, untidy, pa.array([tidy_of[text] for text in texts], pa.large_string())
    )


@dataclass(frozen=True)
class Headed:
    """A grid and the row that is its header; `headers` are that row's texts."""

    grid: Grid
    position: int
    headers: tuple[str, ...]
    matching: Matching


def headed(grid: Grid, declaration: Declaration, mapping: Mapping[str, str]) -> Headed | None:
    """The grid with its header, looked for in its first filled rows; None when none of our headers is there."""
    first = grid.filled[:SEARCHED_ROWS].to_pylist()
    rows = [tuple(clipped(text, _LONGEST_HEADER) for text in grid.texts(position)) for position in first]
    found = find_header(rows, declaration, mapping)
    if found is None:
        return None
    return Headed(grid, first[found], rows[found], match(rows[found], declaration, mapping))


def choose(
    grids: Iterable[Grid], declaration: Declaration, mapping: Mapping[str, str], wanted: str | None
) -> tuple[Headed, tuple[str, ...]]:
    """The sheet to read, and the names of those that could be meant. Raises Unreadable: no_header, unknown_sheet.

    Only the best one so far is kept: sheets can be large.
    """
    best: Headed | None = None
    seen: list[str] = []
    meant: list[str] = []
    for grid in grids:
        seen.append(grid.sheet or "")
        sheet = headed(grid, declaration, mapping)
        if sheet is None:
            continue
        if grid.sheet is not None and (grid.sheet == wanted or _could_be_meant(sheet, declaration)):
            meant.append(grid.sheet)
        if best is None or _rank(sheet, declaration, wanted) > _rank(best, declaration, wanted):
            best = sheet
    if wanted is not None and wanted not in seen:
        names = listed([clipped(name, _SHOWN_NAME) for name in seen], _SHOWN_SHEETS)
        raise Unreadable("unknown_sheet", sheet=wanted, sheets=names)
    if best is None or (wanted is not None and best.grid.sheet != wanted):
        raise Unreadable("no_header")
    return best, tuple(meant) or tuple(filter(None, (best.grid.sheet,)))


def _could_be_meant(sheet: Headed, declaration: Declaration) -> bool:
    """Two of our columns, one of them a key: instructions may well name one of them somewhere."""
    found = sheet.matching.positions.keys()
    return len(found) >= 2 and any(column.key in found for column in declaration.finding_columns)


def _rank(sheet: Headed, declaration: Declaration, wanted: str | None) -> tuple[bool, bool, bool, int]:
    """Of two that could be meant the named one wins, else the first; of others the one with most of our columns."""
    meant = _could_be_meant(sheet, declaration)
    title = meant and (sheet.grid.sheet or "").casefold() == declaration.title.casefold()
    return sheet.grid.sheet == wanted, meant, title, 0 if meant else len(sheet.matching.positions)
