"""Which rows of a file share an ID, a code, a name or a customer: what makes duplicates, kept as rows are edited."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from typing import NamedTuple

NAMED = 4  # a message names so many others; of a larger crowd it only says that there are more


class RowKeys(NamedTuple):
    """What a row can share with others, folded; None or "" for nothing. A row left out shares nothing."""

    id: str = ""
    code: str = ""
    name: str = ""
    customer: int | None = None


class Crowd:
    """A hash index for each of a row's keys: from its value to the positions of the rows that have it, in row order."""

    def __init__(self, rows: Iterable[RowKeys]) -> None:
        self._members: tuple[dict[str | int, list[int]], ...] = ({}, {}, {}, {})
        for members, values in zip(self._members, zip(*rows, strict=True), strict=False):
            for position, value in enumerate(values):
                if value in members:
                    members[value].append(position)
                elif value:
                    members[value] = [position]

    def others(self, kind: int, value: str | int | None, position: int) -> list[int]:
        """The first other rows with this value of the key numbered `kind` in RowKeys, at most NAMED + 1 of them."""
        members = self._members[kind].get(value, ()) if value else ()
        if len(members) < 2:
            return []
        return [other for other in members[: NAMED + 2] if other != position][: NAMED + 1]

    def move(self, position: int, old: RowKeys, new: RowKeys) -> set[int]:
        """Gives a row its new keys; returns the other rows whose issues may read differently now."""
        touched: set[int] = set()
        for index, before, after in zip(self._members, old, new, strict=True):
            if before == after:
                continue
            if before:
                index[before].remove(position)
                touched.update(index[before][: NAMED + 2])
            if after:
                insort(index.setdefault(after, []), position)
                touched.update(index[after][: NAMED + 3])
        return touched - {position}
