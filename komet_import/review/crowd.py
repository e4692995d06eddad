"""Which rows of a file share an ID, a code, a name or a customer: what makes duplicates, kept as rows are edited."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from typing import Final

NAMED = 4  # a message names so many others; of a larger crowd it only says that there are more


# What a row can share with others, folded: its ID, code, name and customer; "" or None for nothing. A plain tuple, since
# a hundred thousand of them are made at once.
RowKeys = tuple[str, str, str, int | None]
ID: Final = 0
CODE: Final = 1
NAME: Final = 2
CUSTOMER: Final = 3
NOTHING: RowKeys = ("", "", "", None)  # a row left out shares nothing

Value = str | int | None


class _Index:
    """Of one key: `single` rows by its value, and the `crowds` of two and more, in row order."""

    def __init__(self, values: Sequence[Value]) -> None:
        self.crowds: dict[Value, list[int]] = {}
        # Most files have no duplicates: then this is all, and built without a step in Python.
        self.single: dict[Value, int] = dict(zip(values, range(len(values)), strict=True))
        for nothing in ("", None):
            self.single.pop(nothing, None)
        if len(self.single) + values.count("") + values.count(None) < len(values):
            self.single = {}
            for position, value in enumerate(values):
                self.add(value, position)

    def add(self, value: Value, position: int) -> list[int]:
        """Returns the first of those that share the value then."""
        if value in self.crowds:
            insort(self.crowds[value], position)
        elif value in self.single:
            self.crowds[value] = sorted((self.single.pop(value), position))
        elif value:
            self.single[value] = position
        return self.crowds.get(value, [])[: NAMED + 3]

    def remove(self, value: Value, position: int) -> list[int]:
        """Returns the first of those that still share the value."""
        crowd = self.crowds.get(value)
        if crowd is None:
            self.single.pop(value, None)
            return []
        crowd.remove(position)
        if len(crowd) == 1:
            self.single[value] = crowd[0]
            del self.crowds[value]
        return crowd[: NAMED + 2]


class Crowd:
    """A hash index for each of a row's keys: from its value to the positions of the rows that have it."""

    def __init__(self, rows: Iterable[RowKeys]) -> None:
        columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
        self._indexes = [_Index(values) for values in columns]

    def any_shared(self, *kinds: int) -> bool:
        """Whether any two rows have the same value of one of the keys, numbered as in RowKeys."""
        return any(self._indexes[kind].crowds for kind in kinds)

    def others(self, kind: int, value: Value, position: int) -> list[int]:
        """The first other rows with this value of the key numbered `kind` in RowKeys, at most NAMED + 1 of them."""
        members = self._indexes[kind].crowds.get(value)
        return (
            [] if members is None else [one for one in members[: NAMED + 2] if one != position][: NAMED + 1]
        )

    def move(self, position: int, old: RowKeys, new: RowKeys) -> set[int]:
        """Gives a row its new keys; returns the other rows whose issues may read differently now."""
        touched: set[int] = set()
        for index, before, after in zip(self._indexes, old, new, strict=True):
            if before != after:
                touched.update(index.remove(before, position))
                touched.update(index.add(after, position))
        return touched - {position}
