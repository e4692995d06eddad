"""Which rows of a file share an ID, a code, a name or a record, kept as rows are edited."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

NAMED = 4  # a message names so many others; of more rows it only says that there are more

# What a row can share with others, folded: its ID, code, name and stored record; "" or None for nothing. A plain tuple, since
# a hundred thousand of them are made at once.
RowKeys = tuple[str, str, str, int | None]
ID: Final = 0
CODE: Final = 1
NAME: Final = 2
RECORD: Final = 3
NOTHING: RowKeys = ("", "", "", None)  # a row left out shares nothing

Value = str | int | None


class _Index:
    """Of one key: `single` rows by its value, and the `shared` ones of two and more, in row order."""

    def __init__(self, values: Sequence[Value], positions: Sequence[int]) -> None:
        self.shared: dict[Value, list[int]] = {}
        # Most files have no duplicates: then this is all, and built without a step in Python.
        self.single: dict[Value, int] = dict(zip(values, positions, strict=True))
        for nothing in ("", None):
            self.single.pop(nothing, None)
        if len(self.single) + values.count("") + values.count(None) < len(values):
            self._separate(values)

    def _separate(self, values: Sequence[Value]) -> None:
        """`single` has the last row of each value."""
        for position, value in enumerate(values):
            if value and self.single[value] != position:
                self.shared.setdefault(value, []).append(position)
        for value, rows in self.shared.items():
            rows.append(self.single.pop(value))

    def add(self, value: Value, position: int) -> list[int]:
        """Returns the first of those that share the value then."""
        if value in self.shared:
            insort(self.shared[value], position)
        elif value in self.single:
            self.shared[value] = sorted((self.single.pop(value), position))
        elif value:
            self.single[value] = position
        return self.shared.get(value, [])[: NAMED + 3]

    def remove(self, value: Value, position: int) -> list[int]:
        """Returns the first of those that still share the value."""
        rows = self.shared.get(value)
        if rows is None:
            self.single.pop(value, None)
            return []
        del rows[bisect_left(rows, position)]
        if len(rows) == 1:
            self.single[value] = rows[0]
            del self.shared[value]
        return rows[: NAMED + 2]


class Duplicates:
    """A hash index for each of a row's keys: from its value to the positions of the rows that have it."""

    def __init__(self, rows: Iterable[RowKeys]) -> None:
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        positions = list(range(len(columns[0])))  # the four indexes share these numbers
        self._indexes = [_Index(values, positions) for values in columns]

    def shared(self, kind: int) -> Mapping[Value, Sequence[int]]:
        """The values of the key numbered `kind` in RowKeys that several rows have, with the rows' positions."""
        return self._indexes[kind].shared

    def others(self, kind: int, value: Value, position: int) -> list[int]:
        """The first other rows with this value of the key numbered `kind` in RowKeys, at most NAMED + 1 of them."""
        rows = self.shared(kind).get(value, ())
        return [one for one in rows[: NAMED + 2] if one != position][: NAMED + 1]

    def move(self, position: int, old: RowKeys, new: RowKeys) -> set[int]:
        """Gives a row its new keys; returns the other rows whose issues may read differently now."""
        touched: set[int] = set()
        for index, before, after in zip(self._indexes, old, new, strict=True):
            if before != after:
                touched.update(index.remove(before, position))
                touched.update(index.add(after, position))
        return touched - {position}
